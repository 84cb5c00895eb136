"""What has been kept for long enough goes, a page at a time; what is still needed, or held by law, stays."""

from datetime import timedelta

import pytest
from sqlalchemy import JSON, String, event
from sqlmodel import select

from bot.keeping import retention_job
from services.booking.referral_tables import Referral
from services.booking.tables import Booking, BookingStatus, CalendarLink
from services.campaigns.broadcast_tables import Broadcast, BroadcastRecipient
from services.campaigns.tables import Reminder, SavedSearch, SearchHit
from services.events.tables import EventSession
from services.insight.tables import CheckinRound, FftResponse, InsightWish, Survey
from services.migrations.metadata import all_tables
from services.people import consent, flags
from services.people.care_tables import CaredFor, CodeGuess, PassCode
from services.people.tables import (
    AuditEntry,
    Conversation,
    Flag,
    Identity,
    InboundMessage,
    LegalHold,
    OutboxMessage,
    Person,
    TextHold,
)
from services.privacy import dormant, erasing, legal_holds, retention
from services.privacy.periods import Periods
from services.privacy.records import held, people_at, personal_tables

ADDRESS, OTHER = "+447700900331", "+447700900332"
DAY = timedelta(days=1)
PERIODS = Periods(words=90 * DAY, bookings=365 * DAY, answers=365 * DAY, people=730 * DAY)
# Every word that somebody said, or that is said of them, has this in it.
SECRET = "marmalade"

# Tables that hold nothing of anybody who texts: what is on offer, how it is configured, what runs.
IMPERSONAL_TABLES = {
    *("alliance", "provider", "venue", "event", "event_session", "event_cell", "catalogue", "instrument_rule"),
    *("lease", "message_content", "sender_rate", "daily_use", "broadcast"),
    # Anonymous by design; its words go with retention all the same.
    "fft_response",
}
# Columns of text or JSON in personal tables that hold none of anybody's words: codes, kinds, statuses, references.
IMPERSONAL_COLUMNS = {
    "person": set(),
    "identity": {"channel", "address"},  # the address is replaced by erasing
    "inbound_message": {"provider", "provider_id", "status"},
    "outbox_message": {"kind", "priority", "sender", "status", "reason", "provider_id"},
    "flag": {"category", "rule", "handled_by", "taken_by"},
    "audit_entry": {"actor", "action"},
    "booking": {"reference", "attendee", "status"},
    "referral": {"status"},
    "staff_member": {"name", "address", "salt"},  # of staff, not of whom they asked something for
    "survey": {"instrument", "status", "attended"},
    "cared_for": {"ended_by"},
    "opt_out": {"address", "source"},  # else it might be texted again
    "text_hold": {"address", "reason"},
    "legal_hold": {"reason", "placed_by"},
}


def test_every_table_is_personal_and_covered_or_known_to_hold_nothing_of_anybody():
    personal = {table.name for table in personal_tables()}
    assert personal == set(erasing.POLICY), "erasing must say what becomes of each"
    strange = {table.name for table in all_tables().sorted_tables} - personal - IMPERSONAL_TABLES
    assert strange == set(), "does a row lead to a person? Then by a foreign key; if not, name the table above"


def test_every_column_of_words_in_a_personal_table_is_emptied_or_known_to_hold_none():
    forgotten = []
    for table in personal_tables():
        policy = erasing.POLICY[table.name]
        if policy is None:
            continue
        texts = {column.name for column in table.columns if isinstance(column.type, String | JSON)}
        forgotten += [
            f"{table.name}.{name}" for name in texts - set(policy) - IMPERSONAL_COLUMNS.get(table.name, set())
        ]
    assert forgotten == [], "erasing must empty them, or name them above"


def test_whatever_erasing_empties_or_deletes_has_an_end_by_retention(clock):
    by_rule = {rule.table.name for rule in retention.rules(PERIODS, clock.now()) if isinstance(rule, retention.RowRule)}
    # These go with their person, whom `PeopleRule` erases by the same policy.
    with_person = {
        "person",
        "identity",
        "cared_for",
        "insight_wish",
        "audit_entry",
        "opt_out",
        "text_hold",
        "legal_hold",
        "marketing_consent",
        "staff_member",
        "no_reminders",
    }
    assert by_rule | with_person >= set(erasing.POLICY)
    assert by_rule & with_person == set()


