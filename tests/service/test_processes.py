"""Two web processes and a worker serve one PostgreSQL database, and any of them may die."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.channels.handset import Texted
from services.campaigns.tables import Lease
from services.core.clock import SystemClock
from services.core.database import Database
from services.people import identities, inbox, outbox
from services.people.inbox import InboundDraft
from services.people.tables import InboundMessage, OutboxMessage, Priority
from tests.postgres_server import PostgresServer
from tests.service.deployment import SMS_NUMBER, Deployment, day_at, event_row, stand_in_for_twilio
from tests.stand_in import wait_until

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
ALONE = "On SQLite one process does everything"


@pytest.fixture(scope="module")
def server():
    """A server of the module's own, which may be stopped and started."""
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def processes(server, tmp_path_factory):
    """Two web processes and a worker."""
    url = server.url(server.create())
    with stand_in_for_twilio() as (fake, twilio):
        made = [Deployment(tmp_path_factory.mktemp("process"), fake, twilio, url) for _ in range(3)]
        made[2].environment["PUBLIC_BASE_URL"] = made[0].url
        made[0].succeed("nlu", "train", "--if-needed")
        made[0].succeed("db", "upgrade")
        made[0].bring_in(event_row("yoga-1", day_at(10, 14)), event_row("yoga-2", day_at(20, 14)))
        for process, command in zip(made, (("serve", "--web-only"), ("serve", "--web-only"), ("worker",)), strict=True):
            process.begin(*command)
        for process in made:
            process.wait_for("/ready")
        yield made
        for process in made:
            process.kill()


@pytest.fixture
def database(processes):
    """The database as a process sees it that is not there: whatever it has in hand was left by a dead one."""
    database = Database(processes[0].database_url)
    yield database
    database.close()


def received(fake, number):
    return [one.body for one in fake.messages if one.to == number]


def test_a_conversation_goes_on_in_whichever_process_is_asked(processes):
    first, second, _ = processes
    phones = [process.phone("+447700900401") for process in (first, second)]
    for number, said in enumerate(("yoga in Walthamstow", "skip", "1", "Maureen", "just me", "no", "yes")):
        phone = phones[number % 2]
        answer = phone.text(said)
    assert "You are booked, Maureen" in answer


def test_messages_of_one_conversation_are_answered_in_order_wherever_they_arrive(processes):
    first, second, _ = processes
    handset = first.phone("+447700900402").handset
    forms = [handset.form(Texted(said)) for said in ("hello", "yoga in Walthamstow", "skip", "1", "help") * 4]
    for number, form in enumerate(forms):
        assert (first, second)[number % 2].deliver(form)[0] == 200
    taken = [row for row in first.rows(InboundMessage) if row.sender == "+447700900402"]
    assert [row.provider_id for row in taken] == [form["MessageSid"] for form in forms]

    def answers():
        mine = {row.id for row in taken}
        return [row.in_reply_to for row in first.rows(OutboxMessage) if row.in_reply_to in mine]

    wait_until(lambda: len(set(answers())) == len(forms))
    assert answers() == [row.id for row in taken]


def test_many_talk_to_two_processes_at_once(processes):
    first, second, _ = processes

    def talk(number):
        phones = [process.phone(f"+4477009004{number}") for process in (first, second)]
        return ["Wellbeing Line" in phones[0].text("hello"), *(bool(phone.text("help")) for phone in phones * 2)]

    with ThreadPoolExecutor(4) as pool:
        assert all(all(answers) for answers in pool.map(talk, range(10, 18)))


def test_what_is_queued_leaves_by_the_worker_at_once(processes, database):
    fake = processes[0].fake
    processes[0].phone("+447700900403").text("hello")
    queue(database, "+447700900403", "from the queue")
    queued_at = time.monotonic()
    wait_until(lambda: "from the queue" in received(fake, "+447700900403"))
    assert time.monotonic() - queued_at < 3, "the worker looks by itself only every five seconds"


def queue(database, number, words, **given):
    now = SystemClock().now()

    def unit(session):
        identity = identities.arrive(session, "sms", number, SMS_NUMBER, now)
        text = {"kind": "reply", "parameters": {"text": words}, "priority": Priority.REPLY, "due_at": now}
        return outbox.enqueue(session, identity_id=identity.id, now=now, **text | given)

    return database.write(unit)


