"""A table of events is imported whole or not at all; every fault is told; who booked hears of what moved."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, update
from sqlmodel import select

from services.booking import counter
from services.booking.outcomes import Full
from services.booking.tables import Booking
from services.campaigns.tables import Reminder
from services.events.changes import ChangeKind, Imported, Rejected
from services.events.imports import import_events
from services.events.query import Query
from services.events.search import search
from services.events.tables import Alliance, Event, EventSession, Provider, Venue

HEADER = "external_id,title,starts_at,ends_at,capacity,postcode"
ROW = "e1,Gentle yoga,2026-12-03T14:00,2026-12-03T15:30,12,E17 4QJ"


@dataclass(frozen=True)
class Spot:
    lat: float = 51.58
    lon: float = -0.02
    borough: str = "Waltham Forest"


@pytest.fixture
def bring_in(chosen_database, clock):
    """Import lines of a table (or a whole one, as bytes or text); changes that it announces are kept in `told`."""
    told = []

    def run(*lines, locate=lambda postcode: Spot() if postcode[0] in "EN" else None):
        source = lines[0] if isinstance(lines[0], bytes) else "\n".join(lines)
        told.clear()
        return chosen_database.write(
            lambda session: import_events(
                session, source, locate=locate, now=clock.now(), on_change=lambda _session, change: told.append(change)
            )
        )

    run.told = told
    return run


@pytest.fixture
def stored(chosen_database):
    """Read the rows of a table."""

    def run(table):
        with chosen_database.read() as session:
            return session.exec(select(table).order_by(table.id)).all()

    return run


def counts(outcome):
    assert isinstance(outcome, Imported), outcome
    return (outcome.created, outcome.updated, outcome.unchanged)


def reasons(outcome):
    assert isinstance(outcome, Rejected), outcome
    return [str(error) for error in outcome.errors]


FULL = (
    "external_id,title,discreet_title,kind,provider,alliance,venue,address,postcode,mode,joining_link,starts_at,ends_at,"
    "capacity,places_taken,cancer_types,needs,audience,stage,language,access,cost,referral,contact,bring,travel,parking,"
    "travel_checked_on,status\n"
    'mf1,Moving Forward after breast cancer,Moving Forward,Course,Breast Cancer Now,RM Partners,"The Hub, Ealing",'
    '"The Hub, 1 High Street",e174qj,In person,,2026-12-03T10:00;2026-12-10 10:00,2026-12-03T13:00;2026-12-10 13:00,'
    "12.0,7,Breast; prostrate,fear of recurrence;tired,Carers,after treatment,english; polish,hearing loop;step free,"
    'Free,your nurse,020 7946 0000,"A pen,\npaper",Bus 58,"No parking",2026-11-01,Live\n'
)


def test_every_column_is_understood(database, bring_in, stored, london):
    assert counts(bring_in(FULL)) == (1, 0, 0)
    event, venue = stored(Event)[0], stored(Venue)[0]
    assert (event.title, event.discreet_title) == ("Moving Forward after breast cancer", "Moving Forward")
    assert (event.kind, event.mode, event.status, event.capacity, event.taken) == (
        "course",
        "in_person",
        "published",
        12,
        0,
    )
    assert (event.starts_at, event.ends_at) == (london(2026, 12, 3, 10), london(2026, 12, 10, 13))
    assert [(s.position, s.starts_at) for s in stored(EventSession)] == [
        (0, london(2026, 12, 3, 10)), (1, london(2026, 12, 10, 10)),
    ]  # fmt: skip
    assert (event.cancer_types, event.needs) == (["breast", "prostate"], ["recurrence", "fatigue"])
    assert (event.audience, event.stage, event.access) == (
        ["carer"],
        ["after_treatment"],
        ["hearing_loop", "wheelchair"],
    )
    assert (event.language, event.referral, event.bring) == ("English;Polish", "your nurse", "A pen,\npaper")
    assert (venue.name, venue.postcode, venue.borough) == ("The Hub, Ealing", "E17 4QJ", "Waltham Forest")
    assert (venue.travel, venue.parking, str(venue.travel_checked_on)) == ("Bus 58", "No parking", "2026-11-01")
    assert (event.travel, event.parking, event.travel_checked_on) == ("", "", None), "the venue's block says it"
    assert (stored(Provider)[0].name, stored(Alliance)[0].name) == ("Breast Cancer Now", "RM Partners")


@pytest.mark.parametrize(
    "source",
    [
        f"{HEADER}\n{ROW}\n".encode(),
        f"\ufeff{HEADER}\r\n{ROW}\r\n".encode(),
        f"{HEADER}\n{ROW}\n".replace(",", ";").encode(),
        f"{HEADER}\n{ROW}\n".replace(",", "\t").encode("utf-16"),
        f"\n{HEADER.replace('_', ' ').title()},,\n\n{ROW},,\n,,,\n".encode(),
        f"{HEADER}\n{ROW.replace('Gentle yoga', 'Café yoga')}\n".encode("cp1252"),
    ],
)
def test_tables_as_spreadsheets_save_them(bring_in, stored, source):
    assert counts(bring_in(source)) == (1, 0, 0)
    assert stored(Event)[0].title in ("Gentle yoga", "Café yoga")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([""], ["line 1: the file is empty"]),
        (["name,when", "x,y"], ["line 1, capacity: this column is missing"]),
        ([f"{HEADER},capcity", f"{ROW},4"], ["line 1, capcity: no such column; did you mean capacity?"]),
        ([f"{HEADER},title", f"{ROW},x"], ["line 1, title: this column comes twice"]),
        ([HEADER, f"{ROW},and,more"], ["line 2: has more cells than the 6 columns of the header"]),
        ([HEADER, 'e1,"Yoga'], ["line 2: this cannot be read as a table: unexpected end of data"]),
    ],
)
def test_a_table_that_is_none_is_refused(bring_in, stored, lines, told):
    outcome = reasons(bring_in(*lines))
    assert [reason for reason in told if reason not in outcome] == []
    assert stored(Event) == []


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("external_id", "", "is missing"),
        ("title", "", "is missing"),
        ("title", "x" * 201, "has 201 characters, 200 at most can be shown"),
        ("capacity", "a dozen", '"a dozen" is not a whole number from 1 to 10000'),
        ("capacity", "0", '"0" is not a whole number'),
        ("capacity", "-3", '"-3" is not a whole number'),
        ("capacity", "12345678901234567890", "is not a whole number"),
        ("starts_at", "", "is missing"),
        ("starts_at", "03/12/2026 14:00", '"03/12/2026 14:00" is not a date with a time such as'),
        ("starts_at", "2026-12-03", '"2026-12-03" is not a date with a time'),
        ("starts_at", "2026-02-30T10:00", "is not a date with a time"),
        ("starts_at", "2026-12-03T16:00", "ends_at: is not after starts_at"),
        ("starts_at", "2026-12-03T10:00;2026-12-03T11:00", "ends_at: has 1 times, starts_at has 2"),
        ("starts_at", "2027-03-28T01:30", "does not exist: the clocks go forward then"),
        ("starts_at", "2026-10-25T01:30", "comes twice, as the clocks go back: write 2026-10-25T01:30+01:00 or"),
        ("postcode", "", "is missing; only an event whose mode is online needs none"),
        ("postcode", "E17", '"E17" is not a whole postcode'),
        ("postcode", "Z1 1AA", '"Z1 1AA" is not known'),
        ("kind", "webinar", '"webinar" is not one of single, one_to_one, drop_in, course'),
        ("mode", "Kingston", '"Kingston" is not one of in_person, online, both'),
        ("status", "soon", "is not one of published, draft, cancelled"),
        ("cancer_types", "brest;lnug", '"lnug" is not known; did you mean lung?'),
        ("needs", "xyzzy", '"xyzzy" is not known; these are known: fatigue, emotional'),
        ("language", "Polish (2)", '"Polish (2)" is not the name of a language'),
        ("joining_link", "zoom 123", "is not a web address"),
        ("travel_checked_on", "1.11.26", '"1.11.26" is not a date such as'),
        ("discreet_title", "Breast cancer group", "tells a lock screen too much: breast, cancer"),
        ("venue", "Guy's Cancer Centre", "is in reminders, and tells a lock screen too much: cancer"),
        ("travel", "Follow the signs to Oncology", "is in reminders, and tells a lock screen too much: oncology"),
    ],
)
def test_each_bad_cell_is_told_with_its_line_and_nothing_is_imported(bring_in, stored, column, cell, reason):
    columns = HEADER.split(",")
    cells = dict(zip(columns, ROW.split(","), strict=True)) | {column: cell}
    bad = ",".join(cells.values())
    outcome = reasons(
        bring_in(",".join(cells), bad, bad.replace("e1", "e2"), ROW.replace("e1", "e3") + "," * (len(cells) - 6))
    )
    assert [told for told in outcome if told.startswith("line 2, ") and reason in told], outcome
    assert [told for told in outcome if told.startswith("line 3, ") and reason in told], outcome
    assert not [told for told in outcome if told.startswith("line 4")]
    assert stored(Event) == stored(Venue) == []


def test_all_faults_of_all_rows_are_told_at_once_by_line(bring_in):
    outcome = bring_in(
        HEADER, "e1,,2026-12-03T14:00,x,0,E17 4QJ", '"e\n2",Yoga,x,2026-12-03T15:30,1,E17 4QJ', "e3,Yoga,x,x,1,"
    )
    assert [(error.line, error.column) for error in outcome.errors] == [
        (2, "capacity"), (2, "ends_at"), (2, "title"), (3, "starts_at"), (5, "ends_at"), (5, "starts_at"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "outcome"),
    [
        ("Gentle yoga", "Gentle yoga"),
        ("Living with prostate cancer", "is missing, and the title says prostate, cancer: give a title without"),
        ("Fatigue after chemotherapy", "is missing, and the title says chemotherapy"),
    ],
)
def test_a_title_stands_in_for_a_discreet_one_only_when_it_gives_nothing_away(bring_in, stored, title, outcome):
    result = bring_in(HEADER, ROW.replace("Gentle yoga", title))
    if title == outcome:
        assert stored(Event)[0].discreet_title == outcome
    else:
        assert outcome in reasons(result)[0]


def test_times_are_london_time_unless_they_say_otherwise(bring_in, stored, london):
    rows = [
        ROW.replace("e1", "summer").replace("2026-12-03", "2027-07-03"),
        ROW.replace("e1", "offset").replace("T14:00", "T12:30+00:00").replace("T15:30", "T14:00Z"),
        ROW.replace("e1", "twice")
        .replace("2026-12-03T14:00", "2027-10-31T01:30+01:00")
        .replace("2026-12-03", "2027-10-31"),
    ]
    assert counts(bring_in(HEADER, *rows)) == (3, 0, 0)
    starts = {event.external_id: event.starts_at for event in stored(Event)}
    assert starts["summer"].hour == 13
    assert starts["offset"] == london(2026, 12, 3, 12, 30)
    assert starts["twice"] == london(2027, 10, 31, 1, 30)


def test_importing_again_changes_nothing_and_changed_rows_update(database, bring_in, stored, clock):
    second = ROW.replace("e1", "e2")
    assert counts(bring_in(HEADER, ROW, second)) == (2, 0, 0)
    first = stored(Event)
    clock.advance(timedelta(hours=1))
    assert counts(bring_in(HEADER, ROW, second)) == (0, 0, 2)
    assert stored(Event) == first
    assert counts(bring_in(HEADER, ROW, second.replace("Gentle", "Chair"))) == (0, 1, 1)
    assert [(event.id, event.title) for event in stored(Event)] == [
        (first[0].id, "Gentle yoga"),
        (first[1].id, "Chair yoga"),
    ]
    assert [event.updated_at for event in stored(Event)] == [first[0].updated_at, clock.now()]
    assert bring_in.told == [], "a new title moves nobody"
    assert len(stored(Venue)) == 1


def test_columns_that_the_table_lacks_stay_as_they_are(bring_in, stored):
    bring_in(HEADER + ",cost,needs", ROW + ",£5,sleep")
    assert counts(bring_in(HEADER, ROW.replace(",12,", ",14,"))) == (0, 1, 0)
    assert (stored(Event)[0].cost, stored(Event)[0].needs, stored(Event)[0].capacity) == ("£5", ["sleep"], 14)
    bring_in(HEADER + ",cost,needs", ROW + ",,")
    assert (stored(Event)[0].cost, stored(Event)[0].needs) == ("", [])


def take(database, places):
    database.write(lambda session: session.execute(update(Event).values(taken=places)))


def test_capacity_may_not_fall_below_the_places_taken(database, bring_in, stored):
    bring_in(HEADER, ROW)
    take(database, 5)
    assert reasons(bring_in(HEADER, ROW.replace(",12,", ",4,"))) == ["line 2, capacity: is 4, but 5 places are taken"]
    assert counts(bring_in(HEADER, ROW.replace(",12,", ",5,"))) == (0, 1, 0)
    assert (stored(Event)[0].capacity, stored(Event)[0].taken) == (5, 5)


def test_nobody_takes_a_place_while_an_import_makes_fewer(postgres_database, bring_in, stored, clock):
    bring_in(HEADER, ROW)
    take(postgres_database, 5)
    importing, may_go_on = threading.Event(), threading.Event()

    def locate_slowly(_postcode):
        importing.set()
        assert may_go_on.wait(10)
        return Spot()

    with ThreadPoolExecutor(2) as pool:
        moved = ROW.replace(",12,", ",5,").replace("E17 4QJ", "N1 1AA")
        imported = pool.submit(bring_in, HEADER, moved, locate=locate_slowly)
        assert importing.wait(10)
        event_id = stored(Event)[0].id
        taken = pool.submit(postgres_database.write, lambda session: counter.take(session, event_id, 1, clock.now()))
        with pytest.raises(TimeoutError):
            taken.result(timeout=0.5)
        may_go_on.set()
        assert counts(imported.result()) == (0, 1, 0)
        assert taken.result() == Full(0)
    assert (stored(Event)[0].capacity, stored(Event)[0].taken) == (5, 5)


def test_an_event_that_people_booked_cannot_become_a_draft(database, bring_in):
    bring_in(HEADER, ROW)
    assert counts(bring_in(HEADER + ",status", ROW + ",draft")) == (0, 1, 0)
    bring_in(HEADER + ",status", ROW + ",published")
    take(database, 2)
    told = reasons(bring_in(HEADER + ",status", ROW + ",draft"))
    assert told == ["line 2, status: cannot be draft while 2 places are taken; cancel the event instead"]


@pytest.mark.parametrize(
    ("was", "becomes", "moved"),
    [
        ("T14:00", "T14:15", True),
        ("T15:30", "T15:45", True),
        ("E17 4QJ", "N1 1AA", True),
        ("Hall", "Library", True),
        ("in person", "online", True),
        (",12,", ",20,", False),
        ("Gentle yoga", "Chair yoga", False),
    ],
)
def test_who_booked_hears_of_what_moved(database, bring_in, stored, was, becomes, moved):
    row = f"{ROW},Hall,in person"
    bring_in(f"{HEADER},venue,mode", row)
    outcome = bring_in(f"{HEADER},venue,mode", row.replace(was, becomes))
    assert [change.kind for change in bring_in.told] == [ChangeKind.MOVED] * moved
    assert outcome.changes == tuple(bring_in.told)
    if moved:
        change = bring_in.told[0]
        assert change.event_id == stored(Event)[0].id
        assert change.old.is_elsewhere(change.new)
        assert change.new.starts_at == stored(Event)[0].starts_at


def test_a_cancelled_event_is_told_once_and_no_longer_found(database, bring_in, clock):
    bring_in(HEADER + ",status", ROW + ",")
    cancelled = ROW.replace("T14:00", "T14:30") + ",cancelled"
    bring_in(HEADER + ",status", cancelled)
    assert [(change.kind, change.old.status) for change in bring_in.told] == [(ChangeKind.CANCELLED, "published")]
    assert counts(bring_in(HEADER + ",status", cancelled)) == (0, 0, 1)
    assert bring_in.told == []
    with database.read() as session:
        assert search(session, Query(), limit=3, now=clock.now()).matches == ()


def test_nobody_is_told_of_drafts_and_of_what_is_over(bring_in, clock):
    over = ROW.replace("2026-12-03", "2026-11-03")
    assert bring_in(HEADER + ",status", ROW + ",draft", over.replace("e1", "e2") + ",").past == 1
    bring_in(
        HEADER + ",status",
        ROW.replace("14:00", "14:30") + ",draft",
        over.replace("e1", "e2").replace("E17", "N1") + ",",
    )
    assert bring_in.told == []


def test_an_event_to_come_cannot_be_moved_into_the_past(bring_in):
    bring_in(HEADER, ROW)
    told = reasons(bring_in(HEADER, ROW.replace("2026-12-03", "2025-12-03")))
    assert told == ["line 2, starts_at: is in the past; an event still to come cannot be moved there"]


def test_a_failing_listener_undoes_the_import(database, bring_in, stored, clock):
    bring_in(HEADER, ROW)

    def fail(_session, _change):
        raise RuntimeError("no texts today")

    def unit(session):
        source = f"{HEADER}\n{ROW.replace('T14:00', 'T14:30')}"
        return import_events(session, source, locate=lambda _: Spot(), now=clock.now(), on_change=fail)

    before = stored(Event)
    with pytest.raises(RuntimeError, match="no texts today"):
        database.write(unit)
    assert stored(Event) == before


COURSE = "c1,HOPE,{},{},10,E17 4QJ,course"
THREE = ("2026-12-01T10:00;2026-12-08T10:00;2026-12-15T10:00", "2026-12-01T12:30;2026-12-08T12:30;2026-12-15T12:30")


def test_a_course_has_sessions_in_one_row_or_in_several(database, bring_in, stored):
    header = f"{HEADER},kind"
    assert counts(bring_in(header, COURSE.format(*THREE))) == (1, 0, 0)
    sessions = stored(EventSession)
    several = [COURSE.format(start, end) for start, end in zip(*(times.split(";") for times in THREE), strict=True)]
    assert counts(bring_in(header, *several)) == (0, 0, 1)
    assert stored(EventSession) == sessions
    assert bring_in.told == []
    told = reasons(bring_in(header, several[0], several[1].replace("HOPE", "Hopeful")))
    assert told == ["line 3, title: differs from line 2 of the same course"]
    told = reasons(bring_in(header, *(row.replace("course", "single") for row in several[:2])))
    assert told == ["line 3, external_id: also on line 2; only a course may have several rows"]
    told = reasons(bring_in(header, several[1], several[0]))
    assert told == ["line 2, starts_at: the sessions are not in order, or overlap"]
    assert reasons(bring_in(header, COURSE.format(*THREE).replace("course", "drop-in")))[0].startswith(
        "line 2, starts_at"
    )


def test_a_session_struck_out_takes_its_reminders_along(database, bring_in, stored, make_identity, clock):
    bring_in(f"{HEADER},kind", COURSE.format(*THREE))
    identity, sessions = make_identity(), stored(EventSession)

    def book(session):
        booking = Booking(
            reference="7KMT4R", event_id=sessions[0].event_id, person_id=identity.person_id,
            identity_id=identity.id, status="confirmed", created_at=clock.now(),
        )  # fmt: skip
        session.add(booking)
        session.flush()
        session.add_all(
            Reminder(booking_id=booking.id, session_id=each.id, kind="day", due_at=each.starts_at) for each in sessions
        )

    database.write(book)
    two = [times.rpartition(";")[0] for times in THREE]
    assert counts(bring_in(f"{HEADER},kind", COURSE.format(*two))) == (0, 1, 0)
    assert [each.id for each in stored(EventSession)] == [each.id for each in sessions[:2]]
    assert [each.session_id for each in stored(Reminder)] == [each.id for each in sessions[:2]]
    assert [change.kind for change in bring_in.told] == [ChangeKind.MOVED]
    moved = [times.replace("12-08", "12-09") for times in THREE]
    assert counts(bring_in(f"{HEADER},kind", COURSE.format(*moved))) == (0, 1, 0)
    assert len(stored(EventSession)) == 3
    assert stored(EventSession)[0].id == sessions[0].id


def test_the_newest_word_on_the_way_is_the_venues_and_other_words_stay_with_their_event(bring_in, stored):
    header = f"{HEADER},venue,travel,parking,travel_checked_on"
    rows = [
        f"{ROW},Hall,Bus 58,Free,2026-10-01",
        f"{ROW},Hall,Bus 58 and 158,,2026-11-01".replace("e1", "e2"),
        f"{ROW},Hall,,,".replace("e1", "e3"),
    ]
    assert counts(bring_in(header, *rows)) == (3, 0, 0)
    venue = stored(Venue)[0]
    assert (venue.travel, venue.parking, str(venue.travel_checked_on)) == ("Bus 58 and 158", "Free", "2026-11-01")
    assert [event.travel for event in stored(Event)] == ["Bus 58", "", ""]
    assert counts(bring_in(header, *rows)) == (0, 0, 3)
    later = f"{ROW},Hall,Bus 58,£3 an hour,2026-11-20"
    bring_in(header, later)
    assert (stored(Venue)[0].parking, stored(Event)[0].parking) == ("£3 an hour", "")


def test_formulas_in_a_table_stay_text(bring_in, stored):
    bring_in(HEADER + ",contact,bring", ROW + ",'+44 20 7946 0000,=1+1")
    assert (stored(Event)[0].contact, stored(Event)[0].bring) == ("+44 20 7946 0000", "=1+1")


def test_rubbish_never_raises(bring_in):
    chance = random.Random(3)
    for _ in range(150):
        noise = bytes(chance.choice(b"e1,;\t\n\r\"'\xff\x00T-:2026x ") for _ in range(chance.randrange(200)))
        assert isinstance(bring_in(HEADER.encode() + b"\n" + noise), Imported | Rejected)
        assert isinstance(bring_in(noise), Imported | Rejected)


@pytest.fixture
def statements():
    """Every statement that any database is asked to run."""
    asked = []

    def note(connection, cursor, statement, parameters, context, many):
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def test_ten_thousand_rows_take_few_statements(bring_in, statements):
    rows = [ROW.replace("e1", f"e{number}") + f",Hall {number % 50},sleep;fatigue" for number in range(10_000)]
    for expected in ((10_000, 0, 0), (0, 0, 10_000)):
        statements.clear()
        assert counts(bring_in(f"{HEADER},venue,needs", *rows)) == expected
        assert len(statements) < 150
