"""Finding the words for a relation in a message: "mum", "my old fella", and as London says "me old fella", "our ma"."""

from collections.abc import Iterator

from bot.nlu.phrases import Found, Phrases
from bot.nlu.tokens import Tokens

_MINE = frozenset(("me", "mi", "our", "ma", "mah"))


def find_kin(tokens: Tokens, words: tuple[str, ...], relations: Phrases[str]) -> Iterator[Found[str]]:
    """Yield the words for a relation from left to right; what is one only with "my" is one with "me" or "our" too."""
    first = 0
    while first < len(words):
        found = relations.at(tokens, words, first) or _owned(tokens, words, first, relations)
        if found:
            yield found
            first = found.last
        first += 1


def _owned(tokens: Tokens, words: tuple[str, ...], first: int, relations: Phrases[str]) -> Found[str] | None:
    if words[first] not in _MINE or first + 1 == len(words):
        return None
    return relations.at(tokens, (*words[:first], "my", *words[first + 1 :]), first)
