"""Ticks come round when they are due, though whoever calls them is never on the second."""

from datetime import datetime, timedelta
from itertools import accumulate

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot import jobs
from bot.jobs import Job, Jobs
from services.campaigns import leases
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


class _Work:
    """A job that finds `left` things to do."""

    def __init__(self, name: str = "one", left: int = 0) -> None:
        self.left, self.runs = left, 0
        self.job = Job(name, timedelta(seconds=30), self._run, self._is_due)

    def _run(self, _now: datetime) -> dict[str, int]:
        self.runs += 1
        done, self.left = self.left, 0
        return {"done": done}

    def _is_due(self, _session: Session, _now: datetime) -> bool:
        return bool(self.left)


def test_what_finds_nothing_to_do_is_looked_at_and_not_run(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = _Work()
    both = [Jobs(database, holder, (work.job,)) for holder in ("first", "second")]
    for tick in range(12):
        monkeypatch.setattr(jobs, "monotonic", lambda tick=tick: 10.0 * tick)
        now = clock.now() + timedelta(seconds=10 * tick)
        both[tick % 2].run_due(now)
        lag = database.read_once(lambda session, now=now: both[0].lags(session, now)["one"])
        assert lag == 10 * (tick % 3), "whoever watches sees that it comes round"
    assert work.runs == 1, "the first time, when nothing was known of it"


def test_what_comes_due_is_done_in_its_turn(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = _Work()
    done = Jobs(database, "first", (work.job,))
    found = []
    for tick, left in enumerate((0, 0, 3, 0)):
        monkeypatch.setattr(jobs, "monotonic", lambda tick=tick: 30.0 * tick)
        work.left = left
        found.append(done.run_due(clock.now() + timedelta(seconds=30 * tick)).get("done"))
    assert found == [0, None, 3, None]


def test_what_another_process_runs_is_not_passed_over(database: Database, clock: FixedClock) -> None:
    work = _Work()
    first, second = (Jobs(database, holder, (work.job,)) for holder in ("first", "second"))
    first.run_due(clock.now())
    later = clock.now() + timedelta(seconds=30)
    span = timedelta(seconds=90)
    assert database.write(lambda session: leases.take(session, "one", "third", now=later, span=span))
    second.run_due(later)
    until = database.read_once(leases.all_until)["one"]
    assert not database.write(
        lambda session: leases.take(session, "one", "fourth", now=until - timedelta(seconds=1), span=span)
    )


def test_one_that_fails_does_not_keep_the_others_from_running(database: Database, clock: FixedClock) -> None:
    def ask_for_nonsense(session: Session, _now: datetime) -> bool:
        return bool(session.execute(text("SELECT nothing FROM nowhere")).scalar())

    def fail(_now: datetime) -> dict[str, int]:
        raise RuntimeError("broken")

    work, broken = _Work("sound", 1), Job("broken", timedelta(seconds=30), fail, ask_for_nonsense)
    for number in range(2):
        work.left = 1
        now = clock.now() + timedelta(minutes=number)
        assert Jobs(database, f"process {number}", (broken, work.job)).run_due(now) == {"done": 1}
