"""Finding events: search, more, wider, and the list."""

from dataclasses import replace
from typing import Any

from bot.actions.base import Say, Slots, TurnAction, phrase
from bot.actions.context import TurnContext
from bot.actions.window import window_of
from bot.actions.wording import match_option
from services.events.query import Query, SearchResult, Window
from services.events.search import load_matches, search

PAGE = 3
_SKIPPED = "skipped"


def query_of(slots: Slots, turn: TurnContext) -> Query:
    """The query that everything said so far amounts to."""
    place = slots.get("place") if isinstance(slots.get("place"), dict) else None
    dates = slots.get("when") or []
    return Query(
        lat=place["lat"] if place else None,
        lon=place["lon"] if place else None,
        cancer_type=_said(slots.get("cancer_type")),
        needs=tuple(_listed(slots.get("need"))),
        audience=tuple(_listed(slots.get("audience"))),
        stage=tuple(_listed(slots.get("stage"))),
        mode=_said(slots.get("mode")),
        language=_said(slots.get("language")),
        access=tuple(_listed(slots.get("access_wish"))),
        window=window_of(dates if isinstance(dates, list) else [dates], turn.now),
        words=slots.get("event_words") or "",
        places=slots.get("party") or 1,
    )


def _said(value: Any) -> Any:
    return None if value in (None, _SKIPPED) else value


def _listed(value: Any) -> list[str]:
    if value in (None, _SKIPPED):
        return []
    return list(value) if isinstance(value, list) else [value]


def _found(result: SearchResult, seen: list[int]) -> dict[str, Any]:
    shown = [match.event_id for match in result.matches]
    return {
        "search": "found" if shown else "none",
        "shown": shown,
        "seen": [*seen, *shown],
        "has_more": result.has_more,
        "widened": [str(wish) for wish in result.widened],
        "event_choice": None,
    }


class FindEvents(TurnAction):
    """Searches for what has been said so far."""

    called = "action_find_events"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `search` to "found" or "none", and what is shown."""
        return _found(search(turn.session, query_of(slots, turn), limit=PAGE, now=turn.now), [])


class MoreEvents(TurnAction):
    """Shows the next events of the same search."""

    called = "action_more_events"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set what is shown next, or `search` to "no_more" and leave the list as it is."""
        seen = list(slots.get("seen") or [])
        query = replace(query_of(slots, turn), seen=frozenset(seen))
        result = search(turn.session, query, limit=PAGE, now=turn.now)
        if not result.matches or result.widened:
            return {"search": "no_more"}
        return _found(result, seen)


class WidenSearch(TurnAction):
    """Looks further away and at any time, keeping what it should be about."""

    called = "action_widen_search"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set what is shown; the time window is given up for the rest of the search."""
        seen = list(slots.get("seen") or [])
        wide = replace(query_of(slots, turn), window=Window(starts_from=turn.now), seen=frozenset(seen))
        result = search(turn.session, replace(wide, radius_m=float("inf")), limit=PAGE, now=turn.now)
        if not result.matches:
            return {"search": "no_more"}
        return _found(result, seen) | {"when": None}


class AskEventChoice(TurnAction):
    """Shows the list and asks which."""

    called = "action_ask_event_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say the list; events that filled up meanwhile are left out of it."""
        place = slots.get("place") if isinstance(slots.get("place"), dict) else None
        matches = load_matches(
            turn.session,
            slots.get("shown") or [],
            lat=place["lat"] if place else None,
            lon=place["lon"] if place else None,
        )
        say(
            "utter_results",
            [match_option(match, turn.now) for match in matches],
            note=_note(slots, place),
            place_name=place["name"] if place else None,
            more=phrase("part_more_or_wider", has_more=bool(slots.get("has_more"))),
        )
        return {"widened": []}


def _note(slots: Slots, place: dict[str, Any] | None) -> Any:
    if place and place.get("outside"):
        return phrase("part_outside", place_name=place["name"])
    widened = slots.get("widened") or []
    return phrase(f"part_widened_{widened[0]}", mode=slots.get("mode")) if widened else ""


def finding_actions() -> list[TurnAction]:
    """Every action of finding events."""
    return [FindEvents(), MoreEvents(), WidenSearch(), AskEventChoice()]
