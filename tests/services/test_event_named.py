"""The event that a command is about is found by what its organiser calls it, or by its number."""

import pytest
from sqlmodel import select

from bot.cli.tables import find_event
from services.events.tables import Event


@pytest.mark.parametrize("named", ["yoga-1", "1"])
def test_an_event_has_two_names(chosen_database, make_event, named):
    make_event(external_id="yoga-1")
    found = chosen_database.read_once(lambda session: find_event(session, named))
    assert found == chosen_database.read_once(lambda session: session.exec(select(Event.id)).one())


@pytest.mark.parametrize("named", ["2", "²", "1½", "", "yoga"])
def test_what_names_no_event_finds_none(chosen_database, make_event, named):
    make_event(external_id="yoga-1")
    assert chosen_database.read_once(lambda session: find_event(session, named)) is None
