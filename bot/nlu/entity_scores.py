"""How well what messages say was found: entities against marked rows, and lines picked from menus."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.nlu.entities import find_entities
from bot.nlu.lexicon import Lexicon
from bot.nlu.menu_lines import option_of
from bot.nlu.scores import Tally
from bot.nlu.tokens import fold
from bot.nlu.training_data import read_yaml
from bot.understanding import Entity, Expecting

# What the rows expect, and the kinds of entity that answer it.
_KINDS = {
    "place": ("place", "place_choice"),
    "cancer_type": ("cancer_type",),
    "need": ("need",),
    "date": ("date",),
    "party": ("count",),
    "for_whom": ("relation",),
    "mode": ("mode",),
    "name": ("name",),
}
_BY_WORDS = frozenset(("place", "date", "name"))


def score_entities(path: Path, lexicon: Lexicon, now: datetime) -> dict[str, Tally]:
    """A tally for each kind over rows of `text` and `expect` (kind to a list of words, ids or numbers).

    Places, dates and names count as found when their words overlap, relations when "for my" and the word expected mean
    the same, ids and numbers when they are equal.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in read_yaml(path):
        found = find_entities(row["text"], lexicon, None, now)
        for kind in _KINDS:
            expected = [_meant(kind, word, lexicon, now) for word in row["expect"].get(kind, ())]
            for position, count in enumerate(_counted(kind, expected, found)):
                counts[kind][position] += count
    return {kind: Tally(*counts[kind]) for kind in _KINDS if any(counts[kind])}


def score_choices(path: Path, lexicon: Lexicon, now: datetime) -> Tally:
    """A tally of lines picked over rows of `menu` (lines), `text` and `expect` (the line's number from 1, or null).

    `slot` is what the menu's question fills, if that is not an event.
    """
    hits = false_finds = misses = 0
    for row in read_yaml(path):
        options = tuple(option_of(number, line, now) for number, line in enumerate(row["menu"], start=1))
        found = find_entities(row["text"], lexicon, Expecting(row.get("slot", "event"), "choice", options), now)
        picked = next((entity.value + 1 for entity in found if entity.kind == "choice"), None)
        hits += picked is not None and picked == row["expect"]
        false_finds += picked is not None and picked != row["expect"]
        misses += row["expect"] is not None and picked != row["expect"]
    return Tally(hits, false_finds, misses)


def _meant(kind: str, word: Any, lexicon: Lexicon, now: datetime) -> Any:
    """What is expected, in the terms of an entity's value: "mum" as a relation is {"relation": "mother"}."""
    if kind != "for_whom":
        return word
    found = find_entities(f"its for my {str(word).replace('-', ' ')}", lexicon, None, now)
    return next((entity.value for entity in found if entity.kind == "relation"), word)


def _counted(kind: str, expected: Sequence[Any], found: Iterable[Entity]) -> tuple[int, int, int]:
    """Hits, false finds and misses of one kind in one message; each entity answers one expectation."""
    left = _distinct(kind, [entity for entity in found if entity.kind in _KINDS[kind]])
    hits = 0
    for wanted in expected:
        match = next((entity for entity in left if _answers(kind, wanted, entity)), None)
        if match is not None:
            left.remove(match)
            hits += 1
    return hits, len(left), len(expected) - hits


def _distinct(kind: str, found: list[Entity]) -> list[Entity]:
    """The entities, an id or a number that is said twice ("yoga or pilates") only once."""
    return found if kind in _BY_WORDS else list({repr(entity.value): entity for entity in found}.values())


def _answers(kind: str, wanted: Any, entity: Entity) -> bool:
    if kind not in _BY_WORDS:
        return bool(entity.value == wanted)
    return bool(set(fold(str(wanted)).split()) & set(fold(entity.words).split()))
