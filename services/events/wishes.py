"""What a query asks of events: what must be, and what is only wished for and may be given up."""

from collections.abc import Iterator
from datetime import datetime, time
from functools import reduce

import numpy as np

from services.events.index import MODES, OPEN, OPEN_TO_ALL, EventIndex, mask_of, microseconds
from services.events.query import Query, Widened, Window
from services.events.sphere import Bools
from services.events.tables import Mode

GivenUp = frozenset[Widened]

_ANY_DAY = 0b111_1111
_ONE_WAY: dict[str | None, int] = {mode: MODES[mode] for mode in (Mode.IN_PERSON, Mode.ONLINE)}
# What is seen to when booking, whatever the event.
_SEEN_TO = frozenset({"companion", "text_only", "email_only"})


class Wishes:
    """A query laid over an index.

    `made` are its wishes in the order of giving them up, `done` the events at which an activity asked for is done
    (None when none was asked for).
    """

    def __init__(self, index: EventIndex, query: Query, now: datetime) -> None:
        self._is_typed = query.cancer_type not in (None, "any")
        self._typed = index.types & (mask_of("cancer_types", [query.cancer_type or ""]) | OPEN) != 0
        self._seen = np.array(list(query.seen), np.int64)
        self._ids = index.ids
        self._must = index.capacity >= query.places
        self._must[: np.searchsorted(index.starts, microseconds(now), "right")] = False
        for column, kind, ids in ((index.audience, "audience", query.audience), (index.stage, "stage", query.stage)):
            if ids:
                self._must &= column & (mask_of(kind, ids) | OPEN) != 0
        if query.not_for:
            others = index.audience & mask_of("audience", set(query.not_for) - set(query.audience))
            self._must &= (others == 0) | (index.audience == OPEN_TO_ALL)
        self._wished = {wish: mask for wish, mask in _masks(index, query, now) if mask is not None}
        self.done = self._wished.get(Widened.ACTIVITY)
        to_be_near = query.lat is not None and query.mode != Mode.ONLINE and query.radius_m != np.inf
        self.made = tuple(wish for wish in Widened if wish in self._wished or (to_be_near and wish is Widened.DISTANCE))

    def fit(self, given_up: GivenUp) -> Bools:
        """Return which events fit when some wishes are given up; distance is not looked at.

        While nothing is given up, what is about the same as an activity asked for fits along with it.
        """
        fits = self._must.copy()
        kept = self._wished.keys() - given_up
        if Widened.WORDS in kept:  # an event asked for by its name need not be about what else was said
            kept -= {Widened.NEEDS}
        if self._is_typed or Widened.WORDS not in kept:
            fits &= self._typed
        if Widened.ACTIVITY in kept and Widened.NEEDS in kept:
            fits &= self._wished[Widened.ACTIVITY] | (self._wished[Widened.NEEDS] & (not given_up))
            kept -= {Widened.NEEDS, Widened.ACTIVITY}
        for wish in kept:
            fits &= self._wished[wish]
        return fits

    def are_met(self, best: int, fits: Bools, given_up: GivenUp) -> bool:
        """Return whether what was found is what was asked for: events of an activity, unless those were seen before.

        `best` is the place in the index of the best event found.
        """
        if self.done is None or Widened.ACTIVITY in given_up:
            return True
        return bool(self.done[best]) or bool(np.isin(self._ids[self.done & fits], self._seen).any())


def _masks(index: EventIndex, query: Query, now: datetime) -> Iterator[tuple[Widened, Bools | None]]:
    yield Widened.WINDOW, _window_mask(index, query.window, now)
    yield Widened.LANGUAGE, _language_mask(index, query.language) if query.language else None
    access = mask_of("access", set(query.access) - _SEEN_TO)
    yield Widened.ACCESS, index.access & access == access if access else None
    yield Widened.ACTIVITY, _activity_mask(index, query.activity) if query.activity and not query.words else None
    yield Widened.NEEDS, index.needs & (mask_of("needs", query.needs) | OPEN) != 0 if query.needs else None
    yield Widened.MODE, index.mode & _ONE_WAY[query.mode] != 0 if query.mode in _ONE_WAY else None
    yield Widened.WORDS, _words_mask(index, query.words) if query.words else None


def _window_mask(index: EventIndex, window: Window, now: datetime) -> Bools | None:
    """Which events start when it suits; None when any time does."""
    days = sum(1 << day for day in (window.weekdays or range(7)) if day not in window.excluded_weekdays)
    parts: list[Bools] = [index.weekday & days != 0] if days != _ANY_DAY else []
    if window.starts_before or (window.starts_from and window.starts_from > now):
        parts.append(_between(index, window.starts_from, window.starts_before))
    if window.earliest:
        parts.append(index.minute >= _minute(window.earliest))
    if window.latest:
        parts.append(index.minute < _minute(window.latest))
    return reduce(np.logical_and, parts) if parts else None


def _between(index: EventIndex, first: datetime | None, end: datetime | None) -> Bools:
    """Which events start from one moment on and before another; the columns are in the order of starts."""
    start = np.searchsorted(index.starts, microseconds(first)) if first else 0
    stop = np.searchsorted(index.starts, microseconds(end)) if end else None
    mask = np.zeros(len(index.ids), bool)
    mask[start:stop] = True
    return mask


def _minute(hour: time) -> int:
    return hour.hour * 60 + hour.minute


def _language_mask(index: EventIndex, language: str) -> Bools:
    spoken = np.array([language.casefold() in languages for languages in index.languages], bool)
    return spoken[index.language]


def _words_mask(index: EventIndex, words: str) -> Bools:
    meant = np.zeros(index.names.count, bool)
    meant[list(index.names.meant_by(words))] = True
    return meant[index.name]


def _activity_mask(index: EventIndex, activity: str) -> Bools:
    done = np.zeros(index.names.count, bool)
    done[list(index.activities.meant_by(activity))] = True
    return done[index.name]
