"""The events to come, held in memory as columns, for searching.

Searching 100,000 events in the database took 2 to 7 ms, by cells with need masks as by boxes; over columns it takes
less than 1 ms, whatever is asked. The catalogue's mark says when the columns are out of date.
What changes with every booking, the places left, is not here: it is always read from the database.
"""

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, cast, select
from sqlmodel import Session, col

from services.core.clock import to_london
from services.events.activities import Activities
from services.events.names import Names, tokens
from services.events.query import Match
from services.events.restrictions import Restriction, restriction
from services.events.sphere import Bools, Cells, Floats, cells_of, on_sphere
from services.events.tables import Event, EventStatus, Mode, Provider, Venue
from services.events.taxonomy import load_taxonomy

Ints = NDArray[np.signedinteger[Any]]

OPEN_TO_ALL = -1  # the mask of an empty list, which fits every wish
OPEN = 1 << 30  # the bit that only OPEN_TO_ALL has
MODES: dict[str, int] = {Mode.IN_PERSON: 1, Mode.ONLINE: 2, Mode.BOTH: 3}
# What is asked of a room, and so can be had at every event that is joined from home.
_OF_ROOMS = (
    "wheelchair", "quiet_room", "assistance_dog", "chair", "accessible_toilet", "changing_places", "halal", "kosher",
    "vegetarian", "vegan", "gluten_free", "prayer_space", "near_parking",
)  # fmt: skip
_KEPT = 4
_MARGIN = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EventIndex:
    """Published events, one a place in every column, in the order of their start.

    Masks have a bit for each taxonomy id (see `mask_of`), `mode` 1 for in person and 2 for online (as `has_room` and
    `from_home` say), `weekday` one for each day. `starts` and `ends` are `microseconds`, `minute` the start's London
    minute of day, `lat` and `lon` cells (see `cells_of`) and `position` the same on the unit sphere. `series` is
    equal for the dates of one offer, `referral` whether someone has to refer; `name` numbers `names` and `activities`,
    `language` `languages`. `access` has what can be had: all that is asked of a room where people join from home.
    """

    since: datetime
    ids: Ints
    titles: Sequence[str]
    venues: Sequence[str]
    kinds: Sequence[str]
    modes: Sequence[str]
    starts: Ints
    ends: Ints
    capacity: Ints
    types: Ints
    needs: Ints
    audience: Ints
    stage: Ints
    access: Ints
    mode: Ints
    has_room: Bools
    from_home: Bools
    weekday: Ints
    minute: Ints
    lat: Cells
    lon: Cells
    position: Floats
    in_english: Bools
    referral: Bools
    series: Ints
    name: Ints
    names: Names
    activities: Activities
    language: Ints
    languages: tuple[frozenset[str], ...]

    def match(self, place: int, left: int, metres: float) -> Match:
        """Return the event at a place of the columns as a search shows it; `metres` nan for none to be told."""
        return Match(
            event_id=int(self.ids[place]),
            title=self.titles[place],
            starts_at=_moment(self.starts[place]),
            ends_at=_moment(self.ends[place]),
            mode=self.modes[place],
            kind=self.kinds[place],
            venue=self.venues[place],
            left=left,
            distance_m=None if isnan(metres) else metres,
            only_for=self._only_for(place),
        )

    def _only_for(self, place: int) -> Restriction:
        audience, stage = _ids("audience", int(self.audience[place])), _ids("stage", int(self.stage[place]))
        return restriction(audience, stage, self.languages[self.language[place]])


def current_index(session: Session, now: datetime) -> EventIndex:
    """Return the events to come as this session sees them, read again only when they have changed."""
    mark = session.connection().exec_driver_sql("SELECT mark FROM catalogue").scalar() or ""
    found = _kept.get(mark)
    if found is not None and found.since <= now:
        return found
    with _loading:
        found = _kept.get(mark)
        if found is None or found.since > now:
            found = _load(session, now - _MARGIN)
            _keep(mark, found)
    return found


def mask_of(kind: str, ids: Iterable[str]) -> int:
    """Return the bits of some ids of a taxonomy list ("needs", "audience", ...); ids it does not have are left out."""
    known = _bits(kind)
    return sum({known[term_id] for term_id in ids if term_id in known})


def _ids(kind: str, mask: int) -> list[str]:
    """The ids of a taxonomy list whose bits a mask has; none when it is open to all."""
    return [] if mask == OPEN_TO_ALL else [term_id for term_id, bit in _bits(kind).items() if mask & bit]


