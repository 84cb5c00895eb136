"""How fast places are held and confirmed, and whether 1,000 attempts on 500 places book exactly 500.

The reference, measured in turns with the service in the same run, is the same statements and commits sent straight
to the driver (sqlite3, psycopg), on the same tables. PostgreSQL runs with fsync on.
"""

import json
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import insert

from services.booking import places
from services.booking.outcomes import Confirmed, Full, Held
from services.core.database import Database
from services.core.ids import new_reference
from services.events.tables import Event
from services.migrations.upgrade import upgrade
from services.people.tables import Identity, Person
from tests.bench.running import fsync_ms
from tests.postgres_server import PostgresServer

ROUNDS, PAIRS, THREADS = 6, 150, 16
PEOPLE = 2 * ROUNDS * PAIRS + 2_000
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
TARGET = 0.4

_TAKE = (
    "UPDATE event SET taken = taken + {places} WHERE id = {event} AND status = {published} AND starts_at > {now}"
    " AND taken + {places} <= capacity"
)
_INSERT = (
    "INSERT INTO booking (reference, event_id, person_id, identity_id, attendee, attendee_name, places, status,"
    " access_needs, deadline, created_at) VALUES ({reference}, {event}, {person}, {person}, '', '', {places}, 'held',"
    " '[]', {deadline}, {now}) ON CONFLICT DO NOTHING RETURNING id"
)
_CONFIRM = (
    "UPDATE booking SET status = 'confirmed', confirmed_at = {now}, deadline = NULL,"
    " attendee_name = COALESCE({name}, attendee_name), access_needs = COALESCE({needs}, access_needs)"
    " WHERE id = {booking} AND status IN ('held', 'offered') AND deadline > {now} AND EXISTS (SELECT * FROM event"
    " WHERE event.id = booking.event_id AND event.status = {published} AND event.starts_at > {now})"
    " RETURNING reference, places"
)
Pair = Callable[[int], None]


def service_pair(database: Database, event: int) -> Pair:
    """Hold and confirm one place through the service, for a person."""

    def pair(person: int) -> None:
        given = {"event_id": event, "person_id": person, "identity_id": person, "places": 1}
        held = database.write(lambda session: places.hold(session, **given, now=NOW, hold_for=QUARTER))
        assert isinstance(held, Held), held
        done = database.write(lambda session: places.confirm(session, held.booking_id, NOW, attendee_name="Sam"))
        assert isinstance(done, Confirmed), done

    return pair


def raw_pair(
    execute: Callable[[str, dict[str, Any]], Any],
    begin: Callable[[], Any],
    commit: Callable[[], Any],
    event: int,
    moment: Callable[[datetime], Any],
) -> Pair:
    """The same through the driver."""

    def pair(person: int) -> None:
        begin()
        given = {"event": event, "person": person, "places": 1, "published": "published", "now": moment(NOW)}
        assert execute(_TAKE, given).rowcount == 1
        more = {"reference": new_reference(), "deadline": moment(NOW + QUARTER)}
        (booking,) = execute(_INSERT, given | more).fetchone()
        commit()
        begin()
        done = {"booking": booking, "name": "Sam", "needs": None, "now": moment(NOW), "published": "published"}
        assert execute(_CONFIRM, done).fetchone()
        commit()

    return pair


