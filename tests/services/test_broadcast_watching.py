"""Whoever stays to see a broadcast through is told when nobody moves it on."""

from datetime import timedelta
from importlib import import_module

import pytest
import typer

from services.campaigns import broadcasts, leases
from services.campaigns.audience import Audience
from services.campaigns.broadcast_tables import BroadcastStatus, Purpose
from services.campaigns.broadcasts import Draft
from services.core.clock import FixedClock, SystemClock
from services.core.database import Database

# The package gives the group of commands the same name.
command = import_module("bot.cli.broadcast")


@pytest.fixture
def number(database: Database, clock: FixedClock) -> int:
    draft = Draft(Purpose.SERVICE, "The hall is closed.", Audience(types=("breast",)))
    started = database.write(
        lambda session: broadcasts.start(session, draft, by="Sam", approve_above=10, now=clock.now())
    )
    return started.broadcast_id


def test_that_no_worker_runs_is_said(
    database: Database, number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "_PATIENCE_S", 0.0)
    with pytest.raises(typer.Exit):
        command._watch(database, number)
    assert f"Broadcast {number} does not move" in capsys.readouterr().err


def test_one_that_a_worker_moves_is_watched_to_its_end(
    database: Database, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_PATIENCE_S", 0.0)
    now, span = SystemClock().now(), timedelta(seconds=20)
    database.write(lambda session: leases.take(session, broadcasts.JOB, "worker", now=now, span=span))

    def cancelled_meanwhile(_seconds: float) -> None:
        database.write(lambda session: broadcasts.cancel(session, number, by="Sam", now=now))

    monkeypatch.setattr(command.time, "sleep", cancelled_meanwhile)
    assert command._watch(database, number).status == BroadcastStatus.CANCELLED