@pytest.fixture
def life(chosen_database, clock, make_event):
    """Write all that can be held on someone who texted from an address `ago`; returns the person's id."""

    def write(address, ago):
        then = clock.now() - ago
        past = make_event(starts_at=then, title="Past")

        def unit(session):
            def add(row):
                session.add(row)
                session.flush()
                return row

            person = add(Person(first_name=f"{SECRET}a", access_needs=[SECRET], created_at=then))
            phone = add(Identity(person_id=person.id, channel="sms", address=address, last_inbound_at=then))
            add(Conversation(identity_id=phone.id, state={"slots": {"name": SECRET}}, updated_at=then))
            came = add(
                InboundMessage(
                    provider_id=f"SM{address}",
                    identity_id=phone.id,
                    sender=address,
                    recipient="+447700900000",
                    body=f"{SECRET} please",
                    details={"button": {"text": SECRET}},
                    status="processed",
                    failure=f"Trace: {SECRET}",
                    received_at=then,
                )
            )
            times = {"due_at": then, "created_at": then}
            said = {"parameters": {"text": SECRET}, "text": f"You said {SECRET}"}
            add(OutboxMessage(kind="reply", identity_id=phone.id, status="delivered", **said, **times))
            old = {"created_at": then, "handled_at": then}
            add(Flag(identity_id=phone.id, inbound_id=came.id, category="x", severity=3, note=SECRET, **old))
            booking = add(
                Booking(
                    reference=address[-6:],
                    event_id=past.id,
                    person_id=person.id,
                    identity_id=phone.id,
                    attendee_name=SECRET,
                    access_needs=[SECRET],
                    status=BookingStatus.CONFIRMED,
                    created_at=then,
                )
            )
            [meeting] = session.exec(select(EventSession).where(EventSession.event_id == past.id)).all()
            add(Reminder(booking_id=booking.id, session_id=meeting.id, kind="day", due_at=then, status="queued"))
            add(
                CalendarLink(token=f"{SECRET}{address}", uid="u", booking_id=booking.id, created_at=then, moved_at=then)
            )
            add(
                Survey(
                    booking_id=booking.id,
                    event_id=past.id,
                    person_id=person.id,
                    status="answered",
                    rating=8,
                    comment=SECRET,
                    reason=SECRET,
                    answered_at=then,
                )
            )
            add(FftResponse(event_id=past.id, answer="good", comment=SECRET, given_on=then.date()))
            whose = {"person_id": person.id, "identity_id": phone.id}
            add(CheckinRound(**whose, month=0, status="done", happy=3, due_at=then, finished_at=then))
            add(InsightWish(person_id=person.id))
            search = add(
                SavedSearch(
                    **whose,
                    wishes={"need": SECRET},
                    about={"need": SECRET},
                    created_at=then,
                    ends_at=then,
                    look_at=then,
                    ended_at=then,
                )
            )
            sent = add(
                Broadcast(
                    purpose="service",
                    template="Hello.",
                    requested_by="Sam",
                    approve_above=9,
                    status="done",
                    created_at=then,
                    ended_at=then,
                )
            )
            add(BroadcastRecipient(broadcast_id=sent.id, **whose, address=f"{SECRET}{address}"))
            add(SearchHit(search_id=search.id, event_id=past.id, told=True, at=then))
            add(
                Referral(
                    identity_id=phone.id,
                    first_name=SECRET,
                    suggested_by=SECRET,
                    agreed_on=then.date(),
                    wishes={"need": SECRET},
                    status="accepted",
                    created_at=then,
                    answered_at=then,
                )
            )
            rose = add(Person(first_name=f"{SECRET}b", created_at=then))
            cared = add(CaredFor(carer_id=person.id, person_id=rose.id, relation=SECRET, created_at=then))
            add(PassCode(code=f"{SECRET}{address}", cared_for_id=cared.id, created_at=then, expires_at=then))
            add(CodeGuess(identity_id=phone.id, at=then))
            add(TextHold(address=address, reason="safeguarding", at=then))
            consent.opt_out(session, address, "keyword", then)
            return person.id

        return chosen_database.write(unit)

    return write


