"""Broadcasts: who gets one and who does not, nobody twice, a second person's approval, pausing and cancelling."""

from datetime import timedelta

import pytest
from sqlmodel import select

from services.booking import places
from services.campaigns import broadcast_gathering, broadcast_release, broadcasts, saved_searches
from services.campaigns.audience import Audience, Near, UnknownAudience
from services.campaigns.broadcast_preview import Reading, preview
from services.campaigns.broadcast_tables import Broadcast, Purpose
from services.campaigns.broadcasts import Done, Draft, NotPossible, Repeated, SamePerson, Unfit
from services.campaigns.gate import SendingGate
from services.core.clock import to_london
from services.events.query import Query
from services.events.tables import Alliance
from services.people import carers, consent, holds, identities, marketing, outbox
from services.people.tables import AuditEntry, OutboxMessage, Priority
from services.people.verdicts import Refuse, Send, Wait
from tests.services.broadcasting import begin, book, draft, gather, messages, release, run, told, wait_for

NIGHT = (2026, 11, 23, 21, 30)


@pytest.fixture
def people(make_identity):
    """Six people who have texted us, +447700900201 to 206."""
    return [make_identity(f"+4477009002{number:02}", first_name=f"P{number}") for number in range(1, 7)]


def addresses(database):
    known = {}
    with database.read() as session:
        for row in outbox.load(session, [message.id for message in messages(database)]):
            known[row.id] = row.address
    return sorted(known.values())


def test_those_booked_get_it_and_those_waiting_when_asked_for(database, clock, make_event, people):
    full, other = make_event(capacity=1), make_event()
    book(database, full, people[0], clock.now())
    wait_for(database, full, people[1], clock.now())
    book(database, other, people[2], clock.now())
    assert run(database, draft(full), clock.now()).recipients == 1
    assert addresses(database) == ["+447700900201"]
    assert run(database, draft(full, event=full.external_id, waiting=True), clock.now()).recipients == 2


def test_the_text_goes_with_the_booking(database, clock, make_event, people):
    event = make_event()
    booking_id = book(database, event, people[0], clock.now())
    run(database, draft(event), clock.now())
    [message] = messages(database)
    assert (message.booking_id, message.priority, message.expires_at) == (booking_id, Priority.BULK, event.starts_at)
    gate = SendingGate(only_drama=True)

    def ask():
        return database.read_once(lambda session: gate(session, outbox.load(session, [message.id])[0], clock.now()))

    assert ask() == Send()
    database.write(lambda session: places.cancel(session, booking_id, clock.now()))
    assert ask() == Refuse("booking_cancelled")


def test_a_carer_is_texted_and_so_is_the_phone_of_whom_the_place_is_for(database, clock, make_event, people):
    event = make_event()
    carer, rose = people[:2]

    def care(session):
        first = carers.begin(session, carer.person_id, "mother", "Rose", clock.now())
        joined = carers.join(session, first, rose.id, rose.person_id, clock.now())
        late = carers.begin(session, carer.person_id, "father", "Jim", clock.now())
        return joined.attendee, late.attendee, late.id

    own, ended, ended_id = database.write(care)
    book(database, event, carer, clock.now(), attendee=own)
    other_event = make_event()
    book(database, other_event, carer, clock.now(), attendee=ended)
    database.write(lambda session: carers.end(session, ended_id, "death", clock.now()))
    assert run(database, draft(event), clock.now()).recipients == 2
    assert addresses(database) == ["+447700900201", "+447700900202"]
    assert run(database, draft(other_event), clock.now()).recipients == 0


