"""Finding events to come: what fits, best first, and what to give up when nothing does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Row, bindparam, select
from sqlmodel import Session, col

from services.events.activities import Activity
from services.events.index import EventIndex, Ints, current_index
from services.events.query import Match, Query, SearchResult, Widened
from services.events.ranking import Ranking
from services.events.restrictions import restriction
from services.events.sphere import Floats, metres_from, on_sphere
from services.events.tables import Event, EventStatus, Mode, Venue
from services.events.wishes import GivenUp, Wishes

# Given more than the ids to go by, SQLite would walk the index of starts, twenty times slower.
_LEFT = "SELECT id, capacity - taken, status FROM event WHERE id IN ({})"
_BY_ID: Executable = (
    select(
        col(Event.id), col(Event.discreet_title), col(Event.starts_at), col(Event.ends_at), col(Event.mode),
        col(Event.kind), col(Event.audience), col(Event.stage), col(Event.language), col(Venue.name).label("venue"),
        col(Venue.lat), col(Venue.lon),
    )
    .outerjoin(Venue, col(Event.venue_id) == col(Venue.id))
    .where(col(Event.id).in_(bindparam("ids", expanding=True)))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """The words of a message that name an event or its provider (None when none do), and those for what is done."""

    title: str | None = None
    activities: tuple[Activity, ...] = ()


# Its place in the index, the places left, and the metres to go.
_Bookable = tuple[int, int, float]


def search(session: Session, query: Query, *, limit: int, now: datetime) -> SearchResult:
    """Return the best `limit` events to come that fit and have places left.

    Of several dates of one offer the best comes first, the others after everything else. When nothing fits, one wish
    is given up, the first in the order of `Widened` that yields anything; if no single one does, the first two, three,
    and so on. Who it is for, the stage and the cancer type are never given up.
    """
    index = current_index(session, now)
    wishes = Wishes(index, query, now)
    for given_up in _ways(wishes.made):
        without = _with_what_goes_along(given_up)
        fits = wishes.fit(without)
        if fits.any():
            best_first = Ranking(index, query, now, without, wishes.done).best_first(fits)
            found, has_more = _chosen(session, index, best_first, query, limit)
            if found and wishes.are_met(found[0][0], fits, without):
                return SearchResult(tuple(index.match(*each) for each in found), has_more, given_up)
    return SearchResult((), has_more=False)


def full_events(session: Session, query: Query, *, limit: int, now: datetime) -> list[Match]:
    """Return the best `limit` events to come that are what was asked for, but have too few places left.

    Only what was asked for by its name or by what is done there: other events can be had instead.
    """
    index = current_index(session, now)
    wishes = Wishes(index, query, now)
    fits = wishes.fit(frozenset()) if wishes.done is None else wishes.fit(frozenset()) & wishes.done
    found: list[Match] = []
    for batch, ways in Ranking(index, query, now, frozenset(), wishes.done).best_first(fits):
        left = _left(session, index.ids[batch].tolist())
        for place, metres in zip(batch.tolist(), ways.tolist(), strict=True):
            if left.get(int(index.ids[place]), query.places) < query.places:
                found.append(index.match(place, left[int(index.ids[place])], metres))
        if len(found) >= limit:
            break
    return found[:limit]


def load_matches(
    session: Session,
    event_ids: Sequence[int],
    *,
    lat: float | None,
    lon: float | None,
    now: datetime,
    full: bool = False,
) -> list[Match]:
    """Return those of some events, in their order, that have not begun and have places left.

    `full`: also those without places, or called off, so that the lines of a list keep their numbers.
    """
    if not event_ids:
        return []
    found = {row.id: row for row in session.execute(_BY_ID, {"ids": list(event_ids)}) if row.starts_at > now}
    left = _left(session, list(found))
    wanted = found if full else [each for each in left if left[each] > 0]
    return [_match(found[each], left.get(each, 0), lat, lon) for each in event_ids if each in wanted]


def named_in(session: Session, text: str, *, now: datetime) -> Named:
    """Return what a message names of the events to come."""
    index = current_index(session, now)
    return Named(index.names.named_in(text), index.activities.named_in(text))


def _with_what_goes_along(given_up: tuple[Widened, ...]) -> GivenUp:
    """Wishes given up: with what it should be about goes what should be done there."""
    return frozenset(given_up) | ({Widened.ACTIVITY} if Widened.NEEDS in given_up else set())


def _ways(made: tuple[Widened, ...]) -> Iterator[tuple[Widened, ...]]:
    yield ()
    yield from ((wish,) for wish in made)
    yield from (made[:count] for count in range(2, len(made) + 1))


def _chosen(
    session: Session, index: EventIndex, best_first: Iterator[tuple[Ints, Floats]], query: Query, limit: int
) -> tuple[list[_Bookable], bool]:
    """The first `limit` events, and whether there are more; further dates of one offer come last."""
    first: dict[int, _Bookable] = {}
    repeated: list[_Bookable] = []
    for batch, ways in best_first:
        ids, offers = index.ids[batch].tolist(), index.series[batch].tolist()
        left = _left(session, ids)
        for event_id, offer, place, metres in zip(ids, offers, batch.tolist(), ways.tolist(), strict=True):
            if left.get(event_id, 0) >= query.places and event_id not in query.seen:
                bookable = (place, left[event_id], metres)
                repeated.append(bookable) if offer in first else first.update({offer: bookable})
        if len(first) >= limit and len(first) + len(repeated) > limit:
            break
    found = [*first.values(), *repeated]
    return found[:limit], len(found) > limit


def _left(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """How many places are left at those of some events that are on."""
    if not ids:
        return {}
    found = session.connection().exec_driver_sql(_LEFT.format(",".join(str(int(each)) for each in ids))).all()
    return {event_id: left for event_id, left, status in found if status == EventStatus.PUBLISHED}


def _match(row: Row[Any], left: int, lat: float | None, lon: float | None) -> Match:
    return Match(
        event_id=row.id,
        title=row.discreet_title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        mode=row.mode,
        kind=row.kind,
        venue=row.venue or "",
        left=left,
        distance_m=_metres(row, lat, lon),
        only_for=restriction(row.audience, row.stage, row.language.split(";")),
    )


def _metres(row: Row[Any], lat: float | None, lon: float | None) -> float | None:
    """The way to an event; None where there is none or it cannot be told."""
    if lat is None or row.lat is None or row.mode == Mode.ONLINE:
        return None
    return float(metres_from(on_sphere(lat, lon), on_sphere(row.lat, row.lon)))


def is_held_in(session: Session, language: str, *, now: datetime) -> bool:
    """Whether any published event still to come is held in a language (its English name)."""
    coming = select(col(Event.language)).where(col(Event.status) == EventStatus.PUBLISHED, col(Event.starts_at) > now)
    return any(language in one.split(";") for one in session.execute(coming.distinct()).scalars())
