"""What benchmarks of sending share: a full outbox, a stand-in in a process of its own, processes that send."""

import asyncio
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import insert
from sqlmodel import Session

from services.booking.tables import Booking
from services.campaigns.broadcast_tables import Broadcast, Purpose
from services.core.clock import SystemClock
from services.core.database import Database
from services.events.tables import Event, EventSession, Venue
from services.people.identities import IDENTITIES, PEOPLE
from services.people.outbox import OUTBOX
from services.people.tables import Priority
from tests.bench.databases import empty_database
from tests.bench.running import OURS, free_port

ROOT = Path(__file__).parents[2]
_PAGE = 5000
# The sender's clock is put to noon.
_WAITED = timedelta(days=1)
_BOOKINGS = Booking.__table__  # type: ignore[attr-defined]
_SAID = "the walk on {date} meets at the pavilion, not at the gate. Please bring a coat."
WORDS = "Your place is booked: a gentle walk, Thursday 26 November, 10.30am, at the pavilion."


@contextmanager
def filled_database(messages: int, postgres: bool = False, kinds: Sequence[str] = ("reply",)) -> Iterator[str]:
    """The address of a database with so many people, each with one message that is due, of these kinds in turn.

    A "reply" carries its words and goes at any hour; a "reminder" and a "broadcast" are about a booking of an event.
    """
    with empty_database(postgres=postgres) as url:
        database = Database(url)
        database.write(_announce)
        for first in range(1, messages + 1, _PAGE):
            _fill(database, first, min(first + _PAGE, messages + 1), kinds)
        database.close()
        yield url


def _announce(session: Session) -> None:
    """An event in three days' time, where everybody is booked, and a broadcast to them."""
    now = SystemClock().now()
    times = {"starts_at": now + timedelta(days=3), "ends_at": now + timedelta(days=3, hours=2)}
    place = {"name": "Old Hall", "address": "1 High Street", "postcode": "E17 4QJ", "travel": "Bus 48 stops outside."}
    session.add(Venue(id=1, lat=51.58, lon=-0.02, parking="None.", travel_checked_on=now.date(), **place))
    session.flush()
    named = {"external_id": "walk", "title": "A gentle walk", "discreet_title": "A gentle walk", "venue_id": 1}
    session.add(Event(id=1, capacity=10**6, taken=0, updated_at=now, **times, **named))
    session.flush()
    session.add(EventSession(id=1, event_id=1, position=0, **times))
    said = {"template": _SAID, "requested_by": "bench", "approve_above": 10**6, "created_at": now}
    session.add(Broadcast(id=1, purpose=Purpose.SERVICE, event_id=1, **said))


def _fill(database: Database, first: int, end: int, kinds: Sequence[str]) -> None:
    now = SystemClock().now()
    people = [
        {"id": n, "first_name": "Ann", "language": "en", "access_needs": [], "created_at": now}
        for n in range(first, end)
    ]
    identities = [
        {"id": n, "person_id": n, "channel": "sms", "address": f"+447{n:09}", "sender": OURS, "last_inbound_at": now}
        for n in range(first, end)
    ]
    booked = {"event_id": 1, "places": 1, "status": "confirmed", "access_needs": [], "attendee": ""}
    bookings = [
        {"id": n, "reference": f"B{n}", "person_id": n, "identity_id": n, "attendee_name": "", "created_at": now}
        | booked
        for n in range(first, end)
    ]
    rows = [
        {"priority": Priority.BULK.value, "identity_id": n, "status": "queued"}
        | {"created_at": now - _WAITED, "due_at": now - _WAITED}
        | {"sender": "", "reason": "", "attempts": 0, "text": "", "segments": 0}
        | _about(kinds[n % len(kinds)], n)
        for n in range(first, end)
    ]
    for table, values in ((PEOPLE, people), (IDENTITIES, identities), (_BOOKINGS, bookings), (OUTBOX, rows)):
        database.write(lambda session, table=table, values=values: session.execute(insert(table), values))


def _about(kind: str, booking_id: int) -> dict[str, Any]:
    parameters: dict[str, dict[str, Any]] = {
        "reply": {"text": WORDS},
        "reminder": {"booking_id": booking_id, "session_id": 1, "kind": "day"},
        "broadcast": {"broadcast_id": 1},
    }
    of = {"booking_id": None if kind == "reply" else booking_id, "broadcast_id": 1 if kind == "broadcast" else None}
    return {"kind": kind, "parameters": parameters[kind], **of}


class StandInProcess:
    """A stand-in for Twilio in its own process: takes every message, `delay` seconds after it was asked."""

    def __init__(self, delay: float) -> None:
        context = get_context("spawn")
        self._ours, theirs = context.Pipe()
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self._process = context.Process(target=_stand_in, args=(port, delay, theirs), daemon=True)
        self._process.start()
        self._ours.recv()

    def moments(self) -> list[float]:
        """When messages came (seconds since 1970), since this was asked last."""
        self._ours.send("moments")
        found: list[float] = self._ours.recv()
        return found

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join()


def _stand_in(port: int, delay: float, connection: Connection) -> None:
    moments: list[float] = []

    class Answering(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport, self.received = transport, b""

        def data_received(self, data: bytes) -> None:
            self.received += data
            head, found, rest = self.received.partition(b"\r\n\r\n")
            if not found:
                return
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            if len(rest) >= length:
                moments.append(time.time())
                self.received = b""
                asyncio.get_running_loop().call_later(delay, self.answer)

        def answer(self) -> None:
            body = b'{"sid":"SM%s","status":"queued"}' % secrets.token_hex(16).encode()
            head = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            self.transport.write(head + body)  # type: ignore[attr-defined]

    def tell() -> None:
        connection.recv()
        connection.send(moments.copy())
        moments.clear()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        await loop.create_server(Answering, "127.0.0.1", port)
        loop.add_reader(connection.fileno(), tell)
        connection.send("ready")
        await asyncio.Event().wait()

    uvloop.run(serve())


class SendingProcess:
    """A process that sends until it is stopped."""

    def __init__(self, database_url: str, stand_in_url: str, rate: float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sending_process", database_url, stand_in_url, str(rate)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if self._process.stdout is None or self._process.stdout.readline() != "ready\n":
            raise RuntimeError("the sender did not start")

    def stop(self) -> float:
        """Stop it; the processor time that sending has taken, in seconds."""
        told, _ = self._process.communicate(timeout=60)
        return float(told.split()[0])
