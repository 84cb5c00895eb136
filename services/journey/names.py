"""Names of places in a message, as they are listed: the longest wins, with or without the spaces in it."""

from services.journey.context import Guard
from services.journey.listing import Name
from services.journey.reading import Word, joined_until

_SHORTEST_JOINED = 7
_SHORTEST_SPLIT = 8


class Names:
    """All listed names by their words."""

    def __init__(self, listed: dict[str, Name], common: frozenset[str]) -> None:
        self._by_key = listed | _without_spaces(listed, common)
        self._longest: dict[str, int] = {}
        for key in self._by_key:
            first = key.partition(" ")[0]
            self._longest[first] = max(self._longest.get(first, 0), 1 + key.count(" "))
        self._split = {key: name for key, name in listed.items() if _may_be_split(name)}

    def get(self, key: str) -> Name | None:
        """Return the name listed under a key (see `reading.key_of`)."""
        return self._by_key.get(key)

    def listed_at(self, words: list[Word], start: int) -> tuple[int, Name] | None:
        """Return where the longest listed name that begins at a word stops, and the name."""
        longest = self._longest.get(words[start].key)
        if longest is None:
            return None
        stop = joined_until(words, start, longest)
        while stop > start:
            name = self._by_key.get(" ".join([word.key for word in words[start:stop]]))
            if name:
                return stop, name
            stop -= 1
        return None

    def split_at(self, words: list[Word], start: int) -> tuple[int, Name] | None:
        """Return a long name written as two words at `start` ("black heath")."""
        if start + 1 >= len(words) or not words[start + 1].joined:
            return None
        name = self._split.get(words[start].key + words[start + 1].key)
        return (start + 2, name) if name else None


def _without_spaces(listed: dict[str, Name], common: frozenset[str]) -> dict[str, Name]:
    """Return the names that may be written as one word ("kingscross"), by that word."""
    joined = {
        key.replace(" ", ""): name for key, name in listed.items() if name.guard is Guard.FREE and name.resolution
    }
    return {
        key: name
        for key, name in joined.items()
        if key not in listed and len(key) >= _SHORTEST_JOINED and key not in common
    }


def _may_be_split(name: Name) -> bool:
    plain = name.guard is Guard.FREE and name.resolution is not None
    return plain and " " not in name.key and len(name.key) >= _SHORTEST_SPLIT
