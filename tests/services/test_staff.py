"""Staff who ask by text: registered once, believed by a code that counts once, locked after too many wrong ones."""

from collections import Counter
from datetime import timedelta

import pyotp
import pytest
from sqlmodel import select

from services.people import staff
from services.people.staff import Code
from services.people.staff_tables import StaffMember
from services.people.tables import AuditEntry
from tests.concurrency.crowding import at_once

GRACE, KEY = "+447700900150", "a key for tests"
ABOUT = {"act": "remind", "event": "yoga"}


@pytest.fixture
def app(database, clock):
    """The authenticator app of a member of staff who has just been registered."""
    made = database.write(lambda session: staff.register(session, "Grace", GRACE, key=KEY, by="Sam", now=clock.now()))
    assert made.uri.startswith("otpauth://totp/Wellbeing%20Line:Grace?secret=" + made.secret)
    return pyotp.TOTP(made.secret)


def prove(database, clock, said, key=KEY):
    def unit(session):
        return staff.prove(session, staff.at(session, GRACE, clock.now()), said, ABOUT, key=key, now=clock.now())

    return database.write(unit)


def test_a_number_is_registered_once_and_again_after_it_was_removed(database, clock, app):
    again = {"key": KEY, "by": "Sam", "now": clock.now()}
    assert database.write(lambda session: staff.register(session, "Grace", GRACE, **again)) is None
    assert database.read_once(staff.listed) == [("Grace", GRACE)]
    assert database.write(lambda session: staff.remove(session, GRACE, by="Sam", now=clock.now()))
    assert not database.write(lambda session: staff.remove(session, GRACE, by="Sam", now=clock.now()))
    assert database.read_once(lambda session: staff.at(session, GRACE, clock.now())) is None
    made = database.write(lambda session: staff.register(session, "Grace", GRACE, **again))
    assert made.secret != app.secret


def test_no_secret_is_in_the_database(database, clock, app):
    with database.read() as session:
        stored = str(session.exec(select(StaffMember)).one())
        trail = str(session.exec(select(AuditEntry)).all())
    assert app.secret not in stored + trail
    assert prove(database, clock, app.at(clock.now()), key="another key") is Code.WRONG


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(-61, "wrong"), (-30, "right"), (0, "right"), (30, "right"), (61, "wrong")]
)
def test_a_code_counts_in_its_half_minute_and_those_beside_it(database, clock, app, seconds, outcome):
    code = app.at(clock.now() + timedelta(seconds=seconds))
    assert prove(database, clock, code) == outcome


def test_a_code_counts_once_and_no_earlier_one_after_it(database, clock, app):
    before, code = app.at(clock.now() - timedelta(seconds=30)), app.at(clock.now())
    assert prove(database, clock, code) is Code.RIGHT
    assert prove(database, clock, code) is Code.WRONG
    assert prove(database, clock, before) is Code.WRONG


def test_of_many_messages_with_one_code_one_counts(database, clock, app):
    code = app.at(clock.now())
    outcomes = at_once(lambda _: prove(database, clock, code), range(4), threads=4)
    assert Counter(outcomes)[Code.RIGHT] == 1


def test_five_wrong_codes_lock_for_a_quarter_of_an_hour(database, clock, app):
    wrong = "000000" if app.at(clock.now()) != "000000" else "111111"
    assert [prove(database, clock, wrong) for _ in range(5)] == [*[Code.WRONG] * 4, Code.LOCKED]
    assert prove(database, clock, app.at(clock.now())) is Code.LOCKED
    clock.advance(timedelta(minutes=15, seconds=1))
    assert prove(database, clock, app.at(clock.now())) is Code.RIGHT
    with database.read() as session:
        done = [entry.action for entry in session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()]
    assert done == ["staff_added", *["staff_code_wrong"] * 5, "staff_locked", "staff_proved"]
