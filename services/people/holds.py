"""Addresses that may not be safe to text: nothing goes there unasked until a member of staff releases them."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.people.tables import TextHold

_HOLDS = TextHold.__table__  # type: ignore[attr-defined]

_INSERT = {name: dialect.insert(_HOLDS) for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))}
_HOLD = {name: insert.on_conflict_do_nothing(index_elements=["address"]) for name, insert in _INSERT.items()}
_HOLD_UNSAFE = {
    name: insert.on_conflict_do_update(index_elements=["address"], set_={"is_unsafe": True})
    for name, insert in _INSERT.items()
}
_RELEASE = delete(_HOLDS).where(_HOLDS.c.address == bindparam("at_address")).returning(_HOLDS.c.address)
_FIND = select(_HOLDS.c.is_unsafe).where(_HOLDS.c.address == bindparam("at_address"))


def hold(session: Session, address: str, *, reason: str, now: datetime, is_unsafe: bool = False) -> None:
    """Hold everything unasked to an address; `is_unsafe` when the person has said that it is not safe to text."""
    row = {"address": address, "reason": reason, "is_unsafe": is_unsafe, "at": now}
    session.execute((_HOLD_UNSAFE if is_unsafe else _HOLD)[session.get_bind().dialect.name], row)


def release(session: Session, address: str) -> bool:
    """Let an address be texted again; False if it was not held."""
    return session.execute(_RELEASE, {"at_address": address}).first() is not None


def is_held(session: Session, address: str) -> bool:
    """Whether nothing may go to an address unasked."""
    return session.execute(_FIND, {"at_address": address}).first() is not None


def is_unsafe(session: Session, address: str) -> bool:
    """Whether the person has said that it is not safe to text an address."""
    return bool(session.execute(_FIND, {"at_address": address}).scalar())
