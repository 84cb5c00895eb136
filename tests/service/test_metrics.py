"""/metrics says how the service does, to whoever may ask, and nothing of anybody who texts."""

import json
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.channels.port import Accepted, RateLimited, Refusal, Rejected, Unknown, Unreached
from bot.channels.twilio_codes import REFUSALS
from bot.exposition import Exposition, Waiting
from bot.metrics import SECONDS, Metrics, Timing
from bot.observing import Turned
from bot.web import metrics
from services.people import backlog, flags, outbox
from services.people.backlog import Queue
from services.people.inbox import InboundDraft, record
from services.people.tables import Priority

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "docker" / "monitoring"
NUMBER, BODY = "+447700900321", "bowel cancer near E17"


def nothing_waits():
    due = {priority.value: Queue(0, 0.0) for priority in Priority}
    flags_open = dict.fromkeys(range(4), 0)
    return Waiting(
        backlog.Backlog(due, {"sending": 0, "unknown": 0}, Queue(0, 0.0), flags_open), {"queue_reminders": 4.0}
    )


def exposed(counted, waiting=nothing_waits):
    return Exposition(counted, waiting).text().decode()


@pytest.fixture
def row(database, clock, make_identity):
    """A reply to the message 7, as the sender has it."""
    identity = make_identity(NUMBER)

    def write(session):
        return outbox.enqueue(
            session,
            kind="reply",
            identity_id=identity.id,
            parameters={"text": BODY},
            priority=Priority.REPLY,
            due_at=clock.now(),
            now=clock.now(),
            in_reply_to=7,
        )

    written = database.write(write)
    [found] = database.read_once(lambda session: outbox.load(session, [written]))
    return found


def everything_happened(row):
    counted = Metrics()
    counted.taken(7, 0.002)
    for how in Turned:
        counted.turned(8, how, 0.02)
    for result in (Accepted("SM1"), Rejected("21610", Refusal.CONSENT), RateLimited(1.0), Unreached("x"), Unknown("x")):
        counted.posted(row, "sms", result, 0.1)
    counted.refused("gate", "opted_out")
    counted.refused("provider", "21610")
    counted.refused("provider", f"a word of {NUMBER}")
    counted.reported(row.id, "sms", "delivered", 0.01)
    counted.ran("queue_reminders", 0.1, failed=False)
    return counted


def test_what_happened_is_counted_by_outcome_channel_status_and_reason(row):
    text = exposed(everything_happened(row))
    for line in (
        'wellbeing_turn_seconds_count{outcome="red_flag"} 1.0',
        "wellbeing_reply_seconds_count 1.0",
        'wellbeing_post_seconds_count{channel="sms",result="rate_limited"} 1.0',
        'wellbeing_post_seconds_bucket{channel="sms",le="0.1",result="accepted"} 1.0',
        'wellbeing_reports_total{channel="sms",status="delivered"} 1.0',
        'wellbeing_refusals_total{by="gate",reason="opted_out"} 1.0',
        'wellbeing_refusals_total{by="provider",reason="21610"} 1.0',
        'wellbeing_refusals_total{by="provider",reason="other"} 1.0',
        'wellbeing_job_seconds_count{job="queue_reminders",result="done"} 1.0',
    ):
        assert line in text, line
    assert NUMBER[-6:] not in text
    assert BODY not in text


def test_a_reply_is_timed_from_its_own_webhook_and_once(row):
    counted = Metrics()
    counted.taken(7, 0.5)
    counted.taken(8, 0.0)
    counted.posted(row, "sms", Unknown("timeout"), 0.1)
    counted.posted(row, "sms", Accepted("SM1"), 0.1)
    counted.posted(row, "sms", Accepted("SM2"), 0.1)
    [found] = counted.replies.read().values()
    assert sum(found.counts) == 1
    assert 0.5 <= found.total < 5


def test_what_is_never_answered_does_not_pile_up(row):
    counted = Metrics()
    for inbound_id in range(25_000):
        counted.taken(inbound_id, 0.0)
    assert len(counted._awaited) <= 10_000


def test_a_time_falls_under_the_first_bound_that_holds_it():
    timing = Timing()
    for seconds in (0.0, SECONDS[0], SECONDS[0] * 1.01, SECONDS[-1], SECONDS[-1] + 1):
        timing.add(seconds)
    [found] = timing.read().values()
    assert found.counts == [2, 1, *[0] * (len(SECONDS) - 3), 1, 1]


