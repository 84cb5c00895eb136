"""Finding events: search, more, wider, and the list."""

from dataclasses import replace
from math import inf
from typing import Any

from bot.actions.base import SKIPPED, Say, Slots, TurnAction, phrase
from bot.actions.bookings import confirmed
from bot.actions.context import TurnContext
from bot.actions.focus import as_wished, shown
from bot.actions.window import window_of
from bot.actions.wording import match_option
from services.events.query import Match, Query, SearchResult, Widened, Window
from services.events.search import full_events, load_matches, search
from services.events.tables import Mode
from services.people.tables import Channel

PAGE = 3
# Whoever texts for a parent has one too old for what is on for young adults.
_CANNOT_BE = {
    "father": ("women", "young_adult"), "husband": ("women",), "brother": ("women",), "son": ("women",),
    "mother": ("men", "young_adult"), "wife": ("men",), "sister": ("men",), "daughter": ("men",),
    "grandparent": ("young_adult",),
}  # fmt: skip


def query_of(slots: Slots, turn: TurnContext) -> Query:
    """The query that everything said so far amounts to."""
    place = _spot(slots)
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
        activity=slots.get("activity") or "",
        not_for=_impossible(slots.get("relation")),
        places=slots.get("party") or 1,
    )


def _impossible(relation: Any) -> tuple[str, ...]:
    """The audiences that someone cannot be one of, by what they are to whoever writes for them."""
    return _CANNOT_BE.get(relation["relation"], ()) if isinstance(relation, dict) else ()


def _spot(slots: Slots) -> dict[str, Any] | None:
    """The place to be near, unless it was passed over or is still one of several."""
    place = slots.get("place")
    return place if isinstance(place, dict) and "lat" in place else None


def _said(value: Any) -> Any:
    return None if value in (None, SKIPPED) else value


def _listed(value: Any) -> list[str]:
    if value in (None, SKIPPED):
        return []
    return list(value) if isinstance(value, list) else [value]


def _found(result: SearchResult, seen: list[int], given_up: list[str], *, wide: bool = False) -> dict[str, Any]:
    """The slots of a list; `given_up` are the wishes to be named with it."""
    shown = [match.event_id for match in result.matches]
    return {
        "search": "found" if shown else "none",
        "shown": shown,
        "seen": [*seen, *shown],
        "has_more": result.has_more,
        "has_wider": not wide,
        "given_up": [str(wish) for wish in result.widened],
        "widened": given_up,
        "event_choice": None,
    }


def _booked_for_oneself(turn: TurnContext) -> list[int]:
    return [each.event_id for each in confirmed(turn) if each.person_id != turn.person_id or not each.attendee]


def _seen(slots: Slots) -> list[int]:
    return list(slots.get("seen") or [])


class FindEvents(TurnAction):
    """Searches for what has been said so far."""

    called = "action_find_events"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `search` to "found" or "none", and what is shown; what is booked already is asked for by name only."""
        query = query_of(slots, turn)
        booked = [] if query.words or slots.get("relation") else _booked_for_oneself(turn)
        result = search(turn.session, replace(query, seen=frozenset(booked)), limit=PAGE, now=turn.now)
        fewer = self._with_fewer_places(replace(query, seen=frozenset(booked)), result, turn)
        if fewer is not None:
            return _listed_for(turn, fewer, booked, ["places"]) | {"full": None, "wait_for": None}
        return _listed_for(turn, result, booked, list(map(str, result.widened))) | _full(query, result, turn)

    @staticmethod
    def _with_fewer_places(query: Query, result: SearchResult, turn: TurnContext) -> SearchResult | None:
        """What fits but for the places of a party, when all that has room for them is something else."""
        if query.places == 1 or (result.matches and not result.widened):
            return None
        fewer = search(turn.session, replace(query, places=1), limit=PAGE, now=turn.now)
        return fewer if fewer.matches and not fewer.widened else None


def _listed_for(turn: TurnContext, result: SearchResult, seen: list[int], given_up: list[str]) -> dict[str, Any]:
    """The slots of a list; beside the welcome it has as many lines as four parts of a text hold.

    That is two, or one with a note of wishes given up.
    """
    if not turn.is_first or turn.channel != Channel.SMS:
        return _found(result, seen, given_up)
    lines = 1 if given_up else 2
    has_more = result.has_more or len(result.matches) > lines
    return _found(replace(result, matches=result.matches[:lines], has_more=has_more), seen, given_up)


def _full(query: Query, result: SearchResult, turn: TurnContext) -> dict[str, Any]:
    """What was asked for by its name, or by what is done there, and is full, so that one can wait for it."""
    is_met = result.matches and not {Widened.WORDS, Widened.ACTIVITY} & set(result.widened)
    named = (
        []
        if is_met or not (query.words or query.activity)
        else full_events(turn.session, query, limit=PAGE, now=turn.now)
    )
    ids = [match.event_id for match in named]
    listing = {"listing": True} if result.matches and ids else {}
    return {"full": ids or None, "wait_for": f"event:{ids[0]}" if len(ids) == 1 else None} | listing


class MoreEvents(TurnAction):
    """Shows the next events of the same search."""

    called = "action_more_events"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set what is shown next, or `search` to "no_more" and leave the list as it is."""
        query = replace(query_of(slots, turn), seen=frozenset(_seen(slots)))
        if not slots.get("has_wider"):
            query = replace(query, radius_m=inf)
        result = search(turn.session, query, limit=PAGE, now=turn.now)
        if not result.matches or set(map(str, result.widened)) - set(slots.get("given_up") or []):
            return {"search": "no_more"}
        return _found(result, _seen(slots), [], wide=not slots.get("has_wider"))


