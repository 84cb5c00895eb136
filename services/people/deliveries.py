"""What became of messages: what sending them showed, what the provider reports later, and what was left open.

A status only moves forward: queued, sending, unknown, sent, failed, delivered, read. Two steps back exist, and both
mean that nothing reached anybody: a message put back before it left, and one that the provider never had.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal_column, or_, select, update
from sqlmodel import Session

from services.core.database import announce
from services.people import consent, flags
from services.people.outbox import OUTBOX, ROW, TOPIC, OutboxRow
from services.people.tables import OutboxStatus, Priority

_ORDER = ("queued", "sending", "unknown", "sent", "failed", "delivered", "read")
_ROW = OUTBOX.c.id == bindparam("row")
_OPEN = or_(OUTBOX.c.status == "sending", OUTBOX.c.status == "unknown")  # IN (...) cannot be executed many times
_UNDECIDED = or_(OUTBOX.c.status == "queued", _OPEN)

# An attempt may only write about itself: `attempts` has moved on once the message was claimed again.
_OF_ATTEMPT = (_ROW, OUTBOX.c.attempts == bindparam("attempt"))

_RECORD = {
    OutboxStatus.SENT: update(OUTBOX)
    .where(_ROW, OUTBOX.c.reason != bindparam("failed_before"))
    .values(
        # A callback may have come before the answer to our own request, and it knows more.
        status=case((_UNDECIDED, OutboxStatus.SENT.value), else_=OUTBOX.c.status),
        reason=case((_UNDECIDED, ""), else_=OUTBOX.c.reason),
        provider_id=bindparam("provider_message"),
        text=bindparam("words"),
        segments=bindparam("parts"),
        sent_at=func.coalesce(OUTBOX.c.sent_at, bindparam("at", type_=OUTBOX.c.sent_at.type)),
    ),
    OutboxStatus.UNKNOWN: update(OUTBOX)
    .where(*_OF_ATTEMPT, OUTBOX.c.status == "sending")
    .values(status="unknown", reason=bindparam("why"), text=bindparam("words"), segments=bindparam("parts")),
    OutboxStatus.QUEUED: update(OUTBOX)
    .where(*_OF_ATTEMPT, _OPEN)
    .values(status="queued", reason=bindparam("why"), due_at=bindparam("due"), claimed_at=None),
    OutboxStatus.FAILED: update(OUTBOX).where(*_OF_ATTEMPT, _OPEN).values(status="failed", reason=bindparam("why")),
    OutboxStatus.REFUSED: update(OUTBOX).where(*_OF_ATTEMPT, _OPEN).values(status="refused", reason=bindparam("why")),
}

_ADVANCE = (
    update(OUTBOX)
    .where(
        OUTBOX.c.status.in_(bindparam("earlier", expanding=True)),
        # Of a message posted twice, the failure of the other copy says nothing about this one.
        or_(
            bindparam("reported", type_=OUTBOX.c.status.type) != "failed",
            and_(
                or_(OUTBOX.c.provider_id.is_(None), OUTBOX.c.provider_id == bindparam("provider_message")),
                OUTBOX.c.reason != bindparam("failed_before"),
            ),
        ),
    )
    .values(
        status=bindparam("reported"),
        reason=bindparam("why"),
        provider_id=func.coalesce(OUTBOX.c.provider_id, bindparam("provider_message")),
        sent_at=func.coalesce(OUTBOX.c.sent_at, bindparam("at", type_=OUTBOX.c.sent_at.type)),
    )
    .returning(OUTBOX.c.id)
)
_ADVANCE_ROW = _ADVANCE.where(_ROW)
_ADVANCE_MESSAGE = _ADVANCE.where(OUTBOX.c.provider_id == bindparam("provider_message"))
_STRAND = (
    update(OUTBOX)
    .where(
        OUTBOX.c.status == literal_column("'sending'"),
        or_(bindparam("any", type_=OUTBOX.c.segments.type) == 1, OUTBOX.c.claimed_at < bindparam("before")),
        OUTBOX.c.id.not_in(bindparam("sparing", expanding=True)),
    )
    .values(status="unknown", reason=bindparam("why"))
    .returning(OUTBOX.c.id)
)
_OF_THE_DEAD = (
    OUTBOX.c.status == literal_column("'sending'"),
    OUTBOX.c.process.not_in(bindparam("living", expanding=True)),
)
_HAS_DEAD = select(OUTBOX.c.id).where(*_OF_THE_DEAD).limit(1)
_STRAND_DEAD = (
    update(OUTBOX).where(*_OF_THE_DEAD).values(status="unknown", reason=bindparam("why")).returning(OUTBOX.c.id)
)
_IS_UNKNOWN = (OUTBOX.c.status == literal_column("'unknown'"), OUTBOX.c.priority != Priority.BULK.value)
_IS_LEFT = (OUTBOX.c.status == literal_column("'sending'"), OUTBOX.c.claimed_at < bindparam("before"))
_HAS_UNKNOWN = select(OUTBOX.c.id).where(*_IS_UNKNOWN).limit(1)
_HAS_LEFT = select(OUTBOX.c.id).where(*_IS_LEFT).limit(1)
_UNKNOWN = (
    ROW.where(
        *_IS_UNKNOWN,
        OUTBOX.c.id.not_in(bindparam("sparing", expanding=True)),
    )
    .order_by(OUTBOX.c.priority, OUTBOX.c.id)
    .limit(bindparam("most"))
)
_OURS = select(OUTBOX.c.provider_id).where(OUTBOX.c.provider_id.in_(bindparam("messages", expanding=True)))
_NOT_SENT = select(OUTBOX.c.id).where(
    OUTBOX.c.id.in_(bindparam("messages", expanding=True)), OUTBOX.c.sent_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt at sending a message showed.

    `attempt` is the row's `attempts` when it was claimed. `status` is sent (with `provider_id`), unknown, queued (put
    back until `due_at`), failed or refused; `reason` the provider's code or the gate's word; `text` what was sent, in
    `segments` parts.
    """

    row_id: int
    attempt: int
    status: OutboxStatus
    provider_id: str = ""
    reason: str = ""
    text: str = ""
    segments: int = 0
    due_at: datetime | None = None

    def marks(self, now: datetime) -> dict[str, Any]:
        """The values that the statement for this status binds."""
        row: dict[str, Any] = {"row": self.row_id}
        if self.status is OutboxStatus.SENT:
            row |= {"provider_message": self.provider_id, "failed_before": given_back(self.provider_id)}
            return row | {"words": self.text, "parts": self.segments, "at": now}
        row |= {"attempt": self.attempt, "why": self.reason}
        if self.status is OutboxStatus.UNKNOWN:
            return row | {"words": self.text, "parts": self.segments}
        return row | {"due": self.due_at or now} if self.status is OutboxStatus.QUEUED else row


