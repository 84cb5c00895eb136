"""Reading and writing many events at once, for imports and exports."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from services.events.changes import EventSnapshot
from services.events.rows import Sessions
from services.events.tables import EventStatus, Kind, Mode

_TABLES = SQLModel.metadata.tables
_EVENT, _SESSION, _VENUE = _TABLES["event"], _TABLES["event_session"], _TABLES["venue"]
_PROVIDER, _ALLIANCE = _TABLES["provider"], _TABLES["alliance"]
_MANY = 1000
# What a table that lacks the column means by it.
_DEFAULTS: dict[str, Any] = {
    "kind": Kind.SINGLE, "mode": Mode.IN_PERSON, "status": EventStatus.PUBLISHED, "provider_id": None,
    "alliance_id": None, "venue_id": None, "joining_link": "", "cancer_types": [], "needs": [], "audience": [],
    "stage": [], "language": "English", "access": [], "cost": "", "referral": "", "contact": "", "bring": "",
    "travel": "", "parking": "", "travel_checked_on": None,
}  # fmt: skip
_ALL = (
    select(
        _EVENT,
        _VENUE.c.name.label("venue"),
        *(_VENUE.c[name].label(f"venue_{name}") for name in ("postcode", "address", "travel", "parking")),
        _VENUE.c.travel_checked_on.label("venue_travel_checked_on"),
        _PROVIDER.c.name.label("provider"),
        _ALLIANCE.c.name.label("alliance"),
    )
    .outerjoin(_VENUE, _VENUE.c.id == _EVENT.c.venue_id)
    .outerjoin(_PROVIDER, _PROVIDER.c.id == _EVENT.c.provider_id)
    .outerjoin(_ALLIANCE, _ALLIANCE.c.id == _EVENT.c.alliance_id)
)
_IDS = select(_EVENT.c.id).where(_EVENT.c.external_id.in_(bindparam("some", expanding=True)))
_LOCK = (
    select(_EVENT.c.id)
    .where(_EVENT.c.id.in_(bindparam("some", expanding=True)))
    .order_by(_EVENT.c.id)
    .with_for_update(key_share=True)
)
_THESE = _ALL.where(_EVENT.c.id.in_(bindparam("some", expanding=True)))
_SESSIONS_OF = (
    select(_SESSION.c.event_id, _SESSION.c.starts_at, _SESSION.c.ends_at)
    .where(_SESSION.c.event_id.in_(bindparam("some", expanding=True)))
    .order_by(_SESSION.c.event_id, _SESSION.c.position)
)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event: the columns of its table, and its `venue`, `venue_postcode` ..., `provider` and `alliance` by name."""

    columns: Mapping[str, Any]
    sessions: Sessions

    @property
    def snapshot(self) -> EventSnapshot:
        """The event as those who booked it know it."""
        return snapshot(self.columns, self.sessions, self.columns["venue"], self.columns["venue_postcode"])


def snapshot(columns: Mapping[str, Any], sessions: Sessions, venue: str | None, postcode: str | None) -> EventSnapshot:
    """Return an event as those who booked it know it."""
    known = {name: columns[name] for name in ("discreet_title", "status", "mode", "joining_link")}
    return EventSnapshot(**known, sessions=sessions, venue=venue or "", postcode=postcode or "")


def lock_events(session: Session, external_ids: Sequence[str]) -> dict[str, StoredEvent]:
    """Return those of some events that are stored, by external id; nobody else changes them until the commit."""
    connection = session.connection()
    ids = sorted(each for some in _chunks(external_ids) for each in connection.scalars(_IDS, {"some": some}))
    for some in _chunks(ids):
        connection.execute(_LOCK, {"some": some})
    return {event.columns["external_id"]: event for event in read_events(session, ids)}


def read_events(session: Session, ids: Sequence[int]) -> Iterator[StoredEvent]:
    """Yield events with their sessions, in the order of their ids."""
    for some in _chunks(sorted(ids)):
        met = session.connection().execute(_SESSIONS_OF, {"some": some}).all()
        sessions = {
            event_id: tuple((row.starts_at, row.ends_at) for row in rows)
            for event_id, rows in groupby(met, key=lambda row: row.event_id)
        }
        for row in session.connection().execute(_THESE.order_by(_EVENT.c.id), {"some": some}):
            own = ((row.starts_at, row.ends_at),)
            yield StoredEvent(row._asdict(), sessions.get(row.id, own))


def all_event_ids(session: Session) -> list[int]:
    """Return the id of every event."""
    return list(session.connection().scalars(select(_EVENT.c.id).order_by(_EVENT.c.id)))


def ids_of_names(session: Session, table: str, names: Iterable[str | None]) -> dict[str, int]:
    """Return the ids of providers or alliances by name; those not yet known are made."""
    wanted = sorted({name for name in names if name})
    if not wanted:
        return {}
    kind, connection = _TABLES[table], session.connection()
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(kind).on_conflict_do_nothing(), [{"name": name} for name in wanted])
    found = connection.execute(select(kind.c.name, kind.c.id).where(kind.c.name.in_(wanted)))
    return {row.name: row.id for row in found}


def write_new(session: Session, events: Sequence[tuple[Mapping[str, Any], Sessions]]) -> None:
    """Store new events, each as its columns and its sessions."""
    connection = session.connection()
    for some in _chunks(events):
        values = [{**_DEFAULTS, **columns, "taken": 0} for columns, _ in some]
        made = connection.execute(insert(_EVENT).returning(_EVENT.c.id, _EVENT.c.external_id), values)
        ids = {external_id: event_id for event_id, external_id in made}
        meetings = [
            meeting for columns, sessions in some for meeting in _meetings(ids[columns["external_id"]], sessions)
        ]
        connection.execute(insert(_SESSION), meetings)


def write_update(session: Session, event_id: int, columns: Mapping[str, Any], sessions: Sessions) -> None:
    """Change columns of an event and bring its sessions to these; a session that stays keeps its id."""
    connection = session.connection()
    connection.execute(update(_EVENT).where(_EVENT.c.id == event_id).values(columns))
    stored = select(_SESSION.c.position, _SESSION.c.id).where(_SESSION.c.event_id == event_id)
    ids = {row.position: row.id for row in connection.execute(stored)}
    for meeting in _meetings(event_id, sessions):
        if meeting["position"] in ids:
            mine = _SESSION.c.id == ids.pop(meeting["position"])
            connection.execute(update(_SESSION).where(mine).values(meeting))
        else:
            connection.execute(insert(_SESSION).values(meeting))
    if ids:
        connection.execute(delete(_SESSION).where(_SESSION.c.id.in_(ids.values())))


def _meetings(event_id: int, sessions: Sessions) -> list[dict[str, Any]]:
    return [
        {"event_id": event_id, "position": position, "starts_at": starts_at, "ends_at": ends_at}
        for position, (starts_at, ends_at) in enumerate(sessions)
    ]


def _chunks(items: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), _MANY):
        yield list(items[start : start + _MANY])
