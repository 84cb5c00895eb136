"""What the tests of broadcasts share: a draft, and doing to its end what a running service does."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from services.booking import outcomes, places, waiting
from services.campaigns import broadcast_gathering, broadcast_release, broadcasts
from services.campaigns.audience import Audience
from services.campaigns.broadcast_progress import Progress, progress
from services.campaigns.broadcast_tables import Purpose
from services.campaigns.broadcasts import Draft, Started
from services.core.database import Database
from services.people.tables import OutboxMessage

TEXT = "{event} begins at {time}: please bring a mat."


def draft(event: Any = None, /, text: str = TEXT, purpose: Purpose = Purpose.SERVICE, **audience: Any) -> Draft:
    """A broadcast about an event, to those booked on it unless something else is asked for."""
    about = event.external_id if event is not None else ""
    return Draft(purpose, text, Audience(**(audience or {"event": about})), about)


def begin(database: Database, asked: Draft, now: datetime, by: str = "Sam", above: int = 100, **more: Any) -> int:
    started = database.write(
        lambda session: broadcasts.start(session, asked, by=by, approve_above=above, now=now, **more)
    )
    assert isinstance(started, Started), started
    return started.broadcast_id


def gather(database: Database, now: datetime) -> int:
    rows = database.read_once(broadcast_release.to_go)
    return sum(sum(broadcast_gathering.gather(database, row, now)) for row in rows if row.gathered_at is None)


def release(database: Database, now: datetime) -> int:
    """Put into the outbox what may stand in it now."""
    total = 0
    while True:
        written = database.write(
            lambda session: sum(
                broadcast_release.release(session, row.id, now) for row in broadcast_release.to_go(session)
            )
        )
        if not written:
            return total
        total += written


def told(database: Database, broadcast_id: int) -> Progress:
    found = database.read_once(lambda session: progress(session, broadcast_id))
    assert found is not None
    return found


def run(database: Database, asked: Draft, now: datetime, **more: Any) -> Progress:
    """Start a broadcast, gather who gets it and fill the outbox, and say how it stands."""
    number = begin(database, asked, now, **more)
    gather(database, now)
    release(database, now)
    return told(database, number)


def messages(database: Database) -> list[OutboxMessage]:
    with database.read() as session:
        return list(session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))).all())


def book(database: Database, event: Any, identity: Any, now: datetime, attendee: str = "") -> int:
    def unit(session: Session) -> int:
        held = places.hold(
            session,
            event_id=event.id,
            person_id=identity.person_id,
            identity_id=identity.id,
            places=1,
            now=now,
            hold_for=timedelta(minutes=15),
            attendee=attendee,
        )
        assert isinstance(held, outcomes.Held), held
        assert isinstance(places.confirm(session, held.booking_id, now=now), outcomes.Confirmed)
        return held.booking_id

    return database.write(unit)


def wait_for(database: Database, event: Any, identity: Any, now: datetime) -> None:
    def unit(session: Session) -> None:
        waiting.join(
            session, event_id=event.id, person_id=identity.person_id, identity_id=identity.id, party=1, now=now
        )

    database.write(unit)
