"""How far a broadcast has come, counted from the outbox itself."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlmodel import Session

from services.campaigns.broadcast_gathering import RECIPIENTS
from services.campaigns.broadcast_tables import BroadcastStatus
from services.campaigns.broadcasts import BROADCASTS
from services.people.outbox import OUTBOX
from services.people.tables import OutboxStatus

_ONE = select(BROADCASTS).where(BROADCASTS.c.id == bindparam("broadcast"))
_LATEST = select(BROADCASTS).order_by(BROADCASTS.c.id.desc()).limit(bindparam("most"))
_UNRELEASED = (
    select(func.count())
    .select_from(RECIPIENTS)
    .where(RECIPIENTS.c.broadcast_id == bindparam("broadcast"), RECIPIENTS.c.id > bindparam("after"))
)
_BY_STATUS = (
    select(OUTBOX.c.status, OUTBOX.c.reason, func.count())
    .where(OUTBOX.c.broadcast_id == bindparam("broadcast"))
    .group_by(OUTBOX.c.status, OUTBOX.c.reason)
)
_SENT = (OutboxStatus.SENT, OutboxStatus.DELIVERED, OutboxStatus.READ)
_GIVEN_UP = (OutboxStatus.FAILED, OutboxStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class Progress:
    """A broadcast and its counts; `by_status` is the outbox's, `queued` includes what is not in the outbox yet.

    `reasons` says why messages failed or were refused, by status and reason. What a cancelled one had not yet put
    into the outbox counts as refused.
    """

    id: int
    status: str
    purpose: str
    template: str
    audience: Mapping[str, Any]
    requested_by: str
    approved_by: str
    created_at: datetime
    is_gathered: bool
    recipients: int
    left_out: Mapping[str, int]
    queued: int
    by_status: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def sent(self) -> int:
        """How many a provider has taken and not failed to deliver; those delivered are among them."""
        return sum(self.by_status.get(status, 0) for status in _SENT)

    @property
    def delivered(self) -> int:
        """How many are known to have arrived."""
        return self.by_status.get(OutboxStatus.DELIVERED, 0) + self.by_status.get(OutboxStatus.READ, 0)

    @property
    def failed(self) -> int:
        """How many did not get through."""
        return self.by_status.get(OutboxStatus.FAILED, 0)

    @property
    def refused(self) -> int:
        """How many were not to go after all."""
        return self.by_status.get(OutboxStatus.REFUSED, 0)

    @property
    def settled(self) -> int:
        """How many need nothing more done: all but those queued or on their way."""
        return self.recipients - self.queued - self.by_status.get(OutboxStatus.SENDING, 0)


def progress(session: Session, broadcast_id: int) -> Progress | None:
    """How far a broadcast has come, or None when there is none of that number."""
    row = session.execute(_ONE, {"broadcast": broadcast_id}).first()
    return None if row is None else _counted(session, row)


def latest(session: Session, limit: int = 20) -> list[Progress]:
    """The last broadcasts, newest first."""
    return [_counted(session, row) for row in session.execute(_LATEST, {"most": limit}).all()]


def _counted(session: Session, row: Row[Any]) -> Progress:
    counts: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    for status, reason, count in session.execute(_BY_STATUS, {"broadcast": row.id}):
        counts[status] += count
        if status in _GIVEN_UP:
            reasons[status, reason] += count
    unreleased = session.execute(_UNRELEASED, {"broadcast": row.id, "after": row.released_to}).scalar_one()
    if row.status == BroadcastStatus.CANCELLED and unreleased:
        counts[OutboxStatus.REFUSED] += unreleased
        reasons[OutboxStatus.REFUSED, "broadcast_cancelled"] += unreleased
        unreleased = 0
    return Progress(
        id=row.id,
        status=row.status,
        purpose=row.purpose,
        template=row.template,
        audience=row.audience,
        requested_by=row.requested_by,
        approved_by=row.approved_by,
        created_at=row.created_at,
        is_gathered=row.gathered_at is not None,
        recipients=row.recipients,
        left_out=row.left_out,
        queued=unreleased + counts[OutboxStatus.QUEUED],
        by_status=dict(counts),
        reasons=dict(reasons),
    )
