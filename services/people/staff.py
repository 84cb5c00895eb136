"""Members of staff who may ask for things by text: registered by number, believed by the code of an authenticator app.

A number can be forged, so it only decides who is asked for a code. A code counts once, for 30 seconds and those before
and after; after five wrong ones in a row no code counts for a quarter of an hour. The app's secret is worked out from
the deployment's key and a salt: a copy of the database gives nobody a code.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import pyotp
from sqlalchemy import bindparam, insert, or_, select, update
from sqlmodel import Session

from services.core.statements import Prepared
from services.people import audit
from services.people.staff_tables import StaffMember

_STAFF = StaffMember.__table__  # type: ignore[attr-defined]
_STEP_S = 30
_MOST_WRONG = 5
_LOCKED_FOR = timedelta(minutes=15)
# A command that no code has come for is forgotten.
_ASKED_FOR = timedelta(minutes=5)
_ISSUER = "Wellbeing Line"

_MEMBER = (_STAFF.c.id, _STAFF.c.name, _STAFF.c.address, _STAFF.c.salt, _STAFF.c.locked_until)
_HERE = _STAFF.c.removed_at.is_(None)
_AT = Prepared(select(*_MEMBER, _STAFF.c.asked, _STAFF.c.asked_at).where(_STAFF.c.address == bindparam("at"), _HERE))
_ALL = select(_STAFF.c.name, _STAFF.c.address).where(_HERE).order_by(_STAFF.c.id)
_REMOVE = (
    update(_STAFF)
    .where(_STAFF.c.address == bindparam("at"), _HERE)
    .values(removed_at=bindparam("now"), asked=None, asked_at=None)
    .returning(_STAFF.c.name)
)
_ONE = update(_STAFF).where(_STAFF.c.id == bindparam("member"))
_ASK = _ONE.values(asked=bindparam("message"), asked_at=bindparam("now"))
_OPEN = or_(
    _STAFF.c.locked_until.is_(None), _STAFF.c.locked_until <= bindparam("now", type_=_STAFF.c.locked_until.type)
)
# Of two messages with one code only the first moves the step on.
_USE = (
    _ONE.where(_STAFF.c.last_step < bindparam("step"), _OPEN)
    .values(last_step=bindparam("step"), wrong=0, locked_until=None, asked=None, asked_at=None)
    .returning(_STAFF.c.id)
)
_MISS = _ONE.values(wrong=_STAFF.c.wrong + 1).returning(_STAFF.c.wrong)
_LOCK = _ONE.values(wrong=0, locked_until=bindparam("until"), asked=None, asked_at=None)


class Member(NamedTuple):
    """A member of staff; `asked` is the message whose command waits for their code, None when none does."""

    id: int
    name: str
    address: str
    salt: str
    locked_until: datetime | None
    asked: int | None


class Registered(NamedTuple):
    """What the authenticator app is set up with, shown once: its secret, and the same as an otpauth address."""

    secret: str
    uri: str


class Code(StrEnum):
    """What became of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


def register(session: Session, name: str, address: str, *, key: str, by: str, now: datetime) -> Registered | None:
    """Let someone of staff ask by text from a number; None when that number is somebody's already."""
    if session.execute(select(_STAFF.c.id).where(_STAFF.c.address == address, _HERE)).first() is not None:
        return None
    salt = secrets.token_hex(16)
    row = {"name": name, "address": address, "salt": salt, "last_step": 0, "wrong": 0, "created_at": now}
    session.execute(insert(_STAFF), row)
    audit.record(session, actor=by, action="staff_added", now=now, details={"name": name})
    secret = _secret(salt, key)
    return Registered(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=_ISSUER))


def remove(session: Session, address: str, *, by: str, now: datetime) -> bool:
    """Let nobody ask by text from a number any more; False when nobody could."""
    name = session.execute(_REMOVE, {"at": address, "now": now}).scalar()
    if name is not None:
        audit.record(session, actor=by, action="staff_removed", now=now, details={"name": name})
    return name is not None


def listed(session: Session) -> list[tuple[str, str]]:
    """Who may ask by text, by name and number."""
    return [(row.name, row.address) for row in session.execute(_ALL)]


def at(session: Session, address: str, now: datetime) -> Member | None:
    """The member of staff who texts from a number, or None."""
    found = _AT.first(session, {"at": address})
    if found is None:
        return None
    member, asked_at = Member(*found[:-1]), found[-1]
    waits = asked_at is not None and now - asked_at <= _ASKED_FOR
    return member if waits else member._replace(asked=None)


def ask(session: Session, member: Member, inbound_id: int, about: Mapping[str, Any], now: datetime) -> None:
    """Keep the message that holds a command until its code comes; one that waited before is forgotten.

    `about` is what the audit trail holds of it, here as below: no words and no numbers of anybody.
    """
    session.execute(_ASK, {"member": member.id, "message": inbound_id, "now": now})
    note(session, member, "asked", about, now)


def prove(session: Session, member: Member, said: str, about: Mapping[str, Any], *, key: str, now: datetime) -> Code:
    """Say whether a code is right, and use it up; with a right one nothing waits any more."""
    if member.locked_until is not None and member.locked_until > now:
        return Code.LOCKED
    step = _step_of(member, said, key, now)
    if step is not None and session.execute(_USE, {"member": member.id, "step": step, "now": now}).first() is not None:
        note(session, member, "proved", about, now)
        return Code.RIGHT
    wrong = session.execute(_MISS, {"member": member.id}).scalar_one()
    note(session, member, "code_wrong", about, now)
    if wrong < _MOST_WRONG:
        return Code.WRONG
    session.execute(_LOCK, {"member": member.id, "until": now + _LOCKED_FOR})
    note(session, member, "locked", about, now)
    return Code.LOCKED


def note(session: Session, member: Member, what: str, about: Mapping[str, Any], now: datetime) -> None:
    """Write down a step of what someone asked for."""
    audit.record(session, actor=member.name, action=f"staff_{what}", now=now, details=dict(about))


def _step_of(member: Member, said: str, key: str, now: datetime) -> int | None:
    """The step whose code was said, of the present one and those beside it."""
    codes, present = pyotp.TOTP(_secret(member.salt, key)), int(now.timestamp()) // _STEP_S
    steps = (present, present - 1, present + 1)
    return next((step for step in steps if hmac.compare_digest(codes.generate_otp(step), said)), None)


def _secret(salt: str, key: str) -> str:
    digest = hmac.new(key.encode(), f"staff:{salt}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()
