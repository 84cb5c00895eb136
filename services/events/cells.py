"""What one cell of an event table may say, and how it is read."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache

from rapidfuzz.process import extractOne

from services.core.clock import LONDON
from services.events.tables import EventStatus, Kind, Mode
from services.events.taxonomy import load_taxonomy

Reader = Callable[[str], object]

_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
_LINK = re.compile(r"https?://[^\s/]+\.\S+")
_MOST_PLACES = 10_000
_EVERYONE = frozenset({"", "all", "any", "anyone", "everybody", "everyone", "general"})
_MODES = {
    "in person": Mode.IN_PERSON, "inperson": Mode.IN_PERSON, "face to face": Mode.IN_PERSON,
    "online": Mode.ONLINE, "virtual": Mode.ONLINE, "remote": Mode.ONLINE, "zoom": Mode.ONLINE, "teams": Mode.ONLINE,
    "both": Mode.BOTH, "hybrid": Mode.BOTH,
}  # fmt: skip
_KINDS = {
    "single": Kind.SINGLE, "one off": Kind.SINGLE,
    "one to one": Kind.ONE_TO_ONE, "1 to 1": Kind.ONE_TO_ONE, "1 1": Kind.ONE_TO_ONE, "1to1": Kind.ONE_TO_ONE,
    "drop in": Kind.DROP_IN, "dropin": Kind.DROP_IN, "course": Kind.COURSE,
}  # fmt: skip
_STATUSES = {
    "published": EventStatus.PUBLISHED, "live": EventStatus.PUBLISHED, "draft": EventStatus.DRAFT,
    "cancelled": EventStatus.CANCELLED, "canceled": EventStatus.CANCELLED,
}  # fmt: skip


class BadCell(ValueError):
    """What a cell says cannot be understood; the message says why, for staff."""


def text(cell: str) -> str:
    """Return the words of a cell, line ends made alike and control characters taken out."""
    lines = cell.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(filter(str.isprintable, line)).strip() for line in lines).strip()


def line_of(longest: int) -> Callable[[str], str]:
    """Return a reader of text that must be there, on one line, of at most so many characters."""

    def _read(cell: str) -> str:
        words = " ".join(text(cell).split())
        if not words:
            raise BadCell("is missing")
        if len(words) > longest:
            raise BadCell(f"has {len(words)} characters, {longest} at most can be shown")
        return words

    return _read


def moments(cell: str) -> tuple[datetime, ...]:
    """Return one time, or for a course several separated by ";", as aware UTC."""
    found = tuple(_moment(each) for each in _listed(cell))
    if not found:
        raise BadCell("is missing")
    return found


def capacity(cell: str) -> int:
    """Return how many places there are, companions' included."""
    digits = text(cell).removesuffix(".0")
    if not re.fullmatch(r"[0-9]{1,9}", digits) or not 1 <= int(digits) <= _MOST_PLACES:
        raise BadCell(f'"{cell}" is not a whole number from 1 to {_MOST_PLACES}' if cell else "is missing")
    return int(digits)


def day(cell: str) -> date | None:
    """Return a date written 2026-12-03."""
    if not text(cell):
        return None
    try:
        return date.fromisoformat(text(cell))
    except ValueError:
        raise BadCell(f'"{cell}" is not a date such as 2026-12-03') from None


def postcode(cell: str) -> str:
    """Return a whole British postcode, spaced; "" when there is none."""
    squeezed = re.sub(r"\s", "", text(cell)).upper()
    if not squeezed:
        return ""
    match = _POSTCODE.fullmatch(squeezed)
    if not match:
        raise BadCell(f'"{cell}" is not a whole postcode such as E17 4QJ')
    return f"{match[1]} {match[2]}"


def link(cell: str) -> str:
    """Return a web address."""
    address = text(cell)
    if address and not _LINK.fullmatch(address):
        raise BadCell(f'"{cell}" is not a web address that begins with https://')
    return address


def languages(cell: str) -> str:
    """Return the names of the languages that an event is held in, joined by ";"; English when none is said."""
    named = [name if name[0].isupper() else name.title() for name in _listed(cell)]
    for name in named:
        if not re.fullmatch(r"[^\W\d_]+([ '-][^\W\d_]+)*", name):
            raise BadCell(f'"{name}" is not the name of a language')
    return ";".join(dict.fromkeys(named)) or "English"


def terms(kind: str) -> Callable[[str], list[str]]:
    """Return a reader of taxonomy terms: ids, labels or lay words, separated by ";"; an empty list is for everyone."""

    def _read(cell: str) -> list[str]:
        asked = [_plain(each) for each in _listed(cell)]
        ids = [_term(kind, each) for each in asked if each not in _EVERYONE]
        return [] if "any" in ids else list(dict.fromkeys(ids))

    return _read


def mode(cell: str) -> str | None:
    """Return in_person, online or both; None when nothing is said."""
    return _choice(cell, _MODES)


def kind(cell: str) -> str | None:
    """Return single, one_to_one, drop_in or course; None when nothing is said."""
    return _choice(cell, _KINDS)


def status(cell: str) -> str:
    """Return published, draft or cancelled; published when nothing is said."""
    return _choice(cell, _STATUSES) or EventStatus.PUBLISHED


def _listed(cell: str) -> list[str]:
    return [each for each in (part.strip() for part in text(cell).split(";")) if each]


def _plain(words: str) -> str:
    """Words without capitals, underlines, hyphens or marks."""
    return " ".join(re.findall(r"[^\W_]+", words.lower().replace("'", "").replace("’", "")))


def _moment(said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        moment = None
    if moment is None or not re.search(r"[T ]\d", said):
        raise BadCell(f'"{said}" is not a date with a time such as 2026-12-03T14:30') from None
    return moment.astimezone(UTC) if moment.tzinfo else _from_london(moment, said)


def _from_london(wall: datetime, said: str) -> datetime:
    """London's clock time as a moment; there is none, or there are two, when the clocks change."""
    first, second = (wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(LONDON).replace(tzinfo=None) != wall:
        raise BadCell(f'"{said}" does not exist: the clocks go forward then')
    if first != second:
        raise BadCell(f'"{said}" comes twice, as the clocks go back: write {said}+01:00 or {said}+00:00')
    return first


def _term(kind: str, words: str) -> str:
    known = _known(kind)
    if words in known:
        return known[words]
    near = extractOne(words, known.keys(), score_cutoff=72)
    hint = f"did you mean {known[near[0]]}?" if near else f"these are known: {', '.join(dict.fromkeys(known.values()))}"
    raise BadCell(f'"{words}" is not known; {hint}')


@cache
def _known(kind: str) -> Mapping[str, str]:
    """The id that each way of naming a term stands for; ids win over labels, those over lay words."""
    known: dict[str, str] = {}
    group = list(getattr(load_taxonomy(), kind).values())
    for ways in (lambda term: (term.id, term.label), lambda term: term.words, lambda term: term.weak):
        for term in group:
            for way in ways(term):
                known.setdefault(_plain(way), term.id)
                if kind == "cancer_types":
                    known.setdefault(f"{_plain(way)} cancer", term.id)
    return known


def _choice(cell: str, choices: Mapping[str, str]) -> str | None:
    words = _plain(text(cell))
    if not words:
        return None
    if words not in choices:
        raise BadCell(f'"{cell}" is not one of {", ".join(dict.fromkeys(choices.values()))}')
    return choices[words]
