"""A conversation begun on SQLite goes on after the service has moved to PostgreSQL."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from bot.answering import Dialogue
from services.core.clock import LONDON
from services.core.database import Database
from services.migrations.copying import copy_database
from services.migrations.upgrade import upgrade
from tests.conversations.talk import load_events, make_phone
from tests.postgres_server import PostgresServer

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=LONDON)


def test_a_booking_is_finished_after_the_move(
    tmp_path: Path, postgres_server: PostgresServer, dialogue: Dialogue
) -> None:
    source_url, name = f"sqlite:///{tmp_path / 'old.db'}", postgres_server.create()
    target_url = postgres_server.url(name)
    for url in (source_url, target_url):
        upgrade(url)
    source = Database(source_url)
    source.write(load_events(Path(__file__).parent / "events.yml", NOW))
    phone = make_phone(source, dialogue, NOW, number="+447700900123", channel="sms")
    for said in ("yoga in walthamstow", "skip", "1", "Maureen", "just me"):
        phone.text(said)
    source.close()

    copy_database(source_url, target_url, lambda *given: None)

    target = Database(target_url)
    moved = make_phone(target, dialogue, phone.clock.now(), number="+447700900123", channel="sms")
    moved.count = phone.count
    moved.text("no")
    assert "You are booked, Maureen" in " ".join(moved.text("yes"))
    bookings = "SELECT status, process FROM booking CROSS JOIN (SELECT max(process) AS process FROM inbound_message) m"
    [(status, process)] = target.read_once(lambda session: session.execute(text(bookings)).all())
    assert (status, process) == ("confirmed", target.process)
    target.close()
    postgres_server.drop(name)
