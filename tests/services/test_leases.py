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
