"""Flags: what staff must see, gravest first."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from services.core.database import announce
from services.people.tables import Flag, Identity, InboundMessage

_FLAGS = Flag.__table__  # type: ignore[attr-defined]
_IDENTITIES = Identity.__table__  # type: ignore[attr-defined]
_INBOX = InboundMessage.__table__  # type: ignore[attr-defined]

_RAISE = insert(_FLAGS).returning(_FLAGS.c.id)
_OPEN = (
    select(
        _FLAGS.c.id,
        _FLAGS.c.severity,
        _FLAGS.c.category,
        _FLAGS.c.rule,
        _FLAGS.c.note,
        _FLAGS.c.created_at,
        _FLAGS.c.identity_id,
        _IDENTITIES.c.channel,
        _IDENTITIES.c.address,
        _FLAGS.c.inbound_id,
        _INBOX.c.body,
    )
    .select_from(_FLAGS.join(_IDENTITIES).outerjoin(_INBOX, _INBOX.c.id == _FLAGS.c.inbound_id))
    .where(_FLAGS.c.handled_at.is_(None))
    .order_by(_FLAGS.c.severity, _FLAGS.c.created_at, _FLAGS.c.id)
    .limit(bindparam("most"))
)
_ALIKE = (
    select(_FLAGS.c.id)
    .where(
        _FLAGS.c.handled_at.is_(None),
        _FLAGS.c.category == bindparam("category"),
        _FLAGS.c.rule == bindparam("rule"),
    )
    .limit(1)
)
_HANDLE = (
    update(_FLAGS)
    .where(_FLAGS.c.id == bindparam("flag"), _FLAGS.c.handled_at.is_(None))
    .values(handled_at=bindparam("now"))
    .returning(_FLAGS.c.id)
)


class OpenFlag(NamedTuple):
    """A flag that nobody has handled, with the message that raised it; `body` is None when no message did."""

    id: int
    severity: int
    category: str
    rule: str
    note: str
    created_at: datetime
    identity_id: int
    channel: str
    address: str
    inbound_id: int | None
    body: str | None


def raise_flag(
    session: Session,
    *,
    identity_id: int,
    category: str,
    severity: int,
    now: datetime,
    rule: str = "",
    note: str = "",
    inbound_id: int | None = None,
) -> int:
    """Put something before staff and return its id; announces "flags".

    `severity` is 0 for an emergency, 1 urgent, 2 today, 3 routine.
    """
    row = {"identity_id": identity_id, "inbound_id": inbound_id, "category": category, "rule": rule}
    announce(session, "flags")
    flag: int = session.execute(_RAISE, row | {"severity": severity, "note": note, "created_at": now}).scalar_one()
    return flag


def has_open(session: Session, category: str, rule: str) -> bool:
    """Whether staff have the same thing before them already, about anybody."""
    return session.execute(_ALIKE, {"category": category, "rule": rule}).first() is not None


def open_flags(session: Session, limit: int = 100) -> list[OpenFlag]:
    """The flags that nobody has handled, gravest first and oldest first among equals."""
    return [OpenFlag(*row) for row in session.execute(_OPEN, {"most": limit})]


def handle(session: Session, flag_id: int, now: datetime) -> bool:
    """Mark a flag as dealt with; False if it was already, or does not exist."""
    return session.execute(_HANDLE, {"flag": flag_id, "now": now}).first() is not None
