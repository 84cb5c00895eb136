"""What a day costs is counted as it leaves; above its limit only what was asked for goes."""

from datetime import timedelta

import pytest

from services.campaigns.gate import SendingGate
from services.people import flags, spending
from services.people.outbox import OutboxRow
from services.people.rates import Lane, Posted
from services.people.spending import Budget, Used
from services.people.verdicts import Refuse, Send, Wait

PRICES = {"sms": 0.04, "whatsapp": 0.01}
SMS, WHATSAPP = Lane("sms", "+447700900001"), Lane("whatsapp", "+447700900001")


@pytest.fixture
def row(clock, make_identity):
    """A message to a person, of a kind and priority."""
    identity = make_identity("+447700900101")

    def row(kind="broadcast", priority="4_bulk", **columns):
        given = {
            "id": 1,
            "kind": kind,
            "priority": priority,
            "identity_id": identity.id,
            "channel": "sms",
            "address": identity.address,
            "sender": "",
            "parameters": {},
            "booking_id": None,
            "in_reply_to": None,
            "attempts": 1,
            "text": "",
            "due_at": clock.now(),
            "expires_at": None,
            "claimed_at": None,
            "created_at": clock.now(),
            "last_inbound_at": clock.now(),
            "opted_out": False,
        }
        return OutboxRow(**(given | columns))

    return row


@pytest.fixture
def post(database, clock, row):
    def post(budget, *posts):
        database.write(lambda session: budget.count(session, [(row(), each) for each in posts], clock.now()))

    return post


def test_each_channel_of_each_london_day_is_counted(database, clock, post, london):
    budget = Budget(PRICES)
    post(budget, Posted(SMS, 2), Posted(SMS, 1), Posted(WHATSAPP, 1))
    post(budget, Posted(SMS, 1))
    clock.move_to(london(2026, 11, 24, 0, 30))
    post(budget, Posted(SMS, 5))
    post(budget)

    with database.read() as session:
        assert spending.since(session, "2026-11-23") == [
            Used("2026-11-23", "sms", 3, 4),
            Used("2026-11-23", "whatsapp", 1, 1),
            Used("2026-11-24", "sms", 1, 5),
        ]
        assert not budget.is_spent(session, clock.now())


def test_a_day_of_summer_begins_at_londons_midnight(london):
    assert spending.day_of(london(2026, 7, 1, 0, 5)) == "2026-07-01"


def test_staff_are_told_once_a_day_when_the_limit_is_reached(database, clock, post):
    budget, told = Budget(PRICES, limit=0.2), []
    for _ in range(4):
        post(budget, Posted(SMS, 2))
        with database.read() as session:
            told.append([(flag.category, flag.rule, flag.severity) for flag in flags.open_flags(session)])
    assert told == [[], [], [("delivery", "spend_stop", 1)], [("delivery", "spend_stop", 1)]]

    clock.advance(timedelta(days=1))
    post(budget, Posted(SMS, 6))
    with database.read() as session:
        assert len(flags.open_flags(session)) == 2


@pytest.mark.parametrize(
    ("kind", "priority"),
    [("safety", "0_safety"), ("reply", "1_reply"), ("consent", "1_reply"), ("staff_reply", "1_reply")],
)
def test_answers_go_whatever_they_cost(database, clock, post, row, kind, priority):
    budget = Budget(PRICES, limit=0.1)
    post(budget, Posted(SMS, 9))
    with database.read() as session:
        assert SendingGate(only_drama=False, budget=budget)(session, row(kind, priority), clock.now()) == Send()


@pytest.mark.parametrize(
    ("kind", "priority"), [("offer_lapsed", "2_notice"), ("reminder", "3_reminder"), ("b", "4_bulk")]
)
def test_what_nobody_asked_for_waits_for_the_morning_unless_it_is_too_late_then(
    database, clock, post, row, london, kind, priority, monkeypatch
):
    monkeypatch.setattr("services.campaigns.gate._void", lambda *_: None)
    budget = Budget(PRICES, limit=0.1)
    gate = SendingGate(only_drama=False, budget=budget)
    with database.read() as session:
        assert gate(session, row(kind, priority), clock.now()) == Send()
    post(budget, Posted(SMS, 3))

    with database.read() as session:
        waits = gate(session, row(kind, priority), clock.now())
        late = gate(session, row(kind, priority, expires_at=clock.now() + timedelta(hours=9)), clock.now())
        clock.move_to(london(2026, 11, 24, 8))
        next_day = gate(session, row(kind, priority), clock.now())

    assert waits == Wait(london(2026, 11, 24, 8), "spend_stop")
    assert late == Refuse("spend_stop")
    assert next_day == Send()
