"""Carers: for whom someone books, whether those people agreed, and which phone is theirs."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, exists, insert, or_, select, update
from sqlmodel import Session

from services.core.statements import Prepared
from services.people.care_tables import CaredFor, CodeGuess, PassCode
from services.people.identities import IDENTITIES, PEOPLE

CARED = CaredFor.__table__  # type: ignore[attr-defined]
CODES = PassCode.__table__  # type: ignore[attr-defined]
GUESSES = CodeGuess.__table__  # type: ignore[attr-defined]

_CARER = PEOPLE.alias("carer")
_FOUND = select(
    CARED.c.id,
    CARED.c.carer_id,
    CARED.c.person_id,
    CARED.c.identity_id,
    CARED.c.relation,
    PEOPLE.c.first_name,
    _CARER.c.first_name.label("carer_name"),
    CARED.c.agreed_at,
    CARED.c.ended_at,
).select_from(CARED.join(PEOPLE, PEOPLE.c.id == CARED.c.person_id).join(_CARER, _CARER.c.id == CARED.c.carer_id))
_ABOUT = Prepared(
    _FOUND.where(or_(CARED.c.carer_id == bindparam("person"), CARED.c.person_id == bindparam("person"))).order_by(
        CARED.c.id
    )
)
_BY_ID = _FOUND.where(CARED.c.id == bindparam("cared"))
_CHANGE = update(CARED).where(CARED.c.id == bindparam("cared"))
_AGREE = _CHANGE.where(CARED.c.agreed_at.is_(None)).values(agreed_at=bindparam("now"))
_END = (
    _CHANGE.where(CARED.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"), ended_by=bindparam("why"))
    .returning(CARED.c.id)
)
# Someone who has never had a phone with us is only what a carer says of them.
HAS_NO_PHONE = ~exists().where(IDENTITIES.c.person_id == PEOPLE.c.id)
_FORGET = delete(PEOPLE).where(PEOPLE.c.id == bindparam("person"), HAS_NO_PHONE)
_LEAVE = update(CARED).where(CARED.c.identity_id == bindparam("phone")).values(identity_id=None)


class Cared(NamedTuple):
    """Someone cared for: who books for them, who they are, what they are to the carer ("mother", "friend", "other").

    The names may be empty. `identity_id` is their own phone, None until they have texted in a code and once it is
    theirs no more.
    """

    id: int
    carer_id: int
    person_id: int
    identity_id: int | None
    relation: str
    first_name: str
    carer_name: str
    agreed_at: datetime | None
    ended_at: datetime | None

    @property
    def attendee(self) -> str:
        """How bookings for this person are told apart from the carer's own."""
        return str(self.id)


def about(session: Session, person_id: int) -> list[Cared]:
    """Everyone for whom a person books, and those who book for that person; also what has ended."""
    return [Cared(*row) for row in _ABOUT.rows(session, {"person": person_id})]


def looked_after_by(session: Session, carer_id: int) -> list[Cared]:
    """For whom a person books, in the order in which they were first named."""
    return [each for each in about(session, carer_id) if each.carer_id == carer_id and each.ended_at is None]


def by_id(session: Session, cared_id: int) -> Cared | None:
    """One person cared for, also when it has ended."""
    found = session.execute(_BY_ID, {"cared": cared_id}).first()
    return Cared(*found) if found is not None else None


def of_attendee(session: Session, attendee: str) -> Cared | None:
    """The person whom the `attendee` of a booking means; None when that is whoever booked."""
    return by_id(session, int(attendee)) if attendee.isdecimal() else None


def begin(session: Session, carer_id: int, relation: str, first_name: str, now: datetime) -> Cared:
    """Note someone for whom a carer books: a person without a phone, until they text from one."""
    person = {"first_name": first_name, "language": "en", "access_needs": [], "created_at": now}
    person_id = session.execute(insert(PEOPLE).values(**person).returning(PEOPLE.c.id)).scalar_one()
    row = {"carer_id": carer_id, "person_id": person_id, "relation": relation, "created_at": now, "ended_by": ""}
    made = session.execute(insert(CARED).values(**row).returning(CARED.c.id)).scalar_one()
    return _found(session, made)


def name(session: Session, cared: Cared, first_name: str) -> None:
    """Remember how someone cared for is called, unless they have said so themselves."""
    if first_name and cared.identity_id is None:
        session.execute(update(PEOPLE).where(PEOPLE.c.id == cared.person_id).values(first_name=first_name))


def agree(session: Session, cared_id: int, now: datetime) -> None:
    """Note that someone knows and agrees to be booked for; the first time counts."""
    session.execute(_AGREE, {"cared": cared_id, "now": now})


def end(session: Session, cared_id: int, why: str, now: datetime) -> bool:
    """Stop everything for someone cared for ("death", "carer"); False if it had ended already."""
    return session.execute(_END, {"cared": cared_id, "why": why, "now": now}).first() is not None


def join(session: Session, cared: Cared, identity_id: int, person_id: int, now: datetime) -> Cared:
    """Make a phone that has texted in the code the own phone of the one cared for, who agrees by doing so."""
    agree(session, cared.id, now)
    session.execute(_CHANGE.values(identity_id=identity_id, person_id=person_id), {"cared": cared.id})
    nameless = update(PEOPLE).where(PEOPLE.c.id == person_id, PEOPLE.c.first_name == "")
    session.execute(nameless.values(first_name=cared.first_name))
    session.execute(_FORGET, {"person": cared.person_id})
    return _found(session, cared.id)


def leave(session: Session, identity_id: int) -> None:
    """Take a phone away from whoever was cared for on it; their carers are still told."""
    session.execute(_LEAVE, {"phone": identity_id})


def _found(session: Session, cared_id: int) -> Cared:
    found: Any = session.execute(_BY_ID, {"cared": cared_id}).one()
    return Cared(*found)
