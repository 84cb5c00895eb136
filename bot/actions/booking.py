"""Booking a place: hold it on choosing, grow with the party, confirm on an explicit yes."""

from datetime import timedelta
from typing import Any

from bot.actions.base import SKIPPED, Say, Slots, TurnAction, phrase
from bot.actions.confirming import say_booked
from bot.actions.context import TurnContext
from bot.actions.events import chosen, event_with_venue
from bot.actions.passing_on import needs_of
from bot.actions.whose import of_slots, places_for
from bot.actions.wording import cost_part, event_line, referral_parts
from services.booking import bookings, outcomes, places, referrals, waiting
from services.booking.bookings import Booked
from services.booking.tables import BookingStatus
from services.campaigns import reminders, saved_searches
from services.core.spoken import spoken_moment
from services.events.tables import Event, Kind, Venue
from services.people import conversations

PARTY_LIMIT = 6
Outcome = outcomes.Held | outcomes.Full | outcomes.AlreadyBooked | outcomes.Closed


class HoldPlace(TurnAction):
    """Keeps places at the chosen event for a while, as soon as it is chosen."""

    called = "action_hold_place"

    def __init__(self, hold_for: timedelta) -> None:
        self._hold_for = hold_for

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `hold` to "held", "already", "full", "referral" or "closed", and say which."""
        event_id = chosen(slots["event_choice"])
        event, venue = event_with_venue(turn.session, event_id)
        if event.referral and not referrals.covers(turn.session, turn.person_id, event_id):
            say("utter_referral_needed", **referral_parts(event))
            return {"hold": "referral"}
        self._let_go(slots, event_id, turn)
        wanted = min(slots.get("party") or 1, PARTY_LIMIT)
        outcome = self._hold(event_id, wanted, slots, turn)
        if isinstance(outcome, outcomes.Full) and outcome.left:
            return self._fewer(self._hold(event_id, outcome.left, slots, turn), wanted, event, venue, slots, turn, say)
        match outcome:
            case outcomes.Held():
                return self._held(outcome, event, venue, slots, turn, say)
            case outcomes.AlreadyBooked():
                return self._already(outcome, event, venue, slots, turn, say)
            case outcomes.Full():
                return {"hold": "full", "wait_for": f"event:{event_id}"}
            case outcomes.Closed():
                say(closed_response(outcome), title=event.discreet_title)
                return {"hold": "closed"}

    def _hold(self, event_id: int, wanted: int, slots: Slots, turn: TurnContext) -> Outcome:
        return places.hold(
            turn.session,
            event_id=event_id,
            person_id=turn.person_id,
            identity_id=turn.identity_id,
            places=wanted,
            now=turn.now,
            hold_for=self._hold_for,
            attendee=slots.get("attendee") or "",
        )

    def _fewer(
        self, held: Outcome, wanted: int, event: Event, venue: Venue | None, slots: Slots, turn: TurnContext, say: Say
    ) -> dict[str, Any]:
        """Keep what is left for a party that does not fit, and say so."""
        if not isinstance(held, outcomes.Held):
            return {"hold": "full", "wait_for": f"event:{event.id}"}
        say("utter_party_full", wanted=wanted, places=phrase("part_places", places=held.places))
        return self._held(held, event, venue, slots, turn, say) | {"party": held.places}

    @staticmethod
    def _let_go(slots: Slots, event_id: int, turn: TurnContext) -> None:
        """Give back the place held at another event, when the person has changed their mind."""
        held = bookings.by_id(turn.session, slots["booking_id"]) if slots.get("booking_id") else None
        is_other = held is not None and (held.event_id, held.attendee) != (event_id, slots.get("attendee") or "")
        if held is not None and is_other:
            places.release(turn.session, held.booking_id, turn.now)

    def _held(
        self, held: outcomes.Held, event: Event, venue: Venue | None, slots: Slots, turn: TurnContext, say: Say
    ) -> dict[str, Any]:
        say(
            "utter_held",
            whose=of_slots(slots) or phrase("part_you"),
            places=phrase("part_places", places=held.places),
            until=spoken_moment(held.deadline, turn.now),
            event=event_line(event, venue, turn.now),
            course=event.kind == Kind.COURSE,
            cost=cost_part(event),
        )
        return {
            "hold": "held",
            "booking_id": held.booking_id,
            "held_places": held.places,
            "confirm_booking": None,
            "focus": event.id,
            "hold_said": turn.now.isoformat(),
        }

    def _already(
        self,
        booked: outcomes.AlreadyBooked,
        event: Event,
        venue: Venue | None,
        slots: Slots,
        turn: TurnContext,
        say: Say,
    ) -> dict[str, Any]:
        """Go on with a place already held or offered, or with waiting; say so when it is booked."""
        if booked.status == BookingStatus.HELD:
            renewed = places.renew(turn.session, booked.booking_id, now=turn.now, hold_for=self._hold_for)
            if isinstance(renewed, outcomes.Held):
                return self._held(renewed, event, venue, slots, turn, say)
        if booked.status == BookingStatus.OFFERED:
            return {"hold": "offered", "offer": f"booking:{booked.booking_id}", "focus": event.id}
        if booked.status == BookingStatus.WAITING:
            party = min(slots.get("party") or 1, PARTY_LIMIT)
            if waiting.take_free_place(turn.session, booked.booking_id, party, turn.now):
                return self.act(slots, turn, say)
            return {"hold": "waiting", "wait_for": f"event:{event.id}", "focus": event.id}
        line = event_line(event, venue, turn.now)
        say("utter_already_booked", event=line, reference=booked.reference, whose=of_slots(slots) or None)
        return {"hold": "already", "focus": event.id}


def closed_response(closed: outcomes.Closed) -> str:
    """The response that says why an event takes nobody."""
    said = {"course_begun": "started", "unknown": "draft"}.get(closed.reason, closed.reason)
    return f"utter_closed_{said}"


class AskConfirmBooking(TurnAction):
    """Restates the booking, unless it has just been said, and asks for the yes."""

    called = "action_ask_confirm_booking"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask; nothing changes."""
        event, venue = event_with_venue(turn.session, chosen(slots["event_choice"]))
        line = event_line(event, venue, turn.now)
        said_already = slots.get("hold_said") == turn.now.isoformat()
        say(
            "utter_ask_confirm_booking",
            shall=phrase("part_shall", name=name_of(slots) or None),
            places=places_for(slots.get("held_places") or 1, of_slots(slots)),
            event=line,
            cost=cost_part(event),
            what="" if said_already else phrase("part_what", event=line, cost=cost_part(event)),
        )
        return {}


