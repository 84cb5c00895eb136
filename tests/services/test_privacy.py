"""A person may have a copy of what is held on them, and have it erased; nothing that leads to them is forgotten."""

import json
from datetime import timedelta

from sqlmodel import select

from services.booking import places
from services.booking.tables import Booking, BookingStatus
from services.people import carers, consent, conversations, identities, inbox, outbox
from services.people.care_tables import CaredFor
from services.people.identities import recipient
from services.people.inbox import InboundDraft
from services.people.tables import AuditEntry, Identity, InboundMessage, OutboxMessage, Person, Priority
from services.privacy import erasing
from services.privacy.erasing import Erased, StillBooked, Stranger
from services.privacy.records import held, people_at, personal_tables

ADDRESS, OTHER = "+447700900321", "+447700900322"
SECRET = "bowel cancer near E17"


def text(database, clock, address, body):
    """Take a message and answer it, as a turn does; returns the identity."""

    def unit(session):
        clock.advance(timedelta(seconds=1))
        draft = InboundDraft(f"SM{address}{clock.now().timestamp()}", "sms", address, "+447700900000", body, {})
        taken = inbox.record(session, draft, clock.now())
        conversations.save(session, taken.identity_id, {"slots": {"said": body}}, clock.now())
        outbox.enqueue_claimed(
            session,
            recipient(session, taken.identity_id),
            kind="reply",
            parameters={"text": f"You said {body}"},
            priority=Priority.REPLY,
            now=clock.now(),
            in_reply_to=taken.id,
        )
        return taken.identity_id

    return database.write(unit)


def everything(database):
    """All that any table holds, as text."""
    with database.read() as session:
        rows = [row for table in personal_tables() for row in session.execute(table.select()).all()]
    return "\n".join(map(str, rows))


def test_a_copy_holds_what_is_theirs_and_nothing_of_others(database, clock):
    text(database, clock, ADDRESS, SECRET)
    text(database, clock, OTHER, "yoga for somebody else")
    with database.read() as session:
        rows = held(session, people_at(session, ADDRESS))
    copy = json.dumps(rows, default=str)
    assert SECRET in copy
    assert "somebody else" not in copy
    assert set(rows) == {"person", "identity", "conversation", "inbound_message", "outbox_message"}


def test_whom_someone_cares_for_goes_with_them_unless_they_text_themselves(database, clock):
    carer, own = text(database, clock, ADDRESS, "hello"), text(database, clock, OTHER, "hello too")

    def care(session):
        texting = session.get(Identity, own)
        rose = Person(first_name="Rose", created_at=clock.now())
        session.add(rose)
        session.flush()
        carer_id = session.get(Identity, carer).person_id
        session.add(CaredFor(carer_id=carer_id, person_id=rose.id, created_at=clock.now()))
        texts_herself = CaredFor(
            carer_id=carer_id, person_id=texting.person_id, identity_id=own, created_at=clock.now()
        )
        session.add(texts_herself)
        return rose.id, carer_id

    rose_id, carer_id = database.write(care)
    with database.read() as session:
        assert people_at(session, ADDRESS) == {rose_id, carer_id}
    database.write(lambda session: erasing.erase(session, ADDRESS, actor="Sam", now=clock.now()))
    assert "Rose" not in everything(database)
    assert "hello too" in everything(database)


def test_what_was_said_before_an_address_was_someone_elses_is_not_theirs(database, clock):
    text(database, clock, ADDRESS, SECRET)
    database.write(lambda session: identities.retire(session, ADDRESS))
    text(database, clock, ADDRESS, "hello")
    with database.read() as session:
        rows = held(session, people_at(session, ADDRESS))
    assert [row["body"] for row in rows["inbound_message"]] == ["hello"]


def test_a_carer_has_no_copy_of_what_someone_texted_from_a_phone_they_gave_up(database, clock):
    carer, own = text(database, clock, ADDRESS, "hello"), text(database, clock, OTHER, SECRET)

    def join_and_leave(session):
        carer_id, own_id = (session.get(Identity, each).person_id for each in (carer, own))
        rose = carers.begin(session, carer_id, "mother", "Rose", clock.now())
        carers.join(session, rose, own, own_id, clock.now())
        carers.leave(session, own)
        return carer_id

    carer_id = database.write(join_and_leave)
    with database.read() as session:
        assert people_at(session, ADDRESS) == {carer_id}


