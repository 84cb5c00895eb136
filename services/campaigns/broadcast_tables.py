"""Tables of broadcasts: one text to many, and to whom it goes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from services.core.types import Json, UtcDateTime


class Purpose(StrEnum):
    """Why people are texted: about what they booked or asked to hear of, or to win them for something new."""

    SERVICE = "service"
    MARKETING = "marketing"


class BroadcastStatus(StrEnum):
    """Where a broadcast stands; of a running one some may have been sent, it may wait for 8am, or for its recipients.

    A list is LOADING while its numbers are read; AWAITING is one too large to go without a second person's approval.
    """

    LOADING = "loading"
    RUNNING = "running"
    AWAITING = "awaiting"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class Broadcast(SQLModel, table=True):
    """One text to many.

    `audience` says for whom as JSON (see `audience`), `event_id` what it is about, if one event. `gathered_to` is the
    identity up to which the audience has been gone through, `released_to` the recipient up to which messages stand in
    the outbox; `recipients` counts who gets it, `left_out` those of the audience who do not, by reason. More than
    `approve_above` recipients need `approved_by`. `fingerprint` keeps the same text from being started twice in a day.
    """

    id: int | None = Field(default=None, primary_key=True)
    purpose: str
    template: str
    audience: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    event_id: int | None = Field(default=None, foreign_key="event.id")
    fingerprint: str | None = Field(default=None, unique=True)
    status: str = Field(default=BroadcastStatus.RUNNING, index=True)
    requested_by: str
    approve_above: int
    approved_by: str = ""
    recipients: int = 0
    left_out: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    gathered_to: int = 0
    released_to: int = 0
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    gathered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class BroadcastRecipient(SQLModel, table=True):
    """Someone who gets a broadcast: each person once, and each phone once.

    `booking_id` is the booking it is about, `agreed_on` the day on which someone on a list agreed to be texted.
    """

    __tablename__ = "broadcast_recipient"
    __table_args__ = (
        UniqueConstraint("broadcast_id", "person_id"),
        UniqueConstraint("broadcast_id", "address"),
        Index("broadcast_recipient_order", "broadcast_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    broadcast_id: int = Field(foreign_key="broadcast.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    identity_id: int = Field(foreign_key="identity.id", index=True)
    address: str
    booking_id: int | None = None
    agreed_on: date | None = None
