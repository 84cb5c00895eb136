"""A question that a message puts is open once, as soon as anybody knows that the message has left."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bot.channels.twilio_outbound import TwilioChannel
from bot.dialogue.engine import advance, expecting
from bot.dialogue.state import State
from bot.judging import Pace
from bot.outbound import Sender
from bot.posing import Poser
from bot.preparing import Preparer
from services.people import consent, conversations, outbox
from services.people.tables import Conversation, OutboxMessage, Priority
from services.people.verdicts import Send
from tests.unit.dialogue_talk import Talk, fixture_flows, understood


@pytest.fixture
def poser():
    return Poser(fixture_flows())


@pytest.fixture
def offer(chosen_database, clock, make_identity):
    """Write an offer to somebody into the outbox and return it."""

    def offer(identity_id=None, kind="offer", **parameters):
        identity_id = identity_id or make_identity().id

        def unit(session):
            row = outbox.enqueue(
                session,
                kind=kind,
                identity_id=identity_id,
                parameters={"slots": {"title": "yoga", "pick": "event:7"}, **parameters},
                priority=Priority.NOTICE,
                due_at=clock.now(),
                now=clock.now(),
            )
            return outbox.load(session, [row])[0]

        return chosen_database.write(unit)

    return offer


@pytest.fixture
def send_all(chosen_database, clock, local, fake, poser):
    """Have the sender send whatever is due."""

    def send_all():
        channel = TwilioChannel(local, fake.account_sid)
        preparer = Preparer(
            lambda *_: Send(),
            lambda _, row: SimpleNamespace(text=f"rendered {row.kind}"),
            public_base_url="https://text.example.org/",
            senders={"sms": "+447700900710"},
        )
        sender = Sender(chosen_database, clock, {"sms": channel}, preparer, Pace(poll=60), poser=poser)

        async def run():
            await sender.start()
            await sender.drain()
            await sender.stop()

        asyncio.run(run())

    return send_all


def state_of(database, identity_id):
    stored = database.read_once(lambda session: conversations.load(session, identity_id))
    return State.from_json(stored.state), stored


def test_an_offer_that_was_sent_is_open(database, chosen_database, offer, send_all, clock):
    row = offer()
    assert state_of(chosen_database, row.identity_id)[0].posed == []
    send_all()
    state, _ = state_of(chosen_database, row.identity_id)
    talk = Talk()
    said = understood("affirm", text="yes", yes_no=True)
    advanced = advance(talk.flows, state, said, talk.run, clock.now())
    assert [reply.response for reply in advanced.replies] == ["utter_ask_first_name"]
    assert advanced.state.slots["pick"] == "event:7"


def test_other_kinds_ask_nothing(chosen_database, offer, send_all):
    row = offer(kind="reminder")
    send_all()
    assert state_of(chosen_database, row.identity_id)[1].updated_at is None


def test_a_deadline_goes_along(chosen_database, offer, send_all, clock):
    row = offer(answer_by=(clock.now() + timedelta(hours=3)).isoformat())
    send_all()
    (posed,) = state_of(chosen_database, row.identity_id)[0].posed
    assert not posed.is_over(clock.now() + timedelta(hours=2))
    assert posed.is_over(clock.now() + timedelta(hours=3))


def test_what_was_open_is_kept(chosen_database, offer, send_all, clock, make_identity):
    identity_id = make_identity().id
    talk = Talk()
    talk("find_event")
    chosen_database.write(lambda s: conversations.save(s, identity_id, talk.state.to_json(), clock.now()))
    offer(identity_id)
    send_all()
    state, _ = state_of(chosen_database, identity_id)
    assert expecting(state).slot == "place"
    assert len(state.posed) == 1


def test_nothing_is_opened_where_staff_have_the_conversation(chosen_database, offer, send_all, clock):
    row = offer()

    def take_over(session):
        conversations.save(session, row.identity_id, {}, clock.now())
        session.get_one(Conversation, row.identity_id).with_staff_until = clock.now() + timedelta(hours=1)

    chosen_database.write(take_over)
    send_all()
    assert state_of(chosen_database, row.identity_id)[0].posed == []


def test_nothing_is_opened_where_texts_were_stopped(chosen_database, offer, send_all, clock):
    row = offer()
    chosen_database.write(lambda session: consent.opt_out(session, row.address, "keyword", clock.now()))
    send_all()
    assert state_of(chosen_database, row.identity_id)[0].posed == []


def test_one_that_cannot_be_opened_is_recorded_all_the_same(database, chosen_database, offer, send_all):
    row = offer(answer_by="nonsense")
    send_all()
    assert chosen_database.read_once(lambda s: s.exec(select(OutboxMessage.status)).one()) == "sent"
    assert state_of(chosen_database, row.identity_id)[0].posed == []


def test_a_report_opens_it_and_what_comes_after_does_not_again(
    database, chosen_database, offer, post, twilio_form, poser
):
    row = offer()
    path = f"/webhooks/twilio/status?outbox={row.id}"
    for status in ("sent", "delivered"):
        assert post(twilio_form("status_delivered", MessageStatus=status), path).status_code == 200
    (posed,) = state_of(chosen_database, row.identity_id)[0].posed
    assert posed.number == row.id
    assert chosen_database.write(lambda session: poser.ready(session, [row])) == []


def test_a_report_of_failure_opens_nothing(chosen_database, offer, post, twilio_form):
    row = offer()
    path = f"/webhooks/twilio/status?outbox={row.id}"
    post(twilio_form("status_delivered", MessageStatus="undelivered", ErrorCode="30003"), path)
    assert state_of(chosen_database, row.identity_id)[0].posed == []
