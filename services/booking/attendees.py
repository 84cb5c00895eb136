"""The list of who comes to an event, for those who run it."""

from collections.abc import Iterator

from sqlmodel import Session

from services.booking.access import labels
from services.booking.bookings import attendees
from services.events.exports import csv_line
from services.events.tables import Event


def export_attendees(session: Session, event_id: int) -> Iterator[str]:
    """Yield the lines of a CSV table (UTF-8, CRLF) of everyone with a confirmed booking, first come first.

    Columns: first name, places, access needs (as people say them, joined by ";"), cannot be texted ("yes" for someone
    who stopped texts or has a landline). No number and nothing about health is in it, and no cell is a formula.
    Raises LookupError when there is no such event.
    """
    if session.get(Event, event_id) is None:
        raise LookupError(f"no event {event_id}")
    yield csv_line(("first name", "places", "access needs", "cannot be texted"))
    for who in attendees(session, event_id):
        needs = "; ".join(labels(who.access_needs))
        yield csv_line((who.first_name, who.places, needs, "" if who.textable else "yes"))
