"""Finding that an event is for someone whom no word for a relation names: "a lady at my church", "my boss has it"."""

from collections.abc import Iterator

from bot.nlu.lexicon import Lexicon
from bot.nlu.phrases import Found, Phrases
from bot.nlu.said_of import tells_illness
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

_WORDS = contexts("relations")
_PEOPLE = Phrases(dict.fromkeys(_WORDS["people"], True))
_HAS_IT = frozenset(tuple(phrase.split()) for phrase in _WORDS["has_it"])
_HAS = (("has",), ("got",), ("have",))
_ONE_OF = ("one", "of")


def find_someone(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon) -> Iterator[Found[str]]:
    """Yield the people whom a place is for, or who are said to be ill."""
    for found in _PEOPLE.find(tokens, words):
        owner = found.first
        while owner and words[owner - 1] in _WORDS["adjectives"]:
            owner -= 1
        if owner and words[owner - 1] in _WORDS["own"]:
            owner -= 1
            if _is_meant(words[:owner]) or _has_it(tokens, words, found.last + 1, lexicon):
                yield Found(owner, found.last, "other")


def _is_meant(before: tuple[str, ...]) -> bool:
    """Return whether "for" stands before a person, or "for one of" them, or a message begins with "one of"."""
    if before == _ONE_OF:
        return True
    before = before[:-2] if before[-2:] == _ONE_OF else before
    return before[-1:] != () and before[-1] in _WORDS["meant_for"]


def _has_it(tokens: Tokens, words: tuple[str, ...], place: int, lexicon: Lexicon) -> bool:
    """Return whether "has it" or "has lung cancer" stands behind a person."""
    if any(words[place : place + len(has)] == has for has in _HAS_IT):
        return True
    return words[place : place + 1] in _HAS and tells_illness(tokens, words, place, lexicon)
