"""Presence: each process that serves a PostgreSQL database is known to the others for as long as it lives.

A process holds an advisory lock, whose number is its own, on a connection that it keeps. However it dies, its kernel
closes that connection and the server frees the lock: nobody has to guess from silence whether a process is dead or
slow. Where a whole machine vanishes, the server finds out by TCP keepalives, within some fifteen seconds. The same
connection listens for what other processes announce.

It has to reach the server itself: a pooler that shares out connections by the transaction keeps neither locks nor
listeners.
"""

import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import make_url

from services.core.database import CHANNEL, Database

if TYPE_CHECKING:
    from psycopg import Connection, Notify

log = structlog.get_logger(__name__)

_LOOK_EVERY_S = 1.5
# So often one must be missing before it counts as dead: whose connection broke, as when the server was restarted,
# comes back meanwhile.
_MISSING = 2
_PAUSE_S = 0.5
_LOCKS = 1_146_905_933  # any number that no other advisory lock in the database uses
_TAKE = "SELECT pg_try_advisory_lock(%s, %s)"
_HELD = """
SELECT objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_SETTINGS = (
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
    "SET tcp_user_timeout = 12000",
    "SET idle_session_timeout = 0",
)
_KEEPALIVE: Any = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}

Watch = Callable[[Collection[int]], None]


class Presence:
    """This process among those that serve `database` (PostgreSQL).

    `watch` is called every second or two, from a thread of its own, with the numbers of the processes that live; and
    not while that cannot be told. A process counts as dead when it has been missing for three seconds.
    """

    def __init__(self, database: Database, watch: Watch) -> None:
        self._database, self._watch = database, watch
        self._missing: dict[int, int] = {}
        self._looks, self._looked_at = 0, 0.0
        self._stopping = threading.Event()
        self._present = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    @property
    def is_present(self) -> bool:
        """Whether the others can see this process now, and this process hears what they announce."""
        return self._present.is_set()

    def start(self, patience: float = 10.0) -> None:
        """Become present; returns when the others can see it, or after `patience` seconds."""
        self._thread.start()
        self._present.wait(patience)

    def stop(self) -> None:
        """Leave: from now on this process counts as dead."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._connect() as connection:
                    self._stay(connection)
            except Exception as error:  # whatever it is: without presence nothing of ours would be taken over
                log.warning("presence_lost", why=type(error).__name__)
            finally:
                self._present.clear()
            self._stopping.wait(_PAUSE_S)

    def _connect(self) -> "Connection[tuple[int]]":
        import psycopg

        url = make_url(self._database.url).set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(url, autocommit=True, **_KEEPALIVE)
        for setting in _SETTINGS:
            with suppress(psycopg.DatabaseError):  # not every server knows every one
                connection.execute(setting)
        return connection

    def _stay(self, connection: "Connection[tuple[int]]") -> None:
        while not self._stopping.is_set() and not self._take_number(connection):
            self._stopping.wait(_PAUSE_S)  # the server has yet to see that our last connection is gone
        connection.execute(f"LISTEN {CHANNEL}")
        self._missing, self._looks = {}, 0
        self._present.set()
        self._database.heard()
        while not self._stopping.is_set():
            for notice in connection.notifies(timeout=_LOOK_EVERY_S, stop_after=1):
                self._hear(notice)
            self._look(connection)

    def _take_number(self, connection: "Connection[tuple[int]]") -> bool:
        taken = connection.execute(_TAKE, (_LOCKS, self._database.process)).fetchone()
        return bool(taken and taken[0])

    def _hear(self, notice: "Notify") -> None:
        origin, _, topic = notice.payload.partition(" ")
        if origin != str(self._database.process):
            self._database.heard([topic])

    def _look(self, connection: "Connection[tuple[int]]") -> None:
        now = monotonic()
        if now - self._looked_at < _LOOK_EVERY_S:
            return
        self._looked_at = now
        self._looks += 1
        missing = {number: times + 1 for number, times in self._missing.items() if times < _MISSING}
        self._missing = missing | {row[0]: 0 for row in connection.execute(_HELD, (_LOCKS,))}
        if self._looks >= _MISSING:
            self._watch([number for number, times in self._missing.items() if times < _MISSING])
