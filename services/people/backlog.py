"""What waits: messages to be sent, messages to be answered, flags before staff. For those who watch the service."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, literal_column, select, union_all
from sqlmodel import Session

from services.people.outbox import OUTBOX
from services.people.tables import Flag, InboundMessage, Priority

_INBOX = InboundMessage.__table__  # type: ignore[attr-defined]
_FLAGS = Flag.__table__  # type: ignore[attr-defined]
_NOW = bindparam("now", type_=OUTBOX.c.due_at.type)

# One range of the index for each priority: whatever is not due yet is never looked at.
_DUE = union_all(
    *(
        select(literal(priority.value), func.count(), func.min(OUTBOX.c.due_at, type_=OUTBOX.c.due_at.type)).where(
            OUTBOX.c.status == literal_column("'queued'"),
            OUTBOX.c.priority == priority.value,
            OUTBOX.c.due_at <= _NOW,
        )
        for priority in Priority
    )
)
_OPEN = (
    select(OUTBOX.c.status, func.count())
    .where(OUTBOX.c.status.in_([literal_column("'sending'"), literal_column("'unknown'")]))
    .group_by(OUTBOX.c.status)
)
_WAITING = select(func.count(), func.min(_INBOX.c.received_at, type_=_INBOX.c.received_at.type)).where(
    _INBOX.c.status == literal_column("'received'")
)
_FLAGGED = select(_FLAGS.c.severity, func.count()).where(_FLAGS.c.handled_at.is_(None)).group_by(_FLAGS.c.severity)


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, and for how many seconds the oldest has (0 when none does)."""

    count: int
    age: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits as of one moment.

    `due`: messages that could leave now, by priority. `open`: those being sent or of unknown fate, by status.
    `inbox`: messages whose turn has not been taken. `flags`: what staff have not handled, by severity.
    """

    due: dict[str, Queue]
    open: dict[str, int]
    inbox: Queue
    flags: dict[int, int]


def read(session: Session, now: datetime) -> Backlog:
    """Count what waits at `now` (aware)."""

    def queue(count: int, oldest: datetime | None) -> Queue:
        return Queue(count, max((now - oldest).total_seconds(), 0.0) if oldest else 0.0)

    due = {priority: queue(count, oldest) for priority, count, oldest in session.execute(_DUE, {"now": now})}
    open_ = {"sending": 0, "unknown": 0} | _counts(session, _OPEN)
    flags = dict.fromkeys(range(4), 0) | _counts(session, _FLAGGED)
    return Backlog(due, open_, queue(*session.execute(_WAITING).one()), flags)


def _counts(session: Session, question: Select[Any]) -> dict[Any, int]:
    return {row[0]: row[1] for row in session.execute(question)}
