"""Referrals: taken whole or not at all, asked at most twice, and nothing assumed."""

from datetime import date, timedelta

import pytest

from services.booking import referrals
from services.booking.referral_rows import ReferralRow, read_table
from services.booking.referral_tables import ReferralStatus
from services.booking.referrals import Added, Rejected
from services.people import consent, identities, outbox

TODAY = date(2026, 11, 23)
HEADER = b"phone,first_name,suggested_by,agreed_on,event,needs,near\n"
PLACES = {"E17": {"name": "E17", "lat": 51.5, "lon": 0.0}}


def read(line, header=HEADER):
    rows, faults = read_table(header + line, PLACES.get, TODAY)
    return rows, [f"{fault.column}: {fault.reason}" for fault in faults]


@pytest.fixture
def add(database, clock):
    def add(phone="+447700900301", event="", **given):
        row = ReferralRow(2, phone, given.pop("name", "Rose"), "Grace, your nurse", TODAY, event, **given)
        return database.write(lambda session: referrals.add(session, [row], clock.now()))

    return add


@pytest.fixture
def tick(database, clock):
    def tick():
        return database.write(lambda session: referrals.ask_due(session, clock.now()))

    return tick


def invitations(database):
    with database.read() as session:
        return [row for row in outbox.load(session, range(1, 50)) if row.kind == referrals.KIND]


def test_a_row_with_everything():
    rows, faults = read(b'07700 900301,Rose,"Grace, your nurse",2026-11-20,,exercise; Sleep,E17\n')
    assert faults == []
    assert (rows[0].phone, rows[0].suggested_by, rows[0].line) == ("+447700900301", "Grace, your nurse", 2)
    assert rows[0].wishes == {"need": ["exercise", "sleep"], "place": PLACES["E17"]}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"12,Rose,Grace,2026-11-20,,,\n", "phone: is no phone number"),
        (
            b"020 7946 0101,Rose,Grace,2026-11-20,,,\n",
            "phone: is a landline: a text there is read aloud, so please phone",
        ),
        (b"07700900301,,Grace,2026-11-20,,,\n", "first_name: is missing"),
        (b"07700900301,Rose,,2026-11-20,,,\n", "suggested_by: is missing"),
        (b"07700900301,Rose,Grace,,,,\n", "agreed_on: is missing"),
        (b"07700900301,Rose,Grace,20/11/2026,,,\n", "agreed_on: is no date such as 2026-11-23"),
        (
            b"07700900301,Rose,Grace,2026-11-24,,,\n",
            "agreed_on: lies ahead: a patient agrees before they are put forward",
        ),
        (
            b"07700900301,Rose,your chemo nurse,2026-11-20,,,\n",
            "suggested_by: 'chemo' would disclose an illness on a lock screen",
        ),
        (b"07700900301,Rose,Grace,2026-11-20,,juggling,\n", "needs: 'juggling' is no need we know"),
        (b"07700900301,Rose,Grace,2026-11-20,,,Atlantis\n", "near: 'Atlantis' is no place we know in London"),
    ],
)
def test_each_fault_is_told(line, fault):
    rows, faults = read(line)
    assert (rows, faults) == ([], [fault])


def test_a_table_without_its_columns():
    assert read(b"x\n", b"phone,ward\n")[1][0] == "ward: no such column"
    assert "agreed_on: this column is missing" in read(b"x\n", b"phone\n")[1]


def test_the_same_person_twice():
    line = b"07700900301,Rose,Grace,2026-11-20,,,\n"
    assert read(line + line)[1] == ["phone: this person is in the table already"]


def test_an_invitation_is_queued_once(database, add):
    assert add() == Added(1)
    assert isinstance(add(), Rejected)
    assert len(invitations(database)) == 1


def test_stopped_texts_are_respected(database, clock, add):
    database.write(lambda session: consent.opt_out(session, "+447700900301", source="keyword", now=clock.now()))
    (fault,) = add().faults
    assert fault.reason == "has stopped our texts: please tell the patient yourself"
    assert invitations(database) == []


def test_a_phone_known_under_another_name(add, make_identity):
    make_identity("+447700900301", first_name="Tom")
    assert [fault.column for fault in add().faults] == ["first_name"]


