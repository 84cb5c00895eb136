"""In which order events that fit are best: what each one costs, in metres."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from services.events.index import OPEN_TO_ALL, EventIndex, Ints, mask_of, microseconds
from services.events.query import Query, Widened
from services.events.restrictions import INCURABLE, ROLES, likely_audience
from services.events.sphere import UNKNOWN_M, Bools, Floats, box_around, metres_from, on_sphere, within
from services.events.tables import Mode
from services.events.wishes import GivenUp

RADIUS_M = 8000.0
# An event a day sooner is worth going this much further for.
METRES_PER_DAY = 30.0
# What it costs to be joined from home rather than gone to, to need someone who refers, to be about everything rather
# than about what was asked for, to be for other people, to be something else than the activity asked for. The first is
# more than any distance with any delay, and each outweighs all before it.
_FROM_HOME, _REFERRED, _OFF_TOPIC, _FOR_OTHERS, _ELSE = (1e9 * 2**place for place in range(5))
_DAY = timedelta(days=1) // timedelta(microseconds=1)
# Most searches are answered by what is this near, or among so many of the soonest, and the rest is not looked at.
_RINGS_M = (2_500.0, 10_000.0)
_SOONEST = 400
_FIRST_BATCH = 16


@dataclass(frozen=True, slots=True)
class Ranked:
    """Events by their place in the index, with metres to go (nan where none are to be told) and cost."""

    places: Ints
    metres: Floats
    cost: Floats

    def up_to(self, cost: float) -> "Ranked":
        """Return those that cost no more."""
        kept = self.cost <= cost
        return Ranked(self.places[kept], self.metres[kept], self.cost[kept])

    def and_from_home(self, places: Ints, cost: Floats) -> "Ranked":
        """Return these and events without any way to go."""
        metres = np.full(len(places), np.nan)
        return Ranked(*map(np.concatenate, ((self.places, places), (self.metres, metres), (self.cost, cost))))

    def batches(self) -> Iterator[tuple[Ints, Floats]]:
        """Yield places and metres by cost, then by start and id, in batches that grow."""
        done, wanted = 0, _FIRST_BATCH
        while done < len(self.cost):
            order = self._cheapest(done + wanted)[done:]
            yield self.places[order], self.metres[order]
            done, wanted = done + len(order), wanted * 4

    def _cheapest(self, count: int) -> Ints:
        """The `count` cheapest in order, and those that cost as much as the last of them."""
        if count >= len(self.cost):
            return np.argsort(self.cost, kind="stable")
        within = np.flatnonzero(self.cost <= np.partition(self.cost, count)[count])
        return within[np.argsort(self.cost[within], kind="stable")]


class Ranking:
    """The order in which events are best for a query when some wishes are given up.

    `done` are the events at which an activity asked for is done, None when none was asked for.
    """

    def __init__(self, index: EventIndex, query: Query, now: datetime, given_up: GivenUp, done: Bools | None) -> None:
        self._index = index
        self._query = query
        self._now = microseconds(now)
        self._done = None if Widened.ACTIVITY in given_up else done
        self._likely = mask_of(
            "audience", {*query.audience, *likely_audience(query.cancer_type, query.needs), "patient"}
        )
        self._needs = mask_of("needs", query.needs) if query.needs and Widened.NEEDS not in given_up else None
        self._mode = None if Widened.MODE in given_up else query.mode
        self._radius = np.inf if Widened.DISTANCE in given_up else query.radius_m or RADIUS_M
        self._is_placed = query.lat is not None and self._mode != Mode.ONLINE

    def best_first(self, fits: Bools) -> Iterator[tuple[Ints, Floats]]:
        """Yield places in the index and metres to go (nan where none are to be told), best first, batch by batch."""
        rest = fits.copy()
        for sure in self._sure(rest):
            yield from sure.batches()
            rest[sure.places] = False
        yield from self._all(rest).batches()

    def _sure(self, rest: Bools) -> Iterator[Ranked]:
        """Yield, from what is left each time, events that nothing else that is left can cost less than."""
        if not self._is_placed:
            yield self._soon(rest)
            return
        for ring in sorted({min(ring, self._radius) for ring in _RINGS_M}):
            yield self._near(rest, ring).up_to(ring)

    def _soon(self, fits: Bools) -> Ranked:
        soonest = np.flatnonzero(fits)[:_SOONEST]
        last = self._waiting(soonest[-1:])
        return self._from_home(soonest).up_to(float(last[0]) if len(last) else 0.0)

    def _all(self, fits: Bools) -> Ranked:
        """Rank all that can be gone to or, coming after those, joined from home."""
        if not self._is_placed:
            return self._from_home(np.flatnonzero(fits))
        near = self._near(fits, self._radius)
        if self._mode == Mode.IN_PERSON:
            return near
        fits = fits & self._index.from_home
        fits[near.places] = False
        home = np.flatnonzero(fits)
        return near.and_from_home(home, self._cost(home) + _FROM_HOME)

    def _near(self, fits: Bools, radius: float) -> Ranked:
        """Rank what can be gone to within a radius."""
        index, lat, lon = self._index, self._query.lat or 0.0, self._query.lon or 0.0
        there = np.flatnonzero(fits & index.has_room & _boxed(index, box_around(lat, lon, radius)))
        metres = metres_from(on_sphere(lat, lon), index.position[there])
        there, metres = there[metres <= radius], metres[metres <= radius]
        return Ranked(there, np.where(metres < UNKNOWN_M, metres, np.nan), self._cost(there) + metres)

    def _from_home(self, places: Ints) -> Ranked:
        return Ranked(places, np.full(len(places), np.nan), self._cost(places))

    def _cost(self, places: Ints) -> Floats:
        cost = self._waiting(places)
        cost[self._index.referral[places]] += _REFERRED
        cost[self._is_for_others(places)] += _FOR_OTHERS
        if self._needs is not None:
            needs = self._index.needs[places]
            cost[(needs == OPEN_TO_ALL) | (needs & self._needs == 0)] += _OFF_TOPIC
        if self._done is not None:
            cost[~self._done[places]] += _ELSE
        return cost

    def _waiting(self, places: Ints) -> Floats:
        waiting = (self._index.starts[places] - self._now).astype(np.float64)
        return waiting * (METRES_PER_DAY / _DAY)

    def _is_for_others(self, places: Ints) -> Bools:
        """Whether events are for some people only, and nobody said to be one of them (or for all, and somebody did)."""
        index, query = self._index, self._query
        audience, roles = index.audience[places], mask_of("audience", ROLES)
        others: Bools = (audience & roles != 0) & (audience & roles & self._likely == 0)
        others |= audience & ~roles & ~self._likely != 0
        others &= audience != OPEN_TO_ALL
        if set(query.audience) - {"patient"}:
            others |= audience == OPEN_TO_ALL
        if not query.language:
            others |= ~index.in_english[places]
        if not query.stage:
            others |= index.stage[places] == mask_of("stage", [INCURABLE])
        return others


def _boxed(index: EventIndex, box: tuple[float, float, float, float] | None) -> Bools:
    if box is None:
        return np.ones(1, bool)
    south, north, west, east = box
    return within(index.lat, south, north, 180) & within(index.lon, west, east, 360)
