"""The job that deletes, every night, what has been kept for long enough."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

import structlog

from bot.jobs import Job
from services.core.clock import to_london
from services.core.database import Database
from services.privacy.periods import Periods

log = structlog.get_logger(__name__)

# Pages in one tick: the other jobs wait for no more than a second or so.
_PAGES = 20


def retention_job(database: Database, periods: Periods) -> Job:
    """A pass of retention each day, begun after midnight in London and spread over as many ticks as it takes."""
    return Job("retention", timedelta(minutes=1), _Passes(database, periods))


class _Passes:
    """Goes on with today's pass; a process that dies leaves the rest to the next one, which begins anew."""

    def __init__(self, database: Database, periods: Periods) -> None:
        self._database, self._periods = database, periods
        self._day: date | None = None
        self._pass: Iterator[tuple[str, int]] = iter(())

    def __call__(self, now: datetime) -> dict[str, int]:
        today = to_london(now).date()
        if self._day != today:
            self._day, self._pass = today, self._begin(now)
        try:
            done: Counter[str] = Counter()
            for name, count in islice(self._pass, _PAGES):
                done[name] += count
        except Exception:
            self._day = None
            raise
        if done.total():
            log.info("retention", **{name.replace(" ", "_"): count for name, count in done.items()})
        return {"rows_retired": done.total()}

    def _begin(self, now: datetime) -> Iterator[tuple[str, int]]:
        from services.privacy import retention

        return retention.sweep(self._database, retention.rules(self._periods, now), now)
