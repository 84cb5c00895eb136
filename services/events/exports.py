"""Exporting events as the table that an import reads: importing it again changes nothing."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session

from services.core.clock import LONDON, to_london
from services.events.sheet import COLUMNS, as_text
from services.events.storing import StoredEvent, all_event_ids, read_events

_LISTS = ("cancer_types", "needs", "audience", "stage", "access")
_STORED_AS = {"places_taken": "taken", "address": "venue_address", "postcode": "venue_postcode"}
_OF_THE_PLACE = ("travel", "parking", "travel_checked_on")


def export_events(session: Session) -> Iterator[str]:
    """Yield the lines of a CSV table (UTF-8, CRLF) of every event, oldest first, in London time.

    A cell that a spreadsheet would take for a formula has an apostrophe before it, which the import takes off again.
    """
    yield csv_line(COLUMNS)
    for event in read_events(session, all_event_ids(session)):
        yield csv_line([_cell(event, column) for column in COLUMNS])


def csv_line(cells: Iterable[Any]) -> str:
    """Return one line of a CSV table; no cell of it is a formula."""
    line = io.StringIO()
    csv.writer(line).writerow([as_text(str(cell)) for cell in cells])
    return line.getvalue()


def london_text(moment: datetime) -> str:
    """Return a moment as London's clocks show it, such as 2026-12-03T14:30, with the offset where those repeat."""
    local = to_london(moment)
    wall = local.replace(tzinfo=None, fold=0)
    is_twice = wall.replace(tzinfo=LONDON).utcoffset() != wall.replace(tzinfo=LONDON, fold=1).utcoffset()
    return _short((local if is_twice else wall).isoformat())


def _short(time: str) -> str:
    """Without seconds when there are none."""
    return time.replace(":00+", "+", 1) if time.count(":") > 2 else time.removesuffix(":00")


def _cell(event: StoredEvent, column: str) -> str:
    columns = event.columns
    if column in ("starts_at", "ends_at"):
        return ";".join(london_text(times[column == "ends_at"]) for times in event.sessions)
    if column in _LISTS:
        return ";".join(columns[column])
    if column in _OF_THE_PLACE:
        return str(columns[column] or columns[f"venue_{column}"] or "")
    value = columns[_STORED_AS.get(column, column)]
    return "" if value is None else str(value)