def words(database):
    """How often something that somebody said is still there, by table."""
    found = {}
    with database.read() as session:
        for table in all_tables().sorted_tables:
            count = sum(str(row).count(SECRET) for row in session.execute(table.select()).all())
            if count:
                found[table.name] = count
    return found


def swept(database, clock, periods=PERIODS):
    return sum(count for _, count in retention.sweep(database, retention.rules(periods, clock.now()), clock.now()))


def test_nothing_goes_before_its_time(database, clock, life):
    life(ADDRESS, 13 * DAY)
    before = words(database)
    assert len(before) == 14
    assert swept(database, clock) == 0
    assert words(database) == before


def test_each_kind_of_thing_goes_at_its_own_time(database, clock, life):
    life(ADDRESS, 91 * DAY)
    swept(database, clock)
    assert set(words(database)) == {"person", "booking", "survey", "fft_response", "cared_for"}
    clock.advance(280 * DAY)
    swept(database, clock)
    assert set(words(database)) == {"person", "cared_for"}
    with database.read() as session:
        assert session.exec(select(Survey)).one().rating == 8
        assert session.exec(select(InboundMessage)).one().sender == ADDRESS
    clock.advance(400 * DAY)
    swept(database, clock)
    assert words(database) == {}
    with database.read() as session:
        assert session.exec(select(Identity)).one().address.startswith("erased-")
        assert consent.is_opted_out(session, ADDRESS), "or it might be texted again"
        assert [one.actor for one in session.exec(select(AuditEntry)).all()] == ["retention"]


def test_what_is_done_is_not_found_again(database, clock, life):
    life(ADDRESS, 800 * DAY)
    rules = retention.rules(PERIODS, clock.now())
    due = database.read_once(lambda session: retention.counts(session, rules))
    assert all(due.values()), due
    assert swept(database, clock) > 15
    assert swept(database, clock) == 0
    assert not any(database.read_once(lambda session: retention.counts(session, rules)).values())


def test_a_legal_hold_keeps_everything_until_it_is_released(database, clock, life):
    person_id = life(ADDRESS, 800 * DAY)
    before = words(database)
    change = {"reason": "a complaint", "actor": "Sam", "now": clock.now()}
    assert database.write(lambda session: legal_holds.place(session, ADDRESS, **change)) == legal_holds.Changed(2)
    life(OTHER, 800 * DAY)
    swept(database, clock)
    # The Friends and Family Test is nobody's.
    assert words(database) == {name: count for name, count in before.items() if name != "fft_response"}
    erase = lambda session: erasing.erase(session, ADDRESS, actor="Sam", now=clock.now())  # noqa: E731
    assert database.write(erase) == erasing.Held("a complaint")
    with database.read() as session:
        assert held(session, people_at(session, ADDRESS))["legal_hold"][0]["person_id"] == person_id
    database.write(lambda session: legal_holds.release(session, ADDRESS, **change | {"reason": "settled"}))
    swept(database, clock)
    assert words(database) == {}
    with database.read() as session:
        actions = [(one.action, one.actor) for one in session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()]
    assert ("legal_hold", "Sam") in actions
    assert ("legal_hold_released", "Sam") in actions


def test_a_hold_on_a_stranger_or_its_release_changes_nothing(database, clock, life):
    change = {"reason": "x", "actor": "Sam", "now": clock.now()}
    assert database.write(lambda session: legal_holds.place(session, ADDRESS, **change)) == legal_holds.Unchanged()
    life(ADDRESS, DAY)
    assert database.write(lambda session: legal_holds.release(session, ADDRESS, **change)) == legal_holds.Unchanged()
    with database.read() as session:
        assert session.exec(select(LegalHold)).all() == session.exec(select(AuditEntry)).all() == []


