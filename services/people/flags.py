"""Flags: what staff must see, gravest first."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select, update
from sqlmodel import Session

from services.core.database import announce
from services.people.identities import IDENTITIES, at_same_address
from services.people.tables import Flag, InboundMessage

_FLAGS = Flag.__table__  # type: ignore[attr-defined]
_INBOX = InboundMessage.__table__  # type: ignore[attr-defined]

_RAISE = insert(_FLAGS).returning(_FLAGS.c.id)
_COLUMNS = (
    select(
        _FLAGS.c.id,
        _FLAGS.c.severity,
        _FLAGS.c.category,
        _FLAGS.c.rule,
        _FLAGS.c.note,
        _FLAGS.c.created_at,
        _FLAGS.c.identity_id,
        func.coalesce(IDENTITIES.c.channel, ""),
        func.coalesce(IDENTITIES.c.address, ""),
        _FLAGS.c.inbound_id,
        _INBOX.c.body,
        _FLAGS.c.taken_by,
        _FLAGS.c.handled_at,
    )
    .select_from(_FLAGS.outerjoin(IDENTITIES).outerjoin(_INBOX, _INBOX.c.id == _FLAGS.c.inbound_id))
    .order_by(_FLAGS.c.severity, _FLAGS.c.created_at, _FLAGS.c.id)
)
_OPEN = _COLUMNS.where(_FLAGS.c.handled_at.is_(None)).limit(bindparam("most"))
_ONE = _COLUMNS.where(_FLAGS.c.id == bindparam("flag"))
_ABOUT = _COLUMNS.where(
    _FLAGS.c.handled_at.is_(None), _FLAGS.c.identity_id.in_(bindparam("identities", expanding=True))
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
_SAME = select(_FLAGS.c.id).where(
    _FLAGS.c.handled_at.is_(None),
    _FLAGS.c.category == bindparam("category"),
    _FLAGS.c.identity_id == bindparam("identity"),
)
_GRAVE = select(_FLAGS.c.id).where(
    _FLAGS.c.handled_at.is_(None),
    _FLAGS.c.severity <= 1,
    _FLAGS.c.identity_id == bindparam("identity"),
    _FLAGS.c.created_at >= bindparam("since", type_=_FLAGS.c.created_at.type),
)
_HANDLE = (
    update(_FLAGS)
    .where(_FLAGS.c.id == bindparam("flag"), _FLAGS.c.handled_at.is_(None))
    .values(handled_at=bindparam("now"), handled_by=bindparam("who"))
    .returning(_FLAGS.c.id)
)
_TAKE = (
    update(_FLAGS).where(_FLAGS.c.id == bindparam("flag")).values(taken_at=bindparam("now"), taken_by=bindparam("who"))
)

# Only those whom the safeguarding lead names may see these; the inbox shows others that there is one, and no more.
RESTRICTED = frozenset({"safeguarding"})


class OpenFlag(NamedTuple):
    """A flag, with the message that raised it; `body` is None when no message did, `handled_at` while it is open.

    A note to staff about nobody has no `identity_id`, and "" for channel and address.
    """

    id: int
    severity: int
    category: str
    rule: str
    note: str
    created_at: datetime
    identity_id: int | None
    channel: str
    address: str
    inbound_id: int | None
    body: str | None
    taken_by: str | None
    handled_at: datetime | None

    @property
    def is_restricted(self) -> bool:
        """Whether only some of staff may see it."""
        return self.category in RESTRICTED


def raise_flag(
    session: Session,
    *,
    identity_id: int | None,
    category: str,
    severity: int,
    now: datetime,
    rule: str = "",
    note: str = "",
    inbound_id: int | None = None,
) -> int:
    """Put something before staff and return its id; announces "flags".

    `severity` is 0 for an emergency, 1 urgent, 2 today, 3 routine. `identity_id` is None for what is about nobody.
    """
    row = {"identity_id": identity_id, "inbound_id": inbound_id, "category": category, "rule": rule}
    announce(session, "flags")
    flag: int = session.execute(_RAISE, row | {"severity": severity, "note": note, "created_at": now}).scalar_one()
    return flag


def raise_once(
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
    """Put something before staff unless the same about the same identity is there already; return its id."""
    open_one = session.execute(_SAME, {"category": category, "identity": identity_id}).scalar()
    if open_one is not None:
        return int(open_one)
    return raise_flag(
        session,
        identity_id=identity_id,
        category=category,
        severity=severity,
        now=now,
        rule=rule,
        note=note,
        inbound_id=inbound_id,
    )


def is_in_danger(session: Session, identity_id: int, since: datetime) -> bool:
    """Whether a red flag of an identity, raised since a moment, is still open."""
    return session.execute(_GRAVE, {"identity": identity_id, "since": since}).first() is not None


def has_open(session: Session, category: str, rule: str) -> bool:
    """Whether staff have the same thing before them already, about anybody."""
    return session.execute(_ALIKE, {"category": category, "rule": rule}).first() is not None


def open_flags(session: Session, limit: int = 100) -> list[OpenFlag]:
    """The flags that nobody has handled, gravest first and oldest first among equals."""
    return [OpenFlag(*row) for row in session.execute(_OPEN, {"most": limit})]


def find(session: Session, flag_id: int) -> OpenFlag | None:
    """A flag, open or handled; None if there is none of that id."""
    found = session.execute(_ONE, {"flag": flag_id}).first()
    return None if found is None else OpenFlag(*found)


def open_about(session: Session, identity_id: int) -> list[OpenFlag]:
    """The flags about the address of an identity, on whatever channel, that nobody has handled, gravest first."""
    found = session.execute(_ABOUT, {"identities": at_same_address(session, identity_id)})
    return [OpenFlag(*row) for row in found]


def take(session: Session, flag_id: int, who: str, now: datetime) -> None:
    """Note which member of staff sees to a flag."""
    session.execute(_TAKE, {"flag": flag_id, "who": who, "now": now})


def handle(session: Session, flag_id: int, now: datetime, who: str = "") -> bool:
    """Mark a flag as dealt with; False if it was already, or does not exist."""
    return session.execute(_HANDLE, {"flag": flag_id, "now": now, "who": who or None}).first() is not None
