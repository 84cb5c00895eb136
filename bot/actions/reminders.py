"""Reminders as someone wants them: off for one booking or all, the place kept; on again; when the next one comes."""

from collections.abc import Sequence
from typing import Any

from bot.actions.base import Say, Slots, TurnAction, option, phrase
from bot.actions.bookings import booking_option, booking_words, confirmed
from bot.actions.context import TurnContext
from bot.actions.events import chosen, line_of
from bot.understanding import Option
from services.booking.bookings import Booked
from services.campaigns import no_reminders
from services.core.spoken import spoken_moment

_ALL = "remind:all"
_EVERYTHING = Option(_ALL, "", "all both everything any")


def _silent(turn: TurnContext, *, off: bool) -> list[Booked]:
    """The bookings whose reminders are off on this phone, or those whose reminders are not."""
    held = confirmed(turn)
    without = no_reminders.off(turn.session, [booked.booking_id for booked in held], turn.identity_id)
    return [booked for booked in held if (booked.booking_id in without) is off]


def _which(turn: TurnContext, held: Sequence[Booked]) -> dict[str, Any]:
    """Set `reminded` to "none", "one" (then `reminder_choice` is it) or "many"; the message may say which."""
    lines = [booking_words(booked, turn) for booked in held]
    if not lines:
        return {"reminded": "none"}
    named = turn.pick([*lines, _EVERYTHING]) if len(lines) > 1 else 0
    if named is None:
        return {"reminded": "many"}
    return {"reminded": "one", "reminder_choice": [*(_payload(booked) for booked in held), _ALL][named]}


def _payload(booked: Booked) -> str:
    return f"remind:{booked.booking_id}"


def _menu(turn: TurnContext, held: Sequence[Booked]) -> list[dict[str, Any]]:
    """The bookings, and all of them at once."""
    lines = [booking_option(booked, turn) | {"payload": _payload(booked)} for booked in held]
    return [*lines, option(_ALL, phrase("option_all_bookings"), words=_EVERYTHING.words)]


def _meant(slots: Slots, held: Sequence[Booked]) -> list[Booked]:
    choice = slots["reminder_choice"]
    return [booked for booked in held if choice == _ALL or booked.booking_id == chosen(choice)]


class FindReminded(TurnAction):
    """Finds the bookings of which this phone is reminded."""

    called = "action_find_reminded"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `reminded`, and `reminder_choice` if that is clear."""
        return _which(turn, _silent(turn, off=False))


class FindUnreminded(TurnAction):
    """Finds the bookings of which this phone is not reminded."""

    called = "action_find_unreminded"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `reminded`, and `reminder_choice` if that is clear."""
        return _which(turn, _silent(turn, off=True))


class AskReminderChoice(TurnAction):
    """Asks of which booking no reminders are wanted."""

    called = "action_ask_reminder_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu of the bookings, and of all of them at once."""
        say("utter_ask_reminder_choice", _menu(turn, _silent(turn, off=False)))
        return {}


class AskReminderAgainChoice(TurnAction):
    """Asks of which booking reminders are wanted again."""

    called = "action_ask_reminder_again_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu of the bookings, and of all of them at once."""
        say("utter_ask_reminder_again_choice", _menu(turn, _silent(turn, off=True)))
        return {}


class TurnOffReminders(TurnAction):
    """Sends no more reminders to this phone of what was chosen, and keeps the place."""

    called = "action_turn_off_reminders"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Turn them off and say so."""
        meant = _meant(slots, _silent(turn, off=False))
        for booked in meant:
            no_reminders.turn_off(turn.session, booked.booking_id, turn.identity_id, turn.now)
        if len(meant) == 1:
            say("utter_reminders_off", event=line_of(turn, meant[0].event_id))
        else:
            say("utter_reminders_off_all", number=len(meant))
        return {"reminder_choice": None}


class TurnOnReminders(TurnAction):
    """Sends reminders to this phone again of what was chosen."""

    called = "action_turn_on_reminders"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Turn them on and say so."""
        meant = _meant(slots, _silent(turn, off=True))
        for booked in meant:
            no_reminders.turn_on(turn.session, booked.booking_id, turn.identity_id)
        if len(meant) == 1:
            say("utter_reminders_on", event=line_of(turn, meant[0].event_id), next_reminder=_next_of(turn, meant[0]))
        else:
            say("utter_reminders_on_all", number=len(meant))
        return {"reminder_choice": None}


class TellReminders(TurnAction):
    """Says when reminders come, and of what there are none."""

    called = "action_tell_reminders"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say it; nothing changes."""
        on, off = _silent(turn, off=False), _silent(turn, off=True)
        if not on and not off:
            say("utter_no_bookings")
        elif on:
            say("utter_reminder_times", next_reminder=_next(turn, on))
        if off:
            say("utter_reminders_are_off", event=_lines(turn, off))
        return {}


class TellRemindersOff(TurnAction):
    """Says beside someone's bookings of which there are no reminders; nothing where there are of all."""

    called = "action_tell_reminders_off"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say it; nothing changes."""
        off = _silent(turn, off=True)
        if off:
            say("utter_reminders_are_off", event=_lines(turn, off))
        return {}


def _lines(turn: TurnContext, several: Sequence[Booked]) -> Any:
    lines = [line_of(turn, booked.event_id) for booked in several]
    said = lines[0]
    for line in lines[1:]:
        said = phrase("part_and_also", first=said, last=line)
    return said


def _next_of(turn: TurnContext, booked: Booked) -> dict[str, Any] | None:
    """When the next reminder comes of an event that is named already; None when none is to come."""
    at = no_reminders.next_due(turn.session, booked.booking_id)
    return phrase("part_next_reminder_of_it", when=spoken_moment(at, turn.now)) if at else None


def _next(turn: TurnContext, several: Sequence[Booked]) -> dict[str, Any] | None:
    """When the next reminder of any of these comes, and of what; None when none is to come."""
    due = [(no_reminders.next_due(turn.session, booked.booking_id), booked) for booked in several]
    coming = [(at, booked.booking_id, booked) for at, booked in due if at is not None]
    if not coming:
        return None
    at, _, booked = min(coming, key=lambda one: one[:2])
    return phrase("part_next_reminder", when=spoken_moment(at, turn.now), event=line_of(turn, booked.event_id))


def reminder_actions() -> list[TurnAction]:
    """Every action about reminders."""
    return [
        FindReminded(),
        FindUnreminded(),
        AskReminderChoice(),
        AskReminderAgainChoice(),
        TurnOffReminders(),
        TurnOnReminders(),
        TellReminders(),
        TellRemindersOff(),
    ]
