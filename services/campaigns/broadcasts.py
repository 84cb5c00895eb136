"""Broadcasts: asked for by one member of staff, approved by a second when large, paused, resumed and cancelled."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, not_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.campaigns import broadcast_text
from services.campaigns.audience import Audience
from services.campaigns.broadcast_tables import Broadcast, BroadcastStatus, Purpose
from services.core.clock import to_london
from services.core.database import announce
from services.events.tables import Event, EventStatus
from services.people import audit, outbox
from services.people.outbox import OUTBOX
from services.people.tables import OutboxStatus

BROADCASTS = Broadcast.__table__  # type: ignore[attr-defined]
# The messages of a broadcast; those that ask whether someone would like to come to an event are told apart.
KIND, ASKING = "broadcast", "broadcast_event"
KINDS = frozenset({KIND, ASKING})
TOPIC = "broadcast"
# The job that moves them on: who holds its lease, or has just held it, looks after them.
JOB = "broadcasts"
# When a paused message would be due: never, until it is resumed.
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)

_INSERT = {
    name: dialect.insert(BROADCASTS).on_conflict_do_nothing(index_elements=["fingerprint"]).returning(BROADCASTS.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_LIKE = select(BROADCASTS.c.id).where(BROADCASTS.c.fingerprint == bindparam("mark"))
_MOVE = (
    update(BROADCASTS)
    .where(BROADCASTS.c.id == bindparam("broadcast"), BROADCASTS.c.status.in_(bindparam("before", expanding=True)))
    .returning(BROADCASTS.c.id)
)
# A large one waits until a second person has said that it may go.
_NEEDS_APPROVAL = and_(BROADCASTS.c.recipients > BROADCASTS.c.approve_above, BROADCASTS.c.approved_by == "")
MAY_GO: ColumnElement[bool] = not_(_NEEDS_APPROVAL)
ONCE_GATHERED = case((_NEEDS_APPROVAL, BroadcastStatus.AWAITING.value), else_=BroadcastStatus.RUNNING.value)
_GO_ON = case((BROADCASTS.c.gathered_at.is_(None), BroadcastStatus.RUNNING.value), else_=ONCE_GATHERED)
_RESUME = (
    update(BROADCASTS)
    .where(BROADCASTS.c.id == bindparam("broadcast"), BROADCASTS.c.status == BroadcastStatus.PAUSED.value)
    .values(status=_GO_ON)
    .returning(BROADCASTS.c.id)
)
_APPROVE = (
    update(BROADCASTS)
    .where(BROADCASTS.c.id == bindparam("broadcast"), BROADCASTS.c.status == BroadcastStatus.AWAITING.value)
    .values(status=BroadcastStatus.RUNNING.value, approved_by=bindparam("name"))
    .returning(BROADCASTS.c.id)
)
_UNCLAIMED = update(OUTBOX).where(
    OUTBOX.c.broadcast_id == bindparam("broadcast"), OUTBOX.c.status == OutboxStatus.QUEUED.value
)
_HOLD = _UNCLAIMED.values(due_at=bindparam("never", type_=OUTBOX.c.due_at.type))
_LET_GO = _UNCLAIMED.where(OUTBOX.c.due_at == bindparam("never", type_=OUTBOX.c.due_at.type)).values(
    due_at=bindparam("now", type_=OUTBOX.c.due_at.type)
)
_REFUSE = _UNCLAIMED.values(status=OutboxStatus.REFUSED.value, reason="broadcast_cancelled")
_STANDING = select(BROADCASTS.c.status, BROADCASTS.c.purpose).where(BROADCASTS.c.id == bindparam("broadcast"))

_GOING = (BroadcastStatus.RUNNING.value, BroadcastStatus.AWAITING.value)
_OPEN = (*_GOING, BroadcastStatus.PAUSED.value, BroadcastStatus.LOADING.value)


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast as it is asked for: `template` is the text with its fields, `about` the event that it is about.

    `about` is the event's external id or "".
    """

    purpose: Purpose
    template: str
    audience: Audience
    about: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """The broadcast is on its way."""

    broadcast_id: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same text was started for the same audience today; that one goes on."""

    broadcast_id: int


@dataclass(frozen=True, slots=True)
class Unfit:
    """Nothing was started, for these reasons."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What was asked for was done."""


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Whoever asked for a broadcast cannot approve it."""


@dataclass(frozen=True, slots=True)
class NotPossible:
    """The broadcast stands otherwise; `status` is how, "" when there is none of that number."""

    status: str


def check(session: Session, draft: Draft, now: datetime) -> Unfit | int | None:
    """The id of the event that a draft is about, None without one, or why it cannot be sent."""
    event = session.execute(
        select(Event.id, Event.status, Event.starts_at).where(Event.external_id == draft.about)  # type: ignore[call-overload]
    ).first()
    if draft.about and (event is None or event.status != EventStatus.PUBLISHED or event.starts_at <= now):
        return Unfit((f"There is no event {draft.about} to come.",))
    if draft.audience.is_empty and not draft.audience.list_name:
        return Unfit(("Nothing says who is meant.",))
    values = broadcast_text.values_of(session, event.id, now) if event else None
    wrong = broadcast_text.faults(draft.template, values)
    return Unfit(tuple(wrong)) if wrong else (event.id if event else None)


def start(
    session: Session, draft: Draft, *, by: str, approve_above: int, now: datetime, again: bool = False
) -> Started | Repeated | Unfit:
    """Take a broadcast; its recipients are gathered, and its messages written, by whichever process comes first.

    `by` names who asks for it; more than `approve_above` recipients need a second person's approval. The same text
    to the same audience is started once a day, unless `again`. Announces "broadcast".
    """
    about = check(session, draft, now)
    if isinstance(about, Unfit):
        return about
    mark = None if again else _fingerprint(draft, now)
    is_list = bool(draft.audience.list_name)
    row = {
        "purpose": draft.purpose.value,
        "template": draft.template.strip(),
        "audience": draft.audience.to_json(),
        "event_id": about,
        "fingerprint": mark,
        "status": (BroadcastStatus.LOADING if is_list else BroadcastStatus.RUNNING).value,
        "requested_by": by,
        "approve_above": approve_above,
        "approved_by": "",
        "recipients": 0,
        "left_out": {},
        "gathered_to": 0,
        "released_to": 0,
        "created_at": now,
    }
    made: int | None = session.execute(_INSERT[session.get_bind().dialect.name], row).scalar()
    if made is None:
        return Repeated(session.execute(_LIKE, {"mark": mark}).scalar_one())
    _note(session, "started", made, by, now)
    return Started(made)


def approve(session: Session, broadcast_id: int, *, by: str, now: datetime) -> Done | SamePerson | NotPossible:
    """Let a broadcast go that waits for a second person's approval."""
    asked = session.execute(select(BROADCASTS.c.requested_by).where(BROADCASTS.c.id == broadcast_id)).scalar()
    if asked is not None and _plain(asked) == _plain(by):
        return SamePerson()
    if session.execute(_APPROVE, {"broadcast": broadcast_id, "name": by}).first() is None:
        return _not_possible(session, broadcast_id)
    return _note(session, "approved", broadcast_id, by, now)


