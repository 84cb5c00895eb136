"""What was refused and what was spent, as an operator sees it."""

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from bot.cli import app
from services.core.clock import SystemClock
from services.core.database import Database
from services.people import spending
from services.people.identities import find_or_create
from services.people.outbox import OUTBOX
from services.people.sending_tables import DailyUse
from tests.service.deployment import Deployment


@pytest.fixture
def deployment(prepared_folder, tmp_path):
    """A deployment of its own, in which a reminder was refused and two messages were sent today."""
    import shutil

    folder = tmp_path / "deployment"
    shutil.copytree(prepared_folder, folder)
    made = Deployment(folder, None, "http://127.0.0.1:9")
    now, database = SystemClock().now(), Database(made.database_url)

    def unit(session):
        person = find_or_create(session, "sms", "+447700900131", now)
        row = {"kind": "reminder", "priority": "3_reminder", "identity_id": person.id, "parameters": {}, "sender": ""}
        row |= {"status": "refused", "reason": "too_late", "attempts": 1, "text": "", "segments": 0}
        session.execute(insert(OUTBOX), row | {"created_at": now, "due_at": now})
        session.add(DailyUse(day=spending.day_of(now), channel="sms", messages=2, segments=5))

    database.write(unit)
    database.close()
    return made


def run(deployment, *command, **environment):
    done = CliRunner().invoke(app, ("outbox", *command), env=deployment.environment | environment)
    return done.exit_code, " ".join((done.stdout + done.stderr).split())


def test_refusals_are_counted_and_explained(deployment):
    assert run(deployment, "refusals") == (0, "1 too_late reminder sms It would have come too late to be of use.")
    assert run(deployment, "refusals", "--since", "2199-01-01") == (0, "Nothing was refused.")


def test_what_a_day_costs(deployment):
    code, shown = run(deployment, "spend", SMS_SEGMENT_PRICE="4", DAILY_SPEND_LIMIT="50")
    assert code == 0
    assert "sms 2 5 £0.20" in shown
    assert "the limit for a day is £50.00" in shown
    assert "no limit is set" in run(deployment, "spend")[1]
