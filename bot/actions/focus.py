"""Which event a question is about: one that it names, the one being booked, one of a list, or the next one booked."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction
from bot.actions.bookings import booking_words, confirmed
from bot.actions.context import TurnContext
from bot.actions.events import chosen, event_with_venue
from bot.actions.wording import match_option
from bot.understanding import Option
from services.booking import bookings
from services.events.query import Match
from services.events.search import load_matches
from services.events.tables import Event, Venue


def event_of(turn: TurnContext, payload: str) -> int | None:
    """The id of the event behind the payload of an event or of a booking; None when the booking is gone."""
    if payload.startswith("event:"):
        return chosen(payload)
    booked = bookings.by_id(turn.session, chosen(payload)) if payload != "booking:all" else None
    return booked.event_id if booked else None


def in_focus(slots: Slots, turn: TurnContext) -> tuple[Event, Venue | None] | None:
    """The event that is being talked about, else the next one booked, else one talked about before."""
    for payload in (slots.get("about"), slots.get("event_choice"), slots.get("booking_choice")):
        event_id = event_of(turn, payload) if payload else None
        if event_id is not None:
            return event_with_venue(turn.session, event_id)
    ahead = [booked.event_id for booked in confirmed(turn)]
    before = slots.get("focus")
    if ahead:
        return event_with_venue(turn.session, before if before in ahead else ahead[0])
    event, venue = event_with_venue(turn.session, before) if before else (None, None)
    return (event, venue) if event is not None and event.ends_at > turn.now else None


def shown(slots: Slots, turn: TurnContext) -> list[Match]:
    """The events of the last list that can still be booked."""
    return load_matches(turn.session, slots.get("shown") or [], lat=None, lon=None, now=turn.now)


def as_wished(matches: list[Match], slots: Slots) -> list[Match]:
    """Those of a list that are what was asked for by name ("yoga"), all of them when none is."""
    wished = set(f"{slots.get('activity') or ''} {slots.get('event_words') or ''}".lower().split())
    return [match for match in matches if wished & set(match.title.lower().split())] or matches


def _other_dates(slots: Slots, turn: TurnContext) -> list[Match]:
    """The dates that a booking may be changed to, as they were listed."""
    return load_matches(turn.session, slots.get("listed_dates") or [], lat=None, lon=None, now=turn.now)


class FindFocus(TurnAction):
    """Finds which event a question is about, before it is answered.

    `by_venue`: events at one place are one, since the question is about the place.
    """

    def __init__(self, called: str, *, by_venue: bool) -> None:
        self._called, self._by_venue = called, by_venue

    def name(self) -> str:
        """The name that flows use."""
        return self._called

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `about` when the message tells, and `candidates` to "one", "many" or "none"."""
        dates = _other_dates(slots, turn)
        if about := _line(turn) or (_named(dates, turn) if dates else None):
            return {"candidates": "one", "about": about}
        if slots.get("about") or slots.get("booking_choice"):
            return {"candidates": "one"}
        matches = shown(slots, turn)
        if about := _named(matches, turn):
            return {"candidates": "one", "about": about}
        if matches and slots.get("listing") and not slots.get("event_choice"):
            return self._of_list(matches, slots)
        return {"candidates": "one" if in_focus(slots, turn) else "none"}

    def _of_list(self, found: list[Match], slots: Slots) -> dict[str, Any]:
        matches = as_wished(found, slots)
        is_one = self._is_one(matches)
        return {"candidates": "one", "about": f"event:{matches[0].event_id}"} if is_one else {"candidates": "many"}

    def _is_one(self, matches: list[Match]) -> bool:
        return len(matches) == 1 or (self._by_venue and len({match.venue for match in matches}) == 1)


def _line(turn: TurnContext) -> str | None:
    """The line of a menu that the message is about, where that is an event or one booking."""
    line = next((one.value for one in turn.entities if one.kind == "about"), None)
    is_one = isinstance(line, str) and line.startswith(("event:", "booking:")) and line != "booking:all"
    return line if is_one else None


def _named(matches: list[Match], turn: TurnContext) -> str | None:
    """The payload of what the message names, of these events and what is booked."""
    options = _options(matches, turn)
    named = turn.pick(options) if options else None
    return None if named is None else options[named].payload


def _options(matches: list[Match], turn: TurnContext) -> list[Option]:
    """What a question may name: the lines of the list, in order, then what is booked."""
    found = [
        Option(f"event:{match.event_id}", match.title, f"{match.title} {match.venue}", match.starts_at.isoformat())
        for match in matches
    ]
    known = {match.event_id for match in matches}
    return found + [booking_words(booked, turn) for booked in confirmed(turn) if booked.event_id not in known]


class AskAbout(TurnAction):
    """Asks which event of the list is meant."""

    called = "action_ask_about"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with the list as a menu."""
        say("utter_ask_about", [match_option(match, turn.now) for match in shown(slots, turn)])
        return {}


def focus_actions() -> list[TurnAction]:
    """Every action that finds out which event is meant."""
    return [
        FindFocus("action_find_focus", by_venue=False),
        FindFocus("action_find_venue", by_venue=True),
        AskAbout(),
    ]