class WidenSearch(TurnAction):
    """Looks further away and at any time, keeping what it should be about."""

    called = "action_widen_search"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set what is shown; the time window is given up for the rest of the search."""
        anywhere = replace(query_of(slots, turn), radius_m=inf, window=Window(starts_from=turn.now))
        result = search(turn.session, replace(anywhere, seen=frozenset(_seen(slots))), limit=PAGE, now=turn.now)
        if not result.matches:
            return {"search": "no_more", "has_wider": False}
        return _found(result, _seen(slots), ["wider", *map(str, result.widened)], wide=True) | {"when": None}


class AskEventChoice(TurnAction):
    """Shows the list and asks which."""

    called = "action_ask_event_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say the list; events that filled up meanwhile are left out of it."""
        place = _spot(slots)
        mode = None if "mode" in (slots.get("given_up") or []) else slots.get("mode")
        matches = _shown(slots, turn, place if mode != Mode.ONLINE else None)
        more = {"has_more": slots.get("has_more") or None, "has_wider": slots.get("has_wider") or None}
        if not matches:
            say("utter_results_gone", more=phrase("part_else", **more))
            return {}
        say(
            "utter_results",
            [match_option(match, turn.now, mode) for match in matches],
            note=_note(slots, place),
            mode=mode,
            place_name=place["name"] if place else None,
            only=len(matches) == 1,
            more=phrase("part_choose", other=phrase("part_else", **more)),
        )
        return {"widened": []}


def _shown(slots: Slots, turn: TurnContext, near: dict[str, Any] | None) -> list[Match]:
    """The events of the list as they stand now, with how far they are from a place."""
    lat, lon = (near["lat"], near["lon"]) if near else (None, None)
    return load_matches(turn.session, slots.get("shown") or [], lat=lat, lon=lon, now=turn.now)


class TakeOnly(TurnAction):
    """Takes the one event of a list that "book it" can mean: asked about just now, wished for by name, or alone."""

    called = "action_take_only"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `event_choice` when it is clear which."""
        matches = shown(slots, turn)
        asked_about = [match for match in matches if match.event_id == slots.get("focus")]
        meant = asked_about or as_wished(matches, slots)
        return {"event_choice": f"event:{meant[0].event_id}"} if len(meant) == 1 else {}


def _note(slots: Slots, place: dict[str, Any] | None) -> Any:
    if place and place.get("outside"):
        return phrase("part_outside", place_name=place["name"])
    given_up = slots.get("widened") or []
    if not given_up:
        party = slots.get("party") or 1
        return phrase("part_room_for", number=party) if party > 1 else ""
    if len(given_up) == 1:
        return phrase(f"part_widened_{given_up[0]}", mode=slots.get("mode"), wanted=slots.get("party"))
    return phrase("part_widened_all", these=_joined([phrase(f"part_these_{wish}") for wish in given_up]))


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Parts as in speech: "a, b and c"."""
    *before, last = parts
    if not before:
        return last
    link = "part_and" if len(before) == 1 else "part_comma"
    return phrase(link, first=before[0], last=_joined([*before[1:], last]))


def finding_actions() -> list[TurnAction]:
    """Every action of finding events."""
    return [FindEvents(), MoreEvents(), WidenSearch(), AskEventChoice(), TakeOnly()]