@pytest.mark.parametrize(
    "audience",
    [
        {"series": "Gentle yoga"},
        {"alliance": "North East London"},
        {"borough": "Camden"},
        {"near": Near("Camden", 51.54, -0.14, 2000.0)},
        {"types": ("breast",)},
        {"needs": ("exercise", "sleep")},
        {"needs": ("exercise",), "types": ("breast", "lung"), "borough": "Camden"},
    ],
    ids=lambda given: "+".join(given),
)
def test_an_audience_is_those_booked_on_what_it_asks_for(database, clock, make_event, make_venue, people, audience):
    camden = make_venue(lat=51.541, lon=-0.141, borough="Camden")
    alliance = Alliance(name="North East London")
    database.write(lambda session: (session.add(alliance), session.flush()))
    fits = make_event(
        discreet_title="Gentle yoga",
        venue_id=camden.id,
        alliance_id=alliance.id,
        cancer_types=["breast"],
        needs=["exercise"],
    )
    other = make_event(venue_id=make_venue().id, cancer_types=["skin"], needs=["money"])
    book(database, fits, people[0], clock.now())
    book(database, other, people[1], clock.now())
    run(database, draft(None, "Please wrap up warm.", **audience), clock.now())
    assert addresses(database) == ["+447700900201"]


def test_open_searches_count_and_each_person_once(database, clock, make_event, people):
    event = make_event(needs=["exercise"])
    both, seeks, elsewhere, ended = people[:4]
    book(database, event, both, clock.now())

    def save(session, who, **query):
        return saved_searches.save(
            session,
            person_id=who.person_id,
            identity_id=who.id,
            query=Query(**query),
            about={},
            now=clock.now(),
        ).search_id

    database.write(lambda session: save(session, both, needs=("exercise",)))
    database.write(lambda session: save(session, seeks, needs=("exercise",), lat=51.54, lon=-0.14))
    database.write(lambda session: save(session, elsewhere, needs=("money",)))
    gone = database.write(lambda session: save(session, ended, needs=("exercise",)))
    database.write(lambda session: saved_searches.end(session, gone, clock.now()))
    assert run(database, draft(None, "Hello again.", needs=("exercise",)), clock.now()).recipients == 2
    assert addresses(database) == ["+447700900201", "+447700900202"]
    near = draft(None, "Near.", needs=("exercise",), near=Near("Camden", 51.54, -0.14, 500.0))
    assert run(database, near, clock.now()).recipients == 1


def test_the_last_year_counts_for_marketing_only(database, clock, make_event, people):
    past = make_event(starts_at=clock.now() + timedelta(hours=1), needs=["exercise"])
    book(database, past, people[0], clock.now())
    database.write(lambda session: marketing.give(session, people[0].address, "news", clock.now()))
    later = clock.now() + timedelta(days=30)
    service = draft(None, "Hello.", needs=("exercise",))
    news = draft(None, "Hello.", needs=("exercise",), purpose=Purpose.MARKETING)
    assert run(database, service, later).recipients == 0
    assert run(database, news, later).recipients == 1
    assert run(database, news, later + timedelta(days=365)).recipients == 0


def test_who_is_left_out_and_why_is_the_same_in_the_preview(database, clock, make_event, make_identity, people):
    event = make_event(capacity=30)
    stopped, held, retired, fine = people[:4]
    silent = make_identity("+447700900207", last_inbound_at=None)
    landline = make_identity("+442079460123")
    whatsapp = make_identity(stopped.address, channel="whatsapp", first_name="P1")
    twin = make_identity(fine.address, channel="whatsapp")
    for who in (*people[:4], silent, landline, whatsapp, twin):
        book(database, event, who, clock.now())

    def arrange(session):
        consent.opt_out(session, stopped.address, "keyword", clock.now())
        holds.hold(session, held.address, reason="wrong_number", now=clock.now())
        identities.retire(session, retired.address)

    database.write(arrange)
    expected = {"opted_out": 2, "held": 1, "retired": 1, "never_texted": 1, "landline": 1, "duplicate": 1}
    seen = database.read_once(lambda session: preview(session, draft(event), clock.now()))
    assert seen.left_out == expected
    assert seen.readings == {Reading("P4", "sms"): 1}
    assert run(database, draft(event), clock.now()).left_out == expected
    assert addresses(database) == [fine.address]


