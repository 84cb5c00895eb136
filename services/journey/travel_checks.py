"""Travel and parking that nobody has checked for long, at places where people are still to go: staff are told."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, exists, func, or_, select, update
from sqlmodel import Session

from services.core.clock import to_london
from services.events.tables import Event, EventSession, EventStatus, Mode, Venue
from services.journey.travel import STALE_AFTER
from services.people import flags

_VENUES = Venue.__table__  # type: ignore[attr-defined]
_EVENTS = Event.__table__  # type: ignore[attr-defined]
_SESSIONS = EventSession.__table__  # type: ignore[attr-defined]
CATEGORY, RULE, _ROUTINE = "travel", "travel_check", 3
TELL_EVERY = timedelta(days=90)

# What people are told is the event's own block where it has one, else the venue's.
_CHECKED = func.coalesce(_EVENTS.c.travel_checked_on, _VENUES.c.travel_checked_on)
_SINCE = bindparam("since", type_=_VENUES.c.travel_checked_on.type)
_UNTOLD = (_EVENTS.c.travel == "") & (_VENUES.c.travel == "")
_IS_AHEAD = _SESSIONS.c.starts_at > bindparam("now", type_=_EVENTS.c.ends_at.type)
_HOLDS_FOR_OLD = (
    _EVENTS.c.status == EventStatus.PUBLISHED.value,
    _EVENTS.c.mode != Mode.ONLINE.value,
    _EVENTS.c.ends_at > bindparam("now", type_=_EVENTS.c.ends_at.type),
    or_(_CHECKED.is_(None), _SINCE > _CHECKED, _UNTOLD),
)
_OLD = (
    select(
        _VENUES.c.id,
        _VENUES.c.name,
        _VENUES.c.postcode,
        case((func.count(_CHECKED) == func.count(), func.min(_CHECKED)), else_=None).label("checked_on"),
        func.min(_SESSIONS.c.starts_at).label("next_at"),
        func.count(_EVENTS.c.id.distinct()).label("events"),
    )
    .select_from(_EVENTS.join(_VENUES).join(_SESSIONS, _SESSIONS.c.event_id == _EVENTS.c.id))
    .where(*_HOLDS_FOR_OLD, _IS_AHEAD)
    .group_by(_VENUES.c.id, _VENUES.c.name, _VENUES.c.postcode)
    .order_by(func.min(_SESSIONS.c.starts_at), _VENUES.c.id)
)
_NOT_TOLD_LATELY = or_(
    _VENUES.c.travel_flagged_on.is_(None),
    _VENUES.c.travel_flagged_on <= bindparam("lately", type_=_VENUES.c.travel_flagged_on.type),
)
_TO_TELL = _OLD.where(_NOT_TOLD_LATELY).limit(bindparam("most"))
_ANY_TO_TELL = (
    select(_VENUES.c.id)
    .select_from(_EVENTS.join(_VENUES))
    .where(*_HOLDS_FOR_OLD, _NOT_TOLD_LATELY, exists().where(_SESSIONS.c.event_id == _EVENTS.c.id, _IS_AHEAD))
    .limit(1)
)
_TELL = (
    update(_VENUES)
    .where(_VENUES.c.id == bindparam("venue"), _NOT_TOLD_LATELY)
    .values(travel_flagged_on=bindparam("today"))
    .returning(_VENUES.c.id)
)


class OldBlock(NamedTuple):
    """A venue whose travel block is old: `checked_on` is None when part of it was never checked.

    `next_at` is when people next go there and `events` how many are still to come, of those that it holds for.
    """

    venue_id: int
    name: str
    postcode: str
    checked_on: date | None
    next_at: datetime
    events: int


def old_blocks(session: Session, now: datetime) -> list[OldBlock]:
    """The venues of published events to come whose block was checked more than 90 days ago, or never, or is missing."""
    return [OldBlock(*row) for row in session.execute(_OLD, {"now": now, "since": _today(now) - STALE_AFTER})]


def has_due(session: Session, now: datetime) -> bool:
    """Whether any of these venues is to be put before staff."""
    return session.execute(_ANY_TO_TELL, _asked(now)).first() is not None


def flag_old_blocks(session: Session, now: datetime, limit: int = 500) -> int:
    """Put these venues before staff, each once in 90 days, and return how many."""
    today = _today(now)
    lately = today - TELL_EVERY
    told = 0
    for row in _to_tell(session, now, limit):
        block = OldBlock(*row)
        # Of two processes only the first writes the day.
        if session.execute(_TELL, {"venue": block.venue_id, "lately": lately, "today": today}).first():
            flags.raise_flag(
                session, identity_id=None, category=CATEGORY, severity=_ROUTINE, now=now, rule=RULE, note=_note(block)
            )
            told += 1
    return told


def _to_tell(session: Session, now: datetime, limit: int) -> Sequence[Any]:
    return session.execute(_TO_TELL, _asked(now) | {"most": limit}).all()


def _asked(now: datetime) -> dict[str, Any]:
    today = _today(now)
    return {"now": now, "since": today - STALE_AFTER, "lately": today - TELL_EVERY}


def _today(now: datetime) -> date:
    return to_london(now).date()


def _note(block: OldBlock) -> str:
    checked = f"were last checked on {block.checked_on:%d %b %Y}" if block.checked_on else "have no date of a check"
    next_on = to_london(block.next_at)
    return (
        f"Travel and parking of {block.name}, {block.postcode}, {checked}. Events to come there: {block.events}, the "
        f"next on {next_on:%d %b %Y}. Check them and import the events with the new travel_checked_on."
    )
