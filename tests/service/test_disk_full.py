"""With no room on the disk nothing is taken and lost: Twilio is told to come again, and what was taken waits."""

import os
import shutil
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import select

from bot.app import create_app
from bot.channels.handset import Handset, Texted, signature
from bot.channels.paths import MESSAGES_PATH
from bot.durable import DurableTicks
from bot.settings import load_settings
from services.campaigns.tables import Lease
from services.core.clock import SystemClock
from services.people.tables import Flag, InboundMessage, OutboxMessage
from tests.service.deployment import Deployment, stand_in_for_twilio
from tests.stand_in import wait_until

MESSAGES = 60
A_TICK_S = 11.0
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NO_LIMIT = 2**32 - 2


@pytest.fixture
def app(prepared_folder, tmp_path, monkeypatch):
    """The application over a database with two events; it sends to its own stand-in."""
    shutil.copytree(prepared_folder, tmp_path, dirs_exist_ok=True)
    for name in [name for name in os.environ if name.startswith("TWILIO_") or name == "PUBLIC_BASE_URL"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ENVIRONMENT", "development")
    monkeypatch.setenv("REPLIES_PER_HOUR", "1000")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'wellbeing.db'}")
    for name in ("start", "stop"):  # what was left is taken when the test says so
        monkeypatch.setattr(DurableTicks, name, lambda ticks: None)
    return create_app(load_settings())


def limit(database, pages):
    database.write(lambda session: session.execute(text(f"PRAGMA max_page_count={pages}")))


def fill(database):
    """Let the file grow no more, and leave hardly any room in it."""
    used = database.read_once(lambda session: session.execute(text("PRAGMA page_count")).scalar_one())
    limit(database, used)


def rows(database, table):
    return database.read_once(lambda session: session.exec(select(table).order_by(table.id)).all())


def test_each_message_is_refused_or_answered_and_what_waits_is_answered_when_there_is_room(app):
    service = app.state.service
    settings, database = service.settings, service.database
    handset = Handset(settings.twilio_account_sid, "+447700900410", settings.twilio_sms_from)
    url = settings.public_base_url + MESSAGES_PATH
    token = settings.twilio_auth_token.get_secret_value()
    forms = [handset.form(Texted("help me find yoga" if number % 2 else "hello")) for number in range(MESSAGES)]

    def post(form):
        headers = {
            "X-Twilio-Signature": signature(token, url, form),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return client.post(MESSAGES_PATH, content=urlencode(form), headers=headers).status_code

    with TestClient(app) as client:
        assert post(forms[0]) == 200
        service.turns.wait_until_idle()
        fill(database)
        answers = [post(form) for form in forms[1:]]
        service.turns.wait_until_idle()
        taken = rows(database, InboundMessage)
        assert set(answers) == {200, 503}
        assert len(taken) == 1 + answers.count(200)
        assert "received" in {row.status for row in taken}, "a turn had no room either"

        limit(database, NO_LIMIT)
        assert all(post(form) == 200 for form in forms), "as Twilio does after a 503"
        service.orphans.take_turns(())
        service.turns.wait_until_idle()

    taken, left = rows(database, InboundMessage), rows(database, OutboxMessage)
    assert {row.status for row in taken} == {"processed"}
    assert Counter(row.provider_id for row in taken) == Counter(form["MessageSid"] for form in forms)
    assert Counter(row.in_reply_to for row in left) == Counter(row.id for row in taken)
    assert rows(database, Flag) == [], "nobody was told sorry for what only had to wait"
    shown = Counter(message.status_callback for message in service.fake_twilio.messages)
    assert len(shown) == MESSAGES
    assert max(shown.values()) == 1


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own that holds a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill_up(folder):
    with (folder / "filler").open("wb", buffering=0) as filler:
        for size in (2**16, 2**10, 1):
            while True:
                try:
                    filler.write(b"x" * size)
                except OSError:
                    break


def test_a_process_whose_disk_was_full_goes_on_by_itself(small_disk, prepared_folder):
    for file in prepared_folder.glob("wellbeing.db*"):
        shutil.copy(file, small_disk)
    with stand_in_for_twilio() as (fake, address):
        served = Deployment(small_disk, fake, address, environment={"REPLIES_PER_HOUR": "1000"})
        served.log = small_disk.parent / "serve.log"
        served.serve()
        try:
            go_through_a_full_disk(served, small_disk)
        finally:
            served.kill()


def go_through_a_full_disk(served, disk):
    phone = served.phone("+447700900411")
    phone.text("hello")
    served.wait_for("/ready")
    fill_up(disk)
    full_since = time.monotonic()
    refused, taken = [], 1
    while time.monotonic() < full_since + A_TICK_S:
        form = phone.handset.form(Texted("hello"))
        status = served.deliver(form)[0]
        assert status in (200, 503)
        refused += [form] if status == 503 else []
        taken += status == 200
        time.sleep(0.2)
    assert refused

    (disk / "filler").unlink()
    assert [served.deliver(form)[0] for form in refused] == [200] * len(refused)
    wait_until(lambda: len(phone.inbox) >= taken + len(refused), 60)
    wait_until(lambda: {row.status for row in served.rows(InboundMessage)} == {"processed"}, 60)
    assert len(phone.inbox) == taken + len(refused)
    assert len(served.rows(InboundMessage)) == taken + len(refused)
    now = SystemClock().now()
    wait_until(lambda: last_run(served) > now, tell=served.log.read_text)  # the engine still calls the jobs


def last_run(served):
    """When the job that takes up what was left began last, as its lease shows, which is kept for three of its turns."""
    until = [row.until for row in served.rows(Lease) if row.job == "resume_turns"]
    return until[0] - 3 * timedelta(seconds=10) if until else LONG_AGO