def test_what_a_dead_process_had_in_hand_is_done_by_the_others(processes, database):
    fake, now = processes[0].fake, SystemClock().now()
    draft = InboundDraft("SM" + "a1" * 16, "sms", "+447700900404", SMS_NUMBER, "hello")
    claimed = queue(database, "+447700900405", "never posted", due_at=now + timedelta(hours=1))

    def claim(session):
        message = session.get(OutboxMessage, claimed)
        message.status, message.attempts, message.process = "sending", 1, database.process
        message.claimed_at = now - timedelta(seconds=20)

    database.write(claim)
    database.write(lambda session: inbox.record(session, draft, now))
    began = time.monotonic()
    wait_until(lambda: received(fake, "+447700900404"))
    assert time.monotonic() - began < 10
    wait_until(lambda: received(fake, "+447700900405") == ["never posted"])
    assert len(received(fake, "+447700900404")) == 1


def test_a_worker_has_no_pages_and_everybody_says_whether_it_is_ready(processes):
    assert [process.get("/ready") for process in processes] == [(200, '{"status":"ready","problems":{}}')] * 3
    assert [process.post("/webhooks/twilio/messages", b"")[0] for process in processes] == [403, 403, 404]


def test_a_process_that_is_killed_is_replaced_under_another_name(processes):
    first, second, worker = processes
    phone = second.phone("+447700900406")
    phone.text("hello")
    first.kill()
    worker.kill()
    assert phone.text("help")
    first.begin("serve", "--web-only")
    worker.begin("worker")
    for process in (first, worker):
        process.wait_for("/ready")
    assert first.phone("+447700900407").text("hello")


def test_a_server_that_is_restarted_costs_nothing_but_time(processes, server, database):
    first, second, worker = processes
    phones = [process.phone("+447700900408") for process in (first, second)]
    phones[0].text("hello")
    with ThreadPoolExecutor(2) as pool:
        server.halt(crash=True)
        wait_until(lambda: worker.get("/ready")[0] == 503)
        assert json.loads(worker.get("/ready")[1])["problems"]["database"]
        waiting = [pool.submit(phone.deployment.deliver, phone.handset.form(Texted("help"))) for phone in phones]
        time.sleep(1)
        server.start()
        assert [each.result()[0] for each in waiting] == [200, 200]
    for process in processes:
        process.wait_for("/ready")
    wait_until(lambda: len(received(first.fake, "+447700900408")) == 3)
    queue(database, "+447700900408", "after the restart")
    wait_until(lambda: "after the restart" in received(first.fake, "+447700900408"))
    restarted_at = SystemClock().now()
    wait_until(lambda: _settled_at(first) > restarted_at)


def _settled_at(process):
    """When messages of which nobody knows whether they left were looked for last, as its lease shows."""
    every = timedelta(seconds=10)
    return max((row.until - 3 * every for row in process.rows(Lease) if row.job == "settle_messages"), default=LONG_AGO)


def test_one_that_is_asked_to_stop_finishes_its_turns_and_posts(processes):
    first, *_ = processes
    first.fake.delay_s = 1.0
    try:
        first.phone("+447700900409").send("hello")
        assert first.stop() == 0
    finally:
        first.fake.delay_s = 0.0
    assert len(received(first.fake, "+447700900409")) == 1
    database = Database(first.database_url)
    with database.read() as session:
        replies = session.exec(
            select(OutboxMessage)
            .join(InboundMessage, OutboxMessage.in_reply_to == InboundMessage.id)
            .where(InboundMessage.sender == "+447700900409")
        ).all()
    database.close()
    assert {row.status for row in replies} <= {"sent", "delivered"}
    assert replies


@pytest.mark.parametrize("command", [("worker",), ("serve", "--web-only")])
def test_half_of_the_work_is_not_done_on_sqlite(deployment, command):
    done = deployment.run(*command)
    assert (done.returncode, done.stderr.splitlines()[0][: len(ALONE)]) == (1, ALONE)
