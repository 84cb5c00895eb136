"""What this process has counted since it started, in plain numbers: a turn pays a few microseconds for it.

prometheus-client, which takes 55 ms and 2.7 MiB to import, comes in with the first scrape (`bot.exposition`).
"""

import threading
from bisect import bisect_left
from collections.abc import Mapping
from time import perf_counter
from typing import NamedTuple

from bot.channels import govuk_notify
from bot.channels.port import Accepted, RateLimited, Rejected, SendResult, Unknown, Unreached
from bot.channels.twilio_codes import REFUSALS
from bot.observing import Observer, Turned
from services.people.outbox import OutboxRow

# Upper bounds in seconds; whatever takes longer counts as more than the last.
SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Messages whose answer is on its way; those of a turn that another process took are forgotten when so many wait.
_MOST_AWAITED = 10_000
# Codes of the provider's are labels only if we know them, or their number could grow without end.
_OTHER = "other"

_RESULTS: Mapping[type[SendResult], str] = {
    Accepted: "accepted",
    Rejected: "rejected",
    RateLimited: "rate_limited",
    Unreached: "unreached",
    Unknown: "unknown",
}

Labels = tuple[str, ...]


class Distribution(NamedTuple):
    """How many fell under each bound of `SECONDS` (the last above all), and their sum."""

    counts: list[int]
    total: float


class Tally:
    """One counter for each set of labels."""

    def __init__(self) -> None:
        self._counts: dict[Labels, int] = {}
        self._lock = threading.Lock()

    def add(self, *labels: str) -> None:
        """Count one more."""
        with self._lock:
            self._counts[labels] = self._counts.get(labels, 0) + 1

    def read(self) -> Mapping[Labels, int]:
        """The counts so far."""
        with self._lock:
            return dict(self._counts)


class Timing:
    """One distribution of seconds for each set of labels."""

    def __init__(self) -> None:
        self._counts: dict[Labels, list[int]] = {}
        self._totals: dict[Labels, float] = {}
        self._lock = threading.Lock()

    def add(self, seconds: float, *labels: str) -> None:
        """Take note of one."""
        seconds = max(seconds, 0.0)
        at = bisect_left(SECONDS, seconds)
        with self._lock:
            if labels not in self._counts:
                self._counts[labels] = [0] * (len(SECONDS) + 1)
            self._counts[labels][at] += 1
            self._totals[labels] = self._totals.get(labels, 0.0) + seconds

    def read(self) -> Mapping[Labels, Distribution]:
        """The distributions so far."""
        with self._lock:
            return {labels: Distribution(list(counts), self._totals[labels]) for labels, counts in self._counts.items()}


class Metrics(Observer):
    """Counts what happens; never an address, an id or a word of anybody's."""

    def __init__(self) -> None:
        self.webhooks, self.turns, self.replies, self.posts, self.jobs = (Timing() for _ in range(5))
        self.reports, self.refusals = Tally(), Tally()
        self._awaited: dict[int, float] = {}

    def taken(self, inbound_id: int, seconds: float) -> None:
        """A message came in: until its reply has left, the clock runs."""
        self.webhooks.add(seconds)
        if len(self._awaited) >= _MOST_AWAITED:
            self._awaited.clear()
        self._awaited[inbound_id] = perf_counter() - seconds

    def turned(self, inbound_id: int, how: Turned, seconds: float) -> None:
        """A turn ended; a silent one has no reply to wait for."""
        self.turns.add(seconds, how.value)
        if how is Turned.SILENT:
            self._awaited.pop(inbound_id, None)

    def posted(self, row: OutboxRow, channel: str, result: SendResult, seconds: float) -> None:
        """A message was posted; the first one that the provider took answers what came in."""
        self.posts.add(seconds, channel, _RESULTS[type(result)])
        if row.in_reply_to is None or not isinstance(result, Accepted):
            return
        since = self._awaited.pop(row.in_reply_to, None)
        if since is not None:
            self.replies.add(perf_counter() - since)

    def refused(self, by: str, reason: str) -> None:
        """A message was refused."""
        known = by == "gate" or reason in REFUSALS or reason.startswith(govuk_notify.CODES)
        self.refusals.add(by, reason if known else _OTHER)

    def reported(self, outbox_id: int, channel: str, status: str, seconds: float) -> None:
        """A provider's report moved a message."""
        self.reports.add(channel, status)

    def ran(self, job: str, seconds: float, *, failed: bool) -> None:
        """A job ran."""
        self.jobs.add(seconds, job, "failed" if failed else "done")
