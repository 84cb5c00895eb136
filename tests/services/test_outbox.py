"""What is written leaves once, in order, and its status never moves back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from services.core.database import Database
from services.people import consent, deliveries, flags, identities, outbox
from services.people.deliveries import Outcome
from services.people.tables import OutboxMessage, OutboxStatus, Priority


@pytest.fixture
def write(database, clock, make_identity):
    """Write one message; `to` numbers the identity."""
    known = {}

    def write(to=0, priority=Priority.REPLY, text="hello", **given):
        if to not in known:
            known[to] = make_identity(f"+4477009001{to:02}").id
        values = {"kind": "reply", "parameters": {"text": text}, "due_at": clock.now()} | given
        return database.write(
            lambda session: outbox.enqueue(session, identity_id=known[to], priority=priority, now=clock.now(), **values)
        )

    return write


@pytest.fixture
def claim(database, clock):
    def claim(limit=32):
        rows = database.write(lambda session: outbox.claim(session, clock.now(), limit))
        return [row.id for row in rows]

    return claim


@pytest.fixture
def record(database, clock):
    return lambda *outcomes: database.write(lambda session: deliveries.record(session, outcomes, clock.now()))


@pytest.fixture
def message(database):
    def message(row_id):
        with database.read() as session:
            return session.get(OutboxMessage, row_id)

    return message


@pytest.fixture
def report(database, clock):
    def report(row_id, status, provider_id="SM1", **given):
        return database.write(
            lambda session: deliveries.advance(
                session, outbox_id=row_id, provider_id=provider_id, status=status, now=clock.now(), **given
            )
        )

    return report


def sent(row_id, provider_id="SM1"):
    return Outcome(row_id, 1, OutboxStatus.SENT, provider_id=provider_id, text="hello", segments=1)


def test_writing_wakes_the_sender_and_a_second_copy_is_nothing(database, write):
    heard = []
    database.listen("outbox", lambda: heard.append(True))
    first = write(dedupe_key="reminder:1")
    assert write(dedupe_key="reminder:1") is None
    assert write() not in (None, first)
    assert heard == [True, True]


def test_a_claimed_row_says_all_that_sending_needs(database, clock, write):
    written = write(text="hi", expires_at=clock.now() + timedelta(hours=1))
    (row,) = database.write(lambda session: outbox.claim(session, clock.now()))
    assert (row.id, row.channel, row.address, row.sender) == (written, "sms", "+447700900100", "+447700900000")
    assert (row.kind, row.parameters, row.attempts, row.claimed_at) == ("reply", {"text": "hi"}, 1, clock.now())
    assert (row.expires_at, row.opted_out) == (clock.now() + timedelta(hours=1), False)


def test_a_row_of_its_own_sender_keeps_it(database, clock, write):
    write(sender="+447700900099")
    (row,) = database.write(lambda session: outbox.claim(session, clock.now()))
    assert row.sender == "+447700900099"


def test_gravest_first_then_oldest(write, claim):
    bulk, reply = write(1, Priority.BULK), write(2, Priority.REPLY)
    safety, notice, other = write(3, Priority.SAFETY), write(4, Priority.NOTICE), write(5, Priority.REPLY)
    assert claim(2) == [safety, reply]
    assert claim() == [other, notice, bulk]
    assert claim() == []


def test_each_priority_goes_before_the_next_and_one_persons_messages_too(write, claim, record):
    falling = list(reversed(Priority))
    of_one = {priority: write(1, priority) for priority in falling}
    others = {priority: write(number, priority) for number, priority in enumerate(falling, 2)}
    assert claim(1) == [of_one[Priority.SAFETY]]
    assert claim() == [others[priority] for priority in Priority]
    for priority in list(Priority)[1:]:
        record(sent(of_one[list(Priority)[list(Priority).index(priority) - 1]]))
        assert claim() == [of_one[priority]]


def test_nothing_goes_before_it_is_due(clock, write, claim):
    later = write(due_at=clock.now() + timedelta(hours=1))
    assert claim() == []
    clock.advance(timedelta(hours=1))
    assert claim() == [later]


def test_one_persons_messages_leave_one_after_the_other(write, claim, record):
    first, second, another = write(1), write(1), write(2)
    assert claim() == [first, another]
    assert claim() == []
    record(sent(first))
    assert claim() == [second]


def test_a_reminder_for_next_week_holds_nothing_up(clock, write, claim):
    write(1, Priority.REPLY, due_at=clock.now() + timedelta(days=7))
    reply = write(1)
    assert claim() == [reply]


def test_a_reply_waits_for_an_earlier_one_that_was_put_back(clock, write, claim, record):
    first, second = write(1), write(1)
    claim()
    record(Outcome(first, 1, OutboxStatus.QUEUED, reason="rate_limited", due_at=clock.now() + timedelta(seconds=15)))
    assert claim() == []
    clock.advance(timedelta(seconds=15))
    assert claim() == [first]
    record(sent(first))
    assert claim() == [second]


def test_a_reminder_that_was_put_back_holds_nothing_up(clock, write, claim, record):
    first, second = write(1, Priority.REMINDER), write(1, Priority.REMINDER)
    claim()
    record(Outcome(first, 1, OutboxStatus.QUEUED, reason="quiet_hours", due_at=clock.now() + timedelta(hours=10)))
    assert claim() == [second]


def test_a_reply_goes_before_a_reminder_that_was_written_earlier(write, claim, record):
    reminder, reply = write(1, Priority.REMINDER), write(1, Priority.REPLY)
    assert claim() == [reply]
    record(sent(reply))
    assert claim() == [reminder]


def test_a_safety_reply_waits_for_nobody(write, claim):
    reply = write(1)
    assert claim() == [reply]
    safety = write(1, Priority.SAFETY, kind="safety")
    assert claim() == [safety]


def test_an_unknown_message_holds_nothing_up(write, claim, record):
    first, second = write(1), write(1)
    claim()
    record(Outcome(first, 1, OutboxStatus.UNKNOWN, reason="timeout"))
    assert claim() == [second]


def test_many_claimers_share_the_work_without_overlap(database, clock, write):
    written = {write(to) for to in range(20)}
    with ThreadPoolExecutor(5) as pool:
        pages = list(
            pool.map(lambda _: database.write(lambda session: outbox.claim(session, clock.now(), 4)), range(10))
        )
    claimed = [row.id for page in pages for row in page]
    assert sorted(claimed) == sorted(written)


def test_a_turns_own_rows_are_written_as_claimed(database, clock, make_identity, claim, message):
    identity = make_identity()

    def unit(session):
        to = identities.recipient(session, identity.id)
        return outbox.enqueue_claimed(
            session, to, kind="reply", parameters={"text": "hi"}, priority=Priority.REPLY, now=clock.now()
        )

    row = database.write(unit)
    assert claim() == []
    assert message(row.id).status == "sending"
    with database.read() as session:
        assert outbox.load(session, [row.id]) == [row]


def test_outcomes_are_written_down_together(write, claim, record, message, clock):
    rows = [write(to) for to in range(5)]
    claim()
    later = clock.now() + timedelta(minutes=5)
    record(
        sent(rows[0]),
        Outcome(rows[1], 1, OutboxStatus.UNKNOWN, reason="timeout", text="hello", segments=1),
        Outcome(rows[2], 1, OutboxStatus.QUEUED, reason="429", due_at=later),
        Outcome(rows[3], 1, OutboxStatus.REFUSED, reason="opted_out"),
        Outcome(rows[4], 1, OutboxStatus.FAILED, reason="21211"),
    )
    assert [message(row).status for row in rows] == ["sent", "unknown", "queued", "refused", "failed"]
    assert [message(row).reason for row in rows] == ["", "timeout", "429", "opted_out", "21211"]
    assert (message(rows[0]).provider_id, message(rows[0]).sent_at) == ("SM1", clock.now())
    assert (message(rows[2]).due_at, message(rows[2]).claimed_at, message(rows[2]).attempts) == (later, None, 1)


def test_an_attempt_writes_only_about_itself(write, claim, record, message):
    row = write()
    claim()
    record(Outcome(row, 1, OutboxStatus.UNKNOWN, reason="timeout"))
    record(Outcome(row, 1, OutboxStatus.QUEUED, reason="not_listed"))
    assert claim() == [row]
    for status in (OutboxStatus.QUEUED, OutboxStatus.FAILED, OutboxStatus.REFUSED, OutboxStatus.UNKNOWN):
        record(Outcome(row, 1, status, reason="late"))
        assert (message(row).status, message(row).attempts) == ("sending", 2)


@pytest.mark.parametrize(
    ("reports", "status"),
    [
        (["sent", "delivered", "read"], "read"),
        (["delivered", "sent"], "delivered"),
        (["read", "delivered", "sent"], "read"),
        (["sent", "failed", "sent"], "failed"),
        (["delivered", "failed"], "delivered"),
        (["failed", "delivered"], "delivered"),
        (["sent", "sent"], "sent"),
    ],
)
def test_a_status_moves_forward_only(write, claim, record, report, message, reports, status):
    row = write()
    claim()
    record(sent(row))
    for one in reports:
        report(row, OutboxStatus(one))
    assert message(row).status == status


def test_a_report_may_come_before_our_own_answer(write, claim, record, report, message):
    row = write()
    claim()
    assert report(row, OutboxStatus.DELIVERED) == row
    record(sent(row))
    assert (message(row).status, message(row).provider_id, message(row).text) == ("delivered", "SM1", "hello")


def test_a_failure_keeps_its_reason_when_our_own_answer_comes_late(write, claim, record, report, message):
    row = write()
    claim()
    report(row, OutboxStatus.FAILED, reason="30003")
    record(sent(row))
    assert (message(row).status, message(row).reason) == ("failed", "30003")


def test_a_report_settles_an_unknown_message_even_if_it_was_put_back(write, claim, record, report, message):
    row = write()
    claim()
    record(Outcome(row, 1, OutboxStatus.UNKNOWN, reason="timeout"))
    record(Outcome(row, 1, OutboxStatus.QUEUED))
    report(row, OutboxStatus.SENT)
    assert (message(row).status, message(row).provider_id) == ("sent", "SM1")
    assert claim() == []


def test_the_failure_of_a_first_copy_says_nothing_about_the_second(write, claim, record, report, message):
    row = write()
    claim()
    record(sent(row, "SM2"))
    assert report(row, OutboxStatus.FAILED, "SM1") is None
    assert message(row).status == "sent"
    assert report(row, OutboxStatus.DELIVERED, "SM1") == row
    assert message(row).provider_id == "SM2"


def test_a_report_without_our_id_finds_the_message_by_the_providers(write, claim, record, report, message):
    row = write()
    claim()
    record(sent(row))
    assert report(None, OutboxStatus.DELIVERED) == row
    assert report(None, OutboxStatus.DELIVERED, "SM9") is None
    assert report(999, OutboxStatus.DELIVERED) is None
    assert message(row).status == "delivered"


def test_what_a_dead_process_left_is_unknown(database, clock, write, claim, message):
    old, busy = write(1), write(2)
    claim()
    clock.advance(timedelta(minutes=2))
    young = write(3)
    claim()
    before = clock.now() - timedelta(minutes=1)
    assert database.write(lambda session: deliveries.strand(session, before, [busy], "crash")) == [old]
    assert (message(old).status, message(old).reason) == ("unknown", "crash")
    assert sorted(database.write(lambda session: deliveries.strand(session, None, [], "crash"))) == [busy, young]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_a_process_that_lives_sends_is_left_to_it(database, clock, write, message):
    dead, living = Database(database.url), Database(database.url)
    first, second = write(1), write(2)
    for each in (dead, living):
        each.write(lambda session: outbox.claim(session, clock.now(), 1))
    numbers = [living.process, database.process]
    assert database.read_once(lambda session: deliveries.has_of_dead(session, numbers))
    assert database.write(lambda session: deliveries.strand_dead(session, numbers, "crash")) == [first]
    assert not database.read_once(lambda session: deliveries.has_of_dead(session, numbers))
    assert (message(first).status, message(second).status) == ("unknown", "sending")
    dead.close()
    living.close()


def test_unknown_messages_come_gravest_first_and_bulk_stays(database, write, claim, record):
    reply, bulk, safety = write(1), write(2, Priority.BULK), write(3, Priority.SAFETY)
    claim()
    record(*(Outcome(row, 1, OutboxStatus.UNKNOWN, reason="5xx", text="hello") for row in (reply, bulk, safety)))
    with database.read() as session:
        assert [row.id for row in deliveries.unknown(session)] == [safety, reply]
        assert [row.text for row in deliveries.unknown(session, sparing=[safety])] == ["hello"]


def test_known_provider_ids(database, write, claim, record):
    row = write()
    claim()
    record(sent(row))
    with database.read() as session:
        assert deliveries.ours(session, ["SM1", "SM2"]) == {"SM1"}
        assert deliveries.ours(session, []) == set()


@pytest.mark.parametrize(
    ("priority", "refusal", "opted_out", "alerts"),
    [
        (Priority.SAFETY, "consent", True, [(0, "safety_reply_refused")]),
        (Priority.SAFETY, "permanent", False, [(0, "safety_reply_refused")]),
        (Priority.REPLY, "consent", True, []),
        (Priority.REPLY, "permanent", False, []),
        (Priority.REPLY, "configuration", False, [(1, "delivery")]),
    ],
)
def test_what_a_refusal_means_beyond_its_message(database, clock, write, claim, priority, refusal, opted_out, alerts):
    row_id = write(priority=priority)
    claim()

    def unit(session):
        (row,) = outbox.load(session, [row_id])
        for _ in range(2):
            deliveries.note_refusal(session, row, refusal, "21610", clock.now())
        return row

    row = database.write(unit)
    with database.read() as session:
        assert consent.is_opted_out(session, row.address) is opted_out
        found = flags.open_flags(session)
    assert sorted({(flag.severity, flag.category) for flag in found}) == alerts
    assert len(found) == (1 if refusal == "configuration" else 2 * len(alerts))
