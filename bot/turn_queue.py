"""Takes turns in order: one conversation at a time, its messages first come, first served."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)

Take = Callable[[int], list[str]]
_Waiting = deque[tuple[int, "Future[list[str]]"]]


class TurnQueue:
    """A queue per conversation over a few threads; several conversations go on side by side.

    `take` takes the turn of one message by its inbox id and returns the texts of the answer.
    """

    def __init__(self, take: Take, workers: int = 4) -> None:
        self._take = take
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="turn")
        self._waiting: dict[int, _Waiting] = {}
        self._known: set[int] = set()
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)

    def submit(self, inbound_id: int, identity_id: int) -> "Future[list[str]]":
        """Queue the turn of a message behind those of the same conversation.

        The future holds the answer's texts; it is cancelled when that message is queued already.
        """
        future: Future[list[str]] = Future()
        with self._lock:
            if inbound_id in self._known:
                future.cancel()
                return future
            self._known.add(inbound_id)
            behind = self._waiting.get(identity_id)
            if behind is not None:
                behind.append((inbound_id, future))
                return future
            self._waiting[identity_id] = deque([(inbound_id, future)])
        self._threads.submit(self._serve, identity_id)
        return future

    def wait_until_idle(self, timeout: float | None = None) -> bool:
        """Wait until every queued turn is taken; False if `timeout` seconds pass first."""
        with self._idle:
            return self._idle.wait_for(lambda: not self._waiting, timeout)

    def close(self) -> None:
        """Finish the turns that are queued, then stop."""
        self.wait_until_idle()
        self._threads.shutdown()

    def _serve(self, identity_id: int) -> None:
        """Take the turns of one conversation until none waits."""
        while True:
            with self._lock:
                waiting = self._waiting[identity_id]
                if not waiting:
                    del self._waiting[identity_id]
                    self._idle.notify_all()
                    return
                inbound_id, future = waiting.popleft()
            self._run(inbound_id, future)

    def _run(self, inbound_id: int, future: "Future[list[str]]") -> None:
        """Take one turn, also when nobody awaits its texts any more; never raises, or the next would not be taken."""
        awaited = future.set_running_or_notify_cancel()
        try:
            texts = self._take(inbound_id)
        except Exception as error:
            if awaited:
                future.set_exception(error)
            with suppress(Exception):  # a log that cannot be written holds up nobody
                log.exception("turn_lost", inbound_id=inbound_id)
        else:
            if awaited:
                future.set_result(texts)
        finally:
            with self._lock:
                self._known.discard(inbound_id)
