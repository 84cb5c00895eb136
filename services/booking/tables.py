"""Table of bookings: every claim on a place, from the first hold to the end."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from services.core.types import Json, UtcDateTime


class BookingStatus(StrEnum):
    """Where a booking stands; held, offered and confirmed ones count in `event.taken`."""

    HELD = "held"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    RELEASED = "released"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


PENDING = (BookingStatus.HELD, BookingStatus.OFFERED)
LIVE = (*PENDING, BookingStatus.CONFIRMED)
CURRENT = (*LIVE, BookingStatus.WAITING)
_CURRENT_SQL = "status IN ('held', 'offered', 'confirmed', 'waiting')"


class Booking(SQLModel, table=True):
    """A claim of `places` places at one event for one attendee, made from one identity.

    `identity_id` is who is texted about it; `attendee_name` whom it is for (the same person or someone
    cared for); `person_id` who made it. At most one current booking of a person for an event and attendee.
    `deadline` is when a hold or an offer lapses.
    """

    __table_args__ = (
        CheckConstraint("places > 0", name="places_positive"),
        Index(
            "booking_live",
            "person_id",
            "event_id",
            "attendee",
            unique=True,
            sqlite_where=text(_CURRENT_SQL),
            postgresql_where=text(_CURRENT_SQL),
        ),
        Index(
            "booking_deadline",
            "deadline",
            sqlite_where=text("status IN ('held', 'offered')"),
            postgresql_where=text("status IN ('held', 'offered')"),
        ),
        Index(
            "booking_waiting",
            "event_id",
            "created_at",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    identity_id: int = Field(foreign_key="identity.id", index=True)
    attendee: str = ""
    attendee_name: str = ""
    places: int = 1
    status: str = BookingStatus.HELD
    access_needs: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    deadline: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class CalendarLink(SQLModel, table=True):
    """The address of a booking's calendar file: whoever knows `token` may read it.

    `uid` names the entry in calendars and is never the token, since entries are shared. A swap moves the link to the
    new booking, at `moved_at`.
    """

    __tablename__ = "calendar_link"

    token: str = Field(primary_key=True)
    uid: str
    booking_id: int = Field(foreign_key="booking.id", unique=True)
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    moved_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
