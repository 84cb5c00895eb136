"""Finding that someone is a young adult by the age they give: "im 23", "24 year old", "shes 27"."""

import re
from collections.abc import Iterator

from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts
from bot.understanding import Entity

_WORDS = contexts("ages")
_YOUNGEST, _OLDEST = 16, 39  # years: whom services for young adults take
_WITH_UNIT = re.compile(r"(\d\d)(?:yo|yrs?|yrold|yearold)")
_OLD = ("old", "olds")


def find_ages(tokens: Tokens, words: tuple[str, ...]) -> list[Entity]:
    """Return the audience young_adult for each age of 16 to 39 that is given as an age."""
    return [_entity(tokens, place) for place in _ages(tokens, words)]


def _entity(tokens: Tokens, place: int) -> Entity:
    start, end = tokens.span(place, place)
    return Entity("audience", "young_adult", start, end, tokens.text[start:end])


def _ages(tokens: Tokens, words: tuple[str, ...]) -> Iterator[int]:
    for place, word in enumerate(words):
        digits = _WITH_UNIT.sub(r"\1", word)
        if _is_young(digits) and (digits != word or _is_old(words, place) or _is_said_to_be(tokens, words, place)):
            yield place


def _is_young(digits: str) -> bool:
    return len(digits) == 2 and digits.isdecimal() and _YOUNGEST <= int(digits) <= _OLDEST


def _is_old(words: tuple[str, ...], place: int) -> bool:
    """Return whether "years old" or "yo" follows a number."""
    unit, then = (*words[place + 1 : place + 3], "", "")[:2]
    return unit == "yo" or (unit in _WORDS["years"] and then in _OLD)


def _is_said_to_be(tokens: Tokens, words: tuple[str, ...], place: int) -> bool:
    """Return whether someone is said to be so old, and the number counts nothing: "im 23 and", "aged 22"."""
    ends = place + 1 == len(words) or bool(tokens.gaps[place + 1]) or words[place + 1] in _WORDS["after"]
    before = words[:place]
    while before and before[-1] in _WORDS["hurrying"]:
        before = before[:-1]
    return ends and any(" ".join(before[-length:]) in _WORDS["leads"] for length in (1, 2))
