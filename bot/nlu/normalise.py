"""Texts as people thumb them, brought to plain words: what the classifier reads instead of the raw message.

Entities are found in the raw message, so nothing here keeps positions.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from bot.nlu.spelling import Speller

# A word with its marks (Bengali, Arabic), figures with what joins them ("10.30", "9/10"), or a sign with a meaning.
_TOKEN = re.compile(r"\d+(?:[:./-]\d+)+|(?:[^\W_]|[\u064b-\u065f\u0900-\u0dff])+|[?£%]")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_APOSTROPHES = re.compile("(?<=[^\\W\\d_])['`\u00b4\u2018\u2019\u02bc](?=[^\\W\\d_])")
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_PICTURES = {
    "👍": "yes", "✅": "yes", "👌": "ok", "👎": "no", "🙏": "thanks", "❤": "love", "😢": "crying", "😭": "crying",
}  # fmt: skip
_PICTURE = re.compile("|".join(_PICTURES))
_ADDRESSES = (
    (re.compile(r"https?://\S+|\bwww\.\S+"), " xlink "),
    (re.compile(r"\S+@\S+\.\S+"), " xemail "),
)
# Figures stand for their class: one plain word each, so that reading the result again changes nothing.
_AREAS = "e|ec|n|nw|s|se|sw|w|wc|br|cm|cr|da|en|ha|ig|kt|rm|sm|tn|tw|ub|wd"
_FIGURES = tuple(
    (re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"), name)
    for pattern, name in (
        (r"\+?(?:44|0) ?\d(?: ?\d){7,}", "xphone"),
        (rf"(?:{_AREAS})\d[a-z\d]?(?: ?\d[a-z]{{2}})?", "xpostcode"),
        (r"\d{1,2}(?:[:.]\d\d)? ?[ap] ?m|\d{1,2}[:.]\d\d", "xtime"),
        (r"\d{1,2}/(?:5|10)|\d{1,2} out of (?:5|10|five|ten)", "xscore"),
        (r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{1,2}(?:st|nd|rd|th)", "xdate"),
        (r"\d{2,}", "xnumber"),
    )
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a message: as typed, without short forms, and as meant, with the spelling repaired too."""

    typed: tuple[str, ...]
    meant: tuple[str, ...]


class Normaliser:
    """Brings messages to plain words; what it has brought there it leaves alone."""

    def __init__(self, short_forms: Mapping[str, str], speller: Speller | None = None) -> None:
        self._short_forms = short_forms
        self._speller = speller

    def __call__(self, text: str) -> Words:
        """The words of a raw message; none in a message without letters or figures."""
        typed = " ".join(self._short_forms.get(word, word) for word in plain(text).split()).split()
        meant = self._speller.repair(typed) if self._speller else typed
        return Words(tuple(typed), tuple(" ".join(meant).split()))


def plain(text: str) -> str:
    """Case, accents, emphasis, punctuation and figures taken out of a message; words only, one space between them."""
    folded = fold(text)
    for pattern, name in _ADDRESSES:
        folded = pattern.sub(name, folded)
    folded = _PICTURE.sub(lambda match: f" {_PICTURES[match[0]]} ", folded)
    folded = _ELONGATED.sub(r"\1\1", _APOSTROPHES.sub("", folded))
    words = " ".join(_TOKEN.findall(folded))
    return _without_figures(words) if any(map(str.isdigit, words)) else words


def fold(text: str) -> str:
    """A text in lower case and Unicode's plainest form, Latin letters without their accents."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", decomposed))


def _without_figures(words: str) -> str:
    for pattern, name in _FIGURES:
        words = pattern.sub(name, words)
    return " ".join(_TOKEN.findall(words))
