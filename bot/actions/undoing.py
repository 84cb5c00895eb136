"""Second thoughts: what has just been cancelled, wanted after all."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction, option
from bot.actions.bookings import booking_option
from bot.actions.context import TurnContext
from services.booking import bookings
from services.booking.bookings import Booked
from services.booking.tables import BookingStatus


def _given_up(slots: Slots, turn: TurnContext) -> list[Booked]:
    """The bookings given up last whose events still lie ahead."""
    found = (bookings.by_id(turn.session, each) for each in slots.get("cancelled_lately") or [])
    return [
        booked
        for booked in found
        if booked and booked.status == BookingStatus.CANCELLED and booked.starts_at > turn.now
    ]


class FindGivenUp(TurnAction):
    """Finds what was given up last, to be booked again."""

    called = "action_find_given_up"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `given_up_lately` to "none", "one" (then the booking can be made again at once) or "many"."""
        gone = _given_up(slots, turn)
        if not gone:
            return {"given_up_lately": "none", "cancelled_lately": None}
        return {"given_up_lately": "many"} if len(gone) > 1 else {"given_up_lately": "one"} | _again(gone[0])


def _again(booked: Booked) -> dict[str, Any]:
    """The slots with which a booking is made again as it was."""
    return {"event_choice": f"event:{booked.event_id}", "party": booked.places, "attendee": booked.attendee or None}


class AskGivenUp(TurnAction):
    """Asks which of several bookings is wanted after all."""

    called = "action_ask_given_up"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu of what was given up."""
        lines = [(booked, booking_option(booked, turn)) for booked in _given_up(slots, turn)]
        say(
            "utter_ask_given_up",
            [
                option(f"again:{booked.booking_id}", line["label"], words=line["words"], starts_at=line["starts_at"])
                for booked, line in lines
            ],
        )
        return {}


class TakeGivenUp(TurnAction):
    """Takes the booking that was chosen to be made again."""

    called = "action_take_given_up"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set the event, the party and whom it is for."""
        wanted = int(slots["again_choice"].rpartition(":")[2])
        booked = bookings.by_id(turn.session, wanted)
        return _again(booked) if booked else {}


class NoteLeft(TurnAction):
    """Keeps in mind the event whose place was let go, in case it is wanted after all."""

    called = "action_note_left"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `left_lately` to the choice and the party as they were; someone else's place is asked for anew."""
        if slots.get("event_choice") is None or slots.get("attendee"):
            return {}
        return {"left_lately": {"event_choice": slots["event_choice"], "party": slots.get("party")}}


class TakeLeft(TurnAction):
    """Takes up the event whose place was let go."""

    called = "action_take_left"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set the event and the party as they were."""
        return {**slots["left_lately"], "left_lately": None}


def undoing_actions() -> list[TurnAction]:
    """Every action of second thoughts."""
    return [FindGivenUp(), AskGivenUp(), TakeGivenUp(), NoteLeft(), TakeLeft()]
