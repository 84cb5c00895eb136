"""Who is left in peace: people whom no question should reach just now, or ever again."""

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, exists, or_
from sqlmodel import SQLModel

import services.people.tables  # noqa: F401 - importing registers the tables
from services.core.types import UtcDateTime

# Flags as grave as this (0 emergency, 1 urgent) wait for a person of ours.
_GRAVE = 1

_identities, _opt_outs, _flags, _conversations = (
    SQLModel.metadata.tables[name] for name in ("identity", "opt_out", "flag", "conversation")
)
_OWN = _identities.alias("own")
_NOW: ColumnElement[datetime] = bindparam("now", type_=UtcDateTime)


def left_in_peace(person: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a person is asked nothing: a condition that binds `now`.

    So are those who stopped texts at any address of theirs, those of whom staff were told of a death, those with an
    urgent, safety or safeguarding flag that nobody has handled, and those whom staff are talking to.
    """
    grave = or_(_flags.c.severity <= _GRAVE, _flags.c.category == "safeguarding")
    reasons = or_(
        exists().where(_opt_outs.c.address == _OWN.c.address),
        exists().where(
            _flags.c.identity_id == _OWN.c.id,
            or_(_flags.c.category == "bereavement", _flags.c.handled_at.is_(None) & grave),
        ),
        exists().where(_conversations.c.identity_id == _OWN.c.id, _conversations.c.with_staff_until > _NOW),
    )
    return exists().where(_OWN.c.person_id == person, reasons)
