"""How to get there, where to park, what to bring: about the event in focus or the next one booked."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction, phrase
from bot.actions.booking import chosen, event_with_venue
from bot.actions.bookings import confirmed
from bot.actions.context import TurnContext
from bot.actions.wording import parking_parts, travel_parts, when
from services.booking import bookings
from services.events.tables import Event, Kind, Venue


def in_focus(slots: Slots, turn: TurnContext) -> tuple[Event, Venue | None] | None:
    """The event that is being talked about, else the next one booked."""
    if slots.get("event_choice"):
        return event_with_venue(turn.session, chosen(slots["event_choice"]))
    picked = slots.get("booking_choice")
    if picked and picked != "booking:all":
        booked = bookings.by_id(turn.session, chosen(picked))
        if booked is not None:
            return event_with_venue(turn.session, booked.event_id)
    held = confirmed(turn)
    if held:
        return event_with_venue(turn.session, held[0].event_id)
    return event_with_venue(turn.session, slots["focus"]) if slots.get("focus") else None


class _AboutFocus(TurnAction):
    """An answer about the event in focus; without one it asks which."""

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Answer about the event in focus."""
        focus = in_focus(slots, turn)
        if focus is None:
            say("utter_which_event")
            return {}
        event, venue = focus
        self.answer(event, venue, turn, say)
        return {"focus": event.id}

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say what is known about one event."""
        raise NotImplementedError


class Travel(_AboutFocus):
    """How to get to the event, or how to join it online."""

    called = "action_travel"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say the venue's record and the stations, or the joining link to someone who is booked."""
        if venue is None:
            booked = any(one.event_id == event.id for one in confirmed(turn))
            link = phrase("part_joining", link=event.joining_link) if booked and event.joining_link else ""
            say("utter_travel_online", title=event.discreet_title, when=when(event, turn.now), joining=link)
            return
        parts = travel_parts(event, venue, turn.now)
        say("utter_travel", title=event.discreet_title, when=when(event, turn.now), where=venue.name, **parts)


class Parking(_AboutFocus):
    """Where to park, and what it costs as far as is known."""

    called = "action_parking"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say the venue's parking block with the date it was checked."""
        if venue is None:
            say("utter_travel_online", title=event.discreet_title, when=when(event, turn.now), joining="")
            return
        say("utter_parking", where=venue.name, **parking_parts(event, venue, turn.now))


class WhatToBring(_AboutFocus):
    """What to bring."""

    called = "action_what_to_bring"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say what the organiser asks people to bring."""
        if event.bring:
            say("utter_bring", title=event.discreet_title, bring=event.bring)
        else:
            say("utter_bring_nothing", title=event.discreet_title)


class LateOrLost(_AboutFocus):
    """Whom to ask on the day."""

    called = "action_late_or_lost"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say the organiser's number."""
        say("utter_late_or_lost", contact=event.contact or None)


class EventDetails(_AboutFocus):
    """More about one event."""

    called = "action_event_details"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say who runs it, how it goes, what it costs and whether places are left."""
        where: Any = venue.name if venue else phrase("part_online")
        say(
            "utter_event_details",
            title=event.discreet_title,
            when=when(event, turn.now),
            where=where,
            address=phrase("part_address", address=venue.address) if venue and venue.address else "",
            kind=phrase("part_course") if event.kind == Kind.COURSE else "",
            left=phrase("part_details_left", left=event.capacity - event.taken),
            cost=phrase("part_cost", cost=event.cost) if event.cost else "",
            referral=phrase("part_referral", referral=event.referral) if event.referral else "",
            bring=phrase("part_bring", bring=event.bring) if event.bring else "",
        )


def travel_actions() -> list[TurnAction]:
    """Every action that answers about the event in focus."""
    return [Travel(), Parking(), WhatToBring(), LateOrLost(), EventDetails()]
