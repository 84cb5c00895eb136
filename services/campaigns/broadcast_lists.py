"""Lists of numbers as staff give them: read row by row, each fault with its line, each number once."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.core.errors import InvalidPhoneNumber
from services.core.phone import parse_phone
from services.events.discretion import telling_words

COLUMNS = ("phone", "first_name", "agreed_on")
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class ListRow:
    """One number of a list, in E.164, with a name ("" if none is given) and when the person agreed to be texted."""

    line: int
    phone: str
    first_name: str = ""
    agreed_on: date | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used: its line (from 1, the header's) and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A number that stands in the list already; `first_line` says where."""

    line: int
    first_line: int

    def __str__(self) -> str:
        return f"line {self.line}: the same number as in line {self.first_line}"


def read(lines: Iterable[str], today: date) -> Iterator[ListRow | BadRow | Duplicate]:
    """Read a CSV table with a header, a row at a time; `today` is the day in London."""
    table = csv.DictReader(lines)
    table.fieldnames = header = [str(name).strip().lstrip("\ufeff").lower() for name in table.fieldnames or ()]
    if wrong := _wrong_header(header):
        yield BadRow(1, wrong)
        return
    seen: dict[str, int] = {}
    for cells in table:
        if not any(cells.values()):
            continue
        row = _row(table.line_num, {name: str(cells.get(name) or "").strip() for name in COLUMNS}, today)
        first = seen.setdefault(row.phone, row.line) if isinstance(row, ListRow) else row.line
        yield row if first == row.line else Duplicate(row.line, first)


def _wrong_header(header: Sequence[str]) -> str:
    unknown = [f"there is no column {name!r}; there are {', '.join(COLUMNS)}" for name in header if name not in COLUMNS]
    return "; ".join(unknown) or ("" if "phone" in header else "the column phone is missing")


def _row(line: int, cells: Mapping[str, str], today: date) -> ListRow | BadRow:
    try:
        number = parse_phone(cells["phone"])
    except InvalidPhoneNumber:
        return BadRow(line, "phone: no phone number" if cells["phone"] else "phone: is missing")
    if number.is_landline:
        return BadRow(line, "phone: a landline, where a text is read aloud")
    try:
        agreed = date.fromisoformat(cells["agreed_on"]) if cells["agreed_on"] else None
    except ValueError:
        return BadRow(line, "agreed_on: no date such as 2026-11-23")
    if wrong := _wrong(cells["first_name"], agreed, today):
        return BadRow(line, wrong)
    return ListRow(line, number.e164, cells["first_name"], agreed)


def _wrong(first_name: str, agreed: date | None, today: date) -> str:
    if agreed is not None and agreed > today:
        return "agreed_on: lies ahead"
    if len(first_name) > _LONGEST_NAME:
        return f"first_name: more than {_LONGEST_NAME} letters"
    telling = telling_words(first_name)
    return f"first_name: {telling[0]!r} would disclose an illness on a lock screen" if telling else ""
