"""Saved searches by text: looking out for what someone wished for, showing and ending that."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction, option, phrase
from bot.actions.context import TurnContext
from bot.actions.finding import query_of
from bot.understanding import Option
from services.campaigns import saved_searches
from services.campaigns.saved_searches import Saved
from services.core.spoken import spoken_date
from services.events.discretion import telling_words
from services.events.query import Query
from services.events.taxonomy import load_taxonomy

ALL = "search:all"
_EVERYTHING = Option(ALL, "", "all both everything")


def _about(query: Query, slots: Slots) -> dict[str, Any]:
    """What a search is for, in words that may be said: nothing that tells of an illness."""
    labels = [load_taxonomy().label("need", need) for need in query.needs]
    what = [query.words or query.activity] if query.words or query.activity else labels
    place = slots.get("place") if query.lat is not None else None
    return {
        "what": ", ".join(each for each in what if not telling_words(each)),
        "who": ", ".join(_people(query)),
        "place_name": place["name"] if isinstance(place, dict) else None,
        "mode": query.mode,
    }


def _people(query: Query) -> list[str]:
    labels = [load_taxonomy().label("audience", each) for each in query.audience if each != "patient"]
    return [label for label in labels if not telling_words(label)]


def described(saved: Saved) -> dict[str, Any]:
    """A search in a few words: "exercise near Walthamstow"."""
    about = saved.about
    what = about["what"] or phrase("part_any_event")
    people = phrase("part_search_for", people=about["who"]) if about["who"] else ""
    return phrase("part_search", what=what, for_whom=people, place_name=about["place_name"], mode=about["mode"])


class SaveSearch(TurnAction):
    """Looks out for what has been said so far."""

    called = "action_save_search"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Save the search and say so."""
        query = query_of(slots, turn)
        saved = saved_searches.save(
            turn.session,
            person_id=turn.person_id,
            identity_id=turn.identity_id,
            query=query,
            about=_about(query, slots),
            now=turn.now,
        )
        say("utter_search_saved", search=described(saved), until=spoken_date(saved.ends_at, turn.now))
        return {}


class ListSearches(TurnAction):
    """Shows what is looked out for."""

    called = "action_list_searches"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say the searches in a line; nothing when there are none."""
        found = saved_searches.open_searches(turn.session, turn.person_id, turn.now)
        if found:
            last = described(found[-1])
            say("utter_searches", number=len(found), search=last)
        return {}


class FindSearches(TurnAction):
    """Finds which search someone would end."""

    called = "action_find_searches"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `endable` to "none", "one" (then `search_choice` is it) or "many"; the message may say which."""
        found = saved_searches.open_searches(turn.session, turn.person_id, turn.now)
        lines = [Option(f"search:{each.search_id}", "", _words(each)) for each in found]
        if len(lines) > 1:
            named = turn.pick(lines := [*lines, _EVERYTHING])
            lines = lines if named is None else [lines[named]]
        if not lines:
            return {"endable": "none"}
        return {"endable": "one", "search_choice": lines[0].payload} if len(lines) == 1 else {"endable": "many"}


def _words(saved: Saved) -> str:
    return f"{saved.about['what']} {saved.about['who']} {saved.about['place_name'] or ''}"


class AskSearchChoice(TurnAction):
    """Asks which search to end."""

    called = "action_ask_search_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu of the searches, and of all of them at once."""
        found = saved_searches.open_searches(turn.session, turn.person_id, turn.now)
        lines = [
            option(f"search:{each.search_id}", phrase("option_search", search=described(each)), words=_words(each))
            for each in found
        ]
        say("utter_ask_search_choice", [*lines, option(ALL, phrase("option_all_searches"), words=_EVERYTHING.words)])
        return {}


class EndSearch(TurnAction):
    """Ends a search, or all."""

    called = "action_end_search"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """End and say so."""
        found = saved_searches.open_searches(turn.session, turn.person_id, turn.now)
        wanted = [each for each in found if slots["search_choice"] in (ALL, f"search:{each.search_id}")]
        for each in wanted:
            saved_searches.end(turn.session, each.search_id, turn.now)
        if len(wanted) == 1:
            say("utter_search_ended", search=described(wanted[0]))
        else:
            say("utter_searches_ended" if wanted else "utter_no_searches")
        return {"search_choice": None}


def saved_search_actions() -> list[TurnAction]:
    """Every action about saved searches."""
    return [SaveSearch(), ListSearches(), FindSearches(), AskSearchChoice(), EndSearch()]
