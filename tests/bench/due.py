"""What do the jobs cost when nothing is due, with 1,000,000 contacts and 100,000 reminders planned? Prints JSON.

`python -m tests.bench.due [--contacts 1000000] [--postgres]`: every job by itself, the sum of their medians, and the
whole tick with its leases. To reach: 10 ms. Beside it the bare SELECT of reminders that are due, through the driver.
Beside the reminders there is what a busy service holds: messages delivered, surveys and check-ins that wait for their
day, people who wait for places, searches that are looked at, referrals without an answer.
"""

import argparse
import json
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import String, Table, cast, column, insert, literal, make_url, select, table, update
from sqlmodel import Session

from bot.insight_jobs import insight_jobs
from bot.jobs import Job, Jobs, event_jobs
from services.booking.referral_tables import Referral
from services.booking.tables import Booking
from services.campaigns.tables import Lease, Reminder, SavedSearch
from services.core.clock import LONDON
from services.core.database import Database
from services.events.tables import Catalogue, Event, EventSession, Venue
from services.insight.surveys import SurveyTiming
from services.insight.tables import CheckinRound, FftResponse, Survey
from services.people.tables import Identity, OutboxMessage, Person
from tests.bench.databases import empty_database

NOW = datetime(2026, 11, 23, 11, tzinfo=LONDON).astimezone(UTC)
DAY = timedelta(days=1)
ROUNDS = 30
_EVENTS, _PAST, _BOOKED, _WAITING = 2_000, 200, 50, 2_000
_MARK = "unchanged"
_DUE = "SELECT id FROM reminder WHERE status = 'planned' AND due_at <= ? ORDER BY due_at, id LIMIT 500"
_SERIES = "CREATE TEMPORARY TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
# The numbers from 1 on.
_N = table("n", column("i"))
_I: Any = _N.c.i


@contextmanager
def filled_database(contacts: int, postgres: bool) -> Iterator[str]:
    """The address of a database with so many people, a tenth of them with a reminder to come."""
    with empty_database(postgres=postgres) as url:
        database = Database(url)
        database.write(lambda session: fill(session, contacts))
        database.close()
        yield url


