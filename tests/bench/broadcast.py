"""A broadcast to 100,000: how soon it starts, how fast its queue is written, what it costs the conversation beside it.

The service runs with people booked on one event, a phone texts it all the while, and a broadcast is started from
another process. The queue is the table of recipients; as soon as it is whole the first messages stand in the outbox.
The reference writes the same rows in the same pages, each committed, through the driver alone. Recipients have WhatsApp
ids, which development's gate refuses, so nothing is posted to them. At night nothing is put into the outbox.
"""

import asyncio
import json
import os
import sqlite3
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select
from sqlmodel import Session

from services.booking.tables import Booking
from services.campaigns import broadcasts
from services.campaigns.audience import Audience
from services.campaigns.broadcast_tables import Purpose
from services.campaigns.broadcasts import BROADCASTS, Draft, Started
from services.core.database import Database
from services.events.tables import Event
from services.people.tables import Identity, Person
from tests.bench.running import Running, fsync_ms, percentile, running_service

RECIPIENTS_WANTED = int(os.environ.get("BENCH_RECIPIENTS", "100000"))
IDLE_TURNS = 200
SCRIPT = ("hello", "E17", "skip", "exercise", "my bookings", "thanks")
PAGE, EVENT = 500, "bench"
_FIRST = 1_000_000


def _fill(session: Session, first: int, count: int, event_id: int) -> None:
    now = datetime.now(UTC)
    numbers = range(first, first + count)
    session.execute(
        insert(Person),
        [{"id": n, "first_name": "Ann", "language": "en", "access_needs": [], "created_at": now} for n in numbers],
    )
    whatsapp = {"channel": "whatsapp", "sender": "", "last_inbound_at": now}
    session.execute(insert(Identity), [{"id": n, "person_id": n, "address": f"GB.{n}", **whatsapp} for n in numbers])
    booked = {"event_id": event_id, "places": 1, "status": "confirmed", "created_at": now, "access_needs": []}
    session.execute(
        insert(Booking), [{"reference": f"B{n}", "person_id": n, "identity_id": n, **booked} for n in numbers]
    )


def _prepare(database: Database) -> None:
    begins = datetime.now(UTC) + timedelta(days=10)
    event = Event(
        external_id=EVENT,
        title="Bench",
        discreet_title="Bench",
        starts_at=begins,
        ends_at=begins + timedelta(hours=1),
        capacity=RECIPIENTS_WANTED,
        taken=RECIPIENTS_WANTED,
        updated_at=begins,
    )

    def add(session: Session) -> int:
        session.add(event)
        session.flush()
        return event.id or 0

    event_id = database.write(add)
    for first in range(_FIRST, _FIRST + RECIPIENTS_WANTED, 5000):
        count = min(5000, _FIRST + RECIPIENTS_WANTED - first)
        database.write(lambda session, first=first, count=count: _fill(session, first, count, event_id))


async def _turns(service: Running, number: str, until: asyncio.Event | None = None) -> list[float]:
    times: list[float] = []
    while len(times) < IDLE_TURNS if until is None else not until.is_set():
        times.append(await service.turn(number, SCRIPT[len(times) % len(SCRIPT)]))
    return times


def _stands(session: Session) -> tuple[int, bool, bool]:
    """How many recipients are written, whether that is all, and whether any message is in the outbox."""
    found = session.execute(select(BROADCASTS.c.recipients, BROADCASTS.c.gathered_at, BROADCASTS.c.released_to)).one()
    return found.recipients, found.gathered_at is not None, found.released_to > 0


async def _watch(service: Running, database: Database) -> dict[str, float]:
    """Start the broadcast and wait until its queue is written and the first messages are in the outbox."""
    draft = Draft(Purpose.SERVICE, "Please bring a mat to {event}.", Audience(event=EVENT), EVENT)
    now = datetime.now(UTC)
    rss = service.rss_mib()
    began = time.perf_counter()
    started = database.write(lambda session: broadcasts.start(session, draft, by="bench", approve_above=10**9, now=now))
    assert isinstance(started, Started)
    written = 0
    first_page = whole = in_outbox = most = 0.0
    while not in_outbox and time.perf_counter() - began < 120:
        await asyncio.sleep(0.05)
        written, is_whole, is_out = database.read_once(_stands)
        passed = time.perf_counter() - began
        most = max(most, service.rss_mib())
        first_page = first_page or (passed if written else 0.0)
        whole = whole or (passed if is_whole else 0.0)
        in_outbox = passed if is_out else 0.0
    return {
        "recipients": written,
        "first_page_after_s": round(first_page, 2),
        "queue_written_after_s": round(whole, 2),
        "first_messages_in_outbox_after_s": round(in_outbox, 2),
        "queue_rows_per_s": round(written / (whole - first_page)) if whole > first_page else 0,
        "memory_before_mib": round(rss, 1),
        "memory_most_mib": round(most, 1),
    }


def _reference(folder: Path, schema: list[str]) -> float:
    """Rows a second that the driver alone writes, in pages of the same size, each with a commit of its own."""
    connection = sqlite3.connect(folder / "reference.db", isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + ";".join(schema))
    statement = (
        "INSERT INTO broadcast_recipient (broadcast_id, person_id, identity_id, address, booking_id)"
        " VALUES (1, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    )
    began = time.perf_counter()
    for first in range(0, RECIPIENTS_WANTED, PAGE):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(statement, [(n, n, f"GB.{n}", n) for n in range(first, first + PAGE)])
        connection.execute("COMMIT")
    taken = time.perf_counter() - began
    connection.close()
    return RECIPIENTS_WANTED / taken


def _schema(database: Database) -> list[str]:
    with database.read() as session:
        found = session.connection().exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'broadcast_recipient' AND sql IS NOT NULL"
        )
        return [row[0] for row in found]


async def run() -> dict[str, object]:
    """Measure idle turns, then turns while the queue is written, then the driver alone."""
    async with running_service() as service:
        database = Database(f"sqlite:///{service.folder / 'bench.db'}")
        _prepare(database)
        await service.settle()
        await _turns(service, "+447700900200")
        idle = await _turns(service, "+447700900201")
        over = asyncio.Event()
        beside = asyncio.create_task(_turns(service, "+447700900202", over))
        figures = await _watch(service, database)
        over.set()
        during = await beside
        schema = _schema(database)
        database.close()
        reference = await asyncio.to_thread(_reference, service.folder, schema)
        ratio = statistics.median(during) / statistics.median(idle)
        return {
            "fsync_ms": round(fsync_ms(service.folder), 3),
            **figures,
            "idle_turn_p50_ms": round(statistics.median(idle), 2),
            "idle_turn_p99_ms": round(percentile(idle, 0.99), 2),
            "turns_meanwhile": len(during),
            "turn_p50_ms_meanwhile": round(statistics.median(during), 2),
            "turn_p99_ms_meanwhile": round(percentile(during, 0.99), 2),
            "latency_ratio_p50": round(ratio, 2),
            "reference_rows_per_s": round(reference),
        }


def main() -> None:
    """Print the figures as JSON; BENCH_RECIPIENTS sets how many."""
    print(json.dumps(asyncio.run(run()), indent=2))


if __name__ == "__main__":
    sys.exit(main())
