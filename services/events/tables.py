"""Tables of events: who runs them, where, when, for whom."""

import secrets
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from services.core.types import Json, UtcDateTime


class Kind(StrEnum):
    """How an event is attended: once, alone with someone, by the session, or as a whole course."""

    SINGLE = "single"
    ONE_TO_ONE = "one_to_one"
    DROP_IN = "drop_in"
    COURSE = "course"


class Mode(StrEnum):
    """Where an event takes place."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    BOTH = "both"


class EventStatus(StrEnum):
    """Whether patients may see an event."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Alliance(SQLModel, table=True):
    """A cancer alliance: the NHS body that plans cancer care for part of London."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


class Provider(SQLModel, table=True):
    """Who runs an event: a trust, a charity, a community group."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


class Venue(SQLModel, table=True):
    """A place where events happen, with its travel and parking block as staff last checked it.

    `travel_flagged_on` is when staff were last told that the block is old.
    """

    __table_args__ = (Index("venue_name_postcode", "name", "postcode", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    address: str = ""
    postcode: str
    lat: float
    lon: float
    borough: str = ""
    travel: str = ""
    parking: str = ""
    travel_checked_on: date | None = None
    travel_flagged_on: date | None = None


class Event(SQLModel, table=True):
    """One thing that a person can book: a single event, an appointment, a drop-in session or a whole course.

    `taken` counts places held, offered and confirmed, companions included; the CHECK is the last guard against
    selling a place twice. `starts_at` and `ends_at` are those of the first and the last session.
    `travel`, `parking` and their date override the venue's block when not empty. `referral` is empty when anyone may
    book and otherwise says who may refer. Lists hold taxonomy ids; an empty list means "any". `language` may name
    several, joined by ";".
    """

    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= capacity", name="places_within_capacity"),
        Index("event_status_starts_at", "status", "starts_at"),
        Index("event_status_ends_at", "status", "ends_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    external_id: str = Field(unique=True)
    title: str
    discreet_title: str
    kind: str = Kind.SINGLE
    mode: str = Mode.IN_PERSON
    status: str = EventStatus.PUBLISHED
    provider_id: int | None = Field(default=None, foreign_key="provider.id", index=True)
    alliance_id: int | None = Field(default=None, foreign_key="alliance.id", index=True)
    venue_id: int | None = Field(default=None, foreign_key="venue.id", index=True)
    joining_link: str = ""
    starts_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ends_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    capacity: int
    taken: int = 0
    cancer_types: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    needs: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    audience: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    stage: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    language: str = "English"
    access: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    cost: str = ""
    referral: str = ""
    contact: str = ""
    bring: str = ""
    travel: str = Field(default="", sa_column_kwargs={"server_default": ""})
    parking: str = Field(default="", sa_column_kwargs={"server_default": ""})
    travel_checked_on: date | None = None
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class EventSession(SQLModel, table=True):
    """One meeting of an event; a single event has one, a course several (reminders go out for each)."""

    __tablename__ = "event_session"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    position: int
    starts_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
    ends_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Catalogue(SQLModel, table=True):
    """One row: a random mark, new with every change to what a search may find.

    Searches keep the events in memory under their mark, and look only here whether those are still the ones.
    """

    id: int = Field(default=1, primary_key=True)
    mark: str


def mark_changed(session: Session) -> None:
    """Give the catalogue a new mark; whoever writes events past the ORM says so by this."""
    row = {"id": 1, "mark": secrets.token_hex(8)}
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = insert(Catalogue).values(row)
    session.connection().execute(statement.on_conflict_do_update(index_elements=["id"], set_={"mark": row["mark"]}))


@event.listens_for(Session, "after_flush")
def _mark_what_was_flushed(session: Session, _context: Any) -> None:
    """Keep the mark true for everything that the ORM writes."""
    written = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, Event | EventSession | Venue | Provider) for row in written):
        mark_changed(session)
