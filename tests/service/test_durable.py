"""The durable engine calls the ticks, also when what it needs was not there at first."""

import threading

from structlog.testing import capture_logs

from bot import durable
from bot.durable import DurableTicks
from tests.stand_in import wait_until


def test_an_engine_that_could_not_start_is_started_again(tmp_path, monkeypatch):
    monkeypatch.setattr(durable, "_AFTER_S", 0)
    monkeypatch.setattr(durable, "_AGAIN_AFTER_S", 0.5)
    monkeypatch.setattr(durable, "_TICK", "* * * * * *")
    disk, called = tmp_path / "disk", threading.Event()
    ticks = DurableTicks(f"sqlite:///{disk / 'wellbeing.db'}", "one", called.set)
    with capture_logs() as logged:
        ticks.start()
        wait_until(lambda: [one["event"] for one in logged if one["event"] == "durable_engine_failed"])
        assert not ticks.is_running, "nobody is told that it is ready"
        disk.mkdir()
        assert called.wait(30)
    ticks.stop()
    assert not ticks.is_running
