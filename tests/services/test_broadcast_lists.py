"""Lists of numbers: every fault with its line and reason, each number once, and strangers only if they agreed."""

from datetime import date

import pytest

from services.campaigns import broadcast_gathering, broadcasts
from services.campaigns.audience import Audience
from services.campaigns.broadcast_lists import BadRow, Duplicate, ListRow, read
from services.campaigns.broadcast_preview import Reading, preview
from services.campaigns.broadcast_tables import Purpose
from services.campaigns.broadcasts import Draft
from services.people import consent, outbox
from tests.services.broadcasting import begin, messages, release, told

TODAY = date(2026, 11, 23)
KNOWN, STRANGER, AGREED, STOPPED = (f"+44770090030{number}" for number in range(1, 5))
ROWS = [
    ListRow(2, KNOWN),
    ListRow(3, STRANGER, "Bo"),
    ListRow(4, AGREED, "Cy", TODAY),
    ListRow(5, STOPPED, "Di", TODAY),
]
ASKED = Draft(Purpose.SERVICE, "Hello.", Audience(list_name="people.csv", list_digest="abc"))


def test_faults_and_duplicates_are_told_with_their_lines():
    table = (
        "Phone,first_name,agreed_on\r\n07700 900301,Ann,2026-11-01\r\n+44 7700 900301,Ann,\r\n"
        "12345,,\r\n,Bo,\r\n\r\n020 7946 0123,Cy,\r\n07700900302,Di,tomorrow\r\n07700900303,Ed,2026-11-24\r\n"
        "07700900304,My chemo list,\r\n07700900305\r\n"
    )
    found = list(read(table.splitlines(keepends=True), TODAY))
    assert found[0] == ListRow(2, KNOWN, "Ann", date(2026, 11, 1))
    assert found[1] == Duplicate(3, 2)
    assert [str(row) for row in found[2:-1]] == [
        "line 4: phone: no phone number",
        "line 5: phone: is missing",
        "line 7: phone: a landline, where a text is read aloud",
        "line 8: agreed_on: no date such as 2026-11-23",
        "line 9: agreed_on: lies ahead",
        "line 10: first_name: 'chemo' would disclose an illness on a lock screen",
    ]
    assert found[-1] == ListRow(11, "+447700900305")


@pytest.mark.parametrize("header", ["number,first_name", "phone,surname", ""])
def test_another_table_is_refused_at_its_header(header):
    [found] = read([f"{header}\n", "07700900301,Ann\n"], TODAY)
    assert isinstance(found, BadRow)
    assert found.line == 1


@pytest.fixture
def known(database, clock, make_identity):
    make_identity(KNOWN, first_name="Ann")
    database.write(lambda session: consent.opt_out(session, STOPPED, "keyword", clock.now()))


@pytest.mark.usefixtures("known")
def test_a_list_is_loaded_page_by_page_and_goes_on_after_a_crash(database, clock, monkeypatch):
    monkeypatch.setattr(broadcast_gathering, "PAGE", 2)
    number = begin(database, ASKED, clock.now())
    next(broadcast_gathering.load(database, number, ROWS, clock.now()))
    assert told(database, number).status == "loading"
    again = broadcast_gathering.load(database, number, ROWS, clock.now())
    assert list(again) == [2]
    found = told(database, number)
    assert (found.status, found.recipients) == ("running", 2)
    assert found.left_out == {"never_texted": 1, "opted_out": 1}
    assert release(database, clock.now()) == 2
    rows = database.read_once(lambda session: outbox.load(session, [each.id for each in messages(database)]))
    assert [(row.address, row.parameters.get("agreed")) for row in rows] == [(KNOWN, None), (AGREED, True)]


@pytest.mark.usefixtures("known")
def test_the_preview_of_a_list_says_the_same_and_writes_nothing(database, clock):
    found = database.read_once(lambda session: preview(session, ASKED, clock.now(), iter([*ROWS, ROWS[0]])))
    assert found.readings == {Reading("Ann", "sms"): 1, Reading("Cy", "sms"): 1}
    assert found.left_out == {"duplicate": 1, "never_texted": 1, "opted_out": 1}


def test_a_list_that_is_being_loaded_sends_nothing_and_can_be_cancelled(database, clock):
    number = begin(database, ASKED, clock.now())
    assert release(database, clock.now()) == 0
    assert (
        database.write(lambda session: broadcasts.cancel(session, number, by="Sam", now=clock.now()))
        == broadcasts.Done()
    )
    assert list(broadcast_gathering.load(database, number, ROWS, clock.now())) == []
