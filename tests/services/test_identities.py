"""An address becomes one identity with one person, however often and from wherever it is met."""

import threading
from datetime import timedelta

from sqlmodel import select

from services.people import consent, identities
from services.people.tables import Identity, Person

ADDRESS, NUMBER = "+447700900123", "+447700900000"


def test_the_first_text_makes_a_person(database, clock):
    key = database.write(lambda session: identities.arrive(session, "sms", ADDRESS, NUMBER, clock.now()))
    with database.read() as session:
        identity = session.get(Identity, key.id)
        assert (identity.person_id, identity.sender, identity.last_inbound_at) == (key.person_id, NUMBER, clock.now())
        assert session.get(Person, key.person_id).created_at == clock.now()


def test_the_next_text_finds_and_touches_it(database, clock):
    first = database.write(lambda session: identities.arrive(session, "sms", ADDRESS, NUMBER, clock.now()))
    clock.advance(timedelta(hours=1))
    again = database.write(lambda session: identities.arrive(session, "sms", ADDRESS, "+447700900001", clock.now()))
    assert again == first
    with database.read() as session:
        identity = session.get(Identity, first.id)
        assert (identity.sender, identity.last_inbound_at) == ("+447700900001", clock.now())
        assert len(session.exec(select(Person)).all()) == 1


def test_one_number_on_two_channels_is_two_identities(database, clock):
    sms = database.write(lambda session: identities.find_or_create(session, "sms", ADDRESS, clock.now()))
    whatsapp = database.write(lambda session: identities.find_or_create(session, "whatsapp", ADDRESS, clock.now()))
    assert sms.id != whatsapp.id
    assert sms.person_id != whatsapp.person_id


def test_looking_one_up_does_not_touch_it(database, clock):
    key = database.write(lambda session: identities.find_or_create(session, "sms", ADDRESS, clock.now()))
    assert database.write(lambda session: identities.find_or_create(session, "sms", ADDRESS, clock.now())) == key
    with database.read() as session:
        assert identities.recipient(session, key.id) == identities.Recipient(
            key.id, key.person_id, "sms", ADDRESS, "", None, opted_out=False
        )


def test_first_texts_at_the_same_instant_make_one_identity(database, clock):
    barrier, found = threading.Barrier(8), []

    def text_in():
        barrier.wait()
        found.append(database.write(lambda session: identities.arrive(session, "sms", ADDRESS, NUMBER, clock.now())))

    threads = [threading.Thread(target=text_in) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    with database.read() as session:
        assert len(session.exec(select(Person)).all()) == 1


def test_a_recipient_knows_an_opt_out_on_any_channel(database, clock, make_identity):
    sms, whatsapp = make_identity(ADDRESS, "sms"), make_identity(ADDRESS, "whatsapp")
    database.write(lambda session: consent.opt_out(session, ADDRESS, "keyword", clock.now()))
    with database.read() as session:
        assert identities.recipient(session, sms.id).opted_out
        assert identities.recipient(session, whatsapp.id).opted_out
        assert identities.recipient(session, 999) is None
