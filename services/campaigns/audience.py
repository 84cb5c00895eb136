"""For whom a broadcast is: those who booked what it asks for, or have a search open for it; nothing else is looked at.

No profile is made: a booking or an open saved search is all that makes someone part of an audience.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, exists, func, select, union_all
from sqlalchemy import String as Text
from sqlmodel import Session

from services.booking.standing import booking, status_in
from services.booking.tables import BookingStatus
from services.campaigns.broadcast_tables import Purpose
from services.campaigns.tables import SavedSearch
from services.core.errors import WellbeingError
from services.events.sphere import metres_from, on_sphere
from services.events.tables import Alliance, Event, EventStatus, Venue
from services.people.carers import CARED

_EVENTS = Event.__table__  # type: ignore[attr-defined]
_VENUES = Venue.__table__  # type: ignore[attr-defined]
_ALLIANCES = Alliance.__table__  # type: ignore[attr-defined]
SEARCHES = SavedSearch.__table__  # type: ignore[attr-defined]

# Someone who came within a year may be told of something new like it, if they asked for news.
_MARKETING_LOOKS_BACK = timedelta(days=365)

_CANDIDATES = (
    select(_EVENTS.c.id, _EVENTS.c.cancer_types, _EVENTS.c.needs, _VENUES.c.lat, _VENUES.c.lon)
    .select_from(_EVENTS.outerjoin(_VENUES, _VENUES.c.id == _EVENTS.c.venue_id))
    .order_by(_EVENTS.c.id)
)
_LEFT = CARED.alias("left")
_OF_ENDED = exists().where(_LEFT.c.id.cast(Text) == booking.c.attendee, _LEFT.c.ended_at.is_not(None))


class UnknownAudience(WellbeingError):
    """What is asked for names an event, an alliance or a series that is not there; the message says which."""

    code = "unknown_audience"


@dataclass(frozen=True, slots=True)
class Near:
    """A place and how far around it, in degrees and metres."""

    name: str
    lat: float
    lon: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant: whoever meets all that is given. `list_name` stands alone: a file of numbers.

    `event` is an external id, with `waiting` those on its waiting list too; `series` a discreet title; `types` and
    `needs` ids of the taxonomy, one of which must fit; `alliance` and `borough` names as events have them.
    """

    event: str = ""
    waiting: bool = False
    series: str = ""
    alliance: str = ""
    borough: str = ""
    near: Near | None = None
    types: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    list_name: str = ""
    list_digest: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing says who is meant."""
        return not any((self.event, self.series, self.alliance, self.borough, self.near, *self.types, *self.needs))

    @property
    def by_searches(self) -> bool:
        """Whether an open saved search can make someone part of it: what it names is what searches know."""
        named = self.event or self.series or self.alliance or self.borough
        return not named and bool(self.near or self.types or self.needs)

    def to_json(self) -> dict[str, Any]:
        """Return what is given, as JSON."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Audience":
        """Return the audience that was stored."""
        values: dict[str, Any] = {
            name: tuple(each) if isinstance(each, list) else each for name, each in stored.items()
        }
        if "near" in values:
            values["near"] = Near(**values["near"])
        return cls(**values)


def event_ids(session: Session, audience: Audience, purpose: Purpose, now: datetime) -> list[int]:
    """The events whose bookings count: published and to come, for marketing also those of the last year.

    Raises UnknownAudience when an event, a series or an alliance that is named does not exist.
    """
    _require_known(session, audience)
    since = now - _MARKETING_LOOKS_BACK if purpose is Purpose.MARKETING else now
    wanted = _CANDIDATES.where(_EVENTS.c.status == EventStatus.PUBLISHED.value, _EVENTS.c.ends_at > since)
    for condition in _conditions(audience):
        wanted = wanted.where(condition)
    rows = session.execute(wanted, execution_options={"yield_per": 1000})
    return [row.id for row in rows if _is_about(audience, row.cancer_types, row.needs) and _is_near(audience, row)]


def bookings(audience: Audience, events: Sequence[int]) -> Subquery:
    """Who is texted about a booking of these events, as rows of `identity_id` and `booking_id`.

    The booking is told only where one event is meant, so that the text goes with it. A carer is texted, and so is the
    phone of whom the place is for; nobody, once everything for that person has ended.
    """
    statuses = [BookingStatus.CONFIRMED]
    statuses += [BookingStatus.WAITING, BookingStatus.OFFERED] if audience.waiting else []
    of_these = (
        booking.c.event_id.in_(bindparam(None, list(events), expanding=True, literal_execute=True)),
        status_in(*statuses),
        ~_OF_ENDED,
    )
    made: Select[Any] = select(booking.c.identity_id, booking.c.id).where(*of_these)
    own: Select[Any] = (
        select(CARED.c.identity_id, booking.c.id)
        .join(CARED, CARED.c.id.cast(Text) == booking.c.attendee)
        .where(*of_these, CARED.c.identity_id.is_not(None))
    )
    told = union_all(made, own).subquery()
    one = func.min(told.c.id).label("booking_id")
    return select(told.c.identity_id, one).group_by(told.c.identity_id).subquery()


def is_sought(audience: Audience, wishes: dict[str, Any]) -> bool:
    """Whether a saved search with these wishes asks for what the audience is made of."""
    types = [wishes["cancer_type"]] if wishes.get("cancer_type") else []
    if not _is_about(audience, types, wishes.get("needs") or []):
        return False
    near, lat, lon = audience.near, wishes.get("lat"), wishes.get("lon")
    return near is None or (lat is not None and lon is not None and _metres(near, lat, lon) <= near.radius_m)


def _require_known(session: Session, audience: Audience) -> None:
    named = (
        ("event", audience.event, _EVENTS.c.external_id),
        ("series", audience.series, _EVENTS.c.discreet_title),
        ("alliance", audience.alliance, _ALLIANCES.c.name),
        ("borough", audience.borough, _VENUES.c.borough),
    )
    for what, name, column in named:
        if name and session.execute(select(column).where(column == name).limit(1)).first() is None:
            raise UnknownAudience(f"There is no {what} {name}.")


def _conditions(audience: Audience) -> Iterator[ColumnElement[bool]]:
    if audience.event:
        yield _EVENTS.c.external_id == audience.event
    if audience.series:
        yield _EVENTS.c.discreet_title == audience.series
    if audience.borough:
        yield _VENUES.c.borough == audience.borough
    if audience.alliance:
        yield _EVENTS.c.alliance_id.in_(select(_ALLIANCES.c.id).where(_ALLIANCES.c.name == audience.alliance))


def _is_about(audience: Audience, types: Sequence[str], needs: Sequence[str]) -> bool:
    """Whether one of the types and one of the needs that are asked for is among these."""
    fits_type = not audience.types or not set(audience.types).isdisjoint(types)
    return fits_type and (not audience.needs or not set(audience.needs).isdisjoint(needs))


def _is_near(audience: Audience, row: Any) -> bool:
    near = audience.near
    return near is None or (row.lat is not None and _metres(near, row.lat, row.lon) <= near.radius_m)


def _metres(near: Near, lat: float, lon: float) -> float:
    return float(metres_from(on_sphere(near.lat, near.lon), on_sphere(lat, lon)))