@contextmanager
def raw_sqlite(path: Path, event: int) -> Iterator[Pair]:
    """Pairs through sqlite3, with the service's settings."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")
    statements = {text: text.format_map(_Names(":{}")) for text in (_TAKE, _INSERT, _CONFIRM)}
    yield raw_pair(
        lambda text, given: connection.execute(statements[text], given),
        lambda: connection.execute("BEGIN IMMEDIATE"),
        connection.commit,
        event,
        lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S.%f"),
    )
    connection.close()


@contextmanager
def raw_postgres(dsn: str, event: int) -> Iterator[Pair]:
    """Pairs through psycopg, which begins a transaction by itself."""
    with psycopg.connect(dsn) as connection:
        statements = {text: text.format_map(_Names("%({})s")) for text in (_TAKE, _INSERT, _CONFIRM)}
        statements[_CONFIRM] = statements[_CONFIRM].replace("%(needs)s", "%(needs)s::jsonb")
        yield raw_pair(
            lambda text, given: connection.execute(statements[text], given),
            lambda: None,
            connection.commit,
            event,
            lambda moment: moment,
        )


class _Names(dict[str, str]):
    """Writes the name of a parameter as a driver wants it."""

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self._pattern = pattern

    def __missing__(self, name: str) -> str:
        return self._pattern.format(name)


def fill(database: Database) -> tuple[int, int]:
    """Store people, an event with room for all, and one with 500 places; return the events' ids."""
    columns = {"title": "Sleep", "discreet_title": "Sleep", "updated_at": NOW}
    columns |= {"starts_at": NOW + timedelta(days=9), "ends_at": NOW + timedelta(days=9, hours=1)}

    def unit(session: Any) -> tuple[int, int]:
        everyone = range(1, PEOPLE + 1)
        session.execute(insert(Person), [{"id": n, "created_at": NOW, "access_needs": []} for n in everyone])
        addresses = [{"id": n, "person_id": n, "channel": "whatsapp", "address": f"GB.{n}"} for n in everyone]
        session.execute(insert(Identity), addresses)
        events = (
            Event(external_id="large", capacity=PEOPLE, **columns),
            Event(external_id="500", capacity=500, **columns),
        )
        session.add_all(events)
        session.flush()
        return events[0].id or 0, events[1].id or 0

    return database.write(unit)


def per_second(pair: Pair, people: Iterator[int]) -> float:
    """How many pairs a single caller does in a second."""
    start = time.perf_counter()
    for _ in range(PAIRS):
        pair(next(people))
    return PAIRS / (time.perf_counter() - start)


def contended(database: Database, event: int, people: range) -> dict[str, Any]:
    """Many callers on one event: what they were told and how fast."""

    def attempt(person: int) -> str:
        given = {"event_id": event, "person_id": person, "identity_id": person, "places": 1}
        held = database.write(lambda session: places.hold(session, **given, now=NOW, hold_for=QUARTER))
        if isinstance(held, Full):
            return "full"
        return type(database.write(lambda session: places.confirm(session, held.booking_id, NOW))).__name__.lower()

    start = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        told = Counter(pool.map(attempt, people))
    return {"told": dict(told), "attempts_per_s": round(len(people) / (time.perf_counter() - start), 1)}


def measure(url: str, raw: Callable[[int], Any]) -> dict[str, Any]:
    """Compare service and driver in turns on one database."""
    upgrade(url)
    database = Database(url, pool_size=THREADS)
    large, small = fill(database)
    numbers = iter(count(1))
    service: list[float] = []
    reference: list[float] = []
    with raw(large) as driver_pair, ThreadPoolExecutor(1) as turn:  # turns write from threads, not the main one
        pair = service_pair(database, large)
        for each in (driver_pair, pair):
            per_second(each, numbers)
        for _ in range(ROUNDS - 1):
            reference.append(per_second(driver_pair, numbers))
            service.append(turn.submit(per_second, pair, numbers).result())
    result = {
        "service_pairs_per_s": round(statistics.median(service), 1),
        "driver_pairs_per_s": round(statistics.median(reference), 1),
        "ratio": round(statistics.median(a / b for a, b in zip(service, reference, strict=True)), 2),
        "thousand_attempts_on_500": contended(database, small, range(PEOPLE - 999, PEOPLE + 1)),
    }
    database.close()
    return result


def main() -> None:
    """Print the figures as JSON."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "bench.db"
        figures: dict[str, Any] = {"target_ratio": TARGET, "fsync_ms": round(fsync_ms(folder), 3)}
        figures["sqlite"] = measure(f"sqlite:///{path}", lambda event: raw_sqlite(path, event))
        server = PostgresServer(durable=True)
        try:
            database = server.create()
            dsn = server.dsn(database)
            figures["postgresql"] = measure(server.url(database), lambda event: raw_postgres(dsn, event))
        finally:
            server.stop()
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
