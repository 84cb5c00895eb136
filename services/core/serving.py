"""The right to serve an SQLite file: one process at a time, since the order of a conversation is kept in its memory."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from services.core.errors import DatabaseBusy


@contextmanager
def sole_server(url: str) -> Iterator[None]:
    """Hold the right to serve the database at `url` (a SQLAlchemy URL) while the block runs.

    Raises DatabaseBusy when another process has it. The kernel takes it back from a process that dies, however
    it dies. PostgreSQL serves any number of processes, so there is nothing to hold.
    """
    location = make_url(url)
    if location.get_backend_name() != "sqlite" or not location.database:
        yield
        return
    path = Path(f"{location.database}.serving")
    with path.open("a+") as file:
        try:
            # Not flock: a child that outlives a killed server would keep that one.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DatabaseBusy(
                f"another process already serves {location.database}: stop it first, "
                "or set DATABASE_URL to a PostgreSQL database, which several processes may serve"
            ) from None
        yield
