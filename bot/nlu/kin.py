"""Finding the words for a relation in a message: "mum", "my old fella", and as London says "me old fella", "our ma"."""

from collections.abc import Iterator

from bot.nlu.phrases import Found, Phrases
from bot.nlu.tokens import Tokens

_MINE = frozenset(("me", "mi", "our", "ma", "mah"))


def find_kin(tokens: Tokens, words: tuple[str, ...], relations: Phrases[str]) -> Iterator[Found[str]]:
    """Yield the words for a relation from left to right; what is one only with "my" is one with "me" or "our" too."""
    first, behind = 0, 0  # where a word stands, and where one behind a relation does
    while first < len(words):
        found = relations.at(tokens, words, first) or _owned(tokens, words, first, relations)
        found = found or (_of_them(tokens, words, first, relations) if first == behind else None)
        if found:
            found = _longer(relations.at(tokens, words, found.last), found)
            yield found
            first, behind = found.last, found.last + 1
        first += 1


def _longer(other: Found[str] | None, found: Found[str]) -> Found[str]:
    """Return what is said of one person in two phrases as the longer: of "my youngest daughter" no "my youngest"."""
    return Found(found.first, other.last, other.meaning) if other and other.last > found.last else found


def _owned(tokens: Tokens, words: tuple[str, ...], first: int, relations: Phrases[str]) -> Found[str] | None:
    if words[first] not in _MINE or first + 1 == len(words):
        return None
    return relations.at(tokens, (*words[:first], "my", *words[first + 1 :]), first)


def _of_them(tokens: Tokens, words: tuple[str, ...], first: int, relations: Phrases[str]) -> Found[str] | None:
    """Return what is a relation only with "my" behind the one whose it is: "da" in "my pals da"."""
    if not first or not words[first - 1].endswith("s"):
        return None
    found = relations.at(tokens, (*words[: first - 1], "my", *words[first:]), first - 1)
    return Found(first, found.last, found.meaning) if found else None
