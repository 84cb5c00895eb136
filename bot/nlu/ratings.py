"""Finding a score from 0 to 10 ("9/10 really helped") and a booking reference ("7KMT4R")."""

import re

from bot.nlu.small_numbers import counts_else
from bot.nlu.tokens import Tokens
from bot.understanding import Entity
from services.core.ids import ALPHABET

_NUMBERS = {
    word: value
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
} | {"nil": 0, "nought": 0}
_NUMBER = rf"(?P<number>10|[0-9]|{'|'.join(_NUMBERS)})"
_OUT_OF_TEN = re.compile(
    rf"(?<![\w/.]){_NUMBER}(?:\.5)?\s*(?:/\s*10\b|out\s*(?:of|o|off)\s*(?:10|ten)\b|outta (?:10|ten)\b)", re.I
)
_SCORED = re.compile(
    rf"\b(?:score|rating|rate it|mark|give (?:it|that|you|them)|a solid|about an?|probably an?)(?: of| is)? (?:an? )?"
    rf"{_NUMBER}\b(?! (?:of|people|days|weeks))"
)
_SCORES = frozenset(_NUMBERS) | frozenset(map(str, range(11)))
_LONGEST_ANSWER = 25  # words: a score comes early or in a short message
_REFERENCE = re.compile(rf"\b[{ALPHABET}]{{6}}\b", re.IGNORECASE)
_CUE = re.compile(
    r"\b(?:ref|reference|booking|code)(?: (?:number|no|code|ref|reference))?(?: is)?\W{0,3}$", re.IGNORECASE
)
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}", re.IGNORECASE)


def find_ratings(tokens: Tokens, asked: bool) -> list[Entity]:
    """Return a score from 0 to 10; a bare number counts when one was `asked` for."""
    match = _OUT_OF_TEN.search(tokens.text)
    if match:
        return [_rating(match["number"].lower(), match.start(), match.end(), tokens)]
    scored = _SCORED.search(tokens.plain)
    place = tokens.word_at(scored.start("number")) if scored else _bare(tokens) if asked else None
    return [] if place is None else [_rating(tokens.words[place], *tokens.span(place, place), tokens)]


def _rating(number: str, start: int, end: int, tokens: Tokens) -> Entity:
    value = _NUMBERS[number] if number in _NUMBERS else int(number)
    return Entity("rating", value, start, end, tokens.text[start:end])


def _bare(tokens: Tokens) -> int | None:
    """Return the place of the first number of an answer that counts nothing else; digits come before words."""
    if len(tokens.words) > _LONGEST_ANSWER:
        return None
    places = [place for place, word in enumerate(tokens.words) if word in _SCORES and not _counts(tokens, place)]
    return min(places, key=lambda place: (tokens.words[place] in _NUMBERS, place), default=None)


def _counts(tokens: Tokens, place: int) -> bool:
    """Return whether the number at a place counts people or things ("10 people came", "2 weeks")."""
    after = tokens.words[place + 1] if place + 1 < len(tokens.words) else ""
    return after in ("people", "of") or counts_else(tokens, place)


def find_references(tokens: Tokens, asked: bool) -> list[Entity]:
    """Return booking references, in capitals: six characters with a digit, any six after "ref" or when `asked` for."""
    return [
        Entity("reference", match.group().upper(), match.start(), match.end(), match.group())
        for match in _REFERENCE.finditer(tokens.text)
        if asked or _CUE.search(tokens.text, 0, match.start()) or _looks_drawn(match.group())
    ]


def _looks_drawn(word: str) -> bool:
    """Return whether six characters are neither a word, a number nor a postcode."""
    return (
        any(each.isdigit() for each in word) and any(each.isalpha() for each in word) and not _POSTCODE.fullmatch(word)
    )