class SetParty(TurnAction):
    """Keeps the place for those who go on with the booking, and grows or shrinks it with the party."""

    called = "action_set_party"

    def __init__(self, hold_for: timedelta) -> None:
        self._hold_for = hold_for

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `held_places`, or `hold` to "lost"; a party that does not fit keeps the places it had, and is told so."""
        wanted = slots.get("party") or 1
        kept = places.renew(turn.session, slots["booking_id"], now=turn.now, hold_for=self._hold_for)
        if not isinstance(kept, outcomes.Held):
            say("utter_hold_lost")
            return {"hold": "lost"}
        resized = wanted == kept.places or places.resize(turn.session, kept.booking_id, wanted, now=turn.now)
        if not isinstance(resized, outcomes.Full):
            return {"held_places": wanted}
        say("utter_party_full", wanted=wanted, places=phrase("part_places", places=kept.places))
        return {"held_places": kept.places, "party": kept.places}


class PartyNoted(TurnAction):
    """Says how many places it will be, when that was said before it was asked."""

    called = "action_party_noted"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say so; the places are kept when the booking gets there."""
        say("utter_party_noted", places=phrase("part_places", places=min(slots["party"], PARTY_LIMIT)))
        return {}


class ConfirmBooking(TurnAction):
    """Makes the held place a booking, after an explicit yes."""

    called = "action_confirm_booking"

    def __init__(self, hold_for: timedelta, public_base_url: str) -> None:
        self._hold_for, self._public_base_url = hold_for, public_base_url

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `booked` to "booked" or "gone"; a hold that has just lapsed is taken again if there is room."""
        outcome = self._confirm(slots, turn)
        if isinstance(outcome, outcomes.Lapsed):
            renewed = places.renew(turn.session, slots["booking_id"], now=turn.now, hold_for=self._hold_for)
            if isinstance(renewed, outcomes.Held):
                outcome = self._confirm(slots, turn)
        booked = bookings.by_id(turn.session, slots["booking_id"])
        if booked is None or not isinstance(outcome, outcomes.Confirmed):
            say("utter_hold_lost")
            return {"booked": "gone"}
        self._say_booked(booked, slots, turn, say)
        return {"booked": "booked"}

    def _confirm(self, slots: Slots, turn: TurnContext) -> Any:
        return places.confirm(
            turn.session,
            slots["booking_id"],
            now=turn.now,
            attendee_name=attendee_name(slots),
            access_needs=needs_of(slots, turn.session.get_one(Event, chosen(slots["event_choice"]))),
        )

    def _say_booked(self, booked: Booked, slots: Slots, turn: TurnContext, say: Say) -> None:
        reminders.plan(turn.session, booked.booking_id, now=turn.now)
        saved_searches.end_booked(turn.session, turn.person_id, booked.event_id, turn.now)
        conversations.name_person(turn.session, turn.person_id, name_of(slots))
        needs = needs_of(slots, turn.session.get_one(Event, booked.event_id))
        say_booked(say, turn, booked, name=name_of(slots), needs=needs, public_base_url=self._public_base_url)


class RenewHold(TurnAction):
    """Keeps the place again for someone whose yes came hours late."""

    called = "action_renew_hold"

    def __init__(self, hold_for: timedelta) -> None:
        self._hold_for = hold_for

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `booked` to "held_again" or "gone", and say which."""
        outcome = places.renew(turn.session, slots["booking_id"], now=turn.now, hold_for=self._hold_for)
        if not isinstance(outcome, outcomes.Held):
            say("utter_hold_lost")
            return {"booked": "gone"}
        say(
            "utter_held_again",
            places=phrase("part_places", places=outcome.places),
            until=spoken_moment(outcome.deadline, turn.now),
        )
        return {"booked": "held_again", "confirm_booking": None}


