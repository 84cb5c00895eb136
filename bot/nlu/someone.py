"""Finding that an event is for someone whom no word for a relation names: "a lady at my church", "my boss has it"."""

from collections.abc import Iterator

from bot.nlu.phrases import Found, Phrases
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

_WORDS = contexts("relations")
_PEOPLE = Phrases(dict.fromkeys(_WORDS["people"], True))
_HAS_IT = frozenset(tuple(phrase.split()) for phrase in _WORDS["has_it"])
_ONE_OF = ("one", "of")


def find_someone(tokens: Tokens, words: tuple[str, ...]) -> Iterator[Found[str]]:
    """Yield the people whom a place is for, or who are said to be ill."""
    for found in _PEOPLE.find(tokens, words):
        owner = found.first
        while owner and words[owner - 1] in _WORDS["adjectives"]:
            owner -= 1
        if owner and words[owner - 1] in _WORDS["own"]:
            owner -= 1
            if _is_meant(words[:owner]) or any(words[found.last + 1 :][: len(has)] == has for has in _HAS_IT):
                yield Found(owner, found.last, "other")


def _is_meant(before: tuple[str, ...]) -> bool:
    """Return whether "for" stands before a person, or "for one of" them."""
    before = before[:-2] if before[-2:] == _ONE_OF else before
    return before[-1:] != () and before[-1] in _WORDS["meant_for"]
