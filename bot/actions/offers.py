"""Answering an offer from the waiting list: a place that came free, kept for someone until a deadline."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction, phrase
from bot.actions.booking import chosen, event_with_venue, name_of
from bot.actions.context import TurnContext
from bot.actions.passing_on import needs_of, passed_on
from bot.actions.waiting import closed_response, line_of, position
from bot.actions.whose import booked_places
from bot.actions.wording import booked_parts, calendar_part, event_line
from services.booking import bookings, outcomes, waiting
from services.booking.bookings import Booked
from services.booking.tables import BookingStatus
from services.campaigns import reminders
from services.core.spoken import spoken_until
from services.people import conversations


def _offered(slots: Slots, turn: TurnContext) -> Booked | None:
    return bookings.by_id(turn.session, chosen(slots["offer"])) if slots.get("offer") else None


class AskTakeOffer(TurnAction):
    """Restates an offer and asks for a yes."""

    called = "action_ask_take_offer"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask; nothing changes."""
        offered = _offered(slots, turn)
        if offered is None or offered.status != BookingStatus.OFFERED or offered.deadline is None:
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
        """Set `taken` to "booked", "gone" (`wait_for` is the event then) or "said", and say what is not a booking."""
        offered = _offered(slots, turn)
        if offered is None:
            say("utter_booking_gone")
            return {"taken": "said"}
        outcome = waiting.accept(turn.session, offered.booking_id, turn.now)
        match outcome:
            case outcomes.Confirmed():
                reminders.plan(turn.session, offered.booking_id, now=turn.now)
                if not _is_all_known(slots):
                    say("utter_offer_taken", title=offered.discreet_title)
                return {"taken": "booked", "focus": offered.event_id}
            case outcomes.Joined(booking_id=own) | outcomes.AlreadyBooked(booking_id=own, status=BookingStatus.WAITING):
                say("utter_back_in_line", event=line_of(turn, offered.event_id), position=position(turn, own))
            case outcomes.AlreadyBooked():
                say("utter_already_booked", event=line_of(turn, offered.event_id), reference=outcome.reference)
            case outcomes.Closed():
                say(closed_response(outcome), title=offered.discreet_title)
            case _:
                return {"taken": "gone", "wait_for": f"event:{offered.event_id}", "party": offered.places}
        return {"taken": "said", "focus": offered.event_id}


def _is_all_known(slots: Slots) -> bool:
    return bool(slots.get("first_name")) and bool(slots.get("access") or slots.get("access_wish"))


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
        event, venue = event_with_venue(turn.session, booked.event_id)
        needs = needs_of(slots, event)
        own = "" if booked.attendee else name
        waiting.add_details(turn.session, booked.booking_id, attendee_name=own, access_needs=needs)
        conversations.name_person(turn.session, turn.person_id, name)
        calendar = calendar_part(turn.session, booked.booking_id, self._public_base_url, turn.now)
        told = passed_on(turn, event, needs, booked.reference)
        say(
            "utter_booked",
            name=name or None,
            places=booked_places(turn.session, booked, turn.person_id),
            event=event_line(event, venue, turn.now),
            reference=booked.reference,
            **booked_parts(event, venue, turn.now, calendar, told),
        )
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
