"""Many people who act at once."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert
from sqlmodel import Session

from services.core.clock import FixedClock
from services.core.database import Database
from services.people.tables import Identity, Person


@pytest.fixture
def crowd(chosen_database: Database, clock: FixedClock) -> Callable[[int], list[int]]:
    """Make many people in one go; returns the id of each, which is that of their address too."""

    def crowd(size: int) -> list[int]:
        rows = range(1, size + 1)
        people = [
            {"id": n, "first_name": "", "language": "en", "access_needs": [], "created_at": clock.now()} for n in rows
        ]
        addresses = [{"id": n, "person_id": n, "channel": "whatsapp", "address": f"GB.{n}", "sender": ""} for n in rows]

        def unit(session: Session) -> None:
            session.execute(insert(Person), people)
            session.execute(insert(Identity), addresses)

        chosen_database.write(unit)
        return list(rows)

    return crowd
