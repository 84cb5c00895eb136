"""What someone answers to a clinician's invitation: yes begins with what is known, no and later are recorded."""

from datetime import datetime, time, timedelta
from typing import Any

from bot.actions.base import Say, Slots, TurnAction
from bot.actions.context import TurnContext
from services.booking import referrals
from services.booking.referral_tables import ReferralStatus
from services.core.clock import LONDON, to_london
from services.core.spoken import spoken_date

_SOONEST, _LATEST = timedelta(days=1), timedelta(days=365)
_IN_THE_MORNING = time(10)


class AcceptReferral(TurnAction):
    """Takes a yes, and what is known, to finding or booking."""

    called = "action_accept_referral"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Record the yes; set `event_choice` for an invitation to one event, and the wishes given with a referral."""
        referred = _referred(slots, turn)
        if referred is None:
            return {}
        referrals.answer(turn.session, referred.id, ReferralStatus.ACCEPTED, turn.now, None)
        known = {**referred.wishes, "first_name": slots.get("first_name") or referred.first_name}
        return known | ({"event_choice": f"event:{referred.event_id}"} if referred.event_id else {})


class DeclineReferral(TurnAction):
    """Records a no."""

    called = "action_decline_referral"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Nothing more is sent about it."""
        referred = _referred(slots, turn)
        if referred is not None:
            referrals.answer(turn.session, referred.id, ReferralStatus.DECLINED, turn.now, None)
        return {}


class PutOffReferral(TurnAction):
    """Records that someone would rather be asked later, once more."""

    called = "action_put_off_referral"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say when the question comes again, or that none will come."""
        referred = _referred(slots, turn)
        if referred is None:
            return {}
        again = None if referred.asked >= referrals.MOST_ASKED else _moment(slots, turn.now)
        referrals.answer(turn.session, referred.id, ReferralStatus.LATER, turn.now, again)
        if again is None:
            say("utter_referral_put_off_for_good")
        else:
            say("utter_referral_put_off", date=spoken_date(again, turn.now))
        return {"ask_when": None}


def _referred(slots: Slots, turn: TurnContext) -> referrals.Referred | None:
    number = slots.get("referral_id")
    found = referrals.by_id(turn.session, int(number)) if number else None
    return found if found is not None and found.identity_id == turn.identity_id else None


def _moment(slots: Slots, now: datetime) -> datetime:
    """The day that was named, else in four weeks."""
    named = [datetime.fromisoformat(date["from"]) for date in slots.get("ask_when") or () if date.get("from")]
    wanted = min(named, default=now + referrals.ASK_AGAIN_AFTER)
    day = to_london(min(max(wanted, now + _SOONEST), now + _LATEST)).date()
    return datetime.combine(day, _IN_THE_MORNING, LONDON)


def referrals_actions() -> list[TurnAction]:
    """Every action of answering an invitation."""
    return [AcceptReferral(), DeclineReferral(), PutOffReferral()]
