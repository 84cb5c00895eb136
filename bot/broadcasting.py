"""Moves broadcasts on: gathers who gets them and keeps the outbox stocked, beside everything else that goes on."""

import threading
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any

import structlog
from sqlmodel import Session

from bot.jobs import Job
from services.campaigns import broadcast_gathering, broadcast_release, broadcasts, leases
from services.core.clock import Clock
from services.core.database import Database
from services.core.quiet_hours import is_quiet

log = structlog.get_logger(__name__)

_EVERY_S = 1.0
# Should what PostgreSQL tells be lost.
_WHEN_TOLD_S = 5.0
_LEASE = timedelta(seconds=20)
# After each page the processor and the writer are left to others for as long as the page took, and where that was
# quick for longer: some 11,000 people a second are enough.
_LONGEST_REST_S, _PAGE_S = 0.05, 0.045


class Broadcaster:
    """Looks every second, and at once when a broadcast has changed; a lease keeps others from it.

    PostgreSQL tells of changes by other processes, so there it is seldom looked at while none is under way. The
    engine's tick calls `job` too, so that nothing depends on the thread; both may run at any time.
    """

    def __init__(self, database: Database, clock: Clock, holder: str) -> None:
        self._database, self._clock, self._holder = database, clock, holder
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._one = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="broadcasts", daemon=True)
        self.job = Job(broadcasts.JOB, timedelta(seconds=10), self.move_on, _has_any)
        database.listen(broadcasts.TOPIC, self._woken.set)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the page under way, then look no more."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def move_on(self, now: datetime) -> dict[str, int]:
        """Gather what is to be gathered, put into the outbox what may stand in it, and return how many of both."""
        with self._one:
            return {"recipients_gathered": self._gather(now), "broadcasts_released": self._release(now)}

    def _run(self) -> None:
        at_rest = _EVERY_S if self._database.is_sqlite else _WHEN_TOLD_S
        pause = _EVERY_S
        while not self._stopping.is_set():
            self._woken.wait(pause)
            self._woken.clear()
            try:
                pause = _EVERY_S if self._look() else at_rest
            except Exception:
                log.exception("broadcasts_failed")
                self._stopping.wait(_EVERY_S)

    def _look(self) -> bool:
        """Move on what may be; return whether any broadcast is under way."""
        if not self._database.read_once(broadcast_release.to_go):
            return False
        now = self._clock.now()
        if self._database.write(
            lambda session: leases.take(session, self.job.name, self._holder, now=now, span=_LEASE)
        ):
            self.move_on(now)
        return True

    def _gather(self, now: datetime) -> int:
        waiting = [row for row in self._database.read_once(broadcast_release.to_go) if row.gathered_at is None]
        return sum(self._gather_one(row, now) for row in waiting if not self._stopping.is_set())

    def _gather_one(self, row: Any, now: datetime) -> int:
        total, began = 0, perf_counter()
        for size in broadcast_gathering.gather(self._database, row, now):
            total += size
            if self._stopping.wait(_rest(perf_counter() - began)):
                break
            began = perf_counter()
        return total

    def _release(self, now: datetime) -> int:
        total = 0
        for row in self._database.read_once(broadcast_release.to_go):
            while written := self._database.write(partial(broadcast_release.release, broadcast_id=row.id, now=now)):
                total += written
            if not is_quiet(now):
                self._database.write(partial(broadcast_release.end_if_over, broadcast_id=row.id, now=now))
        return total


def _rest(taken: float) -> float:
    """For how long to do nothing after a page that took so many seconds."""
    return min(max(taken, _PAGE_S - taken), _LONGEST_REST_S)


def _has_any(session: Session, _now: datetime) -> bool:
    return bool(broadcast_release.to_go(session))
