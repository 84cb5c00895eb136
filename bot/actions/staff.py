"""Bringing something to staff, and stopping all texts on their behalf."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction
from bot.actions.context import TurnContext
from services.people import consent, flags


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


class StopAllTexts(TurnAction):
    """Stops everything to this address at once: a wrong number, a death, or a plea to stop."""

    def __init__(self, called: str, source: str) -> None:
        self._called, self._source = called, source

    def name(self) -> str:
        """The name that flows use."""
        return self._called

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Opt the address out; its bookings stay, for staff to see to."""
        consent.opt_out(turn.session, turn.address, source=self._source, now=turn.now)
        return {}


def staff_actions() -> list[TurnAction]:
    """Every action that reaches staff, with its place in the inbox (0 emergency to 3 routine)."""
    return [
        FlagForStaff("action_flag_person", "person", 2),
        FlagForStaff("action_flag_complaint", "complaint", 2),
        FlagForStaff("action_flag_language", "language", 2),
        FlagForStaff("action_flag_data", "data_rights", 2),
        FlagForStaff("action_flag_wrong_number", "wrong_number", 1),
        FlagForStaff("action_flag_bereavement", "bereavement", 1),
        FlagForStaff("action_flag_distress", "distress", 1),
        FlagForStaff("action_flag_note", "note", 3),
        StopAllTexts("action_stop_wrong_number", "wrong_number"),
        StopAllTexts("action_stop_bereavement", "bereavement"),
        StopAllTexts("action_stop_words", "words"),
    ]