def test_whoever_had_the_phone_before_is_in_nobodys_way(database, add, make_identity):
    make_identity("+447700900301", first_name="Tom")
    assert add(name="Tom") == Added(1)
    database.write(lambda session: identities.retire(session, "+447700900301"))
    assert add() == Added(1)


def test_the_same_person_may_be_put_forward_for_something_else(database, add, make_event):
    event, another = make_event(), make_event()
    assert [add(), add(event=event.external_id), add(event=another.external_id)] == [Added(1)] * 3
    assert isinstance(add(event=event.external_id), Rejected)


def test_an_event_that_is_unknown_or_over(add, make_event, clock):
    past = make_event(starts_at=clock.now() - timedelta(days=1))
    assert [fault.column for fault in add(event="nothing").faults] == ["event"]
    assert [fault.column for fault in add(event=past.external_id).faults] == ["event"]


def test_one_bad_row_keeps_all_out(database, clock):
    good, bad = (
        ReferralRow(line, phone, "Rose", "Grace", TODAY, event)
        for line, phone, event in ((2, "+447700900301", ""), (3, "+447700900302", "nothing"))
    )
    outcome = database.write(lambda session: referrals.add(session, [good, bad], clock.now()))
    assert [fault.line for fault in outcome.faults] == [3]
    assert invitations(database) == []


def test_silence_brings_one_reminder(database, clock, add, tick):
    add()
    assert tick() == 0
    clock.advance(referrals.REMIND_AFTER)
    assert [tick(), tick()] == [1, 0]
    clock.advance(referrals.GIVE_UP_AFTER)
    assert tick() == 0
    with database.read() as session:
        assert referrals.listed(session)[0].status == ReferralStatus.SILENT
    assert len(invitations(database)) == 2


def test_two_ticks_at_once_ask_once(database, clock, add):
    add()
    clock.advance(referrals.REMIND_AFTER)
    with database.read() as session:
        due = referrals.listed(session)[0]
    asked = [database.write(lambda session: referrals._ask(session, due, clock.now())) for _ in range(2)]
    assert asked == [1, 0]


@pytest.mark.parametrize("stopped", [False, True], ids=["asked anew", "left in peace"])
def test_an_answer_that_comes_while_others_are_asked_stands(database, clock, add, tick, monkeypatch, stopped):
    add()

    def answers_now(session, address):
        [due] = referrals.listed(session)
        assert referrals.answer(session, due.id, ReferralStatus.ACCEPTED, clock.now(), None)
        return stopped

    clock.advance(referrals.REMIND_AFTER)
    monkeypatch.setattr(consent, "is_opted_out", answers_now)
    assert tick() == 0
    with database.read() as session:
        assert referrals.listed(session)[0].status == ReferralStatus.ACCEPTED
    assert len(invitations(database)) == 1


@pytest.mark.parametrize("said", [ReferralStatus.ACCEPTED, ReferralStatus.DECLINED])
def test_an_answer_ends_the_asking(database, clock, add, tick, said):
    add()
    with database.read() as session:
        number = referrals.listed(session)[0].id
    assert database.write(lambda session: referrals.answer(session, number, said, clock.now(), None))
    clock.advance(timedelta(days=60))
    assert tick() == 0
    assert not database.write(lambda session: referrals.answer(session, number, said, clock.now(), None))


def test_later_is_asked_once_more(database, clock, add, tick):
    add()
    with database.read() as session:
        number = referrals.listed(session)[0].id
    again = clock.now() + referrals.ASK_AGAIN_AFTER
    database.write(lambda session: referrals.answer(session, number, ReferralStatus.LATER, clock.now(), again))
    clock.advance(referrals.REMIND_AFTER)
    assert tick() == 0
    clock.advance(referrals.ASK_AGAIN_AFTER)
    assert tick() == 1


def test_a_referral_covers_one_event(database, add, make_event, make_identity):
    rose, other = make_identity("+447700900301"), make_identity("+447700900302")
    event, another = make_event(), make_event()
    add(event=event.external_id)
    with database.read() as session:
        assert referrals.covers(session, rose.person_id, event.id)
        assert not referrals.covers(session, rose.person_id, another.id)
        assert not referrals.covers(session, other.person_id, event.id)
