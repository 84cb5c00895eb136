"""Ticks come round when they are due, though whoever calls them is never on the second."""

from datetime import timedelta
from itertools import accumulate

import pytest

from bot import jobs
from bot.jobs import Job, Jobs
from services.core.clock import FixedClock
from services.core.database import Database


@pytest.mark.parametrize(("every", "runs"), [(10, 12), (30, 4), (60, 2)])
def test_a_job_does_not_miss_its_turn_because_the_scheduler_was_late_before(
    chosen_database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, every: int, runs: int
) -> None:
    # Each tick is due on a round ten seconds and comes up to a second after it.
    called_at = [10.0 * number + late for number, late in enumerate((1.0, 0.0, 0.9, 0.1, 0.5, 0.0) * 2)]
    moments = []
    done = Jobs(
        chosen_database, "first", (Job("one", timedelta(seconds=every), lambda now: moments.append(now) or {}),)
    )
    for moment in called_at:
        monkeypatch.setattr(jobs, "monotonic", lambda moment=moment: moment)
        done.run_due(clock.now() + timedelta(seconds=moment))
    assert len(moments) == runs


def test_a_job_is_not_run_again_before_its_time(
    chosen_database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = []
    done = Jobs(chosen_database, "first", (Job("one", timedelta(seconds=10), lambda now: moments.append(now) or {}),))
    for moment in accumulate([0.0, 2.0, 2.0, 2.0, 4.0]):
        monkeypatch.setattr(jobs, "monotonic", lambda moment=moment: moment)
        done.run_due(clock.now() + timedelta(seconds=moment))
    assert len(moments) == 2


def test_two_processes_called_in_turns_run_a_job_as_often_as_one(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments: list[object] = []
    job = Job("one", timedelta(seconds=30), lambda now: moments.append(now) or {})
    both = [Jobs(database, holder, (job,)) for holder in ("first", "second")]
    for tick in range(12):
        monkeypatch.setattr(jobs, "monotonic", lambda tick=tick: 10.0 * tick)
        both[tick % 2].run_due(clock.now() + timedelta(seconds=10 * tick))
    assert len(moments) == 4


def test_a_clock_put_back_by_an_hour_stops_no_job(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments: list[object] = []
    for number, start in enumerate((timedelta(0), timedelta(hours=-1), timedelta(0))):
        job = Job("one", timedelta(seconds=10), lambda now: moments.append(now) or {})
        Jobs(database, f"process {number}", (job,)).run_due(clock.now() + start)
    assert len(moments) == 3