def test_marketing_goes_to_those_who_asked_for_news_only(database, clock, make_event, people):
    event = make_event()
    for who in people[:3]:
        book(database, event, who, clock.now())
    database.write(lambda session: marketing.give(session, people[0].address, "news", clock.now()))
    database.write(lambda session: marketing.give(session, people[1].address, "NEWS please", clock.now()))
    database.write(lambda session: marketing.withdraw(session, people[1].address, clock.now()))
    found = run(database, draft(event, purpose=Purpose.MARKETING), clock.now())
    assert (found.recipients, found.left_out) == (1, {"no_marketing_consent": 2})
    assert addresses(database) == [people[0].address]
    gate = SendingGate(only_drama=True)
    [row] = database.read_once(lambda session: outbox.load(session, [messages(database)[0].id]))
    assert database.read_once(lambda session: gate(session, row, clock.now())) == Send()
    database.write(lambda session: marketing.withdraw(session, people[0].address, clock.now()))
    assert database.read_once(lambda session: gate(session, row, clock.now())) == Refuse("no_marketing_consent")


def test_the_same_text_is_started_once_a_day(database, clock, make_event, people):
    event = make_event()
    book(database, event, people[0], clock.now())
    first = begin(database, draft(event), clock.now())

    def same(**more):
        return database.write(
            lambda session: broadcasts.start(
                session, draft(event), by="Kim", approve_above=100, now=clock.now(), **more
            )
        )

    assert same() == Repeated(first)
    gather(database, clock.now())
    release(database, clock.now())
    assert same() == Repeated(first)
    assert isinstance(same(again=True), broadcasts.Started)
    clock.advance(timedelta(days=1))
    assert isinstance(same(), broadcasts.Started)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Hello {surname}", "There is no field {surname}"),
        ("Hello {first_name", "braces"),
        ("Hello {0.__class__}", "There is no field"),
        ("Hello {first_name!r}", "There is no field"),
        ("  ", "empty"),
        ("x" * 481, "481 characters"),
        ("Your chemo group meets", "'chemo'"),
        ("Come to ward 7", "'ward'"),
        ("For breast cancer", "'cancer'"),
        ("About {event}", "needs an event"),
    ],
)
def test_a_text_that_may_not_be_sent_is_refused_with_the_reason(chosen_database, clock, text, reason):
    asked = draft(None, text, needs=("exercise",))
    refused = chosen_database.write(
        lambda session: broadcasts.start(session, asked, by="Sam", approve_above=100, now=clock.now())
    )
    assert isinstance(refused, Unfit)
    assert reason in refused.reasons[0] + refused.reasons[-1]


def test_what_fills_the_fields_may_not_tell_either(chosen_database, clock, make_event, make_venue):
    event = make_event(venue_id=make_venue(name="Oncology Centre").id)

    def check(text):
        return chosen_database.read_once(lambda session: broadcasts.check(session, draft(event, text), clock.now()))

    assert isinstance(check("We meet at {venue}"), Unfit)
    assert check("We meet on {date}") == event.id


@pytest.mark.parametrize("asked", [{"event": "nope"}, {"series": "nope"}, {"alliance": "nope"}, {"borough": "nope"}])
def test_an_audience_that_does_not_exist_is_an_error(chosen_database, clock, asked):
    with pytest.raises(UnknownAudience, match="nope"):
        chosen_database.read_once(
            lambda session: preview(session, Draft(Purpose.SERVICE, "Hello.", Audience(**asked)), clock.now())
        )


