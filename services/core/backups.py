"""Copies of an SQLite database, taken while it is served, and a deployment brought back from one.

PostgreSQL has tools of its own for that: `docs/backups.md`.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from services.core.errors import ConfigurationError
from services.core.serving import sole_server

# Beside the file itself: what belongs to it until the next checkpoint.
_PARTS = ("", "-wal", "-shm")


def back_up(url: str, file: Path) -> None:
    """Write the database at `url` (a SQLAlchemy URL) as it is at one moment to a new file that only its owner may read.

    Whoever serves or writes to it goes on. The copy is checked. Raises ConfigurationError for anything but an SQLite
    file, FileExistsError where `file` exists; leaves no file behind when it fails.
    """
    source = _file_of(url)
    if not source.exists():
        raise ConfigurationError(f"There is no {source} to back up.")
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _copy(source, file)
    except BaseException:
        file.unlink()
        raise


def restore(url: str, file: Path) -> None:
    """Make the database at `url` anew from a backup; it must not exist, and nobody may serve it meanwhile.

    Raises ConfigurationError when it exists or `file` is no sound database, DatabaseBusy when it is being served.
    """
    target = _file_of(url)
    with sole_server(url):
        for part in _PARTS:
            if target.with_name(target.name + part).exists():
                raise ConfigurationError(
                    f"{target}{part} exists: move it out of the way first; nothing is overwritten."
                )
        fresh = target.with_name(target.name + ".restoring")
        try:
            _copy(file, fresh)
            fresh.rename(target)
        finally:
            fresh.unlink(missing_ok=True)


def _file_of(url: str) -> Path:
    location = make_url(url)
    if location.get_backend_name() != "sqlite" or not location.database:
        raise ConfigurationError("This is for SQLite. PostgreSQL has pg_dump and pg_restore: docs/backups.md.")
    return Path(location.database)


def _copy(source: Path, target: Path) -> None:
    """Copy a database at one moment (SQLite's online backup, in one step, so that no write can come between)."""
    uri = f"{source.absolute().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(uri, uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.backup(writing)
            # Of the source's modes this one stays in the file, and would want two more files beside it.
            writing.execute("PRAGMA journal_mode = DELETE")
            said = writing.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise ConfigurationError(f"{source} cannot be copied: {error}.") from error
    if said != "ok":
        raise ConfigurationError(f"{source} is damaged: {said}.")
