"""One trace from webhook to report, through the outbox, with nothing of anybody in it; and no trace of it when off."""

import asyncio
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.channels.port import Accepted, Unknown
from bot.channels.twilio_outbound import TwilioChannel
from bot.observing import Turned
from bot.outbound import Sender
from bot.preparing import Preparer
from bot.tracing import Traces
from services.people import outbox
from services.people.identities import recipient
from services.people.tables import OutboxMessage, Priority
from services.people.verdicts import Send

ROOT = Path(__file__).parents[2]
SECRET = "bowel cancer near E17"


@pytest.fixture
def spans():
    return InMemorySpanExporter()


@pytest.fixture
def traces(spans, chosen_database):
    def answered(outbox_id):
        return chosen_database.read_once(lambda session: outbox.answered(session, outbox_id))

    return Traces(SimpleSpanProcessor(spans), "https://text.example.org", answered)


def by_name(spans):
    return {span.name: span for span in spans.get_finished_spans()}


def reply(database, clock, service):
    """Write the answer to the message that came in, as a turn does."""
    [(inbound_id, identity_id)] = service.recorded

    def unit(session):
        return outbox.enqueue_claimed(
            session,
            recipient(session, identity_id),
            kind="reply",
            parameters={"text": f"You said {SECRET}"},
            priority=Priority.REPLY,
            now=clock.now(),
            in_reply_to=inbound_id,
        )

    return inbound_id, database.write(unit)


def send(database, clock, local, row, observer):
    """Send a message as the sender does."""

    async def run():
        channel = TwilioChannel(local, "AC" + "0" * 32)
        preparer = Preparer(lambda *_: Send(), None, public_base_url="https://text.example.org", senders={})
        sender = Sender(database, clock, {"sms": channel}, preparer, observer=observer)
        await sender.start()
        sender.deliver([row])
        await asyncio.sleep(0)
        await sender.drain()
        await sender.stop()

    asyncio.run(run())


def test_one_trace_leads_from_the_webhook_through_the_outbox_to_the_report(
    database, clock, service, post, local, fake, twilio_form, traces, spans
):
    service.observer = traces
    form = twilio_form(Body=SECRET)
    post(form)
    inbound_id, row = reply(database, clock, service)
    traces.turned(inbound_id, Turned.ANSWERED, 0.007)
    local._fake.account_sid = "AC" + "0" * 32
    send(database, clock, local, row, traces)
    with database.read() as session:
        provider_id = session.get_one(OutboxMessage, row.id).provider_id
    report = {"MessageSid": provider_id, "MessageStatus": "delivered", "To": form["From"]}
    path = f"/webhooks/twilio/status?outbox={row.id}"
    assert post(report | {"AccountSid": form["AccountSid"]}, path).status_code == 200
    traces.close()
    found = by_name(spans)
    assert list(found) == ["webhook", "turn", "post", "report"]
    assert len({span.context.trace_id for span in found.values()}) == 1
    assert found["webhook"].parent is None
    chain = ["webhook", "turn", "post", "report"]
    for parent, child in pairwise(chain):
        assert found[child].parent.span_id == found[parent].context.span_id
    assert found["report"].attributes["wellbeing.status"] == "delivered"
    written = "".join(span.to_json() for span in found.values())
    assert SECRET not in written
    assert form["From"][-6:] not in written


def test_another_process_would_give_the_same_ids(chosen_database, clock, make_identity):
    pairs = []
    for _ in range(2):
        spans = InMemorySpanExporter()
        traces = Traces(SimpleSpanProcessor(spans), "https://text.example.org", lambda _: None)
        traces.turned(7, Turned.ANSWERED, 0.1)
        [span] = spans.get_finished_spans()
        pairs.append((span.context.trace_id, span.context.span_id))
        elsewhere = Traces(SimpleSpanProcessor(spans), "https://other.example.org", lambda _: None)
        elsewhere.turned(7, Turned.ANSWERED, 0.1)
        assert spans.get_finished_spans()[1].context.trace_id != span.context.trace_id
    assert pairs[0] == pairs[1]


def test_a_reminder_has_a_trace_of_its_own_and_a_failed_post_is_no_parent(
    chosen_database, clock, make_identity, traces, spans
):
    identity = make_identity()
    write = {"parameters": {}, "priority": Priority.REMINDER, "due_at": clock.now(), "now": clock.now()}
    written = chosen_database.write(
        lambda session: outbox.enqueue(session, kind="reminder", identity_id=identity.id, **write)
    )
    [row] = chosen_database.read_once(lambda session: outbox.load(session, [written]))
    traces.posted(row, "sms", Unknown("timeout"), 0.2)
    traces.posted(row, "sms", Accepted("SM1"), 0.2)
    traces.reported(row.id, "sms", "sent", 0.001)
    traces.close()
    failed, posted, report = spans.get_finished_spans()
    assert not failed.status.is_ok
    assert posted.parent is None
    assert report.parent.span_id == posted.context.span_id != failed.context.span_id
    assert posted.end_time - posted.start_time == 200_000_000
    assert posted.start_time <= time.time_ns()


def test_a_part_of_the_traces_is_kept_whole(spans):
    traces = Traces(SimpleSpanProcessor(spans), "https://text.example.org", lambda _: None, 0.5)
    for inbound_id in range(200):
        traces.taken(inbound_id, 0.0)
        traces.turned(inbound_id, Turned.SILENT, 0.0)
    kept = [span.context.trace_id for span in spans.get_finished_spans()]
    assert 50 < len(set(kept)) < 150
    assert all(kept.count(trace) == 2 for trace in kept)


def test_when_they_are_off_nothing_of_theirs_is_imported():
    # FastAPI itself imports the interface, and does nothing with it.
    script = "import sys, bot.app; print([m for m in sys.modules if m in ('bot.tracing', 'opentelemetry.sdk')])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
