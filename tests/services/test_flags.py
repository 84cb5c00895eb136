"""Staff see the gravest thing first, until it is handled."""

from datetime import timedelta

import pytest

from services.people import flags, inbox
from services.people.inbox import InboundDraft


@pytest.fixture
def raise_one(database, clock, make_identity):
    identity = make_identity()

    def raise_one(severity, category="red_flag", **given):
        clock.advance(timedelta(minutes=1))
        return database.write(
            lambda session: flags.raise_flag(
                session, identity_id=identity.id, category=category, severity=severity, now=clock.now(), **given
            )
        )

    return raise_one


def test_gravest_first_then_oldest(database, raise_one):
    routine, urgent, emergency, also_urgent = (raise_one(severity) for severity in (3, 1, 0, 1))
    with database.read() as session:
        assert [flag.id for flag in flags.open_flags(session)] == [emergency, urgent, also_urgent, routine]
        assert [flag.id for flag in flags.open_flags(session, limit=1)] == [emergency]


def test_a_handled_flag_is_gone(database, clock, raise_one):
    flag = raise_one(0)
    assert database.write(lambda session: flags.handle(session, flag, clock.now()))
    assert not database.write(lambda session: flags.handle(session, flag, clock.now()))
    with database.read() as session:
        assert flags.open_flags(session) == []


def test_a_flag_shows_the_message_that_raised_it(database, clock, make_identity):
    make_identity()
    draft = InboundDraft("SM1", "sms", "+447700900123", "+447700900000", "chest pain")
    taken = database.write(lambda session: inbox.record(session, draft, clock.now()))
    database.write(
        lambda session: flags.raise_flag(
            session,
            identity_id=taken.identity_id,
            inbound_id=taken.id,
            category="red_flag",
            rule="chest_pain",
            severity=0,
            now=clock.now(),
        )
    )
    with database.read() as session:
        (flag,) = flags.open_flags(session)
    assert (flag.body, flag.address, flag.rule) == ("chest pain", "+447700900123", "chest_pain")
    assert flag.created_at == clock.now()


def test_the_same_thing_is_known_to_be_open(database, clock, raise_one):
    flag = raise_one(2, "delivery", rule="21606")
    with database.read() as session:
        assert flags.has_open(session, "delivery", "21606")
        assert not flags.has_open(session, "delivery", "21408")
    database.write(lambda session: flags.handle(session, flag, clock.now()))
    with database.read() as session:
        assert not flags.has_open(session, "delivery", "21606")


def test_raising_one_is_announced(database, raise_one):
    heard = []
    database.listen("flags", lambda: heard.append(True))
    raise_one(1)
    assert heard == [True]
