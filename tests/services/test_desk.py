"""What staff do about a flag: answers go through consent and the gate, everything is written down."""

from datetime import timedelta

import pytest
from sqlmodel import select

from services.campaigns.gate import SendingGate
from services.people import consent, conversations, desk, flags, holds, identities, inbox, outbox
from services.people.inbox import InboundDraft
from services.people.tables import AuditEntry
from services.people.verdicts import Refuse, Send, Wait

NUMBER = "+447700900123"


@pytest.fixture
def ticket(database, clock, make_identity):
    """A function that lets someone ask for a person; returns the flag's id."""

    def make(channel="sms", address=NUMBER, category="person", **columns):
        identity = make_identity(address, channel, **columns)
        return database.write(
            lambda session: flags.raise_flag(
                session, identity_id=identity.id, category=category, severity=2, now=clock.now()
            )
        )

    return make


def verdict(database, clock, outcome):
    with database.read() as session:
        (row,) = outbox.load(session, [outcome.outbox_id])
        return SendingGate(only_drama=True)(session, row, clock.now())


def test_an_answer_goes_out_makes_the_talk_staffs_and_says_who_wrote_it(database, clock, ticket):
    number = ticket()
    outcome = database.write(lambda session: desk.reply(session, number, "Hello", "Sam", clock.now()))
    assert outcome == desk.Replied(outcome.outbox_id, as_sms=False)
    assert verdict(database, clock, outcome) == Send()
    with database.read() as session:
        flag = flags.find(session, number)
        stored = conversations.load(session, flag.identity_id)
        assert flag.taken_by == "Sam"
        assert stored.is_with_staff(clock.now() + timedelta(hours=23))
        assert not stored.is_with_staff(clock.now() + timedelta(hours=24))
        (line,) = desk.transcript(session, flag.identity_id)
        assert (line.who, line.text) == ("Sam", "Hello")
        (entry,) = session.exec(select(AuditEntry)).all()
        assert (entry.actor, entry.action, entry.flag_id) == ("Sam", "reply", number)
        assert "Hello" not in str(entry.details)


def test_an_answer_at_night_is_not_held_back(database, clock, ticket, london):
    clock.move_to(london(2026, 11, 23, 22, 30))
    number = ticket()
    outcome = database.write(lambda session: desk.reply(session, number, "Hello", "Sam", clock.now()))
    assert verdict(database, clock, outcome) == Send()


def test_nobody_who_opted_out_is_answered(database, clock, ticket):
    number = ticket()
    database.write(lambda session: consent.opt_out(session, NUMBER, "keyword", clock.now()))
    refused = database.write(lambda session: desk.reply(session, number, "Hello", "Sam", clock.now()))
    assert refused == desk.NotSent("opted_out")
    with database.read() as session:
        assert not conversations.load(session, flags.find(session, number).identity_id).is_with_staff(clock.now())


def test_who_opts_out_after_the_answer_was_written_does_not_get_it(database, clock, ticket):
    number = ticket()
    outcome = database.write(lambda session: desk.reply(session, number, "Hello", "Sam", clock.now()))
    database.write(lambda session: consent.opt_out(session, NUMBER, "keyword", clock.now()))
    assert verdict(database, clock, outcome) == Refuse("opted_out")


@pytest.mark.parametrize(
    ("address", "hours", "expected"),
    [
        (NUMBER, 23, Send()),
        (NUMBER, 25, Send(channel="sms")),
        ("US.1234567890", 25, desk.NotSent("window")),
    ],
)
def test_whatsapps_window_is_told_and_kept(database, clock, ticket, address, hours, expected):
    number = ticket("whatsapp", address, last_inbound_at=clock.now() - timedelta(hours=hours))
    outcome = database.write(lambda session: desk.reply(session, number, "Hello", "Sam", clock.now()))
    if isinstance(expected, desk.NotSent):
        assert outcome == expected
    else:
        assert outcome.as_sms == (hours == 25)
        assert verdict(database, clock, outcome) == expected


def test_a_held_number_is_answered_only_by_someone_who_knows(database, clock, ticket):
    number = ticket(category="safeguarding")
    database.write(lambda session: holds.hold(session, NUMBER, reason="safeguarding", now=clock.now()))
    refused = database.write(lambda session: desk.reply(session, number, "Hello", "Sam", clock.now()))
    assert refused == desk.NotSent("held")
    outcome = database.write(lambda session: desk.reply(session, number, "Hello", "Sam", clock.now(), though_held=True))
    assert verdict(database, clock, outcome) == Send()


