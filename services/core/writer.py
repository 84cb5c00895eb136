"""SQLite's one writer: a thread that runs queued units of work and commits several at once.

Threads that compete for SQLite's write lock wait by sleeping, and the unlucky ones wait for seconds.
One thread with a queue has no such contest, and one fsync serves every unit that was waiting.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from services.core.errors import DatabaseBusy

BATCH = 64


class Job(NamedTuple):
    """A unit of work and the future that its caller waits on."""

    unit: Callable[[Session], Any]
    future: Future[Any]


class GroupCommitWriter:
    """Runs units one after another, each in a savepoint, and answers after the shared commit.

    `committed` is called with the topics that the batch's units announced, after each commit.
    """

    def __init__(self, engine: Engine, committed: Callable[[set[str]], None]) -> None:
        self._engine = engine
        self._committed = committed
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Callable[[Session], Any]) -> Future[Any]:
        """Queue `unit`; the future holds its result once it is on disk, or its exception."""
        if self._closed.is_set():
            raise DatabaseBusy("the writer has stopped")
        future: Future[Any] = Future()
        self._queue.put(Job(unit, future))
        return future

    def on_writer_thread(self) -> bool:
        """Whether the caller is itself a unit of work (waiting here for another would never end)."""
        return threading.current_thread() is self._thread

    def close(self) -> None:
        """Finish what is queued, then stop."""
        self._closed.set()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            while (first := self._queue.get()) is not None:
                batch, last = self._take(first)
                self._commit(connection, batch)
                if last:
                    return

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

    def _commit(self, connection: Connection, batch: list[Job]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        topics: set[str] = set()
        try:
            with connection.begin():
                for job in batch:
                    if job.future.set_running_or_notify_cancel():
                        self._run_unit(connection, job, done, topics)
        except BaseException as error:
            for future, _ in done:
                future.set_exception(error)
            return
        for future, result in done:
            future.set_result(result)
        if topics:
            self._committed(topics)

    @staticmethod
    def _run_unit(connection: Connection, job: Job, done: list[tuple[Future[Any], Any]], topics: set[str]) -> None:
        savepoint = connection.begin_nested()
        session = Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False)
        try:
            result = job.unit(session)
            session.flush()
        except BaseException as error:
            savepoint.rollback()
            job.future.set_exception(error)
        else:
            savepoint.commit()
            topics |= session.info.get("topics", set())
            done.append((job.future, result))
        finally:
            session.close()
