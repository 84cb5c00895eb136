"""Tables of what is sent on time: reminders, and the leases of the jobs that send them."""

from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from services.core.types import UtcDateTime


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


class Lease(SQLModel, table=True):
    """The right of one process to run one job until `until`; an orphan's lease simply runs out."""

    job: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
