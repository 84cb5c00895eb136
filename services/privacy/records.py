"""What is held on one person: every row that leads to them, found by following the tables' own foreign keys.

What a carer has booked for them is followed by its attendee, which is no foreign key. A table that is added later is
followed without a word here, so nothing can be forgotten.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, and_, cast, false, or_, select
from sqlmodel import Session

from services.migrations.metadata import all_tables
from services.people.carers import CARED, HAS_NO_PHONE
from services.people.identities import IDENTITIES, IS_LIVE, PEOPLE

Rows = dict[str, list[dict[str, Any]]]

_PERSON, _IDENTITY, _CARED_FOR, _BOOKING = "person", "identity", "cared_for", "booking"
# Tables that know people by nothing but their address.
BY_ADDRESS = ("opt_out", "text_hold", "marketing_consent")


def people_at(session: Session, address: str) -> set[int]:
    """The ids of those who text from an address (E.164 or a WhatsApp id), on any channel; empty for a stranger.

    Whoever had the address before is not among them. Whom they care for is with them, unless that person has texted
    from a phone of their own: nobody else could ask for them.
    """
    found = session.execute(select(IDENTITIES.c.person_id).where(IDENTITIES.c.address == address, IS_LIVE))
    return with_those_cared_for(session, set(found.scalars()))


def with_those_cared_for(session: Session, texting: set[int]) -> set[int]:
    """These people, and whom they care for who have never texted from a phone of their own."""
    cared_for = select(CARED.c.person_id).join(PEOPLE, PEOPLE.c.id == CARED.c.person_id)
    speechless = session.execute(cared_for.where(CARED.c.carer_id.in_(texting), HAS_NO_PHONE))
    return texting | set(speechless.scalars())


def held(session: Session, person_ids: Collection[int]) -> Rows:
    """Every row held on these people, by table, each row by column; tables without any are left out."""
    found: Rows = {}
    for table in personal_tables():
        rows = session.execute(select(table).where(_leads_to(table, person_ids, found))).mappings()
        if kept := [dict(row) for row in rows]:
            found[table.name] = kept
    return found


def personal_tables() -> list[Table]:
    """The tables whose rows lead to a person, each after those that lead to it; then those known by address."""
    tables = all_tables()
    names = {_PERSON}
    for table in tables.sorted_tables:
        if any(key.column.table.name in names for key in table.foreign_keys):
            names.add(table.name)
    following = [table for table in tables.sorted_tables if table.name in names]
    following.sort(key=lambda table: table.name not in (_PERSON, _IDENTITY, _CARED_FOR))
    return following + [tables.tables[name] for name in BY_ADDRESS]


def is_of(table: Table, people: Select[tuple[int]]) -> ColumnElement[bool]:
    """Whether a row of a personal table leads to one of these people (a SELECT of ids), as SQL; never NULL."""
    if table.name == _PERSON:
        return table.c.id.in_(people)
    tables = all_tables().tables
    identity, cared_for = tables[_IDENTITY], tables[_CARED_FOR]
    if table.name in BY_ADDRESS:
        return table.c.address.in_(select(identity.c.address).where(identity.c.person_id.in_(people)))
    personal = {each.name for each in personal_tables()} - {table.name}
    leads: list[ColumnElement[bool]] = []
    for key in table.foreign_keys:
        parent = key.column.table
        if parent.name in personal:
            theirs = key.parent.in_(select(key.column).where(is_of(parent, people)))
            leads.append(and_(key.parent.is_not(None), theirs))
    if table.name == _BOOKING:
        own = select(cast(cared_for.c.id, String)).where(cared_for.c.person_id.in_(people))
        leads.append(table.c.attendee.in_(own))
    return or_(*leads, false())


def _leads_to(table: Table, person_ids: Collection[int], found: Rows) -> ColumnElement[bool]:
    if table.name == _PERSON:
        return table.c.id.in_(person_ids)
    if table.name in BY_ADDRESS:
        return table.c.address.in_([row["address"] for row in found.get(_IDENTITY, ())])
    leads = [
        key.parent.in_([row[key.column.name] for row in found[key.column.table.name]])
        for key in table.foreign_keys
        if key.column.table.name in found
    ]
    if table.name == _BOOKING:
        leads.append(table.c.attendee.in_([str(row["id"]) for row in found.get(_CARED_FOR, ())]))
    return or_(*leads, false())
