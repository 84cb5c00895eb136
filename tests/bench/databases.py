"""An empty database for a benchmark, on a file or on a server of its own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from services.migrations.upgrade import upgrade
from tests.postgres_server import PostgresServer


@contextmanager
def empty_database(*, postgres: bool) -> Iterator[str]:
    """The address of a database with all its tables and nothing in them, gone at the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        server = PostgresServer() if postgres else None
        url = server.url(server.create()) if server else f"sqlite:///{folder}/bench.db"
        try:
            upgrade(url)
            yield url
        finally:
            if server:
                server.stop()