def fill(session: Session, contacts: int) -> None:
    """Write everything, by one statement for each table or day."""
    booked, past = contacts // 10, _PAST * _BOOKED
    session.connection().exec_driver_sql(_SERIES.format(contacts) + "SELECT i FROM n")
    month_ago = NOW - 30 * DAY
    _rows(session, Person, contacts, first_name="", language="en", access_needs=[], created_at=month_ago)
    phone = {"channel": "sms", "address": _named("GB."), "sender": "", "last_inbound_at": month_ago}
    _rows(session, Identity, contacts, person_id=_I, **phone)
    _places(session)
    own = {"person_id": _I, "identity_id": _I, "attendee": "", "attendee_name": "", "places": 1, "access_needs": []}
    own |= {"reference": _named("B"), "created_at": month_ago, "confirmed_at": month_ago}
    _rows(session, Booking, booked, event_id=_I % _EVENTS + 1, status="confirmed", **own)
    kept = {"booking_id": _I, "session_id": _I % _EVENTS + 1, "kind": "day", "status": "planned", "reason": ""}
    for day in range(10):
        _rows(session, Reminder, booked // 10, day * booked // 10, due_at=NOW + (day + 1) * DAY, **kept)
    _rows(session, Booking, past, booked, event_id=_EVENTS + 1 + _I % _PAST, status="confirmed", **own)
    _rows(session, Booking, _WAITING, booked + past, event_id=_I % _EVENTS + 1, status="waiting", **own)
    _afterwards(session, booked, past)
    _messages(session, booked + past)
    _wishes(session)
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("ANALYZE")  # as autovacuum soon would


def _rows(session: Session, model: Any, count: int, after: int = 0, **columns: Any) -> None:
    """Insert rows with the ids that follow `after`; a column is a value, or an expression of the row's id."""
    into: Table = model.__table__
    given = {"id": _I} | columns if "id" in into.c and "id" not in columns else columns
    values = [
        value if hasattr(value, "compile") else literal(value, into.c[name].type) for name, value in given.items()
    ]
    numbered = select(*values).where(_I.between(after + 1, after + count))
    session.connection().execute(insert(into).from_select(list(given), numbered, include_defaults=False))


def _named(prefix: str) -> Any:
    return literal(prefix) + cast(_I, String)


def _places(session: Session) -> None:
    """200 venues, events that are full in the weeks to come, and events of yesterday."""
    place = {"address": "", "postcode": "E17 4QJ", "lat": 51.58, "lon": -0.02, "borough": "", "travel": "Bus 48."}
    _rows(session, Venue, 200, name=_named("Venue "), parking="", travel_checked_on=NOW.date(), **place)
    what = {"title": "Walk", "discreet_title": "Walk", "kind": "single", "mode": "in_person", "status": "published"}
    what |= dict.fromkeys(("joining_link", "cost", "referral", "contact", "bring", "travel", "parking"), "")
    what |= {name: [] for name in ("cancer_types", "needs", "audience", "stage", "access")}
    what |= {"capacity": _BOOKED, "taken": _BOOKED, "language": "English", "updated_at": NOW, "venue_id": _I % 200 + 1}
    ahead, yesterday = NOW + 14 * DAY, NOW - DAY
    for first, count, at in ((0, _EVENTS, ahead), (_EVENTS, _PAST, yesterday)):
        times = {"starts_at": at, "ends_at": at + timedelta(hours=2)}
        _rows(session, Event, count, first, external_id=_named("E"), **times, **what)
        _rows(session, EventSession, count, first, event_id=_I, position=0, **times)
    session.execute(insert(Catalogue).values(id=1, mark=_MARK))


def _afterwards(session: Session, booked: int, past: int) -> None:
    """Surveys that were asked this morning, check-ins of the months to come, answers that still wait for a comment."""
    asked = {"person_id": _I, "instrument": "rating", "status": "asked", "attended": "", "reason": "", "comment": ""}
    asked |= {"asked_at": NOW - timedelta(minutes=30), "expires_at": NOW + 5 * DAY}
    _rows(session, Survey, past, booked, booking_id=_I, event_id=_EVENTS + 1 + _I % _PAST, **asked)
    planned = {"person_id": _I, "identity_id": _I, "month": 3, "status": "planned", "passed": []}
    _rows(session, CheckinRound, booked // 2, due_at=NOW + 20 * DAY, **planned)
    given = {"event_id": _EVENTS + 1, "answer": "good", "comment": "", "given_on": NOW.date()}
    _rows(session, FftResponse, _WAITING, comment_key=_named("k"), **given)


def _messages(session: Session, booked: int) -> None:
    """Two messages to everyone who has booked, delivered long ago."""
    done = {"priority": "1_reply", "identity_id": _I, "parameters": {}, "status": "delivered", "reason": "", "text": ""}
    done |= {"created_at": NOW - DAY, "due_at": NOW - DAY, "sender": "", "attempts": 1, "segments": 1}
    _rows(session, OutboxMessage, booked, kind="reply", booking_id=None, **done)
    _rows(session, OutboxMessage, booked, id=_I + booked, kind="reminder", booking_id=_I, **done)


def _wishes(session: Session) -> None:
    """Searches that were looked at a minute ago, referrals that were asked yesterday."""
    search = {"identity_id": _I, "wishes": {}, "about": {}, "created_at": NOW - DAY, "ends_at": NOW + 90 * DAY}
    search |= {"look_at": NOW + timedelta(minutes=14), "mark": _MARK, "reason": ""}
    _rows(session, SavedSearch, _WAITING, person_id=_I, **search)
    put = {"first_name": "Ann", "suggested_by": "Grace", "agreed_on": NOW.date(), "wishes": {}, "status": "invited"}
    _rows(session, Referral, _WAITING, identity_id=_I, asked=1, ask_at=NOW + DAY, created_at=NOW - DAY, **put)


def median_ms(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of a call in milliseconds, after one that does not count."""
    call()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return round(statistics.median(times) * 1000, 3)


def measure(database: Database, jobs: tuple[Job, ...]) -> dict[str, float]:
    """Milliseconds for each job, for all of them, and for a tick that runs them under their leases."""
    found = {}
    for job in jobs:
        counts = job.run(NOW)
        if any(counts.values()):
            raise RuntimeError(f"{job.name} was to find nothing, and did {counts}")
        found[job.name] = median_ms(lambda job=job: job.run(NOW))
    times = []
    Jobs(database, "bench", jobs).run_due(NOW)
    for _ in range(ROUNDS):
        database.write(lambda session: session.execute(update(Lease).values(until=NOW)))
        begun = time.perf_counter()
        Jobs(database, "bench", jobs).run_due(NOW)
        times.append(time.perf_counter() - begun)
    whole = round(statistics.median(times) * 1000, 3)
    return found | {"sum_of_jobs": round(sum(found.values()), 3), "tick_with_leases": whole}


def bare_ms(url: str) -> float:
    """The SELECT of due reminders through the driver alone."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        with sqlite3.connect(str(address.database)) as lite:
            return median_ms(lambda: lite.execute(_DUE, (NOW.replace(tzinfo=None).isoformat(" "),)).fetchall())
    where = f"host={address.query['host']} user=postgres dbname={address.database}"
    with psycopg.connect(where) as connection:
        return median_ms(lambda: connection.execute(_DUE.replace("?", "%s"), (NOW,)).fetchall())


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    begun = time.perf_counter()
    with filled_database(given.contacts, given.postgres) as url:
        filled = round(time.perf_counter() - begun, 1)
        database = Database(url)
        jobs = (*event_jobs(database), *insight_jobs(database, SurveyTiming()))
        figures = measure(database, jobs)
        database.close()
        size = {"contacts": given.contacts, "reminders": given.contacts // 10, "filled_s": filled}
        print(json.dumps(size | {"bare_select_ms": bare_ms(url), "ms": figures}, indent=2))


if __name__ == "__main__":
    main()
