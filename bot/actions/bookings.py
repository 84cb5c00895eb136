"""What someone has booked: showing it, and giving it up."""

import re
from collections.abc import Sequence
from functools import reduce
from typing import Any

from bot.actions.base import Say, Slots, TurnAction, option, phrase
from bot.actions.context import TurnContext
from bot.actions.events import chosen, event_with_venue, line_of
from bot.actions.whose import booked_places
from bot.actions.wording import when, where
from bot.understanding import Option
from services.booking import bookings, outcomes
from services.booking.bookings import Booked
from services.booking.tables import BookingStatus
from services.campaigns import changes, saved_searches

ALL = "booking:all"
_BETWEEN = re.compile(r"\band\b|[,&+]", re.IGNORECASE)
_EVERYTHING = Option(ALL, "", "all both everything")


def confirmed(turn: TurnContext) -> list[Booked]:
    """The bookings of whoever is texting that still lie ahead, soonest first."""
    ahead = bookings.upcoming(turn.session, turn.person_id, turn.now)
    return [booked for booked in ahead if booked.status == BookingStatus.CONFIRMED]


def booking_option(booked: Booked, turn: TurnContext) -> dict[str, Any]:
    """A booking as a line of a menu."""
    event, venue = event_with_venue(turn.session, booked.event_id)
    label = phrase(
        "option_booking",
        when=when(event, turn.now),
        title=event.discreet_title,
        where=where(venue),
        places=booked_places(turn.session, booked, turn.person_id),
        reference=booked.reference,
    )
    named = booking_words(booked, turn)
    return option(named.payload, label, words=named.words, starts_at=named.starts_at)


def booking_words(booked: Booked, turn: TurnContext) -> Option:
    """A booking as something that a message may name."""
    event, venue = event_with_venue(turn.session, booked.event_id)
    words = f"{event.discreet_title} {venue.name if venue else ''} {booked.reference}"
    return Option(f"booking:{booked.booking_id}", event.discreet_title, words, event.starts_at.isoformat())


class ListBookings(TurnAction):
    """Shows what is booked."""

    called = "action_list_bookings"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say the bookings; a single one becomes the event in focus."""
        held = confirmed(turn)
        if not held:
            if not _looked_forward_to(turn):
                say("utter_no_bookings")
            return {}
        if len(held) > 1:
            say("utter_bookings", [booking_option(booked, turn) for booked in held])
            return {}
        only = held[0]
        places_held = booked_places(turn.session, only, turn.person_id)
        say("utter_one_booking", places=places_held, event=line_of(turn, only.event_id), reference=only.reference)
        return {"focus": only.event_id}


def _looked_forward_to(turn: TurnContext) -> bool:
    """Whether someone who has booked nothing waits for a place, or for an event."""
    waits = bookings.on_waiting_lists(turn.session, turn.person_id, turn.now)
    return bool(waits or saved_searches.open_searches(turn.session, turn.person_id, turn.now))


class FindCancellable(TurnAction):
    """Finds what could be cancelled, before asking which."""

    called = "action_find_cancellable"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `cancellable` to "none", "one" (then `booking_choice` is it) or "many"; the message may say which."""
        lines = [booking_words(booked, turn) for booked in confirmed(turn)]
        if len(lines) < 2:
            return _only(lines[0].payload) if lines else {"cancellable": "none"}
        named = turn.pick([*lines, _EVERYTHING])
        if named is not None:
            return _only([*lines, _EVERYTHING][named].payload)
        several = _named_one_by_one(turn, lines)
        return _only(ALL) | {"cancel_only": several} if len(several) > 1 else {"cancellable": "many"}


def _only(payload: str) -> dict[str, Any]:
    return {"cancellable": "one", "booking_choice": payload}


def _named_one_by_one(turn: TurnContext, lines: Sequence[Option]) -> list[int]:
    """The bookings that are named one after another ("cancel yoga and the HOPE course"), by id."""
    parts = _BETWEEN.split(turn.text)
    named = {turn.pick_in(part, lines) for part in parts} if len(parts) > 1 else set()
    return sorted(chosen(lines[index].payload) for index in named if index is not None)


def _meant(slots: Slots, turn: TurnContext) -> list[Booked]:
    """The bookings that are to be cancelled, as they stand now."""
    if slots["booking_choice"] == ALL:
        only = slots.get("cancel_only")
        return [booked for booked in confirmed(turn) if only is None or booked.booking_id in only]
    return [booked for booked in confirmed(turn) if booked.booking_id == chosen(slots["booking_choice"])]


def _lines(several: Sequence[Booked], turn: TurnContext) -> Any:
    lines = [line_of(turn, booked.event_id) for booked in several]
    return reduce(lambda first, last: phrase("part_and_also", first=first, last=last), lines)


class AskBookingChoice(TurnAction):
    """Asks which booking to cancel."""

    called = "action_ask_booking_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu of the bookings, and of all of them at once."""
        lines = [booking_option(booked, turn) for booked in confirmed(turn)]
        say(
            "utter_ask_booking_choice",
            [*lines, option(ALL, phrase("option_all_bookings"), words=_EVERYTHING.words)],
        )
        return {}


class AskConfirmCancel(TurnAction):
    """Restates what would be cancelled and asks for the yes."""

    called = "action_ask_confirm_cancel"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask; nothing changes."""
        if slots["booking_choice"] == ALL:
            meant = _meant(slots, turn)
            if slots.get("cancel_only") and meant:
                say(
                    "utter_ask_confirm_cancel_these",
                    these=_lines(meant, turn),
                )
            else:
                say("utter_ask_confirm_cancel_all", number=len(meant))
            return {}
        booked = bookings.by_id(turn.session, chosen(slots["booking_choice"]))
        if booked is not None:
            places_held = booked_places(turn.session, booked, turn.person_id)
            say("utter_ask_confirm_cancel", places=places_held, event=line_of(turn, booked.event_id))
        return {}


class CancelBooking(TurnAction):
    """Gives up what was chosen, after an explicit yes; its reminders go with it."""

    called = "action_cancel_booking"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Cancel, free the places and say what is cancelled."""
        cancelled = [booked for booked in _meant(slots, turn) if self._cancel(booked, turn)]
        if not cancelled:
            say("utter_booking_gone")
            return {"booking_choice": None}
        if len(cancelled) == 1:
            say("utter_cancelled", event=line_of(turn, cancelled[0].event_id))
        elif slots.get("cancel_only"):
            say("utter_cancelled_these", these=_lines(cancelled, turn))
        else:
            say("utter_cancelled_all", number=len(cancelled))
        return {"booking_choice": None, "cancelled_lately": [booked.booking_id for booked in cancelled]}

    @staticmethod
    def _cancel(booked: Booked, turn: TurnContext) -> bool:
        outcome = changes.cancel(turn.session, booked.booking_id, turn.identity_id, now=turn.now)
        return isinstance(outcome, outcomes.Cancelled)


def bookings_actions() -> list[TurnAction]:
    """Every action about bookings that are made."""
    return [ListBookings(), FindCancellable(), AskBookingChoice(), AskConfirmCancel(), CancelBooking()]
