"""How to get there, where to park, what to bring: about the event in focus or the next one booked."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction, phrase
from bot.actions.bookings import confirmed
from bot.actions.context import TurnContext
from bot.actions.focus import in_focus
from bot.actions.wording import ask_whom, event_line, fact, parking_parts, travel_parts, when
from services.events.tables import Event, Mode, Venue


class AboutFocus(TurnAction):
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


class Travel(AboutFocus):
    """How to get to the event, or how to join it online."""

    called = "action_travel"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say the venue's record and the stations, or the joining link to someone who is booked."""
        if venue is None:
            booked = any(one.event_id == event.id for one in confirmed(turn))
            link = phrase("part_joining", link=event.joining_link) if event.joining_link else ""
            if not booked:
                link = phrase("part_joining_later")
            say("utter_travel_online", title=event.discreet_title, when=when(event, turn.now), joining=link)
            return
        parts = travel_parts(event, venue, turn.now)
        say("utter_travel", title=event.discreet_title, when=when(event, turn.now), where=venue.name, **parts)


class JoinOnline(AboutFocus):
    """How to join from home."""

    called = "action_join_online"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say the joining link to someone who is booked; to nobody else."""
        if event.mode == Mode.IN_PERSON:
            say("utter_not_online", event=event_line(event, venue, turn.now))
            return
        booked = any(one.event_id == event.id for one in confirmed(turn))
        line = event_line(event, venue, turn.now)
        if booked and event.joining_link:
            say("utter_join", event=line, link=event.joining_link)
        else:
            say("utter_join_later" if not booked else "utter_join_unknown", event=line, ask=ask_whom(event))


class Parking(AboutFocus):
    """Where to park, and what it costs as far as is known."""

    called = "action_parking"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say the venue's parking block with the date it was checked."""
        if venue is None:
            say("utter_travel_online", title=event.discreet_title, when=when(event, turn.now), joining="")
            return
        say("utter_parking", where=venue.name, **parking_parts(event, venue, turn.now))


class WhatToBring(AboutFocus):
    """What to bring."""

    called = "action_what_to_bring"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say what the organiser asks people to bring."""
        if event.bring:
            say("utter_bring", title=event.discreet_title, bring=fact(event.bring))
        else:
            say("utter_bring_nothing", title=event.discreet_title)


class LateOrLost(AboutFocus):
    """Whom to ask on the day."""

    called = "action_late_or_lost"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say the organiser's number."""
        say("utter_late_or_lost", contact=fact(event.contact) or None)


class Cost(AboutFocus):
    """What one event costs."""

    called = "action_cost"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say the cost on record, or that none is recorded."""
        say("utter_cost", title=event.discreet_title, cost=fact(event.cost) or None)


def travel_actions() -> list[TurnAction]:
    """Every action that answers about the event in focus."""
    return [Travel(), Parking(), WhatToBring(), LateOrLost(), Cost(), JoinOnline()]
