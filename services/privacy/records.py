"""What is held on one person: every row that leads to them, found by following the tables' own foreign keys.

A table that is added later is followed without a word here, so nothing can be forgotten.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Table, false, or_, select
from sqlmodel import Session

from services.migrations.metadata import all_tables
from services.people.care_tables import CaredFor
from services.people.identities import IDENTITIES

Rows = dict[str, list[dict[str, Any]]]

_CARED_FOR = CaredFor.__table__  # type: ignore[attr-defined]
_PERSON, _IDENTITY = "person", "identity"
# Tables that know people by nothing but their address.
BY_ADDRESS = ("opt_out", "text_hold")


def people_at(session: Session, address: str) -> set[int]:
    """The ids of those who text from an address (E.164 or a WhatsApp id), on any channel; empty for a stranger.

    Whom they care for is with them, unless that person's own phone is known: nobody else could ask for them.
    """
    found = session.execute(select(IDENTITIES.c.person_id).where(IDENTITIES.c.address == address))
    texting = set(found.scalars())
    cared_for = session.execute(
        select(_CARED_FOR.c.person_id).where(_CARED_FOR.c.carer_id.in_(texting), _CARED_FOR.c.identity_id.is_(None))
    )
    return texting | set(cared_for.scalars())


def held(session: Session, person_ids: Collection[int]) -> Rows:
    """Every row held on these people, by table, each row by column; tables without any are left out."""
    found: Rows = {}
    for table in personal_tables():
        rows = session.execute(select(table).where(_leads_to(table, person_ids, found))).mappings()
        if kept := [dict(row) for row in rows]:
            found[table.name] = kept
    return found


def personal_tables() -> list[Table]:
    """The tables whose rows lead to a person, each after those that it refers to; then those known by address."""
    tables = all_tables()
    names = {_PERSON}
    for table in tables.sorted_tables:
        if any(key.column.table.name in names for key in table.foreign_keys):
            names.add(table.name)
    following = [table for table in tables.sorted_tables if table.name in names]
    return following + [tables.tables[name] for name in BY_ADDRESS]


def _leads_to(table: Table, person_ids: Collection[int], found: Rows) -> ColumnElement[bool]:
    if table.name == _PERSON:
        return table.c.id.in_(person_ids)
    if table.name in BY_ADDRESS:
        return table.c.address.in_([row["address"] for row in found.get(_IDENTITY, ())])
    return or_(
        *(
            key.parent.in_([row[key.column.name] for row in found.get(key.column.table.name, ())])
            for key in table.foreign_keys
            if key.column.table.name in found
        ),
        false(),
    )
