"""What commands that write tables share: CSV on standard output, and finding the event they are about."""

import sys
from collections.abc import Iterator

from sqlmodel import Session, select

from services.events.tables import Event


def write_csv(lines: Iterator[str]) -> None:
    """Write CSV lines as they are, with the line ends that CSV has."""
    binary = sys.stdout.buffer
    for line in lines:
        binary.write(line.encode())
    binary.flush()


def find_event(session: Session, named: str) -> int | None:
    """The id of an event by its external id, or by its number."""
    found = session.exec(select(Event.id).where(Event.external_id == named)).first()
    if found is None and named.isdecimal():
        found = session.exec(select(Event.id).where(Event.id == int(named))).first()
    return found
