"""Bringing something to staff, and stopping all texts on their behalf."""

from datetime import datetime, timedelta
from typing import Any

from bot.actions.base import Say, Slots, TurnAction, phrase
from bot.actions.context import TurnContext
from services.core.spoken import spoken_time, spoken_weekday
from services.people import consent, flags, holds
from services.people.staff_hours import StaffHours, load_staff_hours

# How long a red flag makes a request for a person urgent, and how near the end of the day no answer is promised.
_LATELY = timedelta(hours=24)
_SOON = timedelta(hours=1)


class FlagForStaff(TurnAction):
    """Puts the conversation into the staff inbox under one category."""

    def __init__(self, called: str, category: str, severity: int) -> None:
        self._called, self._category, self._severity = called, category, severity

    def name(self) -> str:
        """The name that flows use."""
        return self._called

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Raise the flag, tied to the message that caused it."""
        flags.raise_flag(
            turn.session,
            identity_id=turn.identity_id,
            inbound_id=turn.inbound_id,
            category=self._category,
            severity=self._severity,
            now=turn.now,
        )
        return {}


class AskForPerson(TurnAction):
    """Hands the conversation over to a person: one ticket, and when to expect an answer."""

    called = "action_ask_for_person"

    def __init__(self, hours: StaffHours) -> None:
        self._hours = hours

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Raise the ticket, more urgent for someone in danger, and say when somebody will text back."""
        in_danger = flags.is_in_danger(turn.session, turn.identity_id, turn.now - _LATELY)
        flags.raise_once(
            turn.session,
            identity_id=turn.identity_id,
            inbound_id=turn.inbound_id,
            category="person",
            severity=1 if in_danger else 2,
            now=turn.now,
        )
        say("utter_person", when_answered=answering(self._hours, turn.now))
        return {}


class NoteSafeToText(TurnAction):
    """Notes that someone who told of abuse says that texts are safe; reminders stay held until staff release them."""

    called = "action_note_safe_to_text"

    def __init__(self, hours: StaffHours) -> None:
        self._hours = hours

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Tell staff, and say when somebody will text."""
        _tell_safeguarding(turn, "They say that it is safe to text them on this number.")
        say("utter_safe_to_text", when_answered=answering(self._hours, turn.now))
        return {}


class HoldTexts(TurnAction):
    """Stops answering a number to which it is not safe to text; only a red flag is answered there."""

    called = "action_hold_texts"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Hold everything, tell staff, and set `hush`, so that nothing is said."""
        holds.hold(turn.session, turn.address, reason="safeguarding", now=turn.now, is_unsafe=True)
        _tell_safeguarding(turn, "They say that it is NOT safe to text them on this number.")
        return {"hush": True}


def _tell_safeguarding(turn: TurnContext, note: str) -> None:
    flags.raise_flag(
        turn.session,
        identity_id=turn.identity_id,
        inbound_id=turn.inbound_id,
        category="safeguarding",
        severity=1,
        note=note,
        now=turn.now,
    )


def answering(hours: StaffHours, now: datetime) -> dict[str, Any]:
    """When somebody will text back, as a part of a sentence."""
    away, opens = hours.away(now), hours.next_opening(now)
    parts = {"weekday": spoken_weekday(now), "morning": spoken_weekday(opens), "until": spoken_time(hours.closing(now))}
    if away is None:
        closes_soon = hours.closing(now) - now < _SOON
        return phrase("part_answered_late" if closes_soon else "part_answered_today", **parts)
    return phrase(f"part_answered_{away}", **parts)


class StopWrongNumber(TurnAction):
    """Stops everything to an address that is not whose we thought."""

    called = "action_stop_wrong_number"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Opt the address out; its bookings stay, for staff to see to."""
        consent.opt_out(turn.session, turn.address, source="wrong_number", now=turn.now)
        return {}


def staff_actions() -> list[TurnAction]:
    """Every action that reaches staff, with its place in the inbox (0 emergency to 3 routine)."""
    return [
        AskForPerson(load_staff_hours()),
        NoteSafeToText(load_staff_hours()),
        HoldTexts(),
        FlagForStaff("action_flag_complaint", "complaint", 2),
        FlagForStaff("action_flag_data", "data_rights", 2),
        FlagForStaff("action_flag_wrong_number", "wrong_number", 1),
        FlagForStaff("action_flag_distress", "distress", 1),
        FlagForStaff("action_flag_note", "note", 3),
        StopWrongNumber(),
    ]
