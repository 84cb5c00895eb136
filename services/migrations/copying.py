"""Moving a deployment from SQLite to PostgreSQL: every row, checked, in one transaction, or nothing at all."""

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, make_url, select, text
from sqlalchemy.exc import OperationalError

from services.core.database import Database
from services.core.errors import ConfigurationError
from services.core.serving import sole_server
from services.migrations.metadata import all_tables
from services.migrations.upgrade import plain_engine, require_current

# Called with a table's name, how many of its rows have been copied, and how many it has.
Progress = Callable[[str, int, int], None]

_PAGE = 1000


def copy_database(source_url: str, target_url: str, progress: Progress) -> dict[str, int]:
    """Copy all tables from an SQLite file to an empty PostgreSQL database (SQLAlchemy URLs); return the rows of each.

    Nobody may serve the file meanwhile, nor write to it. Counts and contents are compared before anything is kept.
    Raises ConfigurationError when the databases do not suit, DatabaseBusy when the file is being served.
    """
    _require_kinds(source_url, target_url)
    with sole_server(source_url):
        _require_tables(source_url, "The source")
        _require_tables(target_url, "The target")
        source, target = plain_engine(source_url), plain_engine(target_url)
        try:
            with source.begin() as reading, target.begin() as writing:
                _keep_out(writing)
                _require_empty(writing)
                counts = {table.name: _copy(table, reading, writing, progress) for table in _tables()}
                _count_on(writing)
        finally:
            source.dispose()
            target.dispose()
    return counts


def _tables() -> list[Table]:
    """All tables, each after those that its rows refer to."""
    return all_tables().sorted_tables


def _require_kinds(source_url: str, target_url: str) -> None:
    source, target = make_url(source_url), make_url(target_url)
    if source.get_backend_name() != "sqlite" or not source.database or not Path(source.database).exists():
        raise ConfigurationError("The source is no SQLite file, such as sqlite:////var/lib/wellbeing/wellbeing.db.")
    if target.get_backend_name() != "postgresql":
        raise ConfigurationError("The target is no PostgreSQL database, such as postgresql+psycopg://user@host/name.")


def _require_tables(url: str, which: str) -> None:
    database = Database(url)
    try:
        require_current(database)
    except ConfigurationError as error:
        raise ConfigurationError(f"{which} does not have this version's tables. {error}") from None
    finally:
        database.close()


def _keep_out(writing: Connection) -> None:
    names = ", ".join(f'"{table.name}"' for table in _tables())
    try:
        writing.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE NOWAIT"))
    except OperationalError:
        raise ConfigurationError("The target is in use: stop what serves it first.") from None


def _require_empty(writing: Connection) -> None:
    filled = [table.name for table in _tables() if writing.execute(select(table).limit(1)).first() is not None]
    if filled:
        raise ConfigurationError(f"The target is not empty: there are rows in {', '.join(filled)}.")


def _copy(table: Table, reading: Connection, writing: Connection, progress: Progress) -> int:
    of = reading.execute(select(func.count()).select_from(table)).scalar_one()
    read, done = 0, 0
    progress(table.name, done, of)
    for page in _pages(table, reading):
        writing.execute(insert(table), page)
        read += sum(map(_checksum, page))
        done += len(page)
        progress(table.name, done, of)
    kept = [(len(page), sum(map(_checksum, page))) for page in _pages(table, writing)]
    same = sum(checksum for _, checksum in kept) == read
    if sum(count for count, _ in kept) != done or done != of or not same:
        raise ConfigurationError(f"What was written to {table.name} is not what was read. Nothing was kept.")
    return done


def _pages(table: Table, connection: Connection) -> Iterator[list[dict[str, Any]]]:
    found = connection.execute(select(table), execution_options={"yield_per": _PAGE})
    for page in found.mappings().partitions():
        yield [dict(row) for row in page]


def _checksum(row: dict[str, Any]) -> int:
    """A number for a row's contents; the sum over a table is the same in whatever order the rows come."""
    said = json.dumps(row, sort_keys=True, default=str)
    return int.from_bytes(sha256(said.encode()).digest())


def _count_on(writing: Connection) -> None:
    """Let each table's own ids go on from the highest that was copied."""
    for table in _tables():
        column = table.autoincrement_column
        if column is None or column.foreign_keys:
            continue
        highest = writing.execute(select(func.max(column))).scalar()
        if highest is not None:
            sequence = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
            writing.execute(select(func.setval(sequence, highest)))
