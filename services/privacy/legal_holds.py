"""Legal holds: people of whom nothing may be deleted, say because of a complaint or a court, until that is released."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.people import audit
from services.people.identities import IDENTITIES
from services.people.tables import LegalHold
from services.privacy.records import people_at

_HOLDS = LegalHold.__table__  # type: ignore[attr-defined]
_PLACE = {
    name: insert.on_conflict_do_nothing(index_elements=["person_id"])
    for name, insert in (("sqlite", sqlite.insert(_HOLDS)), ("postgresql", postgresql.insert(_HOLDS)))
}
_AMONG = select(_HOLDS.c.reason).where(_HOLDS.c.person_id.in_(bindparam("people", expanding=True)))
_RELEASE = delete(_HOLDS).where(_HOLDS.c.person_id.in_(bindparam("people", expanding=True))).returning(_HOLDS.c.reason)
_PHONE = select(IDENTITIES.c.id).where(IDENTITIES.c.person_id.in_(bindparam("people", expanding=True))).limit(1)

HELD: Select[tuple[int]] = select(_HOLDS.c.person_id)


@dataclass(frozen=True, slots=True)
class Changed:
    """So many people are held, or were released."""

    people: int


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nobody texts from that address, or nobody there was held."""


def place(session: Session, address: str, *, reason: str, actor: str, now: datetime) -> Changed | Unchanged:
    """Hold whoever texts from an address, and whom they care for; a hold that is there already keeps its reason."""
    people = people_at(session, address)
    for person_id in people:
        row = {"person_id": person_id, "reason": reason, "placed_by": actor, "placed_at": now}
        session.execute(_PLACE[session.get_bind().dialect.name], row)
    if not people:
        return Unchanged()
    _note(session, people, actor, "legal_hold", now, reason)
    return Changed(len(people))


def release(session: Session, address: str, *, reason: str, actor: str, now: datetime) -> Changed | Unchanged:
    """Let what is held on whoever texts from an address be deleted again, in its time."""
    people = people_at(session, address)
    released = session.execute(_RELEASE, {"people": list(people)}).all()
    if not released:
        return Unchanged()
    _note(session, people, actor, "legal_hold_released", now, reason)
    return Changed(len(released))


def reasons(session: Session, people: set[int]) -> list[str]:
    """Why any of these people are held; empty if none is."""
    return list(session.execute(_AMONG, {"people": list(people)}).scalars())


def _note(session: Session, people: set[int], actor: str, action: str, now: datetime, reason: str) -> None:
    phone = session.execute(_PHONE, {"people": list(people)}).scalar()
    audit.record(session, actor=actor, action=action, now=now, identity_id=phone, details={"reason": reason})
