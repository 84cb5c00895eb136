"""Tables of what is sent on time: reminders, saved searches, and the leases of the jobs that send them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from services.core.types import Json, UtcDateTime


class Reminder(SQLModel, table=True):
    """A reminder planned for one session of one booking.

    `kind` is "week", "day" or "hours"; `status` planned, queued (an outbox row exists) or dropped.
    """

    __table_args__ = (
        UniqueConstraint("booking_id", "session_id", "kind"),
        Index(
            "reminder_due",
            "due_at",
            sqlite_where=text("status = 'planned'"),
            postgresql_where=text("status = 'planned'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    booking_id: int = Field(foreign_key="booking.id", index=True)
    session_id: int = Field(foreign_key="event_session.id", index=True, ondelete="CASCADE")
    kind: str
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    status: str = "planned"
    reason: str = ""


class NoReminders(SQLModel, table=True):
    """A phone that wants no reminders of a booking whose place is kept; others who are told of it still are."""

    __tablename__ = "no_reminders"
    __table_args__ = (UniqueConstraint("booking_id", "identity_id"),)

    id: int | None = Field(default=None, primary_key=True)
    booking_id: int = Field(foreign_key="booking.id")
    identity_id: int = Field(foreign_key="identity.id", index=True)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class SavedSearch(SQLModel, table=True):
    """What someone wants to be told of when there is such an event, until `ends_at`.

    `wishes` is the query, `about` how it is named to them. `look_at` is when it is looked at next, or as soon as the
    catalogue has another mark than `mark`. `reason` says why it ended: "asked", "booked" or "over".
    """

    __tablename__ = "saved_search"
    __table_args__ = (
        Index(
            "saved_search_open",
            "look_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    identity_id: int = Field(foreign_key="identity.id")
    wishes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    about: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ends_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    look_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    mark: str = ""
    texted_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    reason: str = ""


class SearchHit(SQLModel, table=True):
    """An event that a saved search has found: told of, or there already when it was saved."""

    __tablename__ = "search_hit"
    __table_args__ = (UniqueConstraint("search_id", "event_id"),)

    id: int | None = Field(default=None, primary_key=True)
    search_id: int = Field(foreign_key="saved_search.id")
    event_id: int = Field(foreign_key="event.id")
    told: bool
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Lease(SQLModel, table=True):
    """The right of one process to run one job until `until`; an orphan's lease simply runs out."""

    job: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