def test_what_a_carer_booked_for_someone_is_theirs_too(database, clock, make_event):
    event = make_event()
    carer, own = text(database, clock, ADDRESS, "hello"), text(database, clock, OTHER, "hello too")

    def book(session):
        carer_id, own_id = (session.get(Identity, each).person_id for each in (carer, own))
        rose = carers.begin(session, carer_id, "mother", "Rose", clock.now())
        whose = {"event_id": event.id, "person_id": carer_id, "identity_id": carer, "places": 1, "now": clock.now()}
        held_places = [
            places.hold(session, **whose, hold_for=timedelta(minutes=15), attendee=attendee, attendee_name=name)
            for attendee, name in (("", "Grace"), (rose.attendee, "Rose"))
        ]
        carers.join(session, rose, own, own_id, clock.now())
        return held_places[1].booking_id

    for_rose = database.write(book)
    with database.read() as session:
        assert [row["id"] for row in held(session, people_at(session, OTHER))["booking"]] == [for_rose]
        assert len(held(session, people_at(session, ADDRESS))["booking"]) == 2


def test_a_stranger_has_nothing(database, clock):
    with database.read() as session:
        assert held(session, people_at(session, ADDRESS)) == {}
    assert database.write(lambda session: erasing.erase(session, ADDRESS, actor="x", now=clock.now())) == Stranger()


def test_erasing_leaves_no_word_of_theirs_and_everything_of_others(database, clock):
    identity_id = text(database, clock, ADDRESS, SECRET)
    text(database, clock, OTHER, "yoga for somebody else")
    database.write(lambda session: consent.opt_out(session, ADDRESS, "keyword", clock.now()))
    done = database.write(lambda session: erasing.erase(session, ADDRESS, actor="Sam", now=clock.now()))
    assert isinstance(done, Erased)
    left = everything(database)
    assert SECRET not in left
    assert "somebody else" in left
    with database.read() as session:
        assert session.get(Identity, identity_id).address == f"erased-{identity_id}"
        assert consent.is_opted_out(session, ADDRESS), "or it might be texted again"
        [entry] = session.exec(select(AuditEntry)).all()
        assert (entry.actor, entry.action) == ("Sam", "erased")
        assert len(session.exec(select(InboundMessage)).all()) == len(session.exec(select(OutboxMessage)).all()) == 2


def test_who_is_booked_is_not_erased_before_the_booking_is_over(database, clock, make_event):
    event = make_event()
    identity_id = text(database, clock, ADDRESS, SECRET)

    def book(session):
        person_id = session.get(Identity, identity_id).person_id
        held_place = places.hold(
            session,
            event_id=event.id,
            person_id=person_id,
            identity_id=identity_id,
            places=1,
            now=clock.now(),
            hold_for=timedelta(minutes=15),
        )
        return places.confirm(session, held_place.booking_id, clock.now())

    database.write(book)
    erase = lambda session: erasing.erase(session, ADDRESS, actor="Sam", now=clock.now())  # noqa: E731
    refused = database.write(erase)
    assert isinstance(refused, StillBooked)
    assert SECRET in everything(database)
    with database.read() as session:
        [booking] = session.exec(select(Booking)).all()
    assert refused.references == (booking.reference,)
    database.write(lambda session: places.cancel(session, booking.id, clock.now()))
    assert isinstance(database.write(erase), Erased)
    with database.read() as session:
        [booking] = session.exec(select(Booking)).all()
        assert (booking.status, booking.attendee_name) == (BookingStatus.CANCELLED, "")


def test_whoever_texts_from_the_number_afterwards_is_a_stranger(database, clock):
    text(database, clock, ADDRESS, SECRET)
    database.write(lambda session: erasing.erase(session, ADDRESS, actor="Sam", now=clock.now()))
    identity_id = text(database, clock, ADDRESS, "hello")
    with database.read() as session:
        person = session.get(Person, session.get(Identity, identity_id).person_id)
        rows = held(session, {person.id})
    assert [row["body"] for row in rows["inbound_message"]] == ["hello"]


def test_a_booking_whose_event_is_over_does_not_stand_in_the_way(database, clock, make_event):
    event = make_event()
    identity_id = text(database, clock, ADDRESS, SECRET)

    def book(session):
        person_id = session.get(Identity, identity_id).person_id
        whose = {"event_id": event.id, "person_id": person_id, "identity_id": identity_id, "places": 1}
        held_place = places.hold(session, **whose, now=clock.now(), hold_for=timedelta(minutes=15))
        places.confirm(session, held_place.booking_id, clock.now())

    database.write(book)
    clock.advance(timedelta(days=30))
    assert isinstance(
        database.write(lambda session: erasing.erase(session, ADDRESS, actor="Sam", now=clock.now())), Erased
    )
