"""The inbox: every message that came in, taken exactly once before anything is done with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, false, func, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.core.database import process_of
from services.core.statements import Prepared
from services.people.identities import IDENTITIES, arrive
from services.people.tables import Channel, InboundMessage, InboundStatus, OptOut, TextHold

_INBOX = InboundMessage.__table__  # type: ignore[attr-defined]
_OPT_OUTS = OptOut.__table__  # type: ignore[attr-defined]
_HOLDS = TextHold.__table__  # type: ignore[attr-defined]

# A literal, not a parameter, so that both databases can use the partial index on waiting messages.
_RECEIVED: ColumnElement[str] = literal_column("'received'")
_RECORD = {
    name: Prepared(
        dialect.insert(_INBOX).on_conflict_do_nothing(index_elements=["provider", "provider_id"]).returning(_INBOX.c.id)
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_WAITING = (
    select(_INBOX.c.id, _INBOX.c.identity_id)
    .where(_INBOX.c.status == _RECEIVED, _INBOX.c.id > bindparam("after"))
    .order_by(_INBOX.c.id)
    .limit(bindparam("most"))
)
# Of no process; of one that is dead; of this one, whose turn was broken off; or older than any that a process which is
# merely busy would leave waiting.
_TIME = _INBOX.c.received_at.type
_ORPHANED = (
    select(_INBOX.c.id)
    .where(
        _INBOX.c.status == _RECEIVED,
        or_(
            _INBOX.c.process.is_(None),
            _INBOX.c.process.not_in(bindparam("living", expanding=True)),
            and_(_INBOX.c.process == bindparam("me"), _INBOX.c.received_at < bindparam("broken_off", type_=_TIME)),
            _INBOX.c.received_at < bindparam("left", type_=_TIME),
        ),
    )
    .order_by(_INBOX.c.id)
    .limit(bindparam("most"))
)
_ADOPT = (
    update(_INBOX)
    .where(_INBOX.c.id.in_(_ORPHANED.with_for_update(skip_locked=True)))
    .values(process=bindparam("me"))
    .returning(_INBOX.c.id, _INBOX.c.identity_id)
)
_BROKEN_OFF_AFTER, _LEFT_AFTER = timedelta(seconds=2), timedelta(seconds=60)
_EARLIER = Prepared(
    select(_INBOX.c.id)
    .where(
        _INBOX.c.status == _RECEIVED,
        _INBOX.c.identity_id == bindparam("identity"),
        _INBOX.c.id < bindparam("message"),
    )
    .order_by(_INBOX.c.id)
)
_MARK = Prepared(
    update(_INBOX)
    .where(_INBOX.c.id == bindparam("message"), _INBOX.c.status == _RECEIVED)
    .values(status=bindparam("became"), failure=bindparam("trace"))
    .returning(_INBOX.c.id)
)
_CHECKED = (
    update(_INBOX)
    .where(_INBOX.c.id == bindparam("message"), _INBOX.c.safety_checked.is_(False))
    .values(safety_checked=True)
    .returning(_INBOX.c.id)
)
_MOVE = update(_INBOX).where(_INBOX.c.id == bindparam("message")).values(identity_id=bindparam("to"))
_KEYWORD = (
    select(_INBOX.c.details)
    .join(IDENTITIES, IDENTITIES.c.id == _INBOX.c.identity_id)
    .where(func.upper(func.trim(_INBOX.c.body)).in_(("STOP", "START", "HELP")), IDENTITIES.c.channel == Channel.SMS)
    .order_by(_INBOX.c.id.desc())
    .limit(1)
)
_LOAD = Prepared(
    select(
        _INBOX.c.id,
        _INBOX.c.identity_id,
        IDENTITIES.c.person_id,
        IDENTITIES.c.channel,
        IDENTITIES.c.address,
        _INBOX.c.recipient,
        IDENTITIES.c.last_inbound_at,
        _OPT_OUTS.c.address.is_not(None).label("opted_out"),
        _INBOX.c.body,
        _INBOX.c.details,
        _INBOX.c.status,
        _INBOX.c.safety_checked,
        _INBOX.c.received_at,
        func.coalesce(_HOLDS.c.is_unsafe, false()).label("is_unsafe"),
    )
    .select_from(
        _INBOX.join(IDENTITIES, IDENTITIES.c.id == _INBOX.c.identity_id)
        .outerjoin(_OPT_OUTS, _OPT_OUTS.c.address == IDENTITIES.c.address)
        .outerjoin(_HOLDS, _HOLDS.c.address == IDENTITIES.c.address)
    )
    .where(_INBOX.c.id == bindparam("message"))
)


@dataclass(frozen=True, slots=True)
class InboundDraft:
    """A message as a channel read it, not taken yet.

    `address` is whose it is, `recipient` the number of ours that was texted, `details` what is not text:
    see `bot.channels.twilio_inbound.parse` for its keys.
    """

    provider_id: str
    channel: str
    address: str
    recipient: str
    body: str
    details: Mapping[str, Any] = field(default_factory=dict)
    provider: str = "twilio"


class Recorded(NamedTuple):
    """A message that was taken, and whose it is, by id."""

    id: int
    identity_id: int


class Arrival(NamedTuple):
    """A message that was taken, with all that a turn must know of its sender.

    `recipient` is the number of ours that was texted, from which the answer leaves; `is_unsafe` when they have said
    that it is not safe to text them.
    """

    id: int
    identity_id: int
    person_id: int
    channel: str
    address: str
    recipient: str
    last_inbound_at: datetime | None
    opted_out: bool
    body: str
    details: dict[str, Any]
    status: str
    safety_checked: bool
    received_at: datetime
    is_unsafe: bool


def record(session: Session, draft: InboundDraft, now: datetime) -> Recorded | None:
    """Take a message; None if it was taken before. Announces nothing: whoever recorded it starts the turn."""
    identity = arrive(session, draft.channel, draft.address, draft.recipient, now)
    row = {
        "provider": draft.provider,
        "provider_id": draft.provider_id,
        "identity_id": identity.id,
        "sender": draft.address,
        "recipient": draft.recipient,
        "body": draft.body,
        "details": dict(draft.details),
        "status": InboundStatus.RECEIVED.value,
        "safety_checked": False,
        "failure": "",
        "process": process_of(session),
        "received_at": now,
    }
    taken = _RECORD[session.get_bind().dialect.name].first(session, row)
    return None if taken is None else Recorded(taken[0], identity.id)


def load(session: Session, inbound_id: int) -> Arrival | None:
    """A message with its sender, in one statement; None if there is no such message."""
    found = _LOAD.first(session, {"message": inbound_id})
    return None if found is None else Arrival(*found)


def waiting(session: Session, limit: int = 100, after: int = 0) -> list[Recorded]:
    """Messages whose turn has not been taken, oldest first, from those with an id above `after`."""
    return [Recorded(*row) for row in session.execute(_WAITING, {"most": limit, "after": after})]


def has_orphans(session: Session, me: int, living: Collection[int], now: datetime) -> bool:
    """Whether the process `me` would find any message to `adopt`."""
    return session.execute(_ORPHANED, _whose(me, living, now, 1)).first() is not None


def adopt(session: Session, living: Collection[int], now: datetime, limit: int = 100) -> list[Recorded]:
    """Make the waiting messages that no other process will answer this one's, and return them, oldest first.

    `living` are the numbers of the processes that live. One that has waited for a minute is taken from whoever has it:
    should both take its turn, one of the two comes to nothing. Those of this process may be in hand already.
    """
    found = session.execute(_ADOPT, _whose(process_of(session), living, now, limit))
    return sorted(Recorded(*row) for row in found)


def earlier(session: Session, arrival: Arrival) -> list[int]:
    """The messages of the same conversation that came before one and whose turn has not been taken, oldest first."""
    marks = {"identity": arrival.identity_id, "message": arrival.id}
    return [row[0] for row in _EARLIER.rows(session, marks)]


def mark_safety_checked(session: Session, inbound_id: int) -> bool:
    """Note that the red-flag detector has read a message; False if it had already."""
    return session.execute(_CHECKED, {"message": inbound_id}).first() is not None


def mark_processed(session: Session, inbound_id: int) -> bool:
    """Note that a message was answered; False if its turn was taken already, and then nothing more may be done."""
    return _mark(session, inbound_id, InboundStatus.PROCESSED)


def mark_silent(session: Session, inbound_id: int) -> bool:
    """Note that a message rightly got no answer; False if its turn was taken already."""
    return _mark(session, inbound_id, InboundStatus.SILENT)


def mark_failed(session: Session, inbound_id: int, trace: str) -> bool:
    """Note that the turn of a message raised, with the trace; False if its turn was taken already."""
    return _mark(session, inbound_id, InboundStatus.FAILED, trace)


def move(session: Session, inbound_id: int, identity_id: int) -> None:
    """Give a message to another identity: the one that its address has become."""
    session.execute(_MOVE, {"message": inbound_id, "to": identity_id})


def _whose(me: int | None, living: Collection[int], now: datetime, most: int) -> dict[str, Any]:
    moments = {"broken_off": now - _BROKEN_OFF_AFTER, "left": now - _LEFT_AFTER}
    return {"me": me, "living": list(living), "most": most, **moments}


def _mark(session: Session, inbound_id: int, became: InboundStatus, trace: str = "") -> bool:
    marks = {"message": inbound_id, "became": became.value, "trace": trace}
    return _MARK.first(session, marks) is not None


def provider_handles_keywords(session: Session) -> bool | None:
    """Whether the provider had handled the last STOP, START or HELP that came by SMS itself; None if none has come.

    Reads the inbox from its end, so it may take a moment: not for a turn.
    """
    found = session.execute(_KEYWORD).first()
    return None if found is None else "opt_out_type" in found[0]
