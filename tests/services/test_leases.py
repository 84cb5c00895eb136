"""Leases: one holder at a time, and an orphan's runs out."""

from datetime import timedelta

from services.campaigns import leases
from services.core.clock import FixedClock
from services.core.database import Database


def test_one_holder_at_a_time(database: Database, clock: FixedClock) -> None:
    def take(holder: str) -> bool:
        return database.write(
            lambda session: leases.take(session, "remind", holder, now=clock.now(), span=timedelta(seconds=30))
        )

    assert take("first")
    assert not take("second")
    assert take("first")
    clock.advance(timedelta(seconds=31))
    assert take("second")
    assert not take("first")


def test_what_was_finished_is_anybodys_when_it_is_due(database: Database, clock: FixedClock) -> None:
    span, every = timedelta(seconds=90), timedelta(seconds=30)

    def take(holder: str) -> bool:
        return database.write(
            lambda session: leases.take(session, "remind", holder, now=clock.now(), span=span, every=every)
        )

    assert take("first")
    database.write(lambda session: leases.finish(session, "remind", "second"))
    clock.advance(timedelta(seconds=31))
    assert not take("second"), "it still runs"
    database.write(lambda session: leases.finish(session, "remind", "first"))
    assert take("second")
    database.write(lambda session: leases.finish(session, "remind", "second"))
    clock.advance(timedelta(seconds=29))
    assert not take("first"), "it has just been run"


def test_what_was_finished_is_anybodys_at_once_who_asks_for_no_pause(database: Database, clock: FixedClock) -> None:
    def take(holder: str, span: int, every: timedelta | None = None) -> bool:
        return database.write(
            lambda session: leases.take(
                session, "remind", holder, now=clock.now(), span=timedelta(seconds=span), every=every
            )
        )

    assert take("first", 30, timedelta(seconds=10))
    assert not take("second", 20)
    database.write(lambda session: leases.finish(session, "remind", "first"))
    assert not take("second", 30, timedelta(seconds=10))
    assert take("second", 20)


def test_the_dead_keep_nothing(database: Database, clock: FixedClock) -> None:
    span = timedelta(seconds=90)

    def take(holder: str) -> bool:
        return database.write(
            lambda session: leases.take(
                session, "remind", holder, now=clock.now(), span=span, every=timedelta(seconds=10)
            )
        )

    assert take("first")
    clock.advance(timedelta(seconds=11))
    database.write(lambda session: leases.release(session, ["first", "second"]))
    assert not take("second")
    database.write(lambda session: leases.release(session, ["second"]))
    assert take("second")


def test_what_was_passed_over_is_anybodys_when_it_is_due(database: Database, clock: FixedClock) -> None:
    span, every = timedelta(seconds=90), timedelta(seconds=30)

    def pass_over() -> set[str]:
        turns = [leases.Turn(job, span, every) for job in ("remind", "sweep", "never_run")]
        return database.write(lambda session: leases.pass_over(session, turns, clock.now()))

    def take(job: str, holder: str) -> bool:
        return database.write(
            lambda session: leases.take(session, job, holder, now=clock.now(), span=span, every=every)
        )

    for job in ("remind", "sweep"):
        assert take(job, "first")
    database.write(lambda session: leases.finish(session, "remind", "first"))
    assert pass_over() == set(), "one has just been run, the other still runs"
    clock.advance(timedelta(seconds=30))
    assert pass_over() == {"remind"}
    assert not take("remind", "second"), "it has just been looked at"
    clock.advance(timedelta(seconds=30))
    assert take("remind", "second")
    clock.advance(timedelta(seconds=30))
    assert pass_over() == {"sweep"}, "the lease of a dead one runs out"
    clock.advance(timedelta(hours=-2))
    assert pass_over() == {"remind", "sweep"}, "written before the clock was put back"
