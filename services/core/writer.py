"""SQLite's one writer: units of work run one at a time, and those that wait for each other share a commit.

Threads that compete for SQLite's write lock wait by sleeping, and the unlucky ones wait for seconds.
One queue has no such contest, and one fsync serves every unit that was waiting.
"""

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from services.core.errors import DatabaseBusy

BATCH = 64


class Job(NamedTuple):
    """A unit of work and the future that its caller waits on."""

    unit: Callable[[Session], Any]
    future: Future[Any]


# Performs one job within a transaction and returns its result in a tuple, empty when its caller has been told why not.
Perform = Callable[[Connection, Job, set[str]], tuple[Any, ...]]


class GroupCommitWriter:
    """Runs units one after another, apart in savepoints where one has failed, and answers after the shared commit.

    A thread serves the queue. `committed` is called with the topics that the batch's units announced, after each
    commit. Whatever happens, every future gets its result or an exception: nobody is left waiting.
    """

    def __init__(self, engine: Engine, committed: Callable[[set[str]], None]) -> None:
        engine.connect().close()  # a file that cannot be opened is the caller's to know, and at once
        self._engine = engine
        self._committed = committed
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._turn = threading.Lock()  # held by whoever writes
        self._serving: int | None = None  # the thread that holds it
        self._state = threading.Lock()  # guards what follows
        self._unserved = 0
        self._crowded = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Callable[[Session], Any]) -> Future[Any]:
        """Queue `unit`; the future holds its result once it is on disk, or its exception.

        Raises DatabaseBusy once the writer is closed.
        """
        job = Job(unit, Future())
        with self._state:
            self._enqueue(job)
        return job.future

    def write(self, unit: Callable[[Session], Any]) -> Any:
        """Run `unit` and return its result once it is on disk.

        While nobody else writes, the caller's own thread does it: to hand over and be woken again costs more than
        a unit. The main thread always hands over, since Ctrl-C may strike there between any two steps.
        """
        if self._serving == threading.get_ident():
            raise RuntimeError("a unit of work may not wait for another")
        job = Job(unit, Future())
        with self._state:
            alone = self._may_go_alone()
            if not alone:
                self._enqueue(job)
        if alone:
            self._serve_and_release(job)
        return job.future.result()

    def close(self) -> None:
        """Finish what is queued, then stop."""
        with self._state:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()
        with self._turn:
            self._engine.dispose()

    def _enqueue(self, job: Job) -> None:
        if self._closed:  # no job may slip in behind the end
            raise DatabaseBusy("the writer has stopped")
        self._unserved += 1
        self._queue.put(job)

    def _may_go_alone(self) -> bool:
        """Whether the caller now has the turn: nobody waits (so none is overtaken), and few have been writing."""
        if self._closed or self._unserved or self._crowded or threading.current_thread() is threading.main_thread():
            return False
        return self._turn.acquire(blocking=False)

    def _serve_and_release(self, job: Job) -> None:
        try:
            self._serve([job])
        finally:
            self._serving = None
            self._turn.release()

    def _run(self) -> None:
        last = False
        while not last and (first := self._queue.get()) is not None:
            with self._turn:
                batch, last = self._take(first)
                self._serve([job for job in batch if job.future.set_running_or_notify_cancel()])
                self._serving = None  # another thread may be given this one's number when it has ended
            with self._state:
                self._unserved -= len(batch)
                self._crowded = len(batch) > 1

    def _take(self, first: Job) -> tuple[list[Job], bool]:
        """The first job and whatever waits behind it, and whether the end was reached."""
        batch = [first]
        while len(batch) < BATCH:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _serve(self, jobs: list[Job]) -> None:
        topics: set[str] = set()
        self._serving = threading.get_ident()
        try:
            done = self._commit(jobs, topics)
        except _BrokenOffError:
            for job in jobs:
                if not job.future.done():
                    self._serve([job])
        except BaseException as error:
            _fail(jobs, error)
        else:
            for job, result in done:
                job.future.set_result(result)
            if topics:
                self._committed(topics)

    def _commit(self, jobs: list[Job], topics: set[str]) -> list[tuple[Job, Any]]:
        """The jobs that are on disk now, with their results; the others' callers have been told why not.

        Units seldom fail, so at first they go without savepoints, which cost as much as a statement each.
        """
        try:
            return self._together(jobs, topics, _perform)
        except _BrokenOffError:
            return self._together(jobs, topics, _perform_in_savepoint)

    def _together(self, jobs: list[Job], topics: set[str], perform: Perform) -> list[tuple[Job, Any]]:
        """Perform the jobs in one transaction; _BrokenOffError when one of several spoils it for the others."""
        with self._transaction() as connection:
            try:
                done = [(job, result) for job in jobs for result in perform(connection, job, topics)]
            except BaseException as error:
                if len(jobs) == 1:
                    raise
                raise _BrokenOffError from error
            if len(jobs) > 1 and not connection.in_transaction():
                raise _BrokenOffError
        return done

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            try:
                with connection.begin():
                    driver.execute("BEGIN IMMEDIATE")  # a listener would do it too, and slow down every statement
                    yield connection
            finally:
                if driver.in_transaction:  # a commit that failed leaves it open
                    connection.invalidate()


class _BrokenOffError(Exception):
    """One unit broke the transaction of all (a full disk may), so none is kept, and each deserves one of its own."""


def _perform_in_savepoint(connection: Connection, job: Job, topics: set[str]) -> tuple[Any, ...]:
    """The unit's result, or nothing when it failed; then its caller has been told and its changes are undone."""
    savepoint = connection.begin_nested()
    try:
        result = _perform(connection, job, topics)
    except BaseException as error:
        savepoint.rollback()
        job.future.set_exception(error)
        return ()
    savepoint.commit()
    return result


def _perform(connection: Connection, job: Job, topics: set[str]) -> tuple[Any, ...]:
    with Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False) as session:
        result = job.unit(session)
        session.flush()
        topics |= session.info.get("topics", set())
    return (result,)


def _fail(jobs: Iterable[Job], error: BaseException) -> None:
    locked = isinstance(error, (sqlite3.OperationalError, OperationalError)) and "database is locked" in str(error)
    for job in jobs:
        if not job.future.done():
            job.future.set_exception(DatabaseBusy("another process is writing") if locked else error)