def test_a_large_one_waits_for_a_second_person(database, clock, make_event, people):
    event = make_event()
    for who in people[:3]:
        book(database, event, who, clock.now())
    number = begin(database, draft(event), clock.now(), by="Sam Ali", above=2)
    gather(database, clock.now())
    assert release(database, clock.now()) == 0
    assert told(database, number).status == "awaiting"

    def act(do, by):
        return database.write(lambda session: do(session, number, by=by, now=clock.now()))

    assert act(broadcasts.approve, " sam  ALI ") == SamePerson()
    assert act(broadcasts.pause, "Sam Ali") == Done()
    assert act(broadcasts.approve, "Kim") == NotPossible("paused")
    assert act(broadcasts.resume, "Sam Ali") == Done()
    assert told(database, number).status == "awaiting"
    assert release(database, clock.now()) == 0
    assert act(broadcasts.approve, "Kim") == Done()
    assert release(database, clock.now()) == 3
    assert act(broadcasts.approve, "Kim") == NotPossible("running")
    with database.read() as session:
        written = session.exec(select(AuditEntry)).all()
    assert [(each.action, each.actor) for each in written] == [
        ("broadcast_started", "Sam Ali"),
        ("broadcast_paused", "Sam Ali"),
        ("broadcast_resumed", "Sam Ali"),
        ("broadcast_approved", "Kim"),
    ]


@pytest.fixture
def under_way(database, clock, make_event, people):
    """A broadcast to four, all in the outbox, one of them taken by a sender."""
    event = make_event()
    for who in people[:4]:
        book(database, event, who, clock.now())
    number = begin(database, draft(event), clock.now())
    gather(database, clock.now())
    release(database, clock.now())
    [taken] = database.write(lambda session: outbox.claim(session, clock.now(), limit=1))
    return number, taken


def claimable(database, now):
    return database.write(lambda session: outbox.claim(session, now))


def test_paused_nothing_more_is_taken_and_what_was_is_put_back(database, clock, under_way):
    number, taken = under_way

    def act(do):
        return database.write(lambda session: do(session, number, by="Sam", now=clock.now()))

    gate = SendingGate(only_drama=True)
    assert act(broadcasts.pause) == Done()
    assert claimable(database, clock.now() + timedelta(hours=3)) == []
    verdict = database.read_once(lambda session: gate(session, taken, clock.now()))
    assert isinstance(verdict, Wait)
    assert told(database, number).queued == 3
    assert act(broadcasts.pause) == NotPossible("paused")
    assert act(broadcasts.resume) == Done()
    assert len(claimable(database, clock.now())) == 3
    assert database.read_once(lambda session: gate(session, taken, clock.now())) == Send()


def test_cancelled_nothing_more_is_taken_and_what_was_is_refused(database, clock, under_way):
    number, taken = under_way

    def act(do):
        return database.write(lambda session: do(session, number, by="Sam", now=clock.now()))

    assert act(broadcasts.cancel) == Done()
    assert claimable(database, clock.now()) == []
    verdict = database.read_once(lambda session: SendingGate(only_drama=True)(session, taken, clock.now()))
    assert verdict == Refuse("broadcast_cancelled")
    assert act(broadcasts.resume) == act(broadcasts.pause) == act(broadcasts.cancel) == NotPossible("cancelled")
    found = told(database, number)
    assert (found.refused, found.queued, found.reasons) == (3, 0, {("refused", "broadcast_cancelled"): 3})


