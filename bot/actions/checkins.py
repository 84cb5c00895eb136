"""The wellbeing check-in: four questions with scores that are kept and never explained."""

from typing import Any

from bot.actions.base import SKIPPED, Say, Slots, TurnAction
from bot.actions.context import TurnContext
from services.booking import bookings
from services.core.spoken import spoken_date
from services.insight import checkins, wishes
from services.insight.checkins import QUESTIONS, Round
from services.insight.tables import RoundStatus


class OpenCheckin(TurnAction):
    """Opens the round that is to be answered now."""

    called = "action_open_checkin"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `checkin_state` to open or none, and what was answered already, so that it is not asked again."""
        found = checkins.begin(turn.session, turn.person_id, turn.identity_id, turn.now)
        if found is None:
            self._say_next(turn, say)
            return {"checkin_state": "none"}
        say("utter_checkin_resumed" if found.answered else "utter_checkin_intro")
        answered = found.answered
        return {
            "checkin_state": "open",
            "checkin_round": found.id,
            "support_said": None,
            **{question: answered.get(question) for question in QUESTIONS},
        }

    @staticmethod
    def _say_next(turn: TurnContext, say: Say) -> None:
        ahead = [each for each in checkins.rounds(turn.session, turn.person_id) if _is_ahead(each, turn)]
        say("utter_checkin_done", date=spoken_date(ahead[0].due_at, turn.now) if ahead else "", more=bool(ahead))


def _is_ahead(found: Round, turn: TurnContext) -> bool:
    return found.status == RoundStatus.PLANNED and found.due_at > turn.now


class NoteCheckin(TurnAction):
    """Keeps the answers given so far, and shows a line to talk to beside a very low score."""

    called = "action_note_checkin"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `checkin_state` to open, done or closed."""
        before = checkins.find(turn.session, slots["checkin_round"]) if slots.get("checkin_round") else None
        given = _news(slots, before)
        after = checkins.note(turn.session, before.id, given, turn.now) if before else None
        if after is None:
            say("utter_checkin_closed")
            return {"checkin_state": "closed"}
        return {"checkin_state": after.status, **self._support(slots, given, say)}

    @staticmethod
    def _support(slots: Slots, given: dict[str, int | None], say: Say) -> dict[str, Any]:
        very_low = any(score is not None and checkins.calls_for_support(name, score) for name, score in given.items())
        if not very_low or slots.get("support_said"):
            return {}
        say("utter_checkin_support")
        return {"support_said": True}


def _news(slots: Slots, before: Round | None) -> dict[str, int | None]:
    """The answers that are not noted yet; None for a question passed over."""
    known = before.answered if before else {}
    said = {question: slots[question] for question in QUESTIONS if slots.get(question) is not None}
    return {name: None if value == SKIPPED else value for name, value in said.items() if known.get(name) != value}


class ThankForCheckin(TurnAction):
    """Ends a round."""

    called = "action_thank_for_checkin"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say when the next one comes, if one does."""
        ahead = [each for each in checkins.rounds(turn.session, turn.person_id) if _is_ahead(each, turn)]
        say("utter_checkin_thanks", date=spoken_date(ahead[0].due_at, turn.now) if ahead else "", more=bool(ahead))
        return {}


class DeclineCheckin(TurnAction):
    """Leaves out the round that someone was invited to."""

    called = "action_decline_checkin"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Leave it out; those after it stay."""
        found = checkins.find(turn.session, slots["checkin_round"])
        if found is not None and found.status == RoundStatus.INVITED:
            checkins.decline(turn.session, found.id)
        return {}


class RefuseCheckins(TurnAction):
    """Asks no more how someone is."""

    called = "action_refuse_checkins"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Note it; everything else goes on."""
        wishes.refuse_checkins(turn.session, turn.person_id, turn.now)
        return {}


class OfferCheckin(TurnAction):
    """Tells of the check-in once, when the first booking is made."""

    called = "action_offer_checkin"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say it to who booked for themselves, unless it was said before or is not wanted; nothing is asked."""
        booked = bookings.by_id(turn.session, slots["booking_id"]) if slots.get("booking_id") else None
        if booked is None or booked.attendee:
            return {}
        if wishes.offer_checkins(turn.session, turn.person_id, turn.now):
            say("utter_checkin_offer")
        return {}


def checkin_actions() -> list[TurnAction]:
    """Every action of the wellbeing check-in."""
    return [OpenCheckin(), NoteCheckin(), ThankForCheckin(), DeclineCheckin(), RefuseCheckins(), OfferCheckin()]
