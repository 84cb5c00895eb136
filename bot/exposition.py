"""The metrics in Prometheus's words: what this process counted, and what waits in the database all share.

Imported with the first scrape, since prometheus-client takes its time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from time import monotonic

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.metrics import SECONDS, Metrics, Tally, Timing
from services.people.backlog import Backlog

_KEPT_S = 5.0
_TIMINGS = {
    "wellbeing_webhook_seconds": ("webhooks", "From a message's webhook until it was on disk.", ()),
    "wellbeing_turn_seconds": ("turns", "From the start of a turn until its answer was on disk.", ("outcome",)),
    "wellbeing_reply_seconds": ("replies", "From a message's webhook until the provider had the reply.", ()),
    "wellbeing_post_seconds": ("posts", "One post to a provider.", ("channel", "result")),
    "wellbeing_job_seconds": ("jobs", "One run of a job of the engine.", ("job", "result")),
}
_TALLIES = {
    "wellbeing_reports": ("reports", "Reports of a provider that moved a message forward.", ("channel", "status")),
    "wellbeing_refusals": ("refusals", "Messages that the gate or the provider refused.", ("by", "reason")),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the database says: the backlog, and for each job how many seconds ago it last began (None: never)."""

    backlog: Backlog
    lags: Mapping[str, float | None]


class Exposition:
    """One registry, of one application; `waiting` is asked with a scrape, at most every five seconds."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self, metrics: Metrics, waiting: Callable[[], Waiting]) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Counted(metrics))
        self._registry.register(_Stored(waiting))
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """All metrics in Prometheus's text format; reads the database, so not for the event loop."""
        return generate_latest(self._registry)


class _Counted(Collector):
    """What this process has counted."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """The counters and histograms."""
        for name, (attribute, meaning, labels) in _TIMINGS.items():
            yield _histogram(name, meaning, labels, getattr(self._metrics, attribute))
        for name, (attribute, meaning, labels) in _TALLIES.items():
            yield _counter(name, meaning, labels, getattr(self._metrics, attribute))


class _Stored(Collector):
    """What waits; every process of a deployment says the same, so dashboards take the greatest and never the sum."""

    def __init__(self, waiting: Callable[[], Waiting]) -> None:
        self._waiting = waiting
        self._found: Waiting | None = None
        self._asked_at = 0.0

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        found = self._ask()
        backlog = found.backlog
        due = backlog.due.items()
        yield _gauge("wellbeing_outbox_due", "Messages that could leave now.", "priority", {p: q.count for p, q in due})
        yield _gauge(
            "wellbeing_outbox_age_seconds",
            "How long the oldest message that could leave has been due.",
            "priority",
            {priority: queue.age for priority, queue in due},
        )
        yield _gauge("wellbeing_outbox_open", "Messages being sent, or of unknown fate.", "status", backlog.open)
        yield GaugeMetricFamily("wellbeing_inbox_waiting", "Messages not answered yet.", value=backlog.inbox.count)
        yield GaugeMetricFamily(
            "wellbeing_inbox_age_seconds", "How long the oldest of them has waited.", value=backlog.inbox.age
        )
        flags = {str(severity): count for severity, count in backlog.flags.items()}
        yield _gauge("wellbeing_flags_open", "What staff have not handled; severity 0 is gravest.", "severity", flags)
        lags = {job: lag for job, lag in found.lags.items() if lag is not None}
        yield _gauge("wellbeing_job_lag_seconds", "How long ago a job last began, in any process.", "job", lags)

    def _ask(self) -> Waiting:
        now = monotonic()
        if self._found is None or now - self._asked_at >= _KEPT_S:
            self._found, self._asked_at = self._waiting(), now
        return self._found


def _gauge(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _counter(name: str, meaning: str, labels: tuple[str, ...], tally: Tally) -> Metric:
    family = CounterMetricFamily(name, meaning, labels=labels)
    for values, count in tally.read().items():
        family.add_metric(values, count)
    return family


def _histogram(name: str, meaning: str, labels: tuple[str, ...], timing: Timing) -> Metric:
    family = HistogramMetricFamily(name, meaning, labels=labels)
    bounds = [*map(str, SECONDS), "+Inf"]
    for values, found in timing.read().items():
        family.add_metric(values, list(zip(bounds, accumulate(found.counts), strict=True)), sum_value=found.total)
    return family
