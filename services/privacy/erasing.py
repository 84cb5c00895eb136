"""Erasing a person: what names or describes them goes; what only counts (a place taken, a rating) stays, without them.

An opt-out stays, since without it the address might be texted again; so does the trail of what staff did.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, select, update
from sqlmodel import Session

from services.booking.tables import CURRENT
from services.events.tables import Event
from services.people import audit
from services.privacy import legal_holds
from services.privacy.records import Rows, held, people_at, personal_tables

_EVENTS = Event.__table__  # type: ignore[attr-defined]
_DELETED = None
_KEPT: dict[str, Any] = {}
# What becomes of the rows of each table: deleted, or these columns emptied. A table that is missing here is an error.
POLICY: dict[str, dict[str, Any] | None] = {
    "person": {"first_name": "", "language": "en", "access_needs": []},
    "identity": {"sender": "", "last_inbound_at": None},
    "conversation": _DELETED,
    "inbound_message": {"body": "", "details": {}, "failure": "", "sender": "", "recipient": ""},
    "outbox_message": {"text": "", "parameters": {}, "dedupe_key": None},
    "flag": {"note": ""},
    "audit_entry": {"details": {}},
    "booking": {"attendee_name": "", "access_needs": []},
    "reminder": _DELETED,
    "no_reminders": _DELETED,
    "calendar_link": _DELETED,
    "referral": {"first_name": "", "suggested_by": "", "wishes": {}},
    "saved_search": _DELETED,
    "search_hit": _DELETED,
    "broadcast_recipient": _DELETED,
    "staff_member": {"asked": None, "asked_at": None},
    "survey": {"comment": "", "reason": ""},
    "insight_wish": _DELETED,
    "checkin_round": _DELETED,
    "cared_for": {"relation": "other"},
    "pass_code": _DELETED,
    "code_guess": _DELETED,
    "marketing_consent": _DELETED,
    "opt_out": _KEPT,
    "text_hold": _KEPT,
    "legal_hold": _KEPT,
}


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each table were deleted or emptied."""

    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class StillBooked:
    """Nothing was erased, since these bookings (by reference) lie ahead or wait: cancel them first."""

    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing was erased, since a legal hold forbids it; why it was placed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stranger:
    """Nobody texts from that address."""


def erase(session: Session, address: str, *, actor: str, now: datetime) -> Erased | StillBooked | Held | Stranger:
    """Erase everyone who texts from an address, and write down that `actor` did it."""
    people = people_at(session, address)
    return erase_people(session, people, actor=actor, now=now) if people else Stranger()


def erase_people(session: Session, people: set[int], *, actor: str, now: datetime) -> Erased | StillBooked | Held:
    """Erase these people, who must have texted us or be cared for by one of them."""
    if reasons := legal_holds.reasons(session, people):
        return Held(reasons[0])
    rows = held(session, people)
    if ahead := _ahead(session, rows, now):
        return StillBooked(ahead)
    counts = {table.name: _empty(session, table, rows) for table in reversed(personal_tables()) if table.name in rows}
    identity_id = _forget_addresses(session, rows)
    audit.record(session, actor=actor, action="erased", now=now, identity_id=identity_id)
    return Erased({name: count for name, count in counts.items() if count})


def _ahead(session: Session, rows: Rows, now: datetime) -> tuple[str, ...]:
    """The references of bookings that are not over: a confirmed one ends with its event."""
    booked = {row["event_id"]: row["reference"] for row in rows.get("booking", ()) if row["status"] in CURRENT}
    coming = session.execute(select(_EVENTS.c.id).where(_EVENTS.c.id.in_(booked), _EVENTS.c.ends_at > now))
    return tuple(booked[event_id] for event_id in coming.scalars())


def _empty(session: Session, table: Table, rows: Rows) -> int:
    policy = POLICY[table.name]
    if policy == _KEPT:
        return 0
    [key] = table.primary_key.columns
    mine = key.in_([row[key.name] for row in rows[table.name]])
    session.execute(delete(table).where(mine) if policy is None else update(table).where(mine).values(**policy))
    return len(rows[table.name])


def _forget_addresses(session: Session, rows: Rows) -> int:
    """Give each identity a name of no meaning: a text from the same address begins with a stranger."""
    [table] = [table for table in personal_tables() if table.name == "identity"]
    for row in rows["identity"]:
        session.execute(update(table).where(table.c.id == row["id"]).values(address=f"erased-{row['id']}"))
    return int(rows["identity"][0]["id"])
