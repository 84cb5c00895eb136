"""What any weak word means by the company it keeps: all that is said, or joined to what surely means its kind."""

from collections.abc import Collection, Sequence

from bot.nlu.lexicon import Meaning
from bot.nlu.phrases import Found
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

Phrase = Found[tuple[Meaning, ...]]

_WORDS = contexts("terms")
_JOINING = frozenset(("and", "or"))
_POLITE = _WORDS["polite"] | _JOINING
_SITED = _POLITE | _WORDS["sites"]
_PARTED = frozenset((",", "/", "-"))


def are_all(tokens: Tokens, phrases: Sequence[Phrase], where_and_when: Collection[int]) -> bool:
    """Return whether a message is nothing but terms, a place and a date ("money and work please", "sleep near E17")."""
    named = {word for phrase in phrases for word in range(phrase.first, phrase.last + 1)}
    others = {word for place, word in enumerate(tokens.words) if place not in named and place not in where_and_when}
    return others <= (_SITED if where_and_when else _POLITE)


def is_listed(tokens: Tokens, phrases: Sequence[Phrase], place: int, kind: str) -> bool:
    """Return whether a weak phrase is joined to one that surely is of its kind ("tiredness and sleep")."""
    neighbours = ((place - 1, place), (place, place + 1))
    return any(
        _are_joined(tokens, phrases[left], phrases[right])
        and any(meaning.kind == kind and not meaning.weak for meaning in phrases[left + right - place].meaning)
        for left, right in neighbours
        if left >= 0 and right < len(phrases)
    )


def _are_joined(tokens: Tokens, left: Phrase, right: Phrase) -> bool:
    """Return whether "and", "or" or a comma is all that stands between two phrases."""
    between = tokens.words[left.last + 1 : right.first]
    return set(between) <= _JOINING and (bool(between) or tokens.gaps[right.first] in _PARTED)
