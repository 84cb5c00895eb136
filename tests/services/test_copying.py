"""A deployment moves from SQLite to PostgreSQL whole, or not at all."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DataError

from services.booking.demo_data import load_demo
from services.core.database import Database
from services.core.errors import ConfigurationError, DatabaseBusy
from services.core.serving import sole_server
from services.events.tables import Event
from services.journey.gazetteer import Gazetteer
from services.migrations import copying
from services.migrations.metadata import all_tables
from services.migrations.upgrade import latest
from services.people.tables import Conversation, Identity, Person


def copy_database(source, target, progress=lambda *given: None):
    return copying.copy_database(source, target, progress)


@pytest.fixture
def urls(sqlite_url, postgres_url):
    """A source and a target, as `wellbeing db upgrade` leaves them."""
    for url in (sqlite_url, postgres_url):
        execute(url, "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))")
        execute(url, f"INSERT INTO alembic_version VALUES ('{latest()}')")
    return sqlite_url, postgres_url


def execute(url, statement):
    database = Database(url)
    database.write(lambda session: session.execute(text(statement)).rowcount)
    database.close()


@pytest.fixture
def filled(urls, clock):
    """A source with the demo's events and a person with a conversation."""
    database = Database(urls[0])
    load_demo(database, clock.now(), Gazetteer.load().locate)

    def unit(session):
        person = Person(first_name="Séan 👋", created_at=clock.now(), access_needs=["step-free", "hearing loop"])
        session.add(person)
        session.flush()
        identity = Identity(person_id=person.id, channel="sms", address="+447700900123", last_inbound_at=clock.now())
        session.add(identity)
        session.flush()
        state = {"slots": {"b": 1.5, "a": None}, "frames": [], "said": "line\nbreak"}
        moment = datetime(2026, 10, 25, 0, 30, 0, 123456, tzinfo=UTC)
        session.add(Conversation(identity_id=identity.id, state=state, updated_at=moment))

    database.write(unit)
    database.close()
    return urls


def contents(url):
    """Every row of every table, in an order of its own, alike for both databases."""
    database = Database(url)
    with database.read() as session:
        found = {
            table.name: sorted(json.dumps(dict(row), sort_keys=True, default=str) for row in rows)
            for table in all_tables().sorted_tables
            for rows in [session.execute(select(table)).mappings().all()]
        }
    database.close()
    return found


def test_every_row_arrives(filled):
    told = []
    counts = copy_database(*filled, lambda *given: told.append(given))
    source, target = map(contents, filled)
    assert target == source
    assert counts == {name: len(rows) for name, rows in source.items()}
    assert counts["event"] > 100
    assert told[-1][0] in source
    assert all((name, count, count) in told for name, count in counts.items())


def test_new_rows_get_new_numbers(filled, clock):
    copy_database(*filled)
    database = Database(filled[1])
    people = database.read_once(lambda session: session.execute(select(func.max(Person.id))).scalar_one())
    highest = database.read_once(lambda session: session.execute(select(func.max(Event.id))).scalar_one())

    def add(session):
        person = Person(created_at=clock.now())
        event = Event(
            external_id="new",
            title="New",
            discreet_title="New",
            kind="single",
            starts_at=clock.now(),
            ends_at=clock.now(),
            capacity=1,
            updated_at=clock.now(),
        )
        session.add_all([person, event])
        session.flush()
        return person.id, event.id

    assert database.write(add) == (people + 1, highest + 1)
    database.close()


def test_a_target_with_rows_is_refused(filled):
    copy_database(*filled)
    with pytest.raises(ConfigurationError, match=r"not empty: there are rows in .*event"):
        copy_database(*filled)


def test_a_source_that_is_served_is_refused(filled):
    import subprocess
    import sys

    program = (
        "import sys\nfrom services.core.serving import sole_server\n"
        "with sole_server(sys.argv[1]):\n    print(1, flush=True)\n    sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, filled[0]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        with pytest.raises(DatabaseBusy, match="already serves"):
            copy_database(*filled)
        process.stdin.close()
    copy_database(*filled)
    with sole_server(filled[0]):
        pass


@pytest.mark.parametrize("which", [0, 1])
def test_other_versions_are_refused(filled, which):
    execute(filled[which], "UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(ConfigurationError, match=r"(?s)The (source|target) does not have .*wellbeing db upgrade"):
        copy_database(*filled)


def test_a_target_in_use_is_refused(filled):
    database = Database(filled[1])
    with database.read() as session:
        session.execute(select(Event)).all()
        with pytest.raises(ConfigurationError, match="in use"):
            copy_database(*filled)
    database.close()


@pytest.mark.parametrize(
    ("source", "target", "which"),
    [
        ("sqlite:////nowhere/at/all.db", None, "source"),
        ("postgresql+psycopg://u@h/d", None, "source"),
        (None, "sqlite:///other.db", "target"),
    ],
)
def test_what_is_no_such_database_is_refused(sqlite_url, source, target, which):
    with pytest.raises(ConfigurationError, match=f"The {which} is no"):
        copy_database(source or sqlite_url, target or "postgresql+psycopg://u@h/d")


def test_what_arrives_changed_is_not_kept(filled, monkeypatch):
    real = copying._pages
    read = []

    def tampered(table, connection):
        for page in real(table, connection):
            if table.name == "person" and connection.dialect.name == "postgresql":
                read.append(page)
                page = [row | {"first_name": "someone else"} for row in page]
            yield page

    monkeypatch.setattr(copying, "_pages", tampered)
    with pytest.raises(ConfigurationError, match="written to person is not what was read"):
        copy_database(*filled)
    assert read
    assert not any(contents(filled[1]).values())


def test_what_postgresql_cannot_hold_leaves_nothing_behind(filled):
    execute(filled[0], "UPDATE event SET title = 'a' || char(0) || 'b' WHERE id = 9")
    with pytest.raises(DataError, match="NUL"):
        copy_database(*filled)
    assert not any(contents(filled[1]).values())