def test_what_staff_have_yet_to_see_is_kept(database, clock, life):
    life(ADDRESS, 100 * DAY)

    def unit(session):
        [message] = session.exec(select(InboundMessage)).all()
        [talk] = session.exec(select(Conversation)).all()
        talk.with_staff_until = clock.now() + DAY
        phone = message.identity_id
        flags.raise_flag(
            session, identity_id=phone, category="red_flag", severity=0, now=clock.now(), inbound_id=message.id
        )

    database.write(unit)
    swept(database, clock)
    assert {"inbound_message", "conversation"} <= set(words(database))


def test_whoever_has_anything_ahead_is_no_stranger(database, clock, life, make_event):
    person_id = life(ADDRESS, 800 * DAY)
    before = clock.now() - PERIODS.people
    due = lambda: database.read_once(lambda session: session.execute(dormant.people(before)).scalars().all())  # noqa: E731
    assert due() == [person_id]

    def book(session, status):
        [booking] = session.exec(select(Booking)).all()
        booking.event_id = ahead.id
        booking.status = status

    ahead = make_event()
    for status in (BookingStatus.CONFIRMED, BookingStatus.WAITING):
        database.write(lambda session, status=status: book(session, status))
        assert due() == []

    def text_again(session):
        session.exec(select(Booking)).one().status = BookingStatus.CANCELLED
        session.exec(select(Booking)).one().event_id = 1
        session.exec(select(Identity)).one().last_inbound_at = clock.now()

    database.write(text_again)
    assert due() == []


def test_someone_with_an_active_carer_is_kept_with_them(database, clock, life):
    carer, cared = life(ADDRESS, DAY), life(OTHER, 800 * DAY)

    def care(session):
        session.add(CaredFor(carer_id=carer, person_id=cared, created_at=clock.now()))

    database.write(care)
    before = clock.now() - PERIODS.people
    assert database.read_once(lambda session: session.execute(dormant.people(before)).scalars().all()) == []


def test_a_pass_that_is_broken_off_is_finished_by_the_next(chosen_database, clock, life, monkeypatch):
    monkeypatch.setattr(retention, "PAGE", 7)
    phone = {"sender": ADDRESS, "recipient": OTHER, "received_at": clock.now() - 100 * DAY, "status": "processed"}

    def write(session):
        person = Person(created_at=clock.now())
        session.add(person)
        session.flush()
        identity = Identity(person_id=person.id, channel="sms", address=ADDRESS, last_inbound_at=clock.now())
        session.add(identity)
        session.flush()
        for number in range(50):
            session.add(InboundMessage(provider_id=f"SM{number}", identity_id=identity.id, body=SECRET, **phone))

    chosen_database.write(write)
    rules = retention.rules(PERIODS, clock.now())
    begun = retention.sweep(chosen_database, rules, clock.now())
    assert [next(begun)[1] for _ in range(3)] == [7, 7, 7]
    begun.close()
    assert words(chosen_database) == {"inbound_message": 29}
    assert swept(chosen_database, clock) == 29
    assert words(chosen_database) == {}


@pytest.fixture
def asked(chosen_database):
    """The statements that the database was asked."""
    statements = []
    event.listen(chosen_database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    return statements


def test_the_engine_makes_one_pass_a_day(chosen_database, clock, life, asked):
    life(ADDRESS, 100 * DAY)
    job = retention_job(chosen_database, PERIODS)
    assert job.run(clock.now())["rows_retired"] > 8
    job.run(clock.now())
    asked.clear()
    for _ in range(5):
        assert job.run(clock.now()) == {"rows_retired": 0}
    assert asked == [], "a pass that is over asks nothing until tomorrow"
    clock.advance(DAY)
    job.run(clock.now())
    assert asked != []


def test_the_next_day_goes_on_after_a_failure(chosen_database, clock, life, monkeypatch):
    life(ADDRESS, 100 * DAY)
    job = retention_job(chosen_database, PERIODS)
    monkeypatch.setattr(retention, "_apply", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        job.run(clock.now())
    monkeypatch.undo()
    assert job.run(clock.now())["rows_retired"] > 8
