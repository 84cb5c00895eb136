"""Importing a table of events: all of it or nothing, in the caller's unit of work."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from services.events.changes import ChangeKind, EventChange, EventSnapshot, Imported, OnChange, Rejected
from services.events.rows import EventRow, read_rows
from services.events.sheet import RowError, read_sheet
from services.events.storing import StoredEvent, ids_of_names, lock_events, snapshot, write_new, write_update
from services.events.tables import EventStatus, mark_changed
from services.events.venues import Locate, Venues

Columns = dict[str, Any]


def import_events(
    session: Session, source: bytes | str, *, locate: Locate, now: datetime, on_change: OnChange | None = None
) -> Imported | Rejected:
    """Make and update events, by `external_id`, from a CSV table; with any fault in it nothing is written.

    `locate` turns a whole postcode into a place. `on_change` is called, after everything is written and in the same
    unit of work, for each published event still to come that the table moves or cancels.
    """
    rows, errors = read_rows(read_sheet(source))
    stored = lock_events(session, [row.external_id for row in rows])
    venues = Venues(session, rows, locate)
    errors += venues.errors
    for row in rows:
        if row.external_id in stored:
            errors += _faults(row, stored[row.external_id], now)
    if errors:
        return Rejected(tuple(sorted(errors, key=lambda error: (error.line, error.column))))
    imported = _store(session, list(_with_columns(session, rows, venues)), stored, now)
    if on_change:
        for change in imported.changes:
            on_change(session, change)
    return imported


def _faults(row: EventRow, event: StoredEvent, now: datetime) -> Iterator[RowError]:
    """Yield what a row may not do to an event that is stored."""
    taken, before = event.columns["taken"], event.snapshot
    if row.values["capacity"] < taken:
        yield RowError(row.line, "capacity", f"is {row.values['capacity']}, but {taken} places are taken")
    if row.values.get("status") == EventStatus.DRAFT and taken:
        yield RowError(row.line, "status", f"cannot be draft while {taken} places are taken; cancel the event instead")
    if _is_to_come(before, now) and row.sessions != before.sessions and row.sessions[-1][1] <= now:
        yield RowError(row.line, "starts_at", "is in the past; an event still to come cannot be moved there")


def _is_to_come(event: EventSnapshot, now: datetime) -> bool:
    return event.status == EventStatus.PUBLISHED and event.ends_at > now


def _with_columns(session: Session, rows: Sequence[EventRow], venues: Venues) -> Iterator[tuple[EventRow, Columns]]:
    """Yield each row with the columns that its event shall have; what they refer to is made when it is new."""
    venues.store()
    providers = ids_of_names(session, "provider", (row.provider for row in rows))
    alliances = ids_of_names(session, "alliance", (row.alliance for row in rows))
    for row in rows:
        columns = {**row.values, "starts_at": row.sessions[0][0], "ends_at": row.sessions[-1][1], "venue_id": None}
        if row.provider is not None:
            columns["provider_id"] = providers.get(row.provider)
        if row.alliance is not None:
            columns["alliance_id"] = alliances.get(row.alliance)
        if row.venue:
            venue = venues.of(row.venue)
            columns["venue_id"] = venue.id
            columns |= {name: value for name, value in venue.differing(row.block).items() if name in columns}
        yield row, columns


def _store(
    session: Session, planned: Sequence[tuple[EventRow, Columns]], stored: Mapping[str, StoredEvent], now: datetime
) -> Imported:
    new = [(columns | {"updated_at": now}, row.sessions) for row, columns in planned if row.external_id not in stored]
    write_new(session, new)
    changes: list[EventChange | None] = []
    for row, columns in planned:
        event = stored.get(row.external_id)
        if event and (differing := _differing(event, row, columns)):
            write_update(session, event.columns["id"], differing | {"updated_at": now}, row.sessions)
            changes.append(_change(event, row, columns, now))
    if new or changes:
        mark_changed(session)
    return Imported(
        created=len(new),
        updated=len(changes),
        unchanged=len(planned) - len(new) - len(changes),
        past=sum(columns["ends_at"] <= now for columns, _ in new),
        changes=tuple(change for change in changes if change),
    )


def _differing(event: StoredEvent, row: EventRow, columns: Columns) -> Columns:
    """The columns that a stored event has otherwise; those of its times too when only a session between differs."""
    differing = {name: value for name, value in columns.items() if event.columns[name] != value}
    if row.sessions != event.sessions:
        differing |= {"starts_at": columns["starts_at"], "ends_at": columns["ends_at"]}
    return differing


def _change(event: StoredEvent, row: EventRow, columns: Columns, now: datetime) -> EventChange | None:
    """What people who booked must hear of."""
    before = event.snapshot
    venue, postcode = (row.venue.name, row.venue.postcode) if row.venue else ("", "")
    after = snapshot({**event.columns, **columns}, row.sessions, venue, postcode)
    if not _is_to_come(before, now):
        return None
    if after.status == EventStatus.CANCELLED:
        return EventChange(event.columns["id"], ChangeKind.CANCELLED, before, after)
    return EventChange(event.columns["id"], ChangeKind.MOVED, before, after) if after.is_elsewhere(before) else None
