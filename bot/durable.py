"""DBOS, the durable scheduler: it calls the ticks, on one machine or on many, and keeps no truth of its own."""

import os
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import make_url

log = structlog.get_logger(__name__)

_TICK = "*/10 * * * * *"
_KEEP = timedelta(hours=1)
_VERSION = "ticks-1"
_AFTER_S = 2.0


def engine_url(database_url: str) -> str:
    """Where DBOS keeps its own records: a file beside the app's on SQLite, the same server on PostgreSQL."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return url.render_as_string(hide_password=False)
    return url.set(database=f"{url.database}-engine").render_as_string(hide_password=False)


class DurableTicks:
    """Calls `tick` every ten seconds through DBOS, beginning soon after turns are served.

    DBOS takes a second to import, so it starts in a thread of its own and lets the first turns go before.
    """

    def __init__(self, database_url: str, tick: Callable[[], object]) -> None:
        self._url, self._tick = engine_url(database_url), tick
        self._thread = threading.Thread(target=self._start, name="durable", daemon=True)
        self._launched = threading.Event()
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin starting DBOS and return at once."""
        self._thread.start()

    def stop(self) -> None:
        """Let a running tick finish, then stop DBOS."""
        self._stopping.set()
        self._thread.join()
        if self._launched.is_set():
            from dbos import DBOS

            DBOS.destroy(workflow_completion_timeout_sec=5)

    def _start(self) -> None:
        try:
            self._launch()
        except Exception:
            log.exception("durable_engine_failed")

    def _launch(self) -> None:
        if self._stopping.wait(_AFTER_S):
            return
        from dbos import DBOS

        DBOS(
            config={
                "name": "wellbeing",
                "system_database_url": self._url,
                "application_version": _VERSION,
                "executor_id": f"{socket.gethostname()}-{os.getpid()}",
                "dbos_system_schema": "dbos",
                "log_level": "WARNING",
                "enable_otlp": False,
            }
        )

        @DBOS.workflow(name="tick")
        def tick(_scheduled: datetime, _context: Any) -> None:
            if not self._stopping.is_set():
                self._tick()

        DBOS.launch()
        self._launched.set()
        DBOS.apply_schedules([{"schedule_name": "tick", "workflow_fn": tick, "schedule": _TICK, "context": None}])
        self._prune()

    @staticmethod
    def _prune() -> None:
        """Forget ticks that ended more than an hour ago; they say nothing that the app's tables do not."""
        from dbos import DBOS

        before = (datetime.now(UTC) - _KEEP).isoformat()
        old = DBOS.list_workflows(name="tick", end_time=before, load_input=False, load_output=False)
        DBOS.delete_workflows([workflow.workflow_id for workflow in old])