def attendee_name(slots: Slots) -> str:
    """The first name of whoever comes; "" when it was not given."""
    if not slots.get("attendee"):
        return name_of(slots)
    name = slots.get("attendee_name") or ""
    return "" if name == SKIPPED else str(name)


def name_of(slots: Slots) -> str:
    """The first name that was given; "" when it was not."""
    name = slots.get("first_name") or ""
    return "" if name == SKIPPED else str(name)


class ReleasePlace(TurnAction):
    """Gives a held place back after a no, or when the booking is broken off."""

    called = "action_release_place"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Free the place and say so; a booking that is no longer held is left as it is."""
        held = bookings.by_id(turn.session, slots["booking_id"]) if slots.get("booking_id") else None
        if held is None:
            say("utter_cancelled_flow")
            return {}
        places.release(turn.session, held.booking_id, now=turn.now)
        say("utter_booking_not_made", title=held.discreet_title)
        return {"booking_id": None, "held_places": None}


def booking_actions(hold_for: timedelta, public_base_url: str) -> list[TurnAction]:
    """Every action of the booking flow; `hold_for` is how long a place is kept without a yes."""
    return [
        HoldPlace(hold_for),
        AskConfirmBooking(),
        SetParty(hold_for),
        PartyNoted(),
        ConfirmBooking(hold_for, public_base_url),
        RenewHold(hold_for),
        ReleasePlace(),
    ]