def given_back(provider_id: str) -> str:
    """The reason of a message queued once more because the copy with this id failed: that copy counts no longer."""
    return f"again {provider_id}"


def record(session: Session, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Write down what several attempts showed, one statement for each kind of outcome."""
    status = attrgetter("status")
    for kind, group in groupby(sorted(outcomes, key=status), key=status):
        session.execute(_RECORD[kind], [outcome.marks(now) for outcome in group])
        if kind is OutboxStatus.QUEUED:
            announce(session, TOPIC)


def advance(
    session: Session,
    *,
    outbox_id: int | None,
    provider_id: str,
    status: OutboxStatus,
    now: datetime,
    reason: str = "",
) -> int | None:
    """Take a provider's report of a message; return its id if that moved it forward, else None.

    Without `outbox_id` the message is found by the provider's own id.
    """
    earlier = _ORDER[: _ORDER.index(status.value)]
    marks = {"earlier": earlier, "reported": status.value, "why": reason, "provider_message": provider_id, "at": now}
    marks["failed_before"] = given_back(provider_id)
    statement = _ADVANCE_MESSAGE if outbox_id is None else _ADVANCE_ROW
    moved: int | None = session.execute(statement, marks if outbox_id is None else marks | {"row": outbox_id}).scalar()
    return moved


def note_refusal(session: Session, row: OutboxRow, refusal: str, code: str, now: datetime) -> None:
    """Act on what the provider's refusal of a message means beyond that message.

    "consent": it holds the address as opted out, so we do too. "configuration": staff are told, once for each code
    until they have handled it. A safety reply that was refused for whatever reason is an emergency for staff.
    """
    if refusal == "consent":
        consent.opt_out(session, row.address, "provider", now)
    if row.priority == Priority.SAFETY:
        note = "The safety reply to this person was not delivered."
        _flag(session, row, "safety_reply_refused", 0, code, note, now)
    elif refusal == "configuration" and not flags.has_open(session, "delivery", code):
        note = "Messages cannot be sent because of how they, our account or our number are set up."
        _flag(session, row, "delivery", 1, code, note, now)


def strand(session: Session, before: datetime | None, sparing: Collection[int], why: str) -> list[int]:
    """Turn messages left "sending" into unknown ones and return their ids.

    Takes those claimed before `before` (None: all of them), except the ids in `sparing`.
    """
    marks = {"any": int(before is None), "before": before, "sparing": list(sparing), "why": why}
    return [row[0] for row in session.execute(_STRAND, marks)]


def has_of_dead(session: Session, living: Collection[int]) -> bool:
    """Whether `strand_dead` would find any message."""
    return session.execute(_HAS_DEAD, {"living": list(living)}).first() is not None


def strand_dead(session: Session, living: Collection[int], why: str) -> list[int]:
    """Turn messages that processes not among the `living` left "sending" into unknown ones and return their ids."""
    return [row[0] for row in session.execute(_STRAND_DEAD, {"living": list(living), "why": why})]


def has_open(session: Session, before: datetime) -> bool:
    """Whether any message is unknown, bulk apart, or has been "sending" since before a moment."""
    left = session.execute(_HAS_LEFT, {"before": before}).first()
    return (left or session.execute(_HAS_UNKNOWN).first()) is not None


def unknown(session: Session, sparing: Collection[int] = (), limit: int = 100) -> list[OutboxRow]:
    """Messages of which nobody knows whether they left, gravest first; bulk is left to the provider's reports."""
    return [OutboxRow(*row) for row in session.execute(_UNKNOWN, {"sparing": list(sparing), "most": limit})]


def not_sent(session: Session, ids: Collection[int]) -> set[int]:
    """Which of these messages are not known to have left."""
    return {row[0] for row in session.execute(_NOT_SENT, {"messages": list(ids)})}


def ours(session: Session, provider_ids: Collection[str]) -> set[str]:
    """Which of the provider's ids belong to a message of the outbox already."""
    return {row[0] for row in session.execute(_OURS, {"messages": list(provider_ids)})}


def _flag(session: Session, row: OutboxRow, category: str, severity: int, code: str, note: str, now: datetime) -> None:
    flags.raise_flag(
        session, identity_id=row.identity_id, category=category, severity=severity, now=now, rule=code, note=note
    )
