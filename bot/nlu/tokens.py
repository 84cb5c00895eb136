"""One reading of a message for all who look for entities in it: its words, where they stand, what parts them."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

# A number with what hangs on it (10.30am, 5/12, 2nd, 7kmt4r), am and pm with dots, a word, or a sign read as a word.
_WORD = r"[\w\u0300-\u036f\u0900-\u0dff]"
_TOKEN = re.compile(
    rf"\d+(?:[.:/]\d+)*(?:[ap]\.m\b\.?|{_WORD}+)?|[ap]\.m\b\.?|{_WORD}+(?:['\u2018\u2019\u02bc`]{_WORD}+)*|[+&@]",
    re.IGNORECASE,
)
_SIGNS = {"+": "plus", "&": "and", "@": "at"}
# "4 my mum": a 4 is "for" before one of these, unless a word that numbers or counts is before it.
_MEANS_FOR = re.compile(
    r" (?:my|me|him|her|us|our|them|u|you|mum|dad|hubby|someone|the (?:wife|missus|hubby|husband|old man))\b",
    re.IGNORECASE,
)
_NUMBERING = frozenset(
    ("no", "number", "num", "option", "line", "answer", "choice", "pick", "just", "make", "be", "with")
)
_DROPPED = re.compile(r"['\u2018\u2019\u02bc`]|(?<=[apm])\.")
_LONG_DRAWN = re.compile(r"([^\W\d_])\1{2,}")
_STOPS = re.compile(r"[.?!\n]")
_PAUSES = re.compile(r"[,;:()\u2026|/]|\s[-\u2013\u2014]\s")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text.

    `words` are folded: lower case, without accents and apostrophes, "yesss" as "yess". `starts` and `ends` index
    `text`. `gaps[i]` is what stands before word i, spaces stripped; the last gap is what follows the last word.
    `plain` is the words joined by spaces, with " ." or " ," where a sentence ends or pauses; `offsets[i]` is where
    word i begins in it.
    """

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    gaps: tuple[str, ...]
    plain: str
    offsets: tuple[int, ...]

    def word_at(self, offset: int) -> int:
        """Return the index of the word that holds or precedes a place in `plain`."""
        return max(bisect_right(self.offsets, offset) - 1, 0)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return where words `first` to `last` (inclusive) stand in the text."""
        return self.starts[first], self.ends[last]


def fold(word: str) -> str:
    """Return a word as it is looked up: lower case, without accents, apostrophes or letters held down."""
    word = _DROPPED.sub("", word.lower())
    if not word.isascii():
        word = "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))
    return _LONG_DRAWN.sub(r"\1\1", word)


def tokenise(text: str) -> Tokens:
    """Read a text once."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    gaps: list[str] = []
    parts: list[str] = []
    offsets: list[int] = []
    end = length = 0
    for match in _TOKEN.finditer(text):
        gap = text[end : match.start()]
        if gap != " " and words and (mark := _mark(gap)):
            parts.append(mark)
            length += 2
        start, end = match.span()
        word = _read(match, words[-1] if words else "")
        words.append(word)
        starts.append(start)
        ends.append(end)
        gaps.append(gap.strip())
        parts.append(word)
        offsets.append(length)
        length += len(word) + 1
    gaps.append(text[end:].strip())
    return Tokens(text, tuple(words), tuple(starts), tuple(ends), tuple(gaps), " ".join(parts), tuple(offsets))


def words_of(phrase: str) -> tuple[str, ...]:
    """Return the words of a listed phrase, as `tokenise` reads them: thousands of plain ones are only split."""
    if phrase.isascii() and phrase.islower() and phrase.replace(" ", "").isalpha() and not _LONG_DRAWN.search(phrase):
        return tuple(phrase.split())
    return tokenise(phrase).words


def _read(match: re.Match[str], before: str) -> str:
    """Return a word as it is looked up: signs and the 4 of "4 my mum" as the words that they stand for."""
    said = match.group()
    if said == "4" and before not in _NUMBERING and _MEANS_FOR.match(match.string, match.end()):
        return "for"
    return _SIGNS.get(said) or fold(said) or said


def _mark(gap: str) -> str:
    """Return the mark that stands for what parts two words, or nothing."""
    if _STOPS.search(gap):
        return "."
    return "," if _PAUSES.search(gap) else ""
