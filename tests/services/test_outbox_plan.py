"""How PostgreSQL claims from an outbox that has just been filled, before it knows anything of what is in it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert
from sqlalchemy.dialects import postgresql

from services.people import outbox
from services.people.identities import IDENTITIES, PEOPLE
from services.people.outbox import OUTBOX
from services.people.tables import OutboxStatus, Priority

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MANY = 5000


@pytest.fixture
def filled(postgres_database):
    """A database in which many people have a message each that is due."""
    people = [
        {"id": n, "first_name": "Ann", "language": "en", "access_needs": [], "created_at": NOW} for n in range(MANY)
    ]
    texting = {"channel": "sms", "sender": "+447700900000", "last_inbound_at": NOW}
    identities = [{"id": n, "person_id": n, "address": f"+447{n:09}", **texting} for n in range(MANY)]
    due = {"kind": "reply", "priority": Priority.BULK, "status": OutboxStatus.QUEUED, "created_at": NOW, "due_at": NOW}
    rest = {"parameters": {"text": "hello " * 20}, "sender": "", "reason": "", "attempts": 0, "text": "", "segments": 0}
    rows = [{"identity_id": n, **due, **rest} for n in range(MANY)]

    def unit(session):
        for table, values in ((PEOPLE, people), (IDENTITIES, identities), (OUTBOX, rows)):
            session.execute(insert(table), values)

    postgres_database.write(unit)
    return postgres_database


def test_whether_a_message_must_wait_is_not_looked_for_among_all_that_are_due(filled):
    statement = outbox._NEXT.compile(dialect=postgresql.psycopg.dialect())
    values = statement.params | {"now": NOW, "most": 64}

    def explain(session):
        with session.connection().connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (COSTS OFF) {statement}", values)
            return [line for (line,) in cursor.fetchall()]

    plan = filled.read_once(explain)
    waits_for = plan[next(place for place, line in enumerate(plan) if "SubPlan 1" in line and "->" not in line) :]
    assert [line for line in waits_for if "ix_outbox_message_identity_id" in line], "\n".join(plan)
    assert not [line for line in waits_for if "outbox_due" in line], "\n".join(plan)