def test_counts_are_exact(database, clock, under_way):
    number, _ = under_way

    def settle(session):
        rows = session.exec(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        for row, (status, reason) in zip(
            rows, [("delivered", ""), ("sent", ""), ("failed", "30003"), ("refused", "opted_out")], strict=True
        ):
            row.status, row.reason = status, reason

    database.write(settle)
    found = told(database, number)
    assert (found.recipients, found.sent, found.delivered, found.failed, found.refused) == (4, 2, 1, 1, 1)
    assert found.reasons == {("failed", "30003"): 1, ("refused", "opted_out"): 1}
    assert (found.queued, found.settled) == (0, 4)
    database.write(
        lambda session: [
            broadcast_release.end_if_over(session, row.id, clock.now()) for row in broadcast_release.to_go(session)
        ]
    )
    assert told(database, number).status == "done"


def test_the_outbox_is_stocked_a_little_ahead_and_not_at_night(
    database, clock, make_event, people, london, monkeypatch
):
    monkeypatch.setattr(broadcast_release, "PAGE", 2)
    monkeypatch.setattr(broadcast_release, "AHEAD", 4)
    monkeypatch.setattr(broadcast_release, "_NEXT", broadcast_release._NEXT.limit(2))
    event = make_event()
    for who in people:
        book(database, event, who, clock.now())
    number = begin(database, draft(event), clock.now())
    gather(database, clock.now())
    assert release(database, london(*NIGHT)) == 0
    assert release(database, london(2026, 11, 24, 7, 59)) == 0
    assert release(database, london(2026, 11, 24, 8)) == 4
    assert told(database, number).queued == 6
    assert len(claimable(database, london(2026, 11, 24, 8))) == 4
    assert release(database, london(2026, 11, 24, 8)) == 2


def test_cancelled_while_it_is_gathered_it_stops(database, clock, make_event, people, monkeypatch):
    monkeypatch.setattr(broadcast_gathering, "PAGE", 2)
    event = make_event()
    for who in people:
        book(database, event, who, clock.now())
    number = begin(database, draft(event), clock.now())
    [row] = database.read_once(broadcast_release.to_go)
    pages = broadcast_gathering.gather(database, row, clock.now())
    assert next(pages) == 2
    database.write(lambda session: broadcasts.pause(session, number, by="Sam", now=clock.now()))
    assert list(pages) == []
    assert (told(database, number).recipients, told(database, number).is_gathered) == (2, False)
    database.write(lambda session: broadcasts.resume(session, number, by="Sam", now=clock.now()))
    assert gather(database, clock.now()) == 4
    assert told(database, number).recipients == 6


def test_an_audience_is_kept_as_json(chosen_database, clock):
    asked = Audience(near=Near("Camden", 51.5, -0.1, 2000.0), types=("breast",), needs=("exercise", "sleep"))
    chosen_database.write(
        lambda session: session.add(
            Broadcast(
                purpose="service", template="", audience=asked.to_json(), requested_by="", approve_above=1,
                created_at=clock.now(),
            )
        )
    )  # fmt: skip
    with chosen_database.read() as session:
        assert Audience.from_json(session.exec(select(Broadcast.audience)).one()) == asked


@pytest.mark.parametrize("day", [(2026, 3, 28), (2026, 10, 24), (2026, 11, 24)])
def test_it_rests_from_9pm_to_8am_also_when_the_clocks_change(
    sqlite_database, clock, make_event, people, london, monkeypatch, day
):
    """The clocks go forward and back in the nights after the first two days; one more goes each hour."""
    monkeypatch.setattr(broadcast_release, "AHEAD", 1)
    monkeypatch.setattr(broadcast_release, "PAGE", 1)
    monkeypatch.setattr(broadcast_release, "_NEXT", broadcast_release._NEXT.limit(1))
    database, (year, month, date) = sqlite_database, day
    clock.move_to(london(year, month, date, 19))
    event = make_event()
    for who in people:
        book(database, event, who, clock.now())
    begin(database, draft(event), clock.now())
    gather(database, clock.now())
    gate, sent = SendingGate(only_drama=True), []
    while len(sent) < 4:
        release(database, clock.now())
        for row in database.write(lambda session: outbox.claim(session, clock.now())):
            assert database.read_once(lambda session, row=row: gate(session, row, clock.now())) == Send()
            sent.append(to_london(clock.now()).strftime("%d %H:%M"))
        clock.advance(timedelta(hours=1))
    assert sent == [f"{date} 19:00", f"{date} 20:00", f"{date + 1} 08:00", f"{date + 1} 09:00"]
