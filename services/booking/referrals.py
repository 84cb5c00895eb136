"""Referrals: a clinician puts someone forward, who is invited once by text and says yes, no or later.

Nothing is assumed: without an answer one reminder goes, then nothing. Functions run inside the caller's unit of work.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from services.booking.counter import Found, closed, event
from services.booking.referral_rows import Fault, ReferralRow
from services.booking.referral_tables import Referral, ReferralStatus
from services.people import consent, outbox
from services.people.conversations import name_person
from services.people.identities import IDENTITIES, IS_LIVE, PEOPLE, find_or_create
from services.people.tables import Channel, Priority

REFERRALS = Referral.__table__  # type: ignore[attr-defined]
KIND = "referral_invitation"

REMIND_AFTER = timedelta(days=7)
GIVE_UP_AFTER = timedelta(days=14)
ASK_AGAIN_AFTER = timedelta(weeks=4)
# The first invitation, and one more: a reminder after silence, or the question that was put off.
MOST_ASKED = 2
# An invitation is worth sending for so long; then whoever referred should hear that it did not arrive.
_WORTH_SENDING = timedelta(days=3)

_OPEN = (ReferralStatus.INVITED.value, ReferralStatus.LATER.value)
_IS_OPEN = REFERRALS.c.status.in_(_OPEN)
_FOUND = (
    select(
        REFERRALS.c.id,
        REFERRALS.c.identity_id,
        IDENTITIES.c.address,
        REFERRALS.c.first_name,
        REFERRALS.c.suggested_by,
        REFERRALS.c.event_id,
        REFERRALS.c.wishes,
        REFERRALS.c.status,
        REFERRALS.c.asked,
        REFERRALS.c.ask_at,
        REFERRALS.c.created_at,
    )
    .select_from(REFERRALS.join(IDENTITIES, IDENTITIES.c.id == REFERRALS.c.identity_id))
    .order_by(REFERRALS.c.created_at, REFERRALS.c.id)
)
_DUE = _FOUND.where(_IS_OPEN, REFERRALS.c.ask_at <= bindparam("now", type_=REFERRALS.c.ask_at.type)).limit(
    bindparam("most")
)
_ANSWER = (
    update(REFERRALS)
    .where(REFERRALS.c.id == bindparam("referral"), REFERRALS.c.status.in_((*_OPEN, ReferralStatus.SILENT.value)))
    .values(status=bindparam("said"), answered_at=bindparam("now"), ask_at=bindparam("again"))
    .returning(REFERRALS.c.id)
)
# Both hold back when an answer has come since the referral was read.
_ASKED = (
    update(REFERRALS)
    .where(REFERRALS.c.id == bindparam("referral"), _IS_OPEN, REFERRALS.c.asked == bindparam("before"))
    .values(asked=REFERRALS.c.asked + 1, ask_at=bindparam("next"), status=ReferralStatus.INVITED.value)
    .returning(REFERRALS.c.id)
)
_SILENCE = (
    update(REFERRALS)
    .where(REFERRALS.c.id == bindparam("referral"), _IS_OPEN)
    .values(status=ReferralStatus.SILENT.value, ask_at=None)
)
_COVERS = (
    select(REFERRALS.c.id)
    .select_from(REFERRALS.join(IDENTITIES, IDENTITIES.c.id == REFERRALS.c.identity_id))
    .where(
        IDENTITIES.c.person_id == bindparam("person"),
        REFERRALS.c.event_id == bindparam("event"),
        REFERRALS.c.status != ReferralStatus.DECLINED.value,
    )
    .limit(1)
)
_AT = (IDENTITIES.c.address == bindparam("at"), IS_LIVE)
_KNOWN_AS = select(PEOPLE.c.first_name).join(IDENTITIES, IDENTITIES.c.person_id == PEOPLE.c.id).where(*_AT)
_UNANSWERED = _FOUND.where(*_AT, _IS_OPEN, REFERRALS.c.event_id.is_not_distinct_from(bindparam("event")))
_EVENT = select(event.c.id, event.c.status, event.c.kind, event.c.starts_at).where(
    event.c.external_id == bindparam("named")
)


class Referred(NamedTuple):
    """A referral as it stands; `address` is the phone invited, `status` a ReferralStatus."""

    id: int
    identity_id: int
    address: str
    first_name: str
    suggested_by: str
    event_id: int | None
    wishes: dict[str, Any]
    status: str
    asked: int
    ask_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Added:
    """How many people are invited."""

    count: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """Nothing was added; every fault of every row."""

    faults: tuple[Fault, ...]


def add(session: Session, rows: Sequence[ReferralRow], now: datetime) -> Added | Rejected:
    """Take referrals and queue their invitations: all of them, or with any fault none."""
    faults = check(session, rows, now)
    if faults:
        return Rejected(tuple(faults))
    for row in rows:
        _add(session, row, now)
    return Added(len(rows))


def check(session: Session, rows: Sequence[ReferralRow], now: datetime) -> list[Fault]:
    """What keeps rows that read well from being taken."""
    return [fault for row in rows for fault in _unfit(session, row, now)]


def by_id(session: Session, referral_id: int) -> Referred | None:
    """One referral, whatever became of it."""
    found = session.execute(_FOUND.where(REFERRALS.c.id == referral_id)).first()
    return Referred(*found) if found is not None else None


def listed(session: Session, limit: int = 100) -> list[Referred]:
    """The referrals, oldest first."""
    return [Referred(*row) for row in session.execute(_FOUND.limit(limit))]


def covers(session: Session, person_id: int, event_id: int) -> bool:
    """Whether someone was referred for an event that takes only those who were."""
    return session.execute(_COVERS, {"person": person_id, "event": event_id}).first() is not None


def answer(session: Session, referral_id: int, said: ReferralStatus, now: datetime, again: datetime | None) -> bool:
    """Record a yes, a no or a later (with when to ask `again`); False when it was answered for good before."""
    values = {"referral": referral_id, "said": said.value, "now": now, "again": again}
    return session.execute(_ANSWER, values).first() is not None


def has_due(session: Session, now: datetime) -> bool:
    """Whether anybody is to be asked, or given up, by now."""
    return session.execute(_DUE, {"now": now, "most": 1}).first() is not None


def ask_due(session: Session, now: datetime, limit: int = 500) -> int:
    """Ask those who are to be asked again, or gave no answer to the first invitation; how many are asked.

    Whoever was asked often enough is left in peace; so is whoever stopped texts meanwhile.
    """
    asked = 0
    for row in session.execute(_DUE, {"now": now, "most": limit}).all():
        referred = Referred(*row)
        if referred.asked >= MOST_ASKED or consent.is_opted_out(session, referred.address):
            session.execute(_SILENCE, {"referral": referred.id})
        else:
            asked += _ask(session, referred, now)
    return asked


def _unfit_event(row: ReferralRow, found: Found | None, now: datetime) -> Iterator[Fault]:
    if found is None:
        yield Fault(row.line, "event", f"there is no event {row.event}")
    elif closed(found.status, found.kind, found.starts_at, now):
        yield Fault(row.line, "event", f"event {row.event} takes no bookings any more")


def _unfit(session: Session, row: ReferralRow, now: datetime) -> Iterator[Fault]:
    """Why a row that reads well cannot be taken."""
    if consent.is_opted_out(session, row.phone):
        yield Fault(row.line, "phone", "has stopped our texts: please tell the patient yourself")
    known = session.execute(_KNOWN_AS, {"at": row.phone}).scalars().all()
    if any(name and name.casefold() != row.first_name.casefold() for name in known):
        yield Fault(row.line, "first_name", "that phone texts us under another name: please check with the patient")
    found = session.execute(_EVENT, {"named": row.event}).first() if row.event else None
    if row.event:
        yield from _unfit_event(row, found, now)
    if _is_open(session, row, found.id if found else None):
        yield Fault(row.line, "phone", "has been invited to this already and has not answered")


def _is_open(session: Session, row: ReferralRow, event_id: int | None) -> bool:
    return session.execute(_UNANSWERED, {"at": row.phone, "event": event_id}).first() is not None


def _add(session: Session, row: ReferralRow, now: datetime) -> None:
    identity = find_or_create(session, Channel.SMS, row.phone, now)
    found = session.execute(_EVENT, {"named": row.event}).first() if row.event else None
    values = {
        "identity_id": identity.id,
        "first_name": row.first_name,
        "suggested_by": row.suggested_by,
        "agreed_on": row.agreed_on,
        "event_id": found.id if found else None,
        "wishes": dict(row.wishes),
        "status": ReferralStatus.INVITED.value,
        "asked": 0,
        "created_at": now,
    }
    made = session.execute(insert(REFERRALS).values(**values).returning(REFERRALS.c.id)).scalar_one()
    name_person(session, identity.person_id, row.first_name)
    referred = by_id(session, made)
    if referred is not None:
        _ask(session, referred, now)


def _ask(session: Session, referred: Referred, now: datetime) -> int:
    """Queue the invitation, the first or the one after it; 0 when another process has, or an answer has come."""
    wait = REMIND_AFTER if referred.asked == 0 else GIVE_UP_AFTER
    values = {"referral": referred.id, "before": referred.asked, "next": now + wait}
    if session.execute(_ASKED, values).first() is None:
        return 0
    outbox.enqueue(
        session,
        kind=KIND,
        identity_id=referred.identity_id,
        parameters={"referral_id": referred.id, "slots": {"referral_id": referred.id}},
        priority=Priority.NOTICE,
        due_at=now,
        now=now,
        expires_at=now + _WORTH_SENDING,
        dedupe_key=f"referral:{referred.id}:{referred.asked}",
    )
    return 1