def pause(session: Session, broadcast_id: int, *, by: str, now: datetime) -> Done | NotPossible:
    """Hold a broadcast: nothing that no sender has taken yet leaves before it is resumed."""
    if not _move(session, broadcast_id, _GOING, BroadcastStatus.PAUSED):
        return _not_possible(session, broadcast_id)
    session.execute(_HOLD, {"broadcast": broadcast_id, "never": _NEVER})
    return _note(session, "paused", broadcast_id, by, now)


def resume(session: Session, broadcast_id: int, *, by: str, now: datetime) -> Done | NotPossible:
    """Let a paused broadcast go on, or wait for its approval again."""
    if session.execute(_RESUME, {"broadcast": broadcast_id}).first() is None:
        return _not_possible(session, broadcast_id)
    session.execute(_LET_GO, {"broadcast": broadcast_id, "never": _NEVER, "now": now})
    announce(session, outbox.TOPIC)
    return _note(session, "resumed", broadcast_id, by, now)


def cancel(session: Session, broadcast_id: int, *, by: str, now: datetime) -> Done | NotPossible:
    """End a broadcast for good; what has left cannot be taken back."""
    if not _move(session, broadcast_id, _OPEN, BroadcastStatus.CANCELLED, now):
        return _not_possible(session, broadcast_id)
    session.execute(_REFUSE, {"broadcast": broadcast_id})
    return _note(session, "cancelled", broadcast_id, by, now)


def standing(session: Session, broadcast_id: int) -> tuple[str, str]:
    """Where a broadcast stands, and its purpose; both "" when there is none of that number."""
    found = session.execute(_STANDING, {"broadcast": broadcast_id}).first()
    return (found.status, found.purpose) if found is not None else ("", "")


def finish(session: Session, broadcast_id: int, now: datetime) -> bool:
    """Write down that everything of a running broadcast has left or been refused."""
    return _move(session, broadcast_id, (BroadcastStatus.RUNNING.value,), BroadcastStatus.DONE, now)


def _move(
    session: Session,
    broadcast_id: int,
    before: tuple[str, ...],
    after: BroadcastStatus,
    ended_at: datetime | None = None,
) -> bool:
    values: dict[str, Any] = {"status": after.value} | ({"ended_at": ended_at} if ended_at else {})
    # One that was cancelled may be started again the same day.
    values |= {"fingerprint": None} if after is BroadcastStatus.CANCELLED else {}
    moved = session.execute(_MOVE.values(**values), {"broadcast": broadcast_id, "before": list(before)})
    return moved.first() is not None


def _not_possible(session: Session, broadcast_id: int) -> NotPossible:
    return NotPossible(standing(session, broadcast_id)[0])


def _note(session: Session, act: str, broadcast_id: int, by: str, now: datetime) -> Done:
    audit.record(session, actor=by, action=f"broadcast_{act}", now=now, details={"broadcast": broadcast_id})
    announce(session, TOPIC)
    return Done()


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _fingerprint(draft: Draft, now: datetime) -> str:
    day = to_london(now).date().isoformat()
    said = json.dumps(
        [draft.purpose, draft.template.strip(), draft.audience.to_json(), draft.about, day], sort_keys=True
    )
    return hashlib.sha256(said.encode()).hexdigest()
