"""Saved searches: what someone wished for and did not find, and the text when there is such an event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, insert, or_, select, update
from sqlmodel import Session

from services.booking.standing import IS_CURRENT, booking
from services.campaigns.search_wishes import from_json, to_json
from services.campaigns.tables import SavedSearch, SearchHit
from services.core.quiet_hours import is_quiet
from services.core.spoken import spoken_date
from services.events.query import Query, SearchResult
from services.events.search import search
from services.people import outbox
from services.people.identities import IDENTITIES
from services.people.tables import OptOut, Priority

_SEARCHES = SavedSearch.__table__  # type: ignore[attr-defined]
_HITS = SearchHit.__table__  # type: ignore[attr-defined]
_OPT_OUTS = OptOut.__table__  # type: ignore[attr-defined]

KIND = "new_events"
LASTS = timedelta(days=183)
ONE_TEXT_IN = timedelta(hours=24)
# Places come free without any change to the catalogue, so every search is looked at so often.
LOOK_EVERY = timedelta(minutes=15)
_SHOWN = 3
_KNOWN = 500

_IS_OPEN = _SEARCHES.c.ended_at.is_(None)
_OF_PERSON = select(_SEARCHES).where(_SEARCHES.c.person_id == bindparam("person"), _IS_OPEN).order_by(_SEARCHES.c.id)
_DUE = (
    select(_SEARCHES)
    .where(
        _IS_OPEN,
        or_(_SEARCHES.c.look_at <= bindparam("now"), _SEARCHES.c.mark != bindparam("current")),
        or_(_SEARCHES.c.texted_at.is_(None), _SEARCHES.c.texted_at <= bindparam("before")),
        ~exists().where(IDENTITIES.c.id == _SEARCHES.c.identity_id, _OPT_OUTS.c.address == IDENTITIES.c.address),
    )
    .order_by(_SEARCHES.c.look_at, _SEARCHES.c.id)
    .limit(bindparam("most"))
)
_END = (
    update(_SEARCHES)
    .where(_SEARCHES.c.id == bindparam("search"), _IS_OPEN)
    .values(ended_at=bindparam("now"), reason=bindparam("why"))
)
_IS_OLD = (_IS_OPEN, _SEARCHES.c.ends_at <= bindparam("now"))
_HAS_OLD = select(_SEARCHES.c.id).where(*_IS_OLD).limit(1)
_END_OLD = update(_SEARCHES).where(*_IS_OLD).values(ended_at=bindparam("now"), reason="over")
_KEEP_ON = update(_SEARCHES).where(_SEARCHES.c.id == bindparam("search")).values(ends_at=bindparam("until"))
_LOOKED = update(_SEARCHES).where(_SEARCHES.c.id == bindparam("search"))
_HITS_OF = select(_HITS.c.event_id).where(_HITS.c.search_id == bindparam("search"))
_BOOKED = select(booking.c.event_id).where(booking.c.person_id == bindparam("person"), IS_CURRENT)
_TOLD_OF = select(_SEARCHES.c.id).where(
    _SEARCHES.c.person_id == bindparam("person"),
    _IS_OPEN,
    exists().where(_HITS.c.search_id == _SEARCHES.c.id, _HITS.c.event_id == bindparam("event"), _HITS.c.told.is_(True)),
)


@dataclass(frozen=True, slots=True)
class Saved:
    """A search that is looked at until `ends_at`; `is_new` is False for one that was saved before.

    `about` says what it is for: `place_name` (None for anywhere) and `what`, taxonomy ids and words as texted.
    """

    search_id: int
    about: Mapping[str, Any]
    ends_at: datetime
    is_new: bool = False


def save(
    session: Session, *, person_id: int, identity_id: int, query: Query, about: Mapping[str, Any], now: datetime
) -> Saved:
    """Look out for what is asked for, from `now` (aware UTC) for six months; what there is already is not told of.

    The same wishes saved again are one search, which then lasts six months more.
    """
    wishes, until = to_json(query), now + LASTS
    for row in session.execute(_OF_PERSON, {"person": person_id}):
        if row.wishes == wishes:
            session.execute(_KEEP_ON, {"search": row.id, "until": until})
            return Saved(row.id, row.about, until)
    values = {"person_id": person_id, "identity_id": identity_id, "wishes": wishes, "about": dict(about)}
    values |= {"created_at": now, "ends_at": until, "look_at": now, "mark": "", "reason": ""}
    search_id = session.execute(insert(_SEARCHES).returning(_SEARCHES.c.id), values).scalar_one()
    known = _fitting(session, query, set(), _KNOWN, now)
    _note(session, search_id, [match.event_id for match in known.matches], now, told=False)
    return Saved(search_id, about, until, is_new=True)


def open_searches(session: Session, person_id: int, now: datetime) -> list[Saved]:
    """The searches that are looked at for a person, oldest first."""
    rows = session.execute(_OF_PERSON, {"person": person_id})
    return [Saved(row.id, row.about, row.ends_at) for row in rows if row.ends_at > now]


def end(session: Session, search_id: int, now: datetime, why: str = "asked") -> bool:
    """Stop looking; False when that search had ended before."""
    return bool(session.execute(_END, {"search": search_id, "now": now, "why": why}).rowcount)  # type: ignore[attr-defined]


def end_booked(session: Session, person_id: int, event_id: int, now: datetime) -> int:
    """End the searches that found an event which the person has booked; return how many."""
    found = session.scalars(_TOLD_OF, {"person": person_id, "event": event_id}).all()
    return sum(end(session, search_id, now, "booked") for search_id in found)


def has_due(session: Session, now: datetime) -> bool:
    """Whether any search is to be looked at, or is over."""
    if session.execute(_HAS_OLD, {"now": now}).first():
        return True
    return not is_quiet(now) and session.execute(_DUE, _due_marks(session, now, 1)).first() is not None


def tell_due(session: Session, now: datetime, limit: int = 200) -> int:
    """Look at the searches that are due, queue a text for each that has found something, and return how many texts.

    Nobody is told of the same event twice by one search, nor more than once a day; nothing is told at night.
    """
    session.execute(_END_OLD, {"now": now})
    if is_quiet(now):
        return 0
    marks = _due_marks(session, now, limit)
    due = session.execute(_DUE.with_for_update(skip_locked=True), marks).all()
    return sum(_look(session, row, marks["current"], now) for row in due)


def _due_marks(session: Session, now: datetime, most: int) -> dict[str, Any]:
    mark = session.connection().exec_driver_sql("SELECT mark FROM catalogue").scalar() or "none"
    return {"now": now, "current": mark, "before": now - ONE_TEXT_IN, "most": most}


def _look(session: Session, row: Row[Any], mark: str, now: datetime) -> bool:
    query = from_json(row.wishes)
    if query.window.starts_before is not None and query.window.starts_before <= now:
        return not end(session, row.id, now, "over")
    seen = set(session.scalars(_HITS_OF, {"search": row.id}))
    seen |= set(session.scalars(_BOOKED, {"person": row.person_id}))
    found = _fitting(session, query, seen, _SHOWN, now)
    looked = {"look_at": now + LOOK_EVERY, "mark": mark}
    if found.matches:
        _tell(session, row, found, now)
        looked["texted_at"] = now
    session.execute(_LOOKED.values(looked), {"search": row.id})
    return bool(found.matches)


def _fitting(session: Session, query: Query, seen: set[int], limit: int, now: datetime) -> SearchResult:
    """What meets every wish; what only comes near is nothing to text about."""
    found = search(session, replace(query, seen=frozenset(seen)), limit=limit, now=now)
    return found if not found.widened else SearchResult((), has_more=False)


def _note(session: Session, search_id: int, event_ids: Sequence[int], now: datetime, *, told: bool) -> None:
    if event_ids:
        session.execute(
            insert(_HITS), [{"search_id": search_id, "event_id": each, "at": now, "told": told} for each in event_ids]
        )


def _tell(session: Session, row: Row[Any], found: SearchResult, now: datetime) -> None:
    event_ids = [match.event_id for match in found.matches]
    _note(session, row.id, event_ids, now, told=True)
    menu = [
        {
            "payload": f"event:{match.event_id}",
            "title": f"{match.title}, {spoken_date(match.starts_at, now)}",
            "words": f"{match.title} {match.venue}",
            "starts_at": match.starts_at.isoformat(),
        }
        for match in found.matches
    ]
    outbox.enqueue(
        session,
        kind=KIND,
        identity_id=row.identity_id,
        parameters={
            "search_id": row.id,
            "event_ids": event_ids,
            "slots": {"shown": event_ids, "listing": True, "found_events": menu},
        },
        priority=Priority.NOTICE,
        due_at=now,
        now=now,
        expires_at=min(match.starts_at for match in found.matches),
        dedupe_key=f"{KIND}:{row.id}:{'-'.join(map(str, event_ids))}",
    )
