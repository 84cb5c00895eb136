"""Reading referrals as staff give them, in a table or one by one; every fault is told with its reason."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.core.errors import InvalidPhoneNumber
from services.core.phone import parse_phone
from services.events.discretion import telling_words
from services.events.taxonomy import load_taxonomy

COLUMNS = ("phone", "first_name", "suggested_by", "agreed_on", "event", "needs", "near")
REQUIRED = COLUMNS[:4]
# More does not fit the invitation.
_LONGEST_WORDS = 40
FindPlace = Callable[[str], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One referral as it was given: `phone` in E.164, `event` an external id or "", `wishes` slots of a search."""

    line: int
    phone: str
    first_name: str
    suggested_by: str
    agreed_on: date
    event: str = ""
    wishes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row: its line (from 1, the header's), the column, the reason."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.reason}"


def read_table(source: bytes, find_place: FindPlace, today: date) -> tuple[list[ReferralRow], list[Fault]]:
    """Read a CSV table with a header (UTF-8 or Windows-1252); rows with a fault are left out and told."""
    lines = csv.DictReader(io.StringIO(_decoded(source), newline=""))
    header = [str(name).strip().lower() for name in lines.fieldnames or ()]
    faults = [Fault(1, name, "no such column") for name in header if name not in COLUMNS]
    faults += [Fault(1, name, "this column is missing") for name in REQUIRED if name not in header]
    if faults:
        return [], faults
    lines.fieldnames = header
    cells = [(lines.line_num, {name: str(row.get(name) or "").strip() for name in COLUMNS}) for row in lines]
    return read_cells(((line, row) for line, row in cells if any(row.values())), find_place, today)


def read_cells(
    rows: Iterable[tuple[int, Mapping[str, str]]], find_place: FindPlace, today: date
) -> tuple[list[ReferralRow], list[Fault]]:
    """Read rows of cells, each with its line; of two for one phone and event the second is a fault."""
    found: dict[tuple[str, str], ReferralRow] = {}
    faults: list[Fault] = []
    for line, cells in rows:
        wrong = [Fault(line, column, reason) for column, reason in _wrong(cells, find_place, today)]
        faults += wrong
        if wrong:
            continue
        row = _row(line, cells, find_place)
        if (row.phone, row.event) in found:
            faults.append(Fault(line, "phone", "this person is in the table already"))
        found.setdefault((row.phone, row.event), row)
    return list(found.values()), faults


def _row(line: int, cells: Mapping[str, str], find_place: FindPlace) -> ReferralRow:
    return ReferralRow(
        line,
        parse_phone(cells["phone"]).e164,
        cells["first_name"],
        cells["suggested_by"].rstrip("."),
        date.fromisoformat(cells["agreed_on"]),
        cells.get("event", ""),
        _wishes(cells, find_place),
    )


def _wrong(cells: Mapping[str, str], find_place: FindPlace, today: date) -> Iterator[tuple[str, str]]:
    yield from ((column, "is missing") for column in REQUIRED if not cells.get(column))
    yield from _wrong_phone(cells.get("phone", ""))
    yield from _wrong_words(cells)
    yield from _wrong_date(cells.get("agreed_on", ""), today)
    yield from (("needs", f"{need!r} is no need we know") for need in _listed(cells) if _need(need) is None)
    near = cells.get("near", "")
    if near and find_place(near) is None:
        yield "near", f"{near!r} is no place we know in London"


def _wrong_phone(said: str) -> Iterator[tuple[str, str]]:
    try:
        number = parse_phone(said) if said else None
    except InvalidPhoneNumber:
        yield "phone", "is no phone number"
        return
    if number is not None and number.is_landline:
        yield "phone", "is a landline: a text there is read aloud, so please phone"


def _wrong_words(cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Faults of words that stand on a lock screen."""
    for column in ("first_name", "suggested_by"):
        said = cells.get(column, "")
        telling = telling_words(said)
        if telling:
            yield column, f"{telling[0]!r} would disclose an illness on a lock screen"
        if len(said) > _LONGEST_WORDS:
            yield column, f"has more than {_LONGEST_WORDS} letters"


def _wrong_date(said: str, today: date) -> Iterator[tuple[str, str]]:
    try:
        agreed = date.fromisoformat(said) if said else today
    except ValueError:
        yield "agreed_on", "is no date such as 2026-11-23"
        return
    if agreed > today:
        yield "agreed_on", "lies ahead: a patient agrees before they are put forward"


def _listed(cells: Mapping[str, str]) -> list[str]:
    return [need.strip() for need in cells.get("needs", "").split(";") if need.strip()]


def _need(said: str) -> str | None:
    """The id of a need by itself, by what people read for it, or by a word that means it."""
    plain = said.casefold()
    terms = load_taxonomy().needs.values()
    return next((term.id for term in terms if plain in (term.id, term.label.casefold(), *term.words)), None)


def _wishes(cells: Mapping[str, str], find_place: FindPlace) -> dict[str, Any]:
    needs = [found for need in _listed(cells) if (found := _need(need)) is not None]
    near = cells.get("near", "")
    place = find_place(near) if near else None
    return ({"need": needs} if needs else {}) | ({"place": place} if place else {})


def _decoded(source: bytes) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        return source.decode("cp1252", errors="replace")
