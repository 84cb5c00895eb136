"""What runs on every hold and every tick reads what it needs by an index, however many bookings there are."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from services.booking import bookings, care, places, refill
from services.campaigns import reminders, saved_searches
from services.core import statements
from services.events.query import Query
from services.insight import answers, surveys
from services.insight.surveys import SurveyTiming
from services.people import carers

QUARTER = timedelta(minutes=15)


@pytest.fixture
def plans(sqlite_database, monkeypatch):
    """Run a unit of work and return SQLite's plan for each of its statements."""

    def plans(unit):
        seen = []

        def note(connection, cursor, statement, parameters, context, many):
            seen.append((statement, parameters))

        run = statements._Plan.run

        def noted(plan, connection, values):
            # How a statement is read depends on what stands in it, and not on the values bound to it.
            seen.append((plan.sql, (None,) * len(plan.parameters)))
            return run(plan, connection, values)

        event.listen(Engine, "before_cursor_execute", note)
        monkeypatch.setattr(statements._Plan, "run", noted)
        sqlite_database.write(unit)
        monkeypatch.undo()
        event.remove(Engine, "before_cursor_execute", note)
        with sqlite_database.engine.connect() as connection:
            return [
                " / ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
                for statement, parameters in seen
                if statement.startswith(("SELECT", "UPDATE"))
            ]

    return plans


def test_the_sweep_reads_only_holds_that_have_run_out(plans, clock, make_event, make_identity, sqlite_database):
    who, given = make_identity(), {"places": 1, "now": clock.now(), "hold_for": QUARTER}
    given |= {"event_id": make_event().id, "person_id": who.person_id, "identity_id": who.id}
    sqlite_database.write(lambda session: places.hold(session, **given))
    due, expire, give_back, who_waits = plans(lambda session: places.expire_due(session, clock.now() + QUARTER))
    assert "USING INDEX booking_deadline" in due
    assert "SEARCH booking USING" in expire
    assert "SEARCH event USING" in give_back
    assert "SCAN" not in who_waits
    assert "SEARCH booking USING INDEX" in who_waits


def test_a_second_hold_finds_the_first_by_its_index(plans, clock, make_event, make_identity, sqlite_database):
    who, given = make_identity(), {"places": 1, "now": clock.now(), "hold_for": QUARTER}
    given |= {"event_id": make_event().id, "person_id": who.person_id, "identity_id": who.id}
    sqlite_database.write(lambda session: places.hold(session, **given))
    found = plans(lambda session: places.hold(session, **given))
    assert [plan for plan in found if "SCAN" in plan] == []
    assert "USING INDEX booking_live" in found[-1]


def test_reading_a_persons_bookings_scans_nothing(plans, clock, make_identity):
    who = make_identity()
    found = plans(lambda session: bookings.upcoming(session, who.person_id, clock.now()))
    assert [plan for plan in found if "SCAN booking" in plan or "SCAN event" in plan] == []


def test_looking_for_people_beside_free_places_reads_only_those_who_wait(plans, clock):
    (stranded,) = plans(lambda session: refill.offer_stranded(session, clock.now()))
    assert "booking_waiting" in stranded
    assert "event_status_starts_at" not in stranded
    (ended,) = plans(lambda session: refill.end_waiting(session, clock.now()))
    assert "booking_waiting" in ended


def test_what_a_person_has_is_read_by_the_index_of_current_bookings(plans, clock, make_identity, sqlite_database):
    who = make_identity()
    cared = sqlite_database.write(lambda session: carers.begin(session, who.person_id, "mother", "Rose", clock.now()))
    for question in (
        lambda session: bookings.on_waiting_lists(session, who.person_id, clock.now()),
        lambda session: answers.last_attended(session, who.person_id, clock.now()),
        lambda session: care.live_for(session, cared),
    ):
        (found,) = plans(question)
        assert "SEARCH booking USING INDEX booking_live (person_id=?" in found.replace("COVERING INDEX", "INDEX")
        assert "SCAN event" not in found


def test_a_look_at_a_saved_search_reads_the_persons_bookings_by_index(plans, clock, make_identity, sqlite_database):
    who = make_identity()
    query = Query()
    saved = {"person_id": who.person_id, "identity_id": who.id, "query": query, "about": {}, "now": clock.now()}
    sqlite_database.write(lambda session: saved_searches.save(session, **saved))
    clock.advance(saved_searches.LOOK_EVERY)
    found = plans(lambda session: saved_searches.tell_due(session, clock.now()))
    assert [plan for plan in found if "SEARCH booking USING" in plan and "booking_live" in plan]
    assert [plan for plan in found if "SCAN booking" in plan] == []


def test_ticks_scan_no_table_of_what_is_past(plans, clock):
    (unsent,) = plans(lambda session: refill.pass_on_unsent(session, clock.now()))
    assert "SEARCH booking USING INDEX booking_deadline" in unsent
    (due,) = plans(lambda session: reminders.queue_due(session, now=clock.now()))
    assert "SEARCH reminder USING INDEX reminder_due" in due
    (over,) = plans(lambda session: surveys.queue_due(session, now=clock.now(), timing=SurveyTiming()))
    assert "event_status_ends_at (status=? AND ends_at>? AND ends_at<?)" in over
