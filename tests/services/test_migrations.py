"""The migrations build exactly the tables that the code describes, on both databases, and leave data alone."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from services.core.database import Database
from services.core.errors import ConfigurationError
from services.migrations.metadata import all_tables
from services.migrations.upgrade import configuration, is_current, latest, upgrade


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """The address of a database with no table in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


def described(url):
    """Every column, key, check and index of a database, as sets that two databases can be compared by."""
    engine = create_engine(url)
    schema = inspect(engine)
    found = {}
    for table in set(schema.get_table_names()) - {"alembic_version"}:
        found[table] = {
            "columns": {(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in schema.get_columns(table)},
            "primary key": schema.get_pk_constraint(table)["constrained_columns"],
            "foreign keys": {
                (*k["constrained_columns"], k["referred_table"], *k["referred_columns"], *sorted(k["options"].items()))
                for k in schema.get_foreign_keys(table)
            },
            "unique": {tuple(u["column_names"]) for u in schema.get_unique_constraints(table)},
            "checks": {(c["name"], c["sqltext"]) for c in schema.get_check_constraints(table)},
            "indexes": {
                (i["name"], *i["column_names"], i["unique"], *(f"{k}: {v}" for k, v in options(i).items()))
                for i in schema.get_indexes(table)
            },
        }
    engine.dispose()
    return found


def options(index):
    return index.get("dialect_options", {})


def test_migrations_build_the_tables_that_the_code_describes(empty_url, request):
    upgrade(empty_url)
    template = (
        f"sqlite:///{request.getfixturevalue('sqlite_template')}"
        if empty_url.startswith("sqlite")
        else request.getfixturevalue("postgres_url")
    )
    built = described(empty_url)
    assert set(built) == set(all_tables().tables)
    assert built == described(template)
    partial = [index for index in built["booking"]["indexes"] if index[0] == "booking_live"]
    assert "waiting" in str(partial), "the comparison sees what partial indexes are limited to"


def test_upgrading_twice_keeps_what_is_there(empty_url):
    upgrade(empty_url)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO alliance (name) VALUES ('North East London')"))
    upgrade(empty_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM alliance")) == "North East London"
    engine.dispose()


def test_several_machines_may_upgrade_at_once(empty_url):
    with ThreadPoolExecutor(2) as pool:
        # Alembic's context is one per process, so the others are processes.
        program = f"from services.migrations.upgrade import upgrade; upgrade({empty_url!r})"
        runs = [pool.submit(subprocess.run, [sys.executable, "-c", program], capture_output=True) for _ in range(3)]
        assert [run.result().stderr for run in runs if run.result().returncode] == []


def test_a_database_that_cannot_keep_every_letter_is_refused(postgres_server):
    name = postgres_server.create(options="ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(ConfigurationError, match="keeps text as LATIN1"):
        upgrade(postgres_server.url(name))
    postgres_server.drop(name)


def test_upgrading_does_not_depend_on_the_working_folder(tmp_path):
    program = "from services.migrations.upgrade import upgrade; upgrade('sqlite:///here.db')"
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "here.db").exists()


def test_a_database_knows_whether_it_is_current(empty_url):
    upgrade(empty_url)
    database = Database(empty_url)
    assert is_current(database)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not is_current(database)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert not is_current(database)
    database.close()


def test_the_newest_file_is_the_head_of_the_migrations(tmp_path):
    with create_engine("sqlite://").connect() as connection:
        assert ScriptDirectory.from_config(configuration(connection)).get_heads() == [latest()]


def test_a_failing_migration_leaves_nothing_behind(empty_url, monkeypatch):
    real = command.upgrade

    def fail_at_the_end(config, revision):
        real(config, revision)
        raise RuntimeError("power cut")

    monkeypatch.setattr(command, "upgrade", fail_at_the_end)
    with pytest.raises(RuntimeError, match="power cut"):
        upgrade(empty_url)
    assert described(empty_url) == {}


def test_going_down_removes_every_table(empty_url):
    upgrade(empty_url)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
    engine.dispose()
    assert described(empty_url) == {}
