"""The outbox: everything that leaves, written with what caused it, claimed and sent afterwards.

Writing a row announces "outbox", which wakes the sender. A turn that is about to be sent by its own process
writes its rows as claimed already (`enqueue_claimed`) and hands them over in memory.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, insert, literal_column, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.core.database import announce, process_of
from services.core.statements import Prepared
from services.people.identities import IDENTITIES, Recipient
from services.people.tables import OptOut, OutboxMessage, OutboxStatus, Priority

OUTBOX = OutboxMessage.__table__  # type: ignore[attr-defined]
_OPT_OUTS = OptOut.__table__  # type: ignore[attr-defined]
TOPIC = "outbox"
# Why a message was withdrawn: a later one says how things are, or nothing is left to say.
SUPERSEDED = "superseded"

# Kinds whose parameters carry the text itself; all others are rendered when they are sent.
# "consent" confirms STOP or START, so it alone (with "safety") may go to an address that has just opted out.
TEXT_KINDS = frozenset({"reply", "safety", "consent", "staff_reply"})


def _literal(status: OutboxStatus) -> ColumnElement[str]:
    """A status as a literal, not a parameter, so that both databases can use the partial indexes."""
    return literal_column(f"'{status.value}'")


_QUEUED, _SENDING = _literal(OutboxStatus.QUEUED), _literal(OutboxStatus.SENDING)
_NOW: ColumnElement[datetime] = bindparam("now", type_=OUTBOX.c.due_at.type)
_DUE = and_(OUTBOX.c.status == _QUEUED, OUTBOX.c.due_at <= _NOW)

ROW = select(
    OUTBOX.c.id,
    OUTBOX.c.kind,
    OUTBOX.c.priority,
    OUTBOX.c.identity_id,
    IDENTITIES.c.channel,
    IDENTITIES.c.address,
    func.coalesce(func.nullif(OUTBOX.c.sender, ""), IDENTITIES.c.sender).label("sender"),
    OUTBOX.c.parameters,
    OUTBOX.c.booking_id,
    OUTBOX.c.in_reply_to,
    OUTBOX.c.attempts,
    OUTBOX.c.text,
    OUTBOX.c.due_at,
    OUTBOX.c.expires_at,
    OUTBOX.c.claimed_at,
    OUTBOX.c.created_at,
    IDENTITIES.c.last_inbound_at,
    _OPT_OUTS.c.address.is_not(None).label("opted_out"),
).select_from(
    OUTBOX.join(IDENTITIES, IDENTITIES.c.id == OUTBOX.c.identity_id).outerjoin(
        _OPT_OUTS, _OPT_OUTS.c.address == IDENTITIES.c.address
    )
)
_OTHER = OUTBOX.alias("other")
# Only the index on identities is of use there: one on what is queued would be read whole for each of those.
_OTHER_STATUS = func.coalesce(_OTHER.c.status, "")
# One person's messages leave one after the other, also after an answer put back; a safety reply waits for nobody.
_BLOCKED = exists().where(
    _OTHER.c.identity_id == OUTBOX.c.identity_id,
    _OTHER.c.id != OUTBOX.c.id,
    or_(
        _OTHER_STATUS == _SENDING,
        and_(
            _OTHER_STATUS == _QUEUED,
            or_(_OTHER.c.due_at <= _NOW, and_(_OTHER.c.priority == Priority.REPLY.value, _OTHER.c.attempts > 0)),
            tuple_(_OTHER.c.priority, _OTHER.c.id) < tuple_(OUTBOX.c.priority, OUTBOX.c.id),
        ),
    ),
)
_NEXT = (
    ROW.where(_DUE, or_(OUTBOX.c.priority == Priority.SAFETY.value, ~_BLOCKED))
    .order_by(OUTBOX.c.priority, OUTBOX.c.due_at, OUTBOX.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=OUTBOX, skip_locked=True)
)
_CLAIM = (
    update(OUTBOX)
    .where(OUTBOX.c.id.in_(bindparam("rows", expanding=True)))
    .values(
        status=OutboxStatus.SENDING.value,
        claimed_at=bindparam("at"),
        attempts=OUTBOX.c.attempts + 1,
        process=bindparam("claimant"),
    )
)
_WITHDRAW = (
    update(OUTBOX)
    .where(
        OUTBOX.c.booking_id == bindparam("booking"),
        OUTBOX.c.status == _QUEUED,
        OUTBOX.c.priority != Priority.REPLY.value,
    )
    .values(status=OutboxStatus.REFUSED.value, reason=bindparam("why"))
)
_HOW_MANY_SENT = select(func.count()).where(OUTBOX.c.provider_id.is_not(None))
_ANSWERED = select(OUTBOX.c.in_reply_to).where(OUTBOX.c.id == bindparam("row"))
_INSERT = Prepared(insert(OUTBOX).returning(OUTBOX.c.id))
_INSERT_ONCE = {
    name: dialect.insert(OUTBOX).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(OUTBOX.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


class OutboxRow(NamedTuple):
    """A message on its way, with what the gate and the channel must know of its recipient.

    `sender` is the number of ours it leaves from ("" when none is known); `text` what was sent, once it is known;
    `in_reply_to` is the message of the inbox that it answers; `attempts` counts this one; `slot` is the moment that
    its claim took for it from its sender's rate (see `rates`), None if it was not claimed from the outbox.
    """

    id: int
    kind: str
    priority: str
    identity_id: int
    channel: str
    address: str
    sender: str
    parameters: dict[str, Any]
    booking_id: int | None
    in_reply_to: int | None
    attempts: int
    text: str
    due_at: datetime
    expires_at: datetime | None
    claimed_at: datetime | None
    created_at: datetime
    last_inbound_at: datetime | None
    opted_out: bool
    slot: datetime | None = None


# Takes those of some messages that their senders' rates let go now or soon, each with its `slot`, from the others.
Allot = Callable[[Session, Sequence[OutboxRow]], list[OutboxRow]]


def enqueue(
    session: Session,
    *,
    kind: str,
    identity_id: int,
    parameters: dict[str, Any],
    priority: str,
    due_at: datetime,
    now: datetime,
    sender: str = "",
    dedupe_key: str | None = None,
    in_reply_to: int | None = None,
    booking_id: int | None = None,
    expires_at: datetime | None = None,
) -> int | None:
    """Write a message to be sent at `due_at` or as soon after as the gate allows; return its id.

    None means that a message with this `dedupe_key` was written before. `sender` defaults to the number of ours
    that the identity texted last. Announces "outbox".
    """
    row = _values(kind, priority, identity_id, parameters, now) | {
        "sender": sender,
        "dedupe_key": dedupe_key,
        "in_reply_to": in_reply_to,
        "booking_id": booking_id,
        "due_at": due_at,
        "expires_at": expires_at,
    }
    written: int | None = session.execute(_INSERT_ONCE[session.get_bind().dialect.name], row).scalar()
    if written is not None:
        announce(session, TOPIC)
    return written


def enqueue_claimed(
    session: Session,
    to: Recipient,
    *,
    kind: str,
    parameters: dict[str, Any],
    priority: str,
    now: datetime,
    in_reply_to: int | None = None,
) -> OutboxRow:
    """Write a message that this process sends itself as soon as the unit of work has committed.

    Hand the row to `bot.outbound.Sender.deliver` then; if the process dies first, it is found as "sending".
    """
    status = {"status": OutboxStatus.SENDING.value, "claimed_at": now, "attempts": 1, "due_at": now}
    status["process"] = process_of(session)
    row = _values(kind, priority, to.id, parameters, now) | status
    (written,), *_ = _INSERT.rows(session, row | {"sender": to.sender, "in_reply_to": in_reply_to})
    return OutboxRow(
        id=written,
        kind=kind,
        priority=priority,
        identity_id=to.id,
        channel=to.channel,
        address=to.address,
        sender=to.sender,
        parameters=parameters,
        booking_id=None,
        in_reply_to=in_reply_to,
        attempts=1,
        text="",
        due_at=now,
        expires_at=None,
        claimed_at=now,
        created_at=now,
        last_inbound_at=to.last_inbound_at,
        opted_out=to.opted_out,
    )


def withdraw(session: Session, booking_id: int, why: str) -> None:
    """Take back what still waits to be sent about a booking, answers excepted; `why` is a short stable word."""
    session.execute(_WITHDRAW, {"booking": booking_id, "why": why})


def claim(session: Session, now: datetime, limit: int = 32, allot: Allot | None = None) -> list[OutboxRow]:
    """Take up to `limit` messages that are due, gravest first, for this process to send.

    At most one message of an identity is out at a time, in the order of priority and then of writing. Those for which
    `allot` finds no moment are left.
    """
    rows = [OutboxRow(*row) for row in session.execute(_NEXT, {"now": now, "most": limit})]
    if allot is not None:
        rows = allot(session, rows)
    if not rows:
        return []
    session.execute(_CLAIM, {"rows": [row.id for row in rows], "at": now, "claimant": process_of(session)})
    return [row._replace(attempts=row.attempts + 1, claimed_at=now) for row in rows]


def count_sent(session: Session) -> int:
    """How many messages a provider has taken so far."""
    return int(session.execute(_HOW_MANY_SENT).scalar_one())


def answered(session: Session, outbox_id: int) -> int | None:
    """The message of the inbox that a message answers; None if it answers none."""
    found: int | None = session.execute(_ANSWERED, {"row": outbox_id}).scalar()
    return found


def load(session: Session, ids: Iterable[int]) -> list[OutboxRow]:
    """The messages with these ids, in the order of their ids."""
    found = session.execute(ROW.where(OUTBOX.c.id.in_(list(ids))).order_by(OUTBOX.c.id))
    return [OutboxRow(*row) for row in found]


def _values(kind: str, priority: str, identity_id: int, parameters: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "kind": kind,
        "priority": str(priority),
        "identity_id": identity_id,
        "parameters": parameters,
        "status": OutboxStatus.QUEUED.value,
        "reason": "",
        "attempts": 0,
        "text": "",
        "segments": 0,
        "created_at": now,
    }
