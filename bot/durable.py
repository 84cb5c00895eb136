"""DBOS, the durable scheduler: it calls the ticks, on one machine or on many, and keeps no truth of its own."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import make_url

from bot.allocator import give_back

log = structlog.get_logger(__name__)

_TICK = "*/10 * * * * *"
_KEEP = timedelta(hours=1)
_VERSION = "ticks-1"
_AFTER_S, _AGAIN_AFTER_S = 2.0, 10.0
# Nothing here waits for DBOS's own messages, for which it would wake a hundred times a second.
_COALESCE_S = 0.5


def engine_url(database_url: str) -> str:
    """Where DBOS keeps its own records: a file beside the app's on SQLite, the same server on PostgreSQL."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return url.render_as_string(hide_password=False)
    return url.set(database=f"{url.database}-engine").render_as_string(hide_password=False)


class DurableTicks:
    """Calls `tick` every ten seconds through DBOS, beginning soon after turns are served.

    Of several processes one is called each time. `executor` is what DBOS knows this one by; no two ever have the same.
    What a dead executor was called for stays undone, which harms nobody: the next tick finds what there is to do.

    DBOS takes a second to import, so it starts in a thread of its own and lets the first turns go before.
    """

    def __init__(self, database_url: str, executor: str, tick: Callable[[], object]) -> None:
        self._url, self._executor, self._tick = engine_url(database_url), executor, tick
        self._pruned_at = float("-inf")
        self._thread = threading.Thread(target=self._start, name="durable", daemon=True)
        self._launched = threading.Event()
        self._stopping = threading.Event()

    @property
    def is_running(self) -> bool:
        """Whether DBOS has started and calls the ticks."""
        return self._launched.is_set() and not self._stopping.is_set()

    def start(self) -> None:
        """Begin starting DBOS and return at once."""
        self._thread.start()

    def stop(self) -> None:
        """Let a running tick finish, then stop DBOS."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        if self._launched.is_set():
            self._destroy()

    def _start(self) -> None:
        """Launch DBOS, and again later when that fails: a disk may be full, a server away or out of connections."""
        pause = _AFTER_S
        while not (self._launched.is_set() or self._stopping.wait(pause)):
            try:
                self._launch()
                self._launched.set()
            except Exception:
                log.exception("durable_engine_failed")
                self._destroy()
            pause = _AGAIN_AFTER_S

    def _destroy(self) -> None:
        from dbos import DBOS

        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=5)

    def _launch(self) -> None:
        from dbos import DBOS

        DBOS(
            config={
                "name": "wellbeing",
                "system_database_url": self._url,
                "application_version": _VERSION,
                "executor_id": self._executor,
                "dbos_system_schema": "dbos",
                "log_level": "WARNING",
                "enable_otlp": False,
                "notification_coalesce_sec": _COALESCE_S,
            }
        )

        @DBOS.workflow(name="tick")
        def tick(_scheduled: datetime, _context: Any) -> None:
            if not self._stopping.is_set():
                self._tick()
                self._prune()

        DBOS.launch()
        DBOS.apply_schedules([{"schedule_name": "tick", "workflow_fn": tick, "schedule": _TICK, "context": None}])
        give_back()

    def _prune(self) -> None:
        """Once an hour forget ticks that began more than an hour ago; they say nothing that the app's tables do not."""
        if monotonic() - self._pruned_at < _KEEP.total_seconds():
            return
        from dbos import DBOS

        self._pruned_at = monotonic()
        before = (datetime.now(UTC) - _KEEP).isoformat()
        old = DBOS.list_workflows(name="tick", end_time=before, load_input=False, load_output=False)
        DBOS.delete_workflows([workflow.workflow_id for workflow in old])
