"""Fixtures that every test may use: real databases, a clock that stands still, and rows to start from.

`database` runs a test on SQLite and on PostgreSQL; `@pytest.mark.parametrize("database", ["sqlite"], indirect=True)`
or asking for `sqlite_database` or `postgres_database` instead picks one. The makers write into the one asked for.
All other tests run on SQLite or, with WELLBEING_TEST_DATABASE=postgresql in the environment, on PostgreSQL.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import create_engine

from services.core.clock import LONDON, FixedClock
from services.core.database import Database
from services.events.tables import Event, EventSession, Venue
from services.migrations.metadata import all_tables
from services.people.tables import Identity, Person
from tests.postgres_server import PostgresServer

KINDS = {"sqlite": "sqlite_database", "postgresql": "postgres_database"}
KIND = os.environ.get("WELLBEING_TEST_DATABASE", "sqlite")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def logs_as_they_were(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command that runs in a test logs to a stream that ends with it, so nobody may keep a logger for later."""
    configure = structlog.configure
    monkeypatch.setattr(
        structlog, "configure", lambda **settings: configure(**settings | {"cache_logger_on_first_use": False})
    )
    yield
    structlog.reset_defaults()


@pytest.fixture
def clock() -> FixedClock:
    """A clock standing at 10am on Monday 23 November 2026 in London."""
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with every table, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    _create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database with every table."""
    path = tmp_path / "wellbeing.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A fresh SQLite database."""
    database = Database(sqlite_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL server, one for each process that tests."""
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of an empty PostgreSQL database with every table, to be copied."""
    name = postgres_server.create()
    _create_tables(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def postgres_spares() -> list[str]:
    """The names of copies that no test uses now and that are as good as new."""
    return []


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str, postgres_spares: list[str]) -> Iterator[str]:
    """The address of a PostgreSQL database with every table and no row."""
    name = postgres_spares.pop() if postgres_spares else postgres_server.create(postgres_template)
    yield postgres_server.url(name)
    if postgres_server.empty(name, postgres_template):
        postgres_spares.append(name)
    else:
        postgres_server.drop(name)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """A fresh PostgreSQL database."""
    database = Database(postgres_url)
    yield database
    database.close()


@pytest.fixture(params=list(KINDS))
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database, once on SQLite and once on PostgreSQL."""
    found: Database = request.getfixturevalue(KINDS[request.param])
    return found


@pytest.fixture
def chosen_database(request: pytest.FixtureRequest) -> Database:
    """The database that the test asked for by one of its names; when it named none, that of this run."""
    names = ("database", "postgres_database", "sqlite_database")
    name = next((name for name in names if name in request.fixturenames), KINDS[KIND])
    found: Database = request.getfixturevalue(name)
    return found


@pytest.fixture
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Make a fresh database with every table, of the kind of this run, and return its address."""
    numbers = count(1)
    if KIND == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield lambda: f"sqlite:///{shutil.copyfile(template, tmp_path / f'fresh-{next(numbers)}.db')}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    made: list[str] = []

    def make() -> str:
        made.append(server.create(request.getfixturevalue("postgres_template")))
        return server.url(made[-1])

    yield make
    for name in made:
        server.drop(name)


@pytest.fixture
def make_venue(chosen_database: Database) -> Callable[..., Venue]:
    """Make a venue; any column may be given. The first is in Walthamstow, E17."""
    numbers = count(1)

    def make(**columns: Any) -> Venue:
        given = {"postcode": "E17 4QJ", "lat": 51.5832, "lon": -0.0196, "borough": "Waltham Forest"} | columns
        return _keep(chosen_database, Venue(**({"name": f"Venue {next(numbers)}"} | given)))

    return make


@pytest.fixture
def make_event(chosen_database: Database, clock: FixedClock) -> Callable[..., Event]:
    """Make a published event of two hours, ten days ahead, with 10 places; any column may be given.

    `sessions` (a list of starts) makes a course of several meetings, each as long as the event's `duration`.
    """
    numbers = count(1)

    def make(
        capacity: int = 10,
        starts_at: datetime | None = None,
        duration: timedelta = timedelta(hours=2),
        sessions: list[datetime] | None = None,
        **columns: Any,
    ) -> Event:
        starts = sessions or [starts_at or clock.now() + timedelta(days=10)]
        number = next(numbers)
        event = Event(
            **{
                "external_id": f"event-{number}",
                "title": f"Living well after cancer {number}",
                "discreet_title": f"Living well {number}",
                "kind": "course" if sessions else "single",
                "starts_at": starts[0],
                "ends_at": starts[-1] + duration,
                "capacity": capacity,
                "updated_at": clock.now(),
                **columns,
            }
        )
        _keep(chosen_database, event)
        for position, start in enumerate(starts):
            meeting = EventSession(event_id=event.id, position=position, starts_at=start, ends_at=start + duration)
            _keep(chosen_database, meeting)
        return event

    return make


@pytest.fixture
def make_identity(chosen_database: Database, clock: FixedClock) -> Callable[..., Identity]:
    """Make a person and the address they text from; `first_name` goes to the person, the rest to the identity."""

    def make(address: str = "+447700900123", channel: str = "sms", first_name: str = "", **columns: Any) -> Identity:
        person = _keep(chosen_database, Person(first_name=first_name, created_at=clock.now()))
        given = {"sender": "+447700900000", "last_inbound_at": clock.now()} | columns
        return _keep(
            chosen_database, Identity(**({"person_id": person.id, "address": address, "channel": channel} | given))
        )

    return make


def _keep(database: Database, row: Any) -> Any:
    def unit(session: Any) -> None:
        session.add(row)
        session.flush()

    database.write(unit)
    return row


def _create_tables(url: str) -> None:
    engine = create_engine(url)
    all_tables().create_all(engine)
    engine.dispose()


@pytest.fixture
def london() -> Callable[..., datetime]:
    """Turn London wall-clock figures (2026, 12, 3, 14, 30) into an aware UTC moment."""
    return lambda *figures: datetime(*figures, tzinfo=LONDON).astimezone(UTC)
