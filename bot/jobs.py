"""What the durable engine runs, and when: short idempotent ticks over the app's tables.

Replies never wait for a tick. Each tick finds what is due or what a crash left behind, does one page of it,
and may be run at any time, twice, or by any process.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, perf_counter

import structlog
from sqlmodel import Session

from bot.observing import Observer
from services.booking import places, referrals, refill
from services.campaigns import leases, reminders, saved_searches
from services.core.database import Database
from services.journey import travel_checks

log = structlog.get_logger(__name__)

PAGE = 500
# The scheduler calls up to a second or so after each tenth second. After a late call the next comes in less than a
# job's `every`, and the job must not wait for yet another.
_EARLY_S = 2.5


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of tick: what it is called, how often it runs, and what it does; `run` returns counts by name.

    `is_due` only reads, and says whether there is anything to run it for; None where only running it can tell.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], dict[str, int]]
    is_due: Callable[[Session, datetime], bool] | None = None


class Jobs:
    """All ticks of one process; a lease keeps two processes from running the same one at once."""

    def __init__(
        self, database: Database, holder: str, jobs: tuple[Job, ...], observer: Observer | None = None
    ) -> None:
        self._database, self._holder, self._jobs = database, holder, jobs
        self._observer = observer or Observer()
        self._last: dict[str, float] = {}

    def run_due(self, now: datetime) -> dict[str, int]:
        """Run the ticks whose time has come round and return their counts; one that fails is logged and tried again.

        Those that find nothing to do are passed over: all of them are looked at in one reading session, and noted in
        one unit of work.
        """
        called_at = monotonic()
        come_round = [job for job in self._jobs if self._has_come_round(job, called_at)]
        idle = self._idle(come_round, now)
        self._pass_over(idle, now, called_at)
        counts: dict[str, int] = {}
        for job in come_round:
            if job not in idle:
                counts |= self._run(job, now, called_at)
        return counts

    def run_all(self, now: datetime) -> dict[str, int]:
        """Run every tick as if the time were `now`, until none finds anything to do, and return the counts."""
        totals: dict[str, int] = {}
        for _ in range(100):
            counts: dict[str, int] = {}
            for job in self._jobs:
                counts |= job.run(now)
            for name, count in counts.items():
                totals[name] = totals.get(name, 0) + count
            if not any(counts.values()):
                break
        return totals

    def lags(self, session: Session, now: datetime) -> dict[str, float | None]:
        """How many seconds ago each job last began, in whichever process; None for one that never has."""
        until = leases.all_until(session)
        begun = {job.name: until[job.name] - _lease(job) if job.name in until else None for job in self._jobs}
        return {name: (now - moment).total_seconds() if moment else None for name, moment in begun.items()}

    def _has_come_round(self, job: Job, called_at: float) -> bool:
        since = called_at - self._last.get(job.name, float("-inf"))
        return since >= job.every.total_seconds() - _EARLY_S

    def _idle(self, jobs: Sequence[Job], now: datetime) -> list[Job]:
        """Those of the jobs that have been run before and have nothing to do now."""
        try:
            with self._database.read() as session:
                known = leases.all_until(session)
                return [job for job in jobs if job.name in known and self._has_nothing(job, session, now)]
        except Exception:  # each job meets it again by itself, and says so
            return []

    def _has_nothing(self, job: Job, session: Session, now: datetime) -> bool:
        if job.is_due is None:
            return False
        started = perf_counter()
        if job.is_due(session, now):
            return False
        self._observer.ran(job.name, perf_counter() - started, failed=False)
        return True

    def _pass_over(self, idle: Sequence[Job], now: datetime, called_at: float) -> None:
        """Note that jobs had nothing to do; those that another process was first to begin are looked at again."""
        try:
            turns = [leases.Turn(job.name, _lease(job), _apart(job)) for job in idle]
            passed = self._database.write(lambda session: leases.pass_over(session, turns, now)) if turns else ()
        except Exception:
            log.exception("jobs_not_passed_over")
        else:
            self._last |= dict.fromkeys(passed, called_at)

    def _run(self, job: Job, now: datetime, called_at: float) -> dict[str, int]:
        try:
            if not self._database.write(lambda session: self._take(session, job, now)):
                return {}
            self._last[job.name] = called_at
            try:
                return self._run_mine(job, now)
            finally:
                self._database.write(lambda session: leases.finish(session, job.name, self._holder))
        except Exception:
            log.exception("job_failed", job=job.name)
            return {}

    def _take(self, session: Session, job: Job, now: datetime) -> bool:
        return leases.take(session, job.name, self._holder, now=now, span=_lease(job), every=_apart(job))

    def _run_mine(self, job: Job, now: datetime) -> dict[str, int]:
        started, failed = perf_counter(), True
        try:
            counts = job.run(now)
            failed = False
        finally:
            self._observer.ran(job.name, perf_counter() - started, failed=failed)
        return counts


def _lease(job: Job) -> timedelta:
    """How long a process that began a job keeps others from it, unless it is known to be dead."""
    return job.every * 3


def _apart(job: Job) -> timedelta:
    """The least time between one run of a job and the next, in whichever process."""
    return job.every - timedelta(seconds=_EARLY_S)


def event_jobs(database: Database) -> tuple[Job, ...]:
    """The ticks that need only the database: lapsed holds and offers, waiting lists, reminders, old travel."""

    def expire(now: datetime) -> dict[str, int]:
        return {"holds_expired": database.write(lambda session: places.expire_due(session, now, PAGE))}

    def keep_waiting_lists(now: datetime) -> dict[str, int]:
        return {
            "waiting_ended": database.write(lambda session: refill.end_waiting(session, now)),
            "offers_unsent": database.write(lambda session: refill.pass_on_unsent(session, now)),
            "places_offered": database.write(lambda session: refill.offer_stranded(session, now)),
        }

    def remind(now: datetime) -> dict[str, int]:
        done = database.write(lambda session: reminders.queue_due(session, now=now, limit=PAGE))
        return {"reminders_queued": done.queued, "reminders_dropped": done.dropped}

    def look_out(now: datetime) -> dict[str, int]:
        return {"searches_told": database.write(lambda session: saved_searches.tell_due(session, now))}

    def invite(now: datetime) -> dict[str, int]:
        return {"referrals_asked": database.write(lambda session: referrals.ask_due(session, now, PAGE))}

    def check_travel(now: datetime) -> dict[str, int]:
        return {"venues_flagged": database.write(lambda session: travel_checks.flag_old_blocks(session, now, PAGE))}

    return (
        Job("ask_referrals", timedelta(minutes=5), invite, referrals.has_due),
        Job("check_travel", timedelta(days=1), check_travel, travel_checks.has_due),
        Job("expire_holds", timedelta(seconds=30), expire, places.has_due),
        Job("keep_waiting_lists", timedelta(seconds=30), keep_waiting_lists, refill.has_due),
        Job("look_out", timedelta(seconds=60), look_out, saved_searches.has_due),
        Job("queue_reminders", timedelta(seconds=30), remind, reminders.has_due),
    )
