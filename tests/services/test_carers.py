"""People cared for: told apart, agreed once, joined by a code, and seen only by those who have to do with them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from services.booking import bookings, care, places
from services.campaigns.gate import SendingGate
from services.core.ids import ALPHABET
from services.people import carers, identities, outbox, pass_codes
from services.people.pass_codes import Joined, NotJoined
from services.people.tables import Person
from services.people.verdicts import Refuse


@pytest.fixture
def carer(make_identity):
    return make_identity(first_name="Grace")


@pytest.fixture
def rose(database, clock, carer):
    return database.write(lambda s: carers.begin(s, carer.person_id, "mother", "Rose", clock.now()))


@pytest.fixture
def book(database, clock):
    def book(who, event, attendee=""):
        def unit(session):
            held = places.hold(
                session, event_id=event.id, person_id=who.person_id, identity_id=who.id, places=1,
                now=clock.now(), hold_for=timedelta(minutes=15), attendee=attendee,
            )  # fmt: skip
            places.confirm(session, held.booking_id, clock.now())
            return held.booking_id

        return database.write(unit)

    return book


@pytest.fixture
def redeem(database, clock):
    def redeem(code, phone):
        said = {"identity_id": phone.id, "person_id": phone.person_id, "now": clock.now()}
        return database.write(lambda session: pass_codes.redeem(session, code, **said))

    return redeem


def issue(database, clock, cared):
    return database.write(lambda session: pass_codes.issue(session, cared.id, clock.now()))


def test_agreement_is_kept_with_its_first_moment(database, clock, rose):
    database.write(lambda session: carers.agree(session, rose.id, clock.now()))
    first = clock.now()
    clock.advance(timedelta(days=1))
    database.write(lambda session: carers.agree(session, rose.id, clock.now()))
    with database.read() as session:
        assert carers.by_id(session, rose.id).agreed_at == first


def test_a_code_joins_a_phone_once(database, clock, rose, make_identity, redeem):
    code = issue(database, clock, rose)
    hers, other = make_identity("+447700900201"), make_identity("+447700900202")
    joined = redeem(code, hers)
    assert isinstance(joined, Joined)
    assert (joined.cared.identity_id, joined.cared.person_id) == (hers.id, hers.person_id)
    assert (joined.cared.first_name, joined.cared.agreed_at) == ("Rose", clock.now())
    assert redeem(code, other) == NotJoined("used")


def test_of_two_phones_at_once_one_is_joined(database, clock, rose, make_identity, redeem):
    code = issue(database, clock, rose)
    phones = [make_identity(f"+4477009002{number:02}") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda phone: redeem(code, phone), phones))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Joined", *["NotJoined"] * 5]


def test_someone_with_a_new_phone_joins_again(database, clock, rose, make_identity, redeem):
    old, new = make_identity("+447700900201"), make_identity("+447700900202")
    redeem(issue(database, clock, rose), old)
    database.write(lambda session: carers.leave(session, old.id))
    joined = redeem(issue(database, clock, rose), new)
    assert (joined.cared.identity_id, joined.cared.person_id) == (new.id, new.person_id)
    with database.read() as session:
        assert session.get(Person, old.person_id), "whoever had the old phone is not forgotten"
        assert session.get(Person, rose.person_id) is None, "nobody stands for her any more"


def test_one_slip_is_forgiven_and_two_are_not(database, clock, rose, make_identity, redeem):
    code = issue(database, clock, rose)
    hers = make_identity("+447700900201")
    wrong = next(letter for letter in ALPHABET if letter not in code[:2])
    assert redeem(wrong + wrong + code[2:], hers) == NotJoined("wrong")
    assert isinstance(redeem(wrong + code[1:], hers), Joined)


def test_a_code_runs_out_and_a_new_one_voids_it(database, clock, rose, make_identity, redeem):
    first = issue(database, clock, rose)
    second = issue(database, clock, rose)
    hers = make_identity("+447700900201")
    assert redeem(first, hers) == NotJoined("expired")
    clock.advance(pass_codes.VALID_FOR)
    assert redeem(second, hers) == NotJoined("expired")


def test_the_carers_own_phone_is_not_joined(database, clock, rose, carer, redeem):
    assert redeem(issue(database, clock, rose), carer) == NotJoined("own")


def test_so_many_guesses_a_day(database, clock, rose, make_identity, redeem):
    code = issue(database, clock, rose)
    stranger = make_identity("+447700900201")
    for _ in range(pass_codes.MOST_GUESSES):
        assert redeem("3C3C3C3C", stranger) == NotJoined("wrong")
    assert redeem(code, stranger) == NotJoined("too_many")
    clock.advance(timedelta(days=1, seconds=1))
    assert isinstance(redeem(code, stranger), Joined)


def test_codes_are_no_words_and_all_different():
    codes = {pass_codes._drawn() for _ in range(500)}
    assert len(codes) == 500
    assert all(pass_codes.find(f"my code is {pass_codes.spoken(code).lower()}") == code for code in codes)


def test_each_sees_their_own(database, clock, rose, carer, make_event, make_identity, book, redeem):
    hers = make_identity("+447700900201")
    for_rose, own = book(carer, make_event(), rose.attendee), book(hers, make_event())

    def seen(who):
        with database.read() as session:
            return {each.booking_id for each in bookings.upcoming(session, who.person_id, clock.now())}

    assert (seen(carer), seen(hers)) == ({for_rose}, {own})
    redeem(issue(database, clock, rose), hers)
    assert (seen(carer), seen(hers)) == ({for_rose}, {for_rose, own})


def test_both_phones_are_told_until_everything_ends(
    database, clock, rose, carer, make_event, make_identity, book, redeem
):
    hers = make_identity("+447700900201")
    booking = book(carer, make_event(), rose.attendee)

    def told():
        with database.read() as session:
            return care.told_of(session, booking)

    assert told() == [carer.id]
    redeem(issue(database, clock, rose), hers)
    assert told() == [carer.id, hers.id]
    assert database.write(lambda session: care.end(session, [rose], "death", clock.now())) == [booking]
    assert told() == []
    with database.read() as session:
        assert care.has_ended(session, booking)
        assert bookings.upcoming(session, carer.person_id, clock.now()) == []
        assert bookings.by_id(session, booking).status == "confirmed", "staff see to it; nothing is cancelled silently"


def test_a_retired_phone_begins_afresh(database, clock, carer, make_event, book):
    book(carer, make_event())
    database.write(lambda session: identities.retire(session, carer.address))
    again = database.write(
        lambda session: identities.arrive(session, carer.channel, carer.address, "+447700900000", clock.now())
    )
    assert again.id != carer.id
    with database.read() as session:
        assert bookings.upcoming(session, again.person_id, clock.now()) == []
        assert identities.recipient(session, carer.id).channel == f"retired:{carer.id}"


def test_a_phone_can_pass_on_twice(database, clock, carer):
    for _ in range(2):
        database.write(lambda session: identities.retire(session, carer.address))
        database.write(
            lambda session: identities.arrive(session, carer.channel, carer.address, "+447700900000", clock.now())
        )


def test_nothing_goes_to_a_retired_phone(database, clock, carer):
    database.write(lambda session: identities.retire(session, carer.address))
    given = {"kind": "broadcast", "identity_id": carer.id, "parameters": {}, "priority": "2_notice"}
    database.write(lambda session: outbox.enqueue(session, **given, due_at=clock.now(), now=clock.now()))
    (row,) = database.write(lambda session: outbox.claim(session, clock.now()))
    with database.read() as session:
        assert SendingGate(only_drama=False)(session, row, clock.now()) == Refuse("retired")
