"""A message as the gazetteer reads it: words in one spelling, with where they stand in the text."""

import re
import unicodedata
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:['’`´][^\W_]+)*|&")
_PLAIN = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*")
_APOSTROPHES = str.maketrans("", "", "'’`´")
_SOFT_GAP = re.compile(r"[ \t\-‐–'’`´/]{0,3}")
_GAP_AFTER_SAINT = re.compile(r"\. ?")
# One spelling for words that names write in several ways.
_SPELLINGS = {
    "&": "and", "saint": "st", "rd": "road", "ln": "lane", "ave": "avenue", "gdns": "gardens", "sq": "square",
    "hosp": "hospital", "hospitals": "hospital", "stn": "station", "stns": "station", "nth": "north", "sth": "south",
}  # fmt: skip


class Word(NamedTuple):
    """One word of a message: its key (lower case, no apostrophes or accents), its raw text and its span.

    `joined` is False when punctuation divides it from the word before, so that no name runs over the gap.
    """

    key: str
    raw: str
    start: int
    end: int
    joined: bool


def fold(text: str) -> str:
    """Return text in lower case, without apostrophes and accents."""
    text = text.translate(_APOSTROPHES).casefold()
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def read_words(text: str) -> list[Word]:
    """Return the words of a message in order; any text will do, and blank text gives none."""
    words: list[Word] = []
    for found in _WORD.finditer(text):
        raw = found.group()
        key = fold(raw)
        joined = bool(words) and _is_joined(words[-1], text[words[-1].end : found.start()])
        words.append(Word(_SPELLINGS.get(key, key), raw, found.start(), found.end(), joined))
    return words


def _is_joined(before: Word, gap: str) -> bool:
    if _SOFT_GAP.fullmatch(gap):
        return True
    return before.key == "st" and _GAP_AFTER_SAINT.fullmatch(gap) is not None


def key_of(name: str) -> str:
    """Return a name as a message would have it read: "St. Ann's" as "st anns"."""
    if _PLAIN.fullmatch(name):
        return " ".join([_SPELLINGS.get(word, word) for word in name.lower().split(" ")])
    return " ".join(word.key for word in read_words(name))


def word_set(words: str) -> frozenset[str]:
    """Return the words of a line as a set."""
    return frozenset(words.split())


def joined_until(words: list[Word], start: int, most: int) -> int:
    """Return where the run of one to `most` words from `start` ends, punctuation ending it too."""
    end = min(len(words), start + most)
    stop = start + 1
    while stop < end and words[stop].joined:
        stop += 1
    return stop