def test_what_waits_is_read_from_the_database(database, clock, make_identity):
    now = clock.now()
    identity = make_identity(NUMBER)

    def write(session):
        for minutes in (-5, -1, 30):
            outbox.enqueue(
                session,
                kind="event_moved",
                identity_id=identity.id,
                parameters={},
                priority=Priority.NOTICE,
                due_at=now + timedelta(minutes=minutes),
                now=now,
            )
        record(session, InboundDraft("SM1", "sms", NUMBER, "+447700900000", BODY), now - timedelta(seconds=90))
        flags.raise_flag(session, identity_id=identity.id, category="red_flag", severity=0, now=now)

    database.write(write)
    found = database.read_once(lambda session: backlog.read(session, now))
    assert found.due[Priority.NOTICE] == Queue(2, 300.0)
    assert found.due[Priority.BULK] == Queue(0, 0.0)
    assert found.inbox == Queue(1, 90.0)
    assert found.flags == {0: 1, 1: 0, 2: 0, 3: 0}
    assert found.open == {"sending": 0, "unknown": 0}


def test_the_database_is_asked_at_most_every_five_seconds():
    asked = []
    exposition = Exposition(Metrics(), lambda: asked.append(1) or nothing_waits())
    for _ in range(5):
        exposition.text()
    assert len(asked) == 1


def asking(token="", client=("127.0.0.1", 5000)):
    app = FastAPI()
    app.add_route("/metrics", metrics.metrics)
    app.state.service = SimpleNamespace(
        settings=SimpleNamespace(metrics_token=SecretStr(token)), exposition=Exposition(Metrics(), nothing_waits)
    )
    return TestClient(app, base_url="http://127.0.0.1:8000", client=client)


def test_with_a_token_only_its_bearer_may_ask():
    anybody = asking("a long secret", client=("203.0.113.9", 5000))
    answer = anybody.get("/metrics", headers={"Authorization": "Bearer a long secret"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    for shown in ({}, {"Authorization": "Bearer a long secre"}, {"Authorization": "Bearer é"}):
        headers = {name: value.encode("latin-1") for name, value in shown.items()}
        assert anybody.get("/metrics", headers=headers).status_code == 403
    assert asking("a long secret").get("/metrics").status_code == 403


@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        (("127.0.0.1", 5000), {}, 200),
        (("::1", 5000), {"Host": "localhost:8000"}, 200),
        (("203.0.113.9", 5000), {}, 403),
        (("testclient", 5000), {}, 403),
        (("127.0.0.1", 5000), {"X-Forwarded-For": "203.0.113.9"}, 403),
        (("127.0.0.1", 5000), {"Forwarded": "for=203.0.113.9"}, 403),
        (("127.0.0.1", 5000), {"Host": "texts.example.org"}, 403),
    ],
)
def test_without_a_token_only_this_machine_may_ask_and_through_no_proxy(client, headers, status):
    assert asking(client=client).get("/metrics", headers=headers).status_code == status


def named_metrics():
    rules = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"][0]["rules"]
    panels = json.loads((MONITORING / "dashboard.json").read_text())["panels"]
    said = [rule["expr"] for rule in rules] + [target["expr"] for panel in panels for target in panel["targets"]]
    assert len(said) > 20
    return set(re.findall(r"\b(?:wellbeing|process)_\w+", "\n".join(said)))


def test_every_metric_that_dashboard_and_alerts_name_exists(row):
    names = set(re.findall(r"^(\w+?)(?:\{| )", exposed(everything_happened(row)), re.MULTILINE))
    assert named_metrics() - names == set()
    ours = {name for name in names if name.startswith("wellbeing") and not name.endswith(("_created", "_bucket"))}
    bases = {re.sub("_(count|sum|total)$", "", name) for name in ours}
    shown = "\n".join(named_metrics())
    assert {base for base in bases if base not in shown} == set(), "nobody would ever see these"


def test_the_label_values_that_alerts_name_exist():
    named = re.findall(r'(\w+)=~?"([^"]+)"', (MONITORING / "alerts.yml").read_text())
    jobs = {name for file in (ROOT / "bot").glob("*.py") for name in re.findall(r'Job\(\s*"(\w+)"', file.read_text())}
    known = {
        "job": jobs | {"wellbeing"},
        "outcome": {how.value for how in Turned},
        "priority": {priority.value for priority in Priority},
        "reason": set(REFUSALS),
        "result": {"failed", "unreached", "unknown", "rate_limited"},
        "severity": {"0", "1", "2", "3"},
        "status": {"sending", "unknown"},
        "by": {"gate", "provider"},
    }
    strange = [(label, value) for label, values in named for value in values.split("|") if value not in known[label]]
    assert strange == []
