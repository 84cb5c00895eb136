"""Telling a date that says when something happened ("diagnosed in june") from one that says when to come."""

from bot.nlu.phrases import Phrases
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

_WORDS = contexts("dates")
_HAPPENED = Phrases(dict.fromkeys(_WORDS["happened"], True) | dict.fromkeys(_WORDS["not_happened"], False))


def is_told(tokens: Tokens, words: tuple[str, ...], first: int) -> bool:
    """Return whether the date that begins at word `first` says when something happened, or treatment begins or ends."""
    for found in _HAPPENED.find(tokens, words[:first]):
        between = words[found.last + 1 : first]
        leads = {words[first - 1], words[first]}
        parted = any(tokens.gaps[found.last + 1 : first + 1])
        if found.meaning and not parted and _WORDS["happened_between"].issuperset(between):
            return not _WORDS["happened_then"].isdisjoint(leads)
    return False
