"""Answering an offer from the waiting list: a place that came free, kept for someone until a deadline."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction, phrase
from bot.actions.booking import closed_response, name_of
from bot.actions.confirming import say_booked
from bot.actions.context import TurnContext
from bot.actions.events import chosen, line_of
from bot.actions.passing_on import offered_needs
from bot.actions.waiting import position
from services.booking import bookings, outcomes, waiting
from services.booking.bookings import Booked
from services.booking.tables import BookingStatus
from services.campaigns import reminders
from services.core.spoken import spoken_until
from services.events.tables import Event
from services.people import conversations


def _offered(slots: Slots, turn: TurnContext) -> Booked | None:
    return bookings.by_id(turn.session, chosen(slots["offer"])) if slots.get("offer") else None


class AskTakeOffer(TurnAction):
    """Restates an offer and asks for a yes."""

    called = "action_ask_take_offer"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask; nothing changes."""
        offered = _offered(slots, turn)
        is_kept = offered is not None and offered.status == BookingStatus.OFFERED
        if offered is None or not is_kept or offered.deadline is None or offered.deadline <= turn.now:
            say("utter_ask_take_offer_late", title=slots.get("offer_title"))
            return {}
        say(
            "utter_ask_take_offer",
            places=phrase("part_places", places=offered.places),
            event=line_of(turn, offered.event_id),
            until=spoken_until(offered.deadline, turn.now),
        )
        return {}


class TakeOffer(TurnAction):
    """Makes a place that was offered a booking at once; what is still missing is asked afterwards."""

    called = "action_take_offer"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `taken` to "booked" ("booked_for" someone else), "gone" (then `wait_for`) or "said", and say why."""
        offered = _offered(slots, turn)
        if offered is None:
            say("utter_booking_gone")
            return {"taken": "said"}
        outcome = waiting.accept(turn.session, offered.booking_id, turn.now)
        match outcome:
            case outcomes.Confirmed():
                return self._booked(offered, slots, turn, say)
            case outcomes.Joined(booking_id=own) | outcomes.AlreadyBooked(booking_id=own, status=BookingStatus.WAITING):
                say("utter_back_in_line", event=line_of(turn, offered.event_id), position=position(turn, own))
            case outcomes.AlreadyBooked():
                say("utter_already_booked", event=line_of(turn, offered.event_id), reference=outcome.reference)
            case outcomes.Closed():
                say(closed_response(outcome), title=offered.discreet_title)
            case _:
                return {"taken": "gone", "wait_for": f"event:{offered.event_id}", "party": offered.places}
        return {"taken": "said", "focus": offered.event_id}

    @staticmethod
    def _booked(offered: Booked, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        reminders.plan(turn.session, offered.booking_id, now=turn.now)
        known = slots.get("first_name") and (slots.get("access") or slots.get("access_wish"))
        if offered.attendee or not known:
            say("utter_offer_taken", title=offered.discreet_title)
        return {"taken": "booked_for" if offered.attendee else "booked", "focus": offered.event_id}


class SayOfferBooked(TurnAction):
    """Confirms the booking that an offer has become, once all is known that was missing."""

    called = "action_say_offer_booked"

    def __init__(self, public_base_url: str) -> None:
        self._public_base_url = public_base_url

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Keep the name and the access needs, and say the confirmation."""
        booked = _offered(slots, turn)
        if booked is None or booked.status != BookingStatus.CONFIRMED:
            say("utter_booking_gone")
            return {}
        name = name_of(slots)
        event = turn.session.get_one(Event, booked.event_id)
        needs = offered_needs(slots, event, is_theirs=bool(booked.attendee))
        own = "" if booked.attendee else name
        waiting.add_details(turn.session, booked.booking_id, attendee_name=own, access_needs=needs)
        conversations.name_person(turn.session, turn.person_id, name)
        say_booked(say, turn, booked, name=name, needs=needs, public_base_url=self._public_base_url)
        return {}


class PassOffer(TurnAction):
    """Passes on a place that was offered, and leaves the waiting list."""

    called = "action_pass_offer"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Free the place for the next and say so; what is booked already stays booked."""
        offered = _offered(slots, turn)
        if offered is not None and offered.status == BookingStatus.CONFIRMED:
            say("utter_kept")
            return {}
        if offered is not None:
            waiting.leave(turn.session, offered.booking_id, turn.now)
        say("utter_offer_passed", title=offered.discreet_title if offered else slots.get("offer_title"))
        return {"focus": offered.event_id} if offered else {}


def offer_actions(public_base_url: str) -> list[TurnAction]:
    """Every action about offers from a waiting list; `public_base_url` is where calendar links lead."""
    return [AskTakeOffer(), TakeOffer(), SayOfferBooked(public_base_url), PassOffer()]
