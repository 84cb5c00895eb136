"""Statements given to the driver as they are do what SQLAlchemy does with them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from services.core.statements import Prepared
from services.people.tables import OutboxMessage, Person, TextHold

PEOPLE, HOLDS, OUTBOX = (table.__table__ for table in (Person, TextHold, OutboxMessage))
ADD = insert(PEOPLE).returning(PEOPLE.c.id, PEOPLE.c.created_at)
FIND = select(PEOPLE, func.length(PEOPLE.c.first_name).label("length")).where(
    PEOPLE.c.first_name == bindparam("called")
)
NEED = (
    update(PEOPLE)
    .where(PEOPLE.c.first_name == bindparam("called"), PEOPLE.c.language == "en")
    .values(access_needs=bindparam("needs"), language="cy")
    .returning(PEOPLE.c.access_needs)
)
BORN = datetime(2026, 11, 23, 10, 0, 0, 5, tzinfo=UTC)
OLU = {"first_name": "Olu", "language": "en", "access_needs": [{"quiet": True}], "created_at": BORN}


def both(database, statement, values):
    """The rows as the driver gives them and as SQLAlchemy does."""
    with database.read() as session:
        ours = [list(row) for row in Prepared(statement).rows(session, values)]
        return ours, [list(row) for row in session.execute(statement, values)]


@pytest.fixture
def olu(database):
    return database.write(lambda session: Prepared(ADD).first(session, OLU))


def test_values_are_written_and_read_by_their_types(database, olu):
    ours, theirs = both(database, FIND, {"called": "Olu"})
    assert ours == theirs == [[olu[0], "Olu", "en", [{"quiet": True}], BORN, 3]]
    assert olu[1] == BORN


def test_fixed_values_stay_and_given_ones_change(database, olu):
    prepared = Prepared(NEED)

    def twice(session):
        return [prepared.first(session, {"called": "Olu", "needs": needs}) for needs in (["bsl"], ["large_print"])]

    changed, unchanged = database.write(twice)
    assert list(changed) == [["bsl"]]
    assert unchanged is None


def test_a_flag_is_read_as_a_flag(database):
    row = {"address": "+447700900123", "reason": "staff", "is_unsafe": True, "at": BORN}
    database.write(lambda session: Prepared(insert(HOLDS)).rows(session, row))
    ours, theirs = both(database, select(HOLDS), {})
    assert ours == theirs
    assert True in ours[0]


def test_what_the_database_refuses_is_an_error_of_sqlalchemy(database):
    row = {"address": "+447700900123", "reason": "staff", "is_unsafe": True, "at": BORN}
    hold = Prepared(insert(HOLDS))
    database.write(lambda session: hold.rows(session, row))
    with pytest.raises(IntegrityError) as refused:
        database.write(lambda session: hold.rows(session, row))
    assert isinstance(refused.value, DBAPIError)


def test_a_value_that_is_missing_is_an_error_and_no_null(database, olu):
    prepared = Prepared(FIND)
    with database.read() as session:
        prepared.rows(session, {"called": "Olu"})
        with pytest.raises(Exception, match="called"):
            prepared.rows(session, {})
