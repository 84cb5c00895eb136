"""The list for those who run an event: who comes, with how many, what they need, and whom no text reaches."""

import csv
from datetime import timedelta

import pytest

from services.booking.attendees import export_attendees
from services.booking.tables import Booking
from services.people import consent


@pytest.fixture
def book(chosen_database, clock):
    """Book an event for an identity; any column may be given."""

    def run(event, identity, **columns):
        def unit(session):
            session.add(
                Booking(
                    **{
                        "reference": f"REF{identity.id}{event.id}", "event_id": event.id, "identity_id": identity.id,
                        "person_id": identity.person_id, "status": "confirmed",
                        "created_at": clock.now() + timedelta(minutes=identity.id),
                    } | columns
                )
            )  # fmt: skip

        chosen_database.write(unit)

    return run


def read(database, event_id):
    with database.read() as session:
        return list(csv.DictReader(export_attendees(session, event_id)))


def test_lists_who_comes_first_come_first(database, make_event, make_identity, book, clock):
    event, other = make_event(), make_event()
    grace = make_identity(first_name="Grace")
    ahmed = make_identity("+447700900124", first_name="Ahmed")
    hall = make_identity("+442074504000", first_name="Mary")
    book(event, grace, places=2, access_needs=["wheelchair", "hearing_loop"])
    book(event, ahmed, attendee_name="=cmd()")
    book(event, hall, access_needs=["a seat by the door"])
    book(event, make_identity("+447700900125", first_name="Gone"), status="cancelled")
    book(other, make_identity("+447700900126", first_name="Elsewhere"))
    database.write(lambda session: consent.opt_out(session, "+447700900124", source="keyword", now=clock.now()))
    assert [list(row.values()) for row in read(database, event.id)] == [
        ["Grace", "2", "step-free or wheelchair access; a hearing loop", ""],
        ["'=cmd()", "1", "", "yes"],
        ["Mary", "1", "a seat by the door", "yes"],
    ]
    assert list(read(database, event.id)[0]) == ["first name", "places", "access needs", "cannot be texted"]


def test_nothing_but_the_header_when_nobody_comes(chosen_database, make_event):
    event = make_event()
    with chosen_database.read() as session:
        assert list(export_attendees(session, event.id)) == ["first name,places,access needs,cannot be texted\r\n"]


def test_an_event_that_is_not_there_is_said_to_be_missing(chosen_database):
    with pytest.raises(LookupError, match="no event 7"):
        read(chosen_database, 7)
