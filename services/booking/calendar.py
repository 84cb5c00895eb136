"""Calendar links: a booking as a file that a phone's calendar opens, behind an address that nobody can guess."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from services.booking.tables import Booking, BookingStatus, CalendarLink
from services.core.icalendar import Entry, calendar_file
from services.events.tables import Event, EventSession, EventStatus, Venue

_LINKS = CalendarLink.__table__  # type: ignore[attr-defined]
_TOKEN_BYTES = 12  # 96 bits: at a million guesses a second, longer than the universe is old

_OF = select(_LINKS.c.token).where(_LINKS.c.booking_id == bindparam("booking"))
_ADD = {
    name: insert(_LINKS).on_conflict_do_nothing(index_elements=["booking_id"])
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_MOVE = (
    update(_LINKS)
    .where(_LINKS.c.booking_id == bindparam("old"))
    .values(booking_id=bindparam("new"), moved_at=bindparam("now"))
)


def link_of(session: Session, booking_id: int, now: datetime) -> str:
    """Return the token of a booking's calendar link, made when it has none."""
    known = session.execute(_OF, {"booking": booking_id}).scalar()
    if known is not None:
        return str(known)
    row = {"token": secrets.token_urlsafe(_TOKEN_BYTES), "uid": secrets.token_hex(16), "booking_id": booking_id}
    session.execute(_ADD[session.get_bind().dialect.name], row | {"created_at": now, "moved_at": now})
    return str(session.execute(_OF, {"booking": booking_id}).scalar_one())


def move_link(session: Session, old_booking: int, new_booking: int, now: datetime) -> None:
    """Let the link of a booking show the one that it was swapped for, so that the entry in a calendar moves with it."""
    session.execute(_MOVE, {"old": old_booking, "new": new_booking, "now": now})


def calendar_of(session: Session, token: str) -> bytes | None:
    """Return the calendar file behind a token; None when there is no such token.

    Only the discreet title is in it, and the joining link only while the booking stands.
    """
    found = session.execute(select(CalendarLink).where(col(CalendarLink.token) == token)).scalar_one_or_none()
    if found is None:
        return None
    booking = session.get_one(Booking, found.booking_id)
    event = session.get_one(Event, booking.event_id)
    meetings = select(EventSession).where(col(EventSession.event_id) == event.id).order_by(col(EventSession.position))
    entries = _entries(session, found, booking, event, session.execute(meetings).scalars().all())
    return calendar_file(entries)


def _entries(
    session: Session, link: CalendarLink, booking: Booking, event: Event, meetings: Sequence[EventSession]
) -> list[Entry]:
    """One entry for each meeting; what has changed since the link was made, in seconds, is their sequence."""
    stands = booking.status == BookingStatus.CONFIRMED and event.status == EventStatus.PUBLISHED
    changed = max(filter(None, (event.updated_at, booking.confirmed_at, booking.ended_at, link.moved_at)))
    return [
        Entry(
            uid=f"{link.uid}-{number}",
            sequence=max(int((changed - link.created_at).total_seconds()), 0),
            changed_at=changed,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            summary=event.discreet_title,
            location=_where(session, event, stands=stands),
            is_cancelled=not stands,
        )
        for number, meeting in enumerate(meetings, start=1)
    ]


def _where(session: Session, event: Event, *, stands: bool) -> str:
    venue = session.get(Venue, event.venue_id) if event.venue_id else None
    if venue is None:
        return event.joining_link if stands else ""
    return ", ".join(part for part in (venue.name, venue.address.strip().rstrip("."), venue.postcode) if part)
