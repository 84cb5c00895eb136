"""Phones that want no reminders of a booking, and keep its place; a carer's phone and the patient's own are apart."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.campaigns.tables import NoReminders, Reminder
from services.people.identities import at_same_address

_OFF = NoReminders.__table__  # type: ignore[attr-defined]
_REMINDERS = Reminder.__table__  # type: ignore[attr-defined]
_ADD = {
    name: insert.on_conflict_do_nothing(index_elements=["booking_id", "identity_id"])
    for name, insert in (("sqlite", sqlite.insert(_OFF)), ("postgresql", postgresql.insert(_OFF)))
}
_REMOVE = delete(_OFF).where(
    _OFF.c.booking_id == bindparam("booking"), _OFF.c.identity_id.in_(bindparam("phone", expanding=True))
)
_FIND = select(_OFF.c.booking_id).where(
    _OFF.c.identity_id == bindparam("identity"), _OFF.c.booking_id.in_(bindparam("bookings", expanding=True))
)
_NEXT = select(func.min(_REMINDERS.c.due_at, type_=_REMINDERS.c.due_at.type)).where(
    _REMINDERS.c.booking_id == bindparam("booking"), _REMINDERS.c.status == "planned"
)


def turn_off(session: Session, booking_id: int, identity_id: int, now: datetime) -> None:
    """Send no more reminders of a booking to the phone of an identity, on any channel."""
    for each in at_same_address(session, identity_id):
        values = {"booking_id": booking_id, "identity_id": each, "at": now}
        session.execute(_ADD[session.get_bind().dialect.name], values)


def turn_on(session: Session, booking_id: int, identity_id: int) -> None:
    """Send reminders of a booking to the phone of an identity again."""
    session.execute(_REMOVE, {"booking": booking_id, "phone": at_same_address(session, identity_id)})


def off(session: Session, booking_ids: Collection[int], identity_id: int) -> set[int]:
    """Those of these bookings of which an identity wants no reminders."""
    return set(session.execute(_FIND, {"identity": identity_id, "bookings": list(booking_ids)}).scalars())


def next_due(session: Session, booking_id: int) -> datetime | None:
    """When the next reminder of a booking goes, None if there is none to come."""
    found: datetime | None = session.execute(_NEXT, {"booking": booking_id}).scalar()
    return found
