"""What is asked of the event search, and what it answers."""

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from services.events.restrictions import Restriction


@dataclass(frozen=True, slots=True)
class Window:
    """When an event may start: a span of time, and the weekdays and hours that suit.

    `weekdays` are 0 (Monday) to 6, London time; empty means any. `earliest` and `latest` bound the start's
    London time of day.
    """

    starts_from: datetime | None = None
    starts_before: datetime | None = None
    weekdays: frozenset[int] = frozenset()
    excluded_weekdays: frozenset[int] = frozenset()
    earliest: time | None = None
    latest: time | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What someone is looking for; every field left out means "any".

    `lat`, `lon` are where to be near (degrees), `radius_m` how far at most; `needs`, `audience`, `stage`,
    `access` are taxonomy ids; `words` are words of a title or a provider as texted; `activity` is what is to be done
    there, as titles have it; `not_for` are audiences that the person is known not to be one of; `places` how many
    places must be left; `seen` are events already shown.
    """

    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None
    cancer_type: str | None = None
    needs: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    mode: str | None = None
    language: str | None = None
    access: tuple[str, ...] = ()
    window: Window = field(default_factory=Window)
    words: str = ""
    activity: str = ""
    not_for: tuple[str, ...] = ()
    places: int = 1
    seen: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """One event found, with what a list line needs.

    `distance_m` is None for online events or no place given; `only_for` says whom it is for, if not for everyone.
    """

    event_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    mode: str
    kind: str
    venue: str
    left: int
    distance_m: float | None
    only_for: Restriction


class Widened(StrEnum):
    """A wish that was given up because nothing met it, in the order in which wishes are given up."""

    DISTANCE = "distance"
    WINDOW = "dates"
    LANGUAGE = "language"
    ACCESS = "access"
    ACTIVITY = "activity"
    NEEDS = "needs"
    MODE = "mode"
    WORDS = "title"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Events best first, whether there are more, and what was given up to find them."""

    matches: tuple[Match, ...]
    has_more: bool
    widened: tuple[Widened, ...] = ()