def microseconds(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _moment(since_1970: Any) -> datetime:
    return _EPOCH + timedelta(microseconds=int(since_1970))


@cache
def _bits(kind: str) -> dict[str, int]:
    return {term_id: 1 << place for place, term_id in enumerate(getattr(load_taxonomy(), kind))}


_kept: dict[str, EventIndex] = {}
_loading = threading.Lock()


def _keep(mark: str, index: EventIndex) -> None:
    if not mark:  # a database whose events were all written past `mark_changed` has no mark to keep them under
        return
    while len(_kept) >= _KEPT:
        del _kept[next(iter(_kept))]
    _kept[mark] = index


def _load(session: Session, since: datetime) -> EventIndex:
    lists = ("cancer_types", "needs", "audience", "stage", "access")
    wanted = (
        Event.id, Event.discreet_title, Event.starts_at, Event.ends_at, Event.mode, Event.kind, Event.capacity,
        Event.title, Event.language, Event.referral, Event.venue_id, Event.provider_id, Venue.lat, Venue.lon,
    )  # fmt: skip
    statement = (
        select(
            *map(col, wanted),
            *(cast(getattr(Event, each), String).label(each) for each in lists),
            col(Venue.name).label("venue"),
            col(Venue.address),
            col(Venue.borough),
            col(Provider.name).label("provider"),
        )
        .outerjoin(Venue, col(Event.venue_id) == col(Venue.id))
        .outerjoin(Provider, col(Event.provider_id) == col(Provider.id))
        .where(col(Event.status) == EventStatus.PUBLISHED, col(Event.starts_at) > since)
        .order_by(col(Event.starts_at), col(Event.id))
    )
    result = session.execute(statement)
    names = list(result.keys())
    columns = list(zip(*result.all(), strict=True)) or [()] * len(names)
    return _index(dict(zip(names, columns, strict=True)), since)


def _index(read: Mapping[str, Sequence[Any]], since: datetime) -> EventIndex:
    """Turn the columns read from the database into those searched."""
    name, names = _numbered(zip(read["title"], read["discreet_title"], _texts(read["provider"]), strict=True))
    language, listed = _numbered(read["language"])
    languages = tuple(map(_languages, listed))
    mode = _ints((MODES[each] for each in read["mode"]), np.int8)
    weekday, minute = _days_and_minutes(read["starts_at"])
    lat, lon = _floats(read["lat"]), _floats(read["lon"])
    return EventIndex(
        since=since,
        ids=_ints(read["id"], np.int64),
        titles=read["discreet_title"],
        venues=_texts(read["venue"]),
        kinds=read["kind"],
        modes=read["mode"],
        ends=_ints(map(microseconds, read["ends_at"]), np.int64),
        starts=_ints(map(microseconds, read["starts_at"]), np.int64),
        capacity=_ints(read["capacity"]),
        types=_masks("cancer_types", read["cancer_types"]),
        needs=_masks("needs", read["needs"]),
        audience=_masks("audience", read["audience"]),
        stage=_masks("stage", read["stage"]),
        access=_with_home(_masks("access", read["access"]), mode),
        mode=mode,
        has_room=mode != MODES[Mode.ONLINE],
        from_home=mode & MODES[Mode.ONLINE] != 0,
        weekday=weekday,
        minute=minute,
        lat=cells_of(lat, 180),
        lon=cells_of(lon, 360),
        position=on_sphere(lat, lon),
        in_english=np.array(["english" in each for each in languages], bool)[language],
        referral=np.array(list(map(bool, read["referral"])), bool),
        series=_numbered(zip(read["discreet_title"], read["venue_id"], read["provider_id"], strict=True))[0],
        name=name,
        names=Names(names, _words(read["address"]) | _words(read["borough"])),
        activities=Activities([wordings for *wordings, _provider in names]),
        language=language,
        languages=languages,
    )


def _masks(kind: str, lists: Iterable[str]) -> Ints:
    """Taxonomy lists, each as JSON text, as masks; an empty list, or one with "any", is open to all."""

    @cache
    def _mask(listed: str) -> int:
        ids = json.loads(listed)
        return mask_of(kind, ids) if ids and "any" not in ids else OPEN_TO_ALL

    return _ints(_mask(listed) for listed in lists)


def _numbered(values: Iterable[Any]) -> tuple[Ints, list[Any]]:
    """The values as numbers, and the distinct values that the numbers stand for."""
    numbers: dict[Any, int] = {}
    column = _ints(numbers.setdefault(value, len(numbers)) for value in values)
    return column, list(numbers)


def _days_and_minutes(starts: Iterable[datetime]) -> tuple[Ints, Ints]:
    """The London weekdays of some moments as bits, and their minutes of the day."""
    local = [to_london(start) for start in starts]
    days = _ints((1 << start.weekday() for start in local), np.int8)
    return days, _ints((start.hour * 60 + start.minute for start in local), np.int16)


def _languages(listed: str) -> frozenset[str]:
    return frozenset(language.strip().casefold() for language in listed.split(";"))


def _with_home(access: Ints, mode: Ints) -> Ints:
    """What can be had at events, once joining from home is counted."""
    from_home = np.where(mode & MODES[Mode.ONLINE], mask_of("access", ["remote_only"]), 0)
    no_room = np.where(mode == MODES[Mode.ONLINE], mask_of("access", _OF_ROOMS), 0)
    known = np.where(access == OPEN_TO_ALL, 0, access) | from_home | no_room
    return known.astype(np.int32)


def _ints(values: Iterable[int], kind: Any = np.int32) -> Ints:
    return np.fromiter(values, kind)


def _texts(values: Iterable[str | None]) -> list[str]:
    return [value or "" for value in values]


def _words(values: Iterable[str | None]) -> set[str]:
    return {word for value in set(values) if value for word in tokens(value)}


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], float)
