"""What a message names of the events to come: a title or a provider, or what is done there."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.understanding import Entity, Expecting, Understanding
from services.events.activities import Activity
from services.events.search import Named

FindNamed = Callable[[str], Named]

# Of these a new one takes the place of the old: who wants a massage no longer asks for a course by its name.
_GOALS = frozenset({"need", "activity", "title"})
# Answers that may be any words.
_ANYTHING = frozenset({"name", "text"})


def with_named(understood: Understanding, expecting: Expecting | None, find: FindNamed) -> Understanding:
    """Add the title and the activities that a message names, unless it picks from a menu or may be any words.

    Of what is looked for, what the message does not name is added with no value, so that it is looked for no more.
    """
    kind = expecting.kind if expecting else "choice"
    if kind in _ANYTHING:
        return understood
    named = find(understood.text)
    found = list(understood.entities)
    if named.title and kind == "choice":
        found.append(Entity("title", named.title, 0, len(understood.text), named.title))
    elif not understood.first("choice"):
        found += _activity(understood, _unexplained(named.activities, found), kind)
    if not understood.first("choice"):
        found += _given_up(found)
    return replace(understood, entities=tuple(found))


def _activity(understood: Understanding, said: Sequence[Activity], asked: str) -> list[Entity]:
    """What is to be done, as one entity that takes no words from an answer; it answers what would help, too.

    Its `words` are those that no need has as well.
    """
    if not said:
        return []
    end = len(understood.text)
    new = [each for each in said if not any(need.overlaps(each.start, each.end) for need in understood.entities)]
    words = " ".join(understood.text[each.start : each.end] for each in new)
    found = [Entity("activity", " ".join(dict.fromkeys(each.word for each in said)), end, end, words)]
    if asked == "need" and not understood.first("need"):
        found.append(Entity("skip", True, end, end, ""))
    return found


def _unexplained(said: Sequence[Activity], entities: Sequence[Entity]) -> list[Activity]:
    """The activities whose words say nothing else than what would help (not a place, a language, a person)."""
    others = [entity for entity in entities if entity.kind != "need"]
    return [each for each in said if not any(one.overlaps(each.start, each.end) for one in others)]


def _given_up(found: Sequence[Entity]) -> list[Entity]:
    goals: set[Any] = {entity.kind for entity in found} & _GOALS
    return [Entity(kind, None, 0, 0, "") for kind in ("activity", "title") if goals and kind not in goals]
