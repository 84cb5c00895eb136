"""What someone has booked: showing it, and giving it up."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction, option, phrase
from bot.actions.booking import chosen, event_with_venue
from bot.actions.context import TurnContext
from bot.actions.whose import booked_places
from bot.actions.wording import event_line, when, where
from bot.understanding import Option
from services.booking import bookings, outcomes
from services.booking.bookings import Booked
from services.booking.tables import BookingStatus
from services.campaigns import changes, notices, saved_searches

ALL = "booking:all"
_EVERYTHING = Option(ALL, "", "all both everything")


def confirmed(turn: TurnContext) -> list[Booked]:
    """The bookings of whoever is texting that still lie ahead, soonest first."""
    ahead = bookings.upcoming(turn.session, turn.person_id, turn.now)
    return [booked for booked in ahead if booked.status == BookingStatus.CONFIRMED]


def _line(booked: Booked, turn: TurnContext) -> dict[str, Any]:
    event, venue = event_with_venue(turn.session, booked.event_id)
    return event_line(event, venue, turn.now)


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
        say("utter_one_booking", places=places_held, event=_line(only, turn), reference=only.reference)
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
        if len(lines) > 1:
            named = turn.pick(lines := [*lines, _EVERYTHING])
            return {"cancellable": "many"} if named is None else _only(lines[named].payload)
        return _only(lines[0].payload) if lines else {"cancellable": "none"}


def _only(payload: str) -> dict[str, Any]:
    return {"cancellable": "one", "booking_choice": payload}


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
            say("utter_ask_confirm_cancel_all", number=len(confirmed(turn)))
            return {}
        booked = bookings.by_id(turn.session, chosen(slots["booking_choice"]))
        if booked is not None:
            places_held = booked_places(turn.session, booked, turn.person_id)
            say("utter_ask_confirm_cancel", places=places_held, event=_line(booked, turn))
        return {}


class CancelBooking(TurnAction):
    """Gives up what was chosen, after an explicit yes; its reminders go with it."""

    called = "action_cancel_booking"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Cancel, free the places and say what is cancelled."""
        everything = slots["booking_choice"] == ALL
        wanted = [
            booked for booked in confirmed(turn) if everything or booked.booking_id == chosen(slots["booking_choice"])
        ]
        cancelled = [booked for booked in wanted if self._cancel(booked, turn)]
        if not cancelled:
            say("utter_booking_gone")
        elif everything:
            say("utter_cancelled_all", number=len(cancelled))
        else:
            say("utter_cancelled", event=_line(cancelled[0], turn))
        return {"booking_choice": None}

    @staticmethod
    def _cancel(booked: Booked, turn: TurnContext) -> bool:
        outcome = changes.cancel(turn.session, booked.booking_id, now=turn.now)
        notices.given_up(turn.session, booked.booking_id, turn.identity_id, now=turn.now)
        return isinstance(outcome, outcomes.Cancelled)


def bookings_actions() -> list[TurnAction]:
    """Every action about bookings that are made."""
    return [ListBookings(), FindCancellable(), AskBookingChoice(), AskConfirmCancel(), CancelBooking()]
