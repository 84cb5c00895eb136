"""Needs that are none beside another: company where a group is for something, fear and fitness that only colour it."""

from collections.abc import Collection, Sequence

from bot.nlu.tokens import Tokens, fold, words_of
from bot.nlu.word_lists import contexts
from bot.understanding import Entity

COMPANY = "company"
_EMOTIONAL = "emotional"
_WORDS = contexts("terms")
# Needs that only colour another where they are said in these words: "scared its back", "fit for my op".
_COLOURS = {tuple(pair.split(" beside ")): words for pair, words in contexts("colours").items()}
_WHATEVER = frozenset(("anything",))


def without_mere_company(found: list[Entity], tokens: Tokens) -> list[Entity]:
    """Return entities without the need of company where another need says what the group or talk is for."""
    needs = [entity for entity in found if entity.kind == "need" and entity.value != COMPANY]
    if not needs:
        return found
    return [
        entity
        for entity in found
        if (entity.kind, entity.value) != ("need", COMPANY) or asks_for_people(entity, needs, tokens)
    ]


def asks_for_people(entity: Entity, needs: Sequence[Entity], tokens: Tokens) -> bool:
    """Return whether company is a need of its own: someone is lonely, would meet others, or asks for any group."""
    said = fold(entity.words).split()
    if not _WORDS["alone"].isdisjoint(said):
        return True
    return not _WORDS["groups"].isdisjoint(said) and not _is_group_of(entity, needs, tokens)


def _is_group_of(entity: Entity, needs: Sequence[Entity], tokens: Tokens) -> bool:
    """Return whether a group is for a need: one for it, or named after it unless for support ("a grief group")."""
    behind = words_of(tokens.text[entity.end :])[:2]
    if not _WORDS["purpose"].isdisjoint(behind[:1]) and _WORDS["pointing"].isdisjoint(behind[1:]):
        return True
    ahead = tokens.text[: entity.start].rstrip()
    named = any((need.start < entity.end and need.end > entity.start) or ahead.endswith(need.words) for need in needs)
    return named and _WORDS["mutual"].isdisjoint(fold(entity.words).split())


def without_mere_colour(found: Sequence[Entity], text: str) -> list[Entity]:
    """Return entities without the needs that only colour another: fear of something, fitness for an operation."""
    told = {entity.value for entity in found if entity.kind == "need"}
    return [entity for entity in found if entity.kind != "need" or not _only_colours(entity, told, text)]


def _only_colours(entity: Entity, told: Collection[str], text: str) -> bool:
    said = fold(entity.words).split()
    return any(_is_colour(said, entity.value, other) for other in told) or (
        len(told) > 1 and _is_of_something(entity, text)
    )


def _is_colour(said: Sequence[str], need: str, other: str) -> bool:
    words = _COLOURS.get((need, other), frozenset[str]())
    return words == _WHATEVER or (bool(words) and words.issuperset(said))


def _is_of_something(entity: Entity, text: str) -> bool:
    """Return whether one word of fear goes on with what is feared ("scared to eat", "worried about the bills")."""
    if entity.value != _EMOTIONAL or fold(entity.words) not in _WORDS["fears"]:
        return False
    behind = words_of(text[entity.end :])[:1]
    return text[entity.end : entity.end + 1] == " " and not _WORDS["feared"].isdisjoint(behind)
