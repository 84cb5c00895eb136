"""Reading a table that staff saved from a spreadsheet: its encoding, its separator, its header and its rows."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.process import extractOne

COLUMNS = (
    "external_id", "title", "discreet_title", "kind", "provider", "alliance", "venue", "address", "postcode", "mode",
    "joining_link", "starts_at", "ends_at", "capacity", "places_taken", "cancer_types", "needs", "audience", "stage",
    "language", "access", "cost", "referral", "contact", "bring", "travel", "parking", "travel_checked_on", "status",
)  # fmt: skip
REQUIRED = ("external_id", "title", "starts_at", "ends_at", "capacity")
_SEPARATORS = ",;\t"
# A spreadsheet takes what begins so for a formula; an apostrophe before it keeps it text.
_FORMULA = "=+-@\t\r"


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in a table: the line (from 1, the header's), the column ("" for the whole row), the reason."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row by column, with the line that it begins on."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns that a table has, its rows, and what cannot be read in it."""

    columns: frozenset[str]
    rows: tuple[SheetRow, ...]
    errors: tuple[RowError, ...]


def read_sheet(source: bytes | str) -> Sheet:
    """Return a table read as UTF-8, UTF-16 or Windows-1252, separated by commas, semicolons or tabs."""
    text = source if isinstance(source, str) else _decoded(source)
    text = text.removeprefix("\ufeff").replace("\0", "")
    separator = max(_SEPARATORS, key=text.lstrip().partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return _read(lines)
    except csv.Error as error:
        return Sheet(frozenset(), (), (RowError(lines.line_num, "", f"this cannot be read as a table: {error}"),))


def as_text(cell: str) -> str:
    """Return a cell so that a spreadsheet takes it for text, never for a formula."""
    return f"'{cell}" if cell.lstrip("'")[:1] in tuple(_FORMULA) else cell


def _from_text(cell: str) -> str:
    """Undo `as_text`."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'")[:1] in tuple(_FORMULA) else cell


def _decoded(source: bytes) -> str:
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return source.decode("utf-16", errors="replace")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        return source.decode("cp1252", errors="replace")


def _read(lines: Any) -> Sheet:
    """Read the header, and the rows when the header is right."""
    header = [_column(name) for name in next(filter(_has_text, lines), ())]
    if not header:
        return Sheet(frozenset(), (), (RowError(1, "", "the file is empty"),))
    while header[-1:] == [""]:
        header.pop()
    errors = tuple(RowError(lines.line_num, column, reason) for column, reason in _wrong_columns(header))
    if errors:
        return Sheet(frozenset(header), (), errors)
    rows: list[SheetRow] = []
    too_long: list[RowError] = []
    line = lines.line_num + 1
    for cells in lines:
        if _has_text(cells[len(header) :]):
            too_long.append(RowError(line, "", f"has more cells than the {len(header)} columns of the header"))
        elif _has_text(cells):
            given = (_from_text(cell.strip()) for cell in cells)
            rows.append(SheetRow(line, dict.fromkeys(header, "") | dict(zip(header, given, strict=False))))
        line = lines.line_num + 1
    return Sheet(frozenset(header), tuple(rows), tuple(too_long))


def _column(name: str) -> str:
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())


def _has_text(cells: Sequence[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _wrong_columns(header: Sequence[str]) -> Iterator[tuple[str, str]]:
    for column in dict.fromkeys(header):
        if header.count(column) > 1:
            yield column, "this column comes twice" if column else "a column has no name"
        elif column not in COLUMNS:
            near = extractOne(column, COLUMNS, score_cutoff=70)
            yield column, f"no such column{f'; did you mean {near[0]}?' if near else ''}"
    for column in REQUIRED:
        if column not in header:
            yield column, "this column is missing"
