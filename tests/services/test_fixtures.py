"""The shared fixtures give what they promise."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from services.events.tables import Event, EventSession


def test_makers_write_into_the_database_of_the_test(database, make_event, make_identity, make_venue):
    venue = make_venue()
    event = make_event(venue_id=venue.id, capacity=3)
    identity = make_identity(first_name="Grace")
    with database.read() as session:
        assert session.get(Event, event.id).capacity == 3
        assert [meeting.position for meeting in session.exec(select(EventSession))] == [0]
    assert identity.person_id


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_one_database_can_be_picked(database):
    assert database.is_sqlite


def test_makers_follow_a_named_database(postgres_database, make_event):
    make_event()
    with postgres_database.read() as session:
        assert len(session.exec(select(Event)).all()) == 1


@pytest.mark.parametrize("times", [1, 2, 3])
def test_no_test_sees_what_another_wrote(postgres_database, make_event, make_identity, times):
    assert (make_event().id, make_identity().id) == (1, 1)
    with postgres_database.read() as session:
        assert len(session.exec(select(Event)).all()) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_database_with_other_tables_serves_no_second_test(postgres_database, times):
    postgres_database.write(lambda session: session.execute(text("CREATE TABLE another (n INTEGER)")) and None)
