"""Every refusal is of one vocabulary, is stored, and can be counted."""

import ast
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from services.people import outbox, refusals
from services.people.outbox import OUTBOX
from services.people.refusals import MEANING, Reason, Refused
from services.people.tables import Priority

SERVICES = Path(__file__).parents[2] / "services"


def test_each_reason_has_a_sentence_for_staff():
    assert set(MEANING) == set(Reason)
    assert all(said.endswith(".") for said in MEANING.values())
    assert refusals.meaning("too_late") == MEANING[Reason.TOO_LATE]
    assert refusals.meaning("a word of an older version") == "a word of an older version"


def test_what_withdraws_a_message_names_a_reason_too():
    """`withdraw` and `end` take a plain word, since they stand below the vocabulary."""
    said = {outbox.SUPERSEDED}
    for path in (SERVICES.parent / "bot" / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("care.end", "outbox.withdraw"):
                said |= {each.value for each in node.args if isinstance(each, ast.Constant)}
    assert said == {"superseded", "death"}
    assert said <= set(Reason)


def test_refusals_are_counted_by_reason_kind_and_channel(database, clock, make_identity):
    people = [make_identity("+447700900101"), make_identity("+447700900102", "whatsapp")]
    given = [
        (0, "reminder", "too_late"),
        (0, "reminder", "too_late"),
        (1, "event_moved", "opted_out"),
        (1, "reply", ""),
    ]

    def unit(session):
        for person, kind, reason in given:
            row_id = outbox.enqueue(
                session,
                kind=kind,
                identity_id=people[person].id,
                parameters={},
                priority=Priority.NOTICE,
                due_at=clock.now(),
                now=clock.now(),
            )
            if reason:
                session.execute(update(OUTBOX).where(OUTBOX.c.id == row_id).values(status="refused", reason=reason))

    database.write(unit)
    with database.read() as session:
        assert refusals.count(session, clock.now()) == [
            Refused("too_late", "reminder", "sms", 2),
            Refused("opted_out", "event_moved", "whatsapp", 1),
        ]
        assert refusals.count(session, clock.now() + timedelta(seconds=1)) == []
