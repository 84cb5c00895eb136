"""Tables of people, how they are reached, what came in and what goes out."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from services.core.types import Json, UtcDateTime


class Channel(StrEnum):
    """A way to reach someone by text."""

    SMS = "sms"
    WHATSAPP = "whatsapp"


class Person(SQLModel, table=True):
    """Someone who texts or is booked for; never the same thing as a phone number."""

    id: int | None = Field(default=None, primary_key=True)
    first_name: str = ""
    language: str = "en"
    access_needs: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Identity(SQLModel, table=True):
    """An address that texts us: a phone number by SMS or WhatsApp, or a WhatsApp id without a number.

    `address` is E.164 or the WhatsApp user id; `sender` is the number of ours that was texted last, from which
    we answer; `last_inbound_at` opens WhatsApp's 24-hour window. The channel of one whose address has become someone
    else's is "retired:" and its id.
    """

    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    channel: str
    address: str = Field(index=True)
    sender: str = ""
    last_inbound_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class OptOut(SQLModel, table=True):
    """An address that must not be texted, on any channel; a row is removed only by START.

    `source` says how it came: "keyword", "words", "provider" (Twilio refused or told us), "staff",
    "wrong_number" or "bereavement".
    """

    __tablename__ = "opt_out"

    address: str = Field(primary_key=True)
    source: str
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Conversation(SQLModel, table=True):
    """The dialogue with one identity; `state` is the engine's state as JSON."""

    identity_id: int = Field(primary_key=True, foreign_key="identity.id")
    state: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    with_staff_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class InboundStatus(StrEnum):
    """What became of a message that came in."""

    RECEIVED = "received"
    PROCESSED = "processed"
    FAILED = "failed"
    SILENT = "silent"


class InboundMessage(SQLModel, table=True):
    """The inbox: every message taken, exactly once per provider id, before anything is done with it.

    `details` holds what is not text: button, location, media count, OptOutType. `failure` holds the trace.
    `process` is the number of the process that is to take its turn (None on SQLite, where only one serves).
    """

    __tablename__ = "inbound_message"
    __table_args__ = (
        UniqueConstraint("provider", "provider_id"),
        Index(
            "inbound_waiting",
            "id",
            sqlite_where=text("status = 'received'"),
            postgresql_where=text("status = 'received'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    provider: str = "twilio"
    provider_id: str
    identity_id: int = Field(foreign_key="identity.id", index=True)
    sender: str
    recipient: str
    body: str
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    status: str = InboundStatus.RECEIVED
    safety_checked: bool = False
    failure: str = ""
    process: int | None = None
    received_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class OutboxStatus(StrEnum):
    """Where a message that goes out stands; it moves forward, but for what reached nobody (see `deliveries`)."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    REFUSED = "refused"


class Priority(StrEnum):
    """Which messages go first, in this order."""

    SAFETY = "0_safety"
    REPLY = "1_reply"
    NOTICE = "2_notice"
    REMINDER = "3_reminder"
    BULK = "4_bulk"


class OutboxMessage(SQLModel, table=True):
    """The outbox: everything that leaves, written in the transaction that caused it.

    `kind` and `parameters` say what to render at sending time (the `TEXT_KINDS` carry their text);
    `dedupe_key` makes a second identical message impossible; `expires_at` is when it would come too late;
    `reason` is the gate's refusal or the provider's error code; `sender` the number of ours it leaves from;
    `process` the number of the process that claimed it last (None on SQLite).
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "outbox_due",
            "priority",
            "due_at",
            "id",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "outbox_open",
            "status",
            "claimed_at",
            sqlite_where=text("status IN ('sending', 'unknown')"),
            postgresql_where=text("status IN ('sending', 'unknown')"),
        ),
        Index(
            "outbox_broadcast",
            "broadcast_id",
            "status",
            "reason",
            sqlite_where=text("broadcast_id IS NOT NULL"),
            postgresql_where=text("broadcast_id IS NOT NULL"),
        ),
        Index(
            "outbox_refused",
            "created_at",
            sqlite_where=text("status = 'refused'"),
            postgresql_where=text("status = 'refused'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    priority: str = Priority.REPLY
    identity_id: int = Field(foreign_key="identity.id", index=True)
    sender: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    dedupe_key: str | None = Field(default=None, unique=True)
    in_reply_to: int | None = Field(default=None, index=True)
    booking_id: int | None = Field(default=None, index=True)
    broadcast_id: int | None = None
    status: str = OutboxStatus.QUEUED
    reason: str = ""
    attempts: int = 0
    text: str = ""
    segments: int = 0
    process: int | None = None
    provider_id: str | None = Field(default=None, index=True)
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    claimed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    sent_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class MessageContent(SQLModel, table=True):
    """A content that the provider keeps for messages with buttons; `account` is whose, `name` what for."""

    __tablename__ = "message_content"

    account: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    provider_id: str
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Flag(SQLModel, table=True):
    """Something staff must see: a red flag, a request for a person, a death, a refused safety reply.

    `severity` orders the inbox: 0 emergency, 1 urgent, 2 today, 3 routine. `rule` names the pattern or cause.
    `taken_by` and `handled_by` name the member of staff; `identity_id` is empty for a note to staff about nobody.
    """

    __table_args__ = (
        Index(
            "flag_open",
            "severity",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    identity_id: int | None = Field(default=None, foreign_key="identity.id", index=True)
    inbound_id: int | None = Field(default=None, foreign_key="inbound_message.id", index=True)
    category: str
    rule: str = ""
    severity: int
    note: str = ""
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    handled_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    handled_by: str | None = None
    taken_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    taken_by: str | None = None


class TextHold(SQLModel, table=True):
    """An address to which nothing goes unasked until staff release it, because it may not be safe to text.

    `is_unsafe`: the person has said so, and not even their own messages are answered, red flags excepted.
    """

    __tablename__ = "text_hold"

    address: str = Field(primary_key=True)
    reason: str
    is_unsafe: bool = False
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class LegalHold(SQLModel, table=True):
    """A person of whom nothing may be deleted until the hold is released; `reason` is for staff, never for texts."""

    __tablename__ = "legal_hold"

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    reason: str
    placed_by: str
    placed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class AuditEntry(SQLModel, table=True):
    """What a member of staff did or looked at; `details` holds no message's words.

    It is never deleted, and changed only when a person is erased, which empties the `details`.
    """

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    actor: str
    action: str
    identity_id: int | None = Field(default=None, foreign_key="identity.id", index=True)
    flag_id: int | None = Field(default=None, foreign_key="flag.id", index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