def test_nothing_unasked_goes_to_a_held_number_until_it_is_released(database, clock, ticket):
    number = ticket(category="safeguarding")

    def enqueue(session):
        holds.hold(session, NUMBER, reason="safeguarding", now=clock.now())
        flag = flags.find(session, number)
        when = {"due_at": clock.now(), "now": clock.now()}
        return [
            outbox.enqueue(session, kind=kind, identity_id=flag.identity_id, parameters={}, priority="4_bulk", **when)
            for kind in ("notice_of_something", "reply")
        ]

    unasked, answer = database.write(enqueue)

    def verdicts():
        with database.read() as session:
            return [
                SendingGate(only_drama=True)(session, row, clock.now())
                for row in outbox.load(session, [unasked, answer])
            ]

    assert verdicts() == [Wait(clock.now() + timedelta(hours=1), "held"), Send()]
    assert database.write(lambda session: desk.release(session, number, "Sam", clock.now()))
    assert not database.write(lambda session: desk.release(session, number, "Sam", clock.now()))
    assert verdicts() == [Send(), Send()]


def test_handing_back_closes_the_ticket_and_what_was_said_meanwhile(database, clock, ticket):
    number = ticket()
    database.write(lambda session: desk.take(session, number, "Sam", clock.now()))
    database.write(lambda session: flags.handle(session, number, clock.now(), "Sam"))
    draft = InboundDraft("SM1", "sms", NUMBER, "+447700900000", "hello?")
    taken = database.write(lambda session: inbox.record(session, draft, clock.now()))
    note = lambda session: desk.note_answer(session, taken.identity_id, taken.id, clock.now())  # noqa: E731
    database.write(note)
    database.write(note)
    with database.read() as session:
        (waiting,) = flags.open_about(session, taken.identity_id)
    assert (waiting.category, waiting.body) == (desk.ANSWERED, "hello?")
    database.write(lambda session: desk.hand_back(session, waiting.id, "Sam", clock.now()))
    with database.read() as session:
        assert flags.open_about(session, taken.identity_id) == []
        assert conversations.load(session, taken.identity_id).with_staff_until is None


def test_what_does_not_exist_cannot_be_done(database, clock):
    def unit(session):
        return [
            desk.take(session, 99, "Sam", clock.now()),
            desk.hand_back(session, 99, "Sam", clock.now()),
            desk.look(session, 99, "Sam", clock.now()),
            desk.close(session, 99, "Sam", clock.now()),
            desk.release(session, 99, "Sam", clock.now()),
            desk.stop(session, 99, "Sam", clock.now()),
            desk.reply(session, 99, "Hello", "Sam", clock.now()),
        ]

    assert database.write(unit) == [None, None, None, False, False, False, desk.NotSent("unknown")]


def test_texts_are_stopped_on_somebodys_behalf_once(database, clock, ticket):
    number = ticket()
    assert database.write(lambda session: desk.stop(session, number, "Sam", clock.now()))
    assert not database.write(lambda session: desk.stop(session, number, "Sam", clock.now()))
    with database.read() as session:
        assert consent.is_opted_out(session, NUMBER)


def test_someone_who_asked_twice_has_one_ticket(database, clock, make_identity):
    identity = make_identity()
    draft = InboundDraft("SM1", "sms", NUMBER, "+447700900000", "person")
    taken = database.write(lambda session: inbox.record(session, draft, clock.now()))
    given = {"identity_id": identity.id, "category": "person", "severity": 2, "inbound_id": taken.id}
    first, second = (
        database.write(lambda session: flags.raise_once(session, now=clock.now(), **given)) for _ in range(2)
    )
    assert first == second
    database.write(lambda session: flags.handle(session, first, clock.now()))
    assert database.write(lambda session: flags.raise_once(session, now=clock.now(), **given)) != first


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_had_a_number_before_is_kept_apart(database, clock, ticket):
    def receive(number, words):
        draft = InboundDraft(f"SM{number}", "sms", NUMBER, "+447700900000", words)
        return database.write(lambda session: inbox.record(session, draft, clock.now()))

    before = ticket()
    receive(1, "about me")
    database.write(lambda session: identities.retire(session, NUMBER))
    new = receive(2, "hello, who is this?")
    database.write(lambda session: desk.note_answer(session, new.identity_id, new.id, clock.now()))
    with database.read() as session:
        old = flags.find(session, before)
        assert [flag.id for flag in flags.open_about(session, old.identity_id)] == [before]
        assert [flag.body for flag in flags.open_about(session, new.identity_id)] == ["hello, who is this?"]
        assert [line.text for line in desk.transcript(session, old.identity_id)] == ["about me"]
        assert [line.text for line in desk.transcript(session, new.identity_id)] == ["hello, who is this?"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_both_channels_of_a_number_are_one_transcript(database, clock, ticket):
    numbers = [ticket(), ticket("whatsapp")]
    with database.read() as session:
        own = [flags.find(session, number).identity_id for number in numbers]
        assert [flag.id for flag in flags.open_about(session, own[1])] == numbers
    for number, words in zip(numbers, ("by text", "by WhatsApp"), strict=True):
        database.write(lambda session: desk.reply(session, number, words, "Sam", clock.now()))  # noqa: B023
    with database.read() as session:
        assert [line.text for line in desk.transcript(session, own[0])] == ["by text", "by WhatsApp"]
