"""OpenTelemetry traces of a message from its webhook to its reply's last report; imported only when they are turned on.

The ids of traces and spans are derived from the rows that they are about, so that one trace goes through whatever
processes took part, and nothing need be stored or handed along. Attributes hold outcomes and row numbers, as logs do.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from time import time_ns

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.propagation import set_span_in_context
from opentelemetry.util.types import AttributeValue

from bot.channels.port import Accepted, SendResult
from bot.observing import Observer, Turned
from services.people.outbox import OutboxRow

# Which message of the inbox a message of the outbox answers, if any.
Answered = Callable[[int], int | None]

_FLUSH_MS = 3000


@dataclass(frozen=True, slots=True)
class _Line:
    """One message's trace: `root` names the row that began it, as "inbound 7" or "outbox 9"."""

    deployment: str
    root: str

    @property
    def trace_id(self) -> int:
        return self._derived(f"trace {self.root}", 16)

    def span_id(self, span: str) -> int:
        return self._derived(f"span {span}", 8)

    def _derived(self, name: str, size: int) -> int:
        digest = sha256(f"{self.deployment} {name}".encode()).digest()
        return int.from_bytes(digest[:size]) or 1


class _Given(threading.local, IdGenerator):
    """The ids of the span that this thread is about to begin."""

    trace_id = span_id = 1

    def generate_trace_id(self) -> int:
        """The id that was set."""
        return self.trace_id

    def generate_span_id(self) -> int:
        """The id that was set."""
        return self.span_id


def over_otlp(endpoint: str) -> SpanProcessor:
    """Sends spans to a collector, in batches; OpenTelemetry's other environment variables (headers) count too."""
    return BatchSpanProcessor(OTLPSpanExporter(endpoint.rstrip("/") + "/v1/traces"))


class Traces(Observer):
    """Writes spans: webhook, turn, post, report, each the child of the one before.

    `deployment` keeps the ids of two deployments apart; `ratio` of the traces (0 to 1) are kept, the same ones in
    every process; `answered` may read the database, and is called in a thread of its own.
    """

    def __init__(self, processor: SpanProcessor, deployment: str, answered: Answered, ratio: float = 1.0) -> None:
        self._deployment, self._answered, self._ids = deployment, answered, _Given()
        self._provider = TracerProvider(
            TraceIdRatioBased(ratio),
            Resource.create({"service.name": "wellbeing"}),
            shutdown_on_exit=False,
            id_generator=self._ids,
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("wellbeing")
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="traces")

    def taken(self, inbound_id: int, seconds: float) -> None:
        """The webhook: the root of the trace."""
        found: dict[str, AttributeValue] = {"wellbeing.inbound_id": inbound_id}
        self._write(self._inbound(inbound_id), "webhook", ("webhook", ""), seconds, found, SpanKind.SERVER)

    def turned(self, inbound_id: int, how: Turned, seconds: float) -> None:
        """The turn."""
        found: dict[str, AttributeValue] = {"wellbeing.inbound_id": inbound_id, "wellbeing.outcome": how.value}
        failed = how is Turned.FAILED
        self._write(self._inbound(inbound_id), "turn", ("turn", "webhook"), seconds, found, failed=failed)

    def posted(self, row: OutboxRow, channel: str, result: SendResult, seconds: float) -> None:
        """A post; only the one that the provider took is what its reports are about."""
        accepted = isinstance(result, Accepted)
        line = self._inbound(row.in_reply_to) if row.in_reply_to is not None else self._outbound(row.id)
        own = f"post {row.id}" if accepted else f"post {row.id} {row.attempts} {time_ns()}"
        found: dict[str, AttributeValue] = {
            "wellbeing.outbox_id": row.id,
            "wellbeing.kind": row.kind,
            "wellbeing.channel": channel,
            "wellbeing.result": type(result).__name__.lower(),
        }
        parent = "turn" if row.in_reply_to is not None else ""
        self._write(line, "post", (own, parent), seconds, found, SpanKind.CLIENT, failed=not accepted)

    def reported(self, outbox_id: int, channel: str, status: str, seconds: float) -> None:
        """A provider's report."""
        ended = time_ns()

        def write() -> None:
            inbound_id = self._answered(outbox_id)
            line = self._inbound(inbound_id) if inbound_id is not None else self._outbound(outbox_id)
            found: dict[str, AttributeValue] = {
                "wellbeing.outbox_id": outbox_id,
                "wellbeing.channel": channel,
                "wellbeing.status": status,
            }
            spans = f"report {outbox_id} {status}", f"post {outbox_id}"
            self._write(line, "report", spans, seconds, found, SpanKind.SERVER, ended=ended)

        self._asking.submit(write)

    def close(self) -> None:
        """Hand over what is left, waiting a few seconds at most."""
        self._asking.shutdown()
        self._provider.force_flush(_FLUSH_MS)
        self._provider.shutdown()

    def _inbound(self, inbound_id: int) -> _Line:
        return _Line(self._deployment, f"inbound {inbound_id}")

    def _outbound(self, outbox_id: int) -> _Line:
        return _Line(self._deployment, f"outbox {outbox_id}")

    def _write(
        self,
        line: _Line,
        name: str,
        spans: tuple[str, str],
        seconds: float,
        attributes: dict[str, AttributeValue],
        kind: SpanKind = SpanKind.INTERNAL,
        *,
        failed: bool = False,
        ended: int | None = None,
    ) -> None:
        """Write a span that is over; `spans` names it and its parent ("" for a root), each once in its trace."""
        own, parent = (f"{line.root} {span}" if span else "" for span in spans)
        self._ids.trace_id, self._ids.span_id = line.trace_id, line.span_id(own)
        end = ended or time_ns()
        span = self._tracer.start_span(
            name,
            _below(line.trace_id, line.span_id(parent)) if parent else Context(),
            kind,
            attributes,
            start_time=end - int(seconds * 1e9),
        )
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end)


def _below(trace_id: int, span_id: int) -> Context:
    parent = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return set_span_in_context(NonRecordingSpan(parent), Context())
