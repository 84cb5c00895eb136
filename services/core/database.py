"""The database: reading at any time, writing in short units of work.

SQLite writes go through one thread that commits several units at once (see `writer`);
PostgreSQL runs each unit in a transaction of its own. Both have the same interface.
"""

import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import orjson
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from services.core.errors import DatabaseBusy
from services.core.writer import GroupCommitWriter

T = TypeVar("T")

_PRAGMAS = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
_BROKEN_OFF = {"40001", "40P01"}  # PostgreSQL's serialization failure and deadlock
_DISK_FULL = "53100"
_PAUSES = (0.02, 0.1, 0.5)  # seconds
_UNREACHED_PAUSE_S = 0.25
CHANNEL = "wellbeing"

# A turn reads and writes the whole state of its conversation, which Python's own json takes three times as long for.
_JSON: dict[str, Any] = {
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": orjson.loads,
}

_log = logging.getLogger(__name__)


class Database:
    """One database, SQLite or PostgreSQL, addressed by a SQLAlchemy URL.

    A unit of work takes a session and neither commits nor rolls back: returning commits, raising undoes it.
    It does nothing but use its session, since it is run again when the database broke off its transaction.
    `busy_timeout` is for how many seconds SQLite waits while another process writes, and `outage` for how many
    PostgreSQL may be out of reach before a unit fails. `process` is this process's number among those that share the
    database.
    """

    def __init__(self, url: str, *, pool_size: int = 8, busy_timeout: float = 10.0, outage: float = 8.0) -> None:
        self.url = url
        self.process = secrets.randbelow(2**31 - 1) + 1
        self._outage = outage
        self.is_sqlite = url.startswith("sqlite")
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._writer: GroupCommitWriter | None = None
        self._closed = False
        if self.is_sqlite:
            self.engine = _sqlite_engine(url, pool_size, busy_timeout)
            event.listen(self.engine, "checkout", _begin_reading)
            self._writer = GroupCommitWriter(_sqlite_engine(url, 1, busy_timeout), self._announce)
        else:
            self.engine = create_engine(
                url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, hide_parameters=True, **_JSON
            )
            self._pool = ThreadPoolExecutor(pool_size, thread_name_prefix="unit")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading only; nothing done in it is kept."""
        with Session(self.engine, autoflush=False, expire_on_commit=False) as session:
            yield session

    def read_once(self, question: Callable[[Session], T]) -> T:
        """Ask one question in a reading session of its own and return the answer."""
        with self.read() as session:
            return question(session)

    def submit(self, unit: Callable[[Session], T]) -> Future[T]:
        """Start a unit of work; the future holds its result once it is committed, or its exception.

        Raises DatabaseBusy once the database is closed.
        """
        if self._writer is not None:
            return cast("Future[T]", self._writer.submit(unit))
        try:
            return self._pool.submit(self._transact, unit)
        except RuntimeError as error:
            raise DatabaseBusy("the database is closed") from error

    def write(self, unit: Callable[[Session], T]) -> T:
        """Run a unit of work, wait for its commit and return its result."""
        if self._writer is None:
            return self._transact(unit)
        return cast("T", self._writer.write(unit))

    def listen(self, topic: str, callback: Callable[[], None]) -> None:
        """Call `callback` after each commit whose unit announced `topic`: here, and wherever `Presence` hears of it."""
        self._listeners.setdefault(topic, []).append(callback)

    def heard(self, topics: Collection[str] | None = None) -> None:
        """Call the listeners of some topics, or of all: another process may have announced anything meanwhile."""
        self._announce(self._listeners.keys() if topics is None else topics)

    def close(self) -> None:
        """Finish queued units and let go of every connection."""
        if self._writer is not None:
            self._writer.close()
        else:
            self._pool.shutdown()
        self._closed = True
        self.engine.dispose()

    def _announce(self, topics: Collection[str]) -> None:
        for callback in (callback for topic in [*topics] for callback in self._listeners.get(topic, ())):
            try:
                callback()
            except Exception:  # the commit stands, and so must whoever made it
                _log.exception("a listener failed")

    def _transact(self, unit: Callable[[Session], T]) -> T:
        give_up, pauses = time.monotonic() + self._outage, iter(_PAUSES)
        while True:
            if self._closed:
                raise DatabaseBusy("the database is closed")
            try:
                return self._transact_once(unit)
            except DBAPIError as error:
                pause = self._pause_after(error, pauses, give_up)
                if pause is None:
                    raise
            time.sleep(pause)  # lets the other side of a deadlock have its locks, or the server come back

    def _pause_after(self, error: DBAPIError, pauses: Iterator[float], give_up: float) -> float | None:
        """How long to wait before the unit is run once more; None when it must not be."""
        if getattr(error.orig, "sqlstate", None) in _BROKEN_OFF:
            return next(pauses, None)
        again = is_unreachable(error) and not isinstance(error, _CommitLost) and time.monotonic() < give_up
        return _UNREACHED_PAUSE_S if again else None

    def _transact_once(self, unit: Callable[[Session], T]) -> T:
        with Session(self.engine, expire_on_commit=False, info={"process": self.process}) as session:
            with session.begin() as transaction:
                result = unit(session)
                session.flush()
                try:
                    transaction.commit()
                except OperationalError as error:
                    raise _CommitLost(error.statement, error.params, error.orig or error) from error
            topics = session.info.get("topics", set())
        self._announce(topics)
        return result


class _CommitLost(OperationalError):
    """The server went away while a unit was being committed: nobody knows whether it is kept."""


def is_unreachable(error: BaseException) -> bool:
    """Whether PostgreSQL was out of reach, stopping or starting: what was asked of it can be asked again later."""
    if not isinstance(error, OperationalError) or not hasattr(error.orig, "sqlstate"):
        return False
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state is None or state[:3] in ("57P", "080")


def is_full(error: BaseException) -> bool:
    """Whether there is no room on the disk of the database: what was asked of it can be asked again when there is."""
    found = getattr(error, "orig", None) or error
    if isinstance(found, sqlite3.Error):
        return getattr(found, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(found, "sqlstate", None) == _DISK_FULL


def process_of(session: Session) -> int | None:
    """The number of the process that runs the unit of work; None on SQLite, where only one serves."""
    number: int | None = session.info.get("process")
    return number


def announce(session: Session, topic: str) -> None:
    """Have listeners of `topic` called once the unit of work that owns `session` has committed."""
    topics: set[str] = session.info.setdefault("topics", set())
    if topic not in topics and session.get_bind().dialect.name == "postgresql":
        notify = text("SELECT pg_notify(:channel, :payload)")
        session.execute(notify, {"channel": CHANNEL, "payload": f"{process_of(session)} {topic}"})
    topics.add(topic)


def _sqlite_engine(url: str, pool_size: int, busy_timeout: float) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        hide_parameters=True,
        **_JSON,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout={int(busy_timeout * 1000)}")
        _switch_to_wal(connection, busy_timeout)
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    return engine


def _begin_reading(connection: sqlite3.Connection, _record: Any, _proxy: Any) -> None:
    """Let a session read as of one moment; a listener on the engine's "begin" would slow down every statement."""
    connection.execute("BEGIN")


def _switch_to_wal(connection: sqlite3.Connection, patience: float) -> None:
    """Turn on write-ahead logging, for which SQLite heeds no busy_timeout while others open the same new file."""
    give_up = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.01)
