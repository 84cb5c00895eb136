"""Words for a relation ("mum", "other half"), and patterns that speak of them.

There are eight hundred such words. Each is written over with one letter before a pattern looks, so that a pattern holds
that letter and not the eight hundred: it is compiled, and searched, many times as fast.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.nlu.word_lists import alternation, inverted, read_list

# What each word means: "mother" of "mum".
KIN: dict[str, str] = inverted(read_list("relations"))
KIN_WORD = re.compile(rf"\b(?:{alternation(KIN)})\b", re.IGNORECASE)
# A letter that nobody types.
_LETTER = "\ua66e"
_WITHOUT_ENDING = re.compile(KIN_WORD.pattern.removesuffix(r"\b") + r"(?=s?\b)", re.IGNORECASE)
_MY = "my "


class KinPattern:
    """A regular expression in which {kin} stands for any word for a relation; matches have their place in the text."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._reads_kin = "{kin}" in pattern
        self._pattern = re.compile(pattern.replace("{kin}", f"{_LETTER}+"), flags)

    def search(self, text: str) -> re.Match[str] | None:
        """The first place that fits; words for a relation are written over in it."""
        return self._pattern.search(self._seen(text))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every place that fits, as in `search`."""
        return self._pattern.finditer(self._seen(text))

    def _seen(self, text: str) -> str:
        return _written_over(text) if self._reads_kin else text


@lru_cache(maxsize=4)
def _written_over(text: str) -> str:
    return _WITHOUT_ENDING.sub(lambda found: _with_letters(found.group()), text)


def _with_letters(word: str) -> str:
    """Letters in place of a word; of "my man", which is a relation only with its "my", that is left as it is."""
    own = word[: len(_MY)] if word.lower().startswith(_MY) else ""
    return own + _LETTER * (len(word) - len(own))
