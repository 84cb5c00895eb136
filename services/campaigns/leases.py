"""Leases: one process at a time runs a job, in its time; a dead one's turn is given up, or runs out."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.campaigns.tables import Lease

_LEASES = Lease.__table__  # type: ignore[attr-defined]
_NOBODY = ""
_TIME = _LEASES.c.until.type
_TAKE = {
    name: insert.on_conflict_do_update(
        index_elements=["job"],
        set_={"holder": insert.excluded.holder, "until": insert.excluded.until},
        where=or_(
            _LEASES.c.until <= bindparam("now", type_=_TIME),
            _LEASES.c.holder == insert.excluded.holder,
            and_(_LEASES.c.holder == _NOBODY, _LEASES.c.until <= bindparam("finished_until", type_=_TIME)),
            _LEASES.c.until > bindparam("absurd_after", type_=_TIME),
        ),
    ).returning(_LEASES.c.job)
    for name, insert in (("sqlite", sqlite.insert(_LEASES)), ("postgresql", postgresql.insert(_LEASES)))
}
_FINISH = (
    update(_LEASES)
    .where(_LEASES.c.job == bindparam("which"), _LEASES.c.holder == bindparam("whose"))
    .values(holder=_NOBODY)
)
_RELEASE = (
    update(_LEASES)
    .where(_LEASES.c.holder != _NOBODY, _LEASES.c.holder.not_in(bindparam("living", expanding=True)))
    .values(holder=_NOBODY)
)
_ALL = select(_LEASES.c.job, _LEASES.c.until)


def take(
    session: Session, job: str, holder: str, *, now: datetime, span: timedelta, every: timedelta | None = None
) -> bool:
    """Take or keep the right to run `job` until `span` from now.

    False while another holder's lease runs and, where `every` is given, for so long after it was last begun.
    """
    absurd = now + 2 * span  # written before the clock was put back
    finished = absurd if every is None else now + span - every
    row = {"job": job, "holder": holder, "until": now + span, "now": now}
    row |= {"finished_until": finished, "absurd_after": absurd}
    return session.execute(_TAKE[session.get_bind().dialect.name], row).first() is not None


def finish(session: Session, job: str, holder: str) -> None:
    """Give up the right to run `job`: anybody may run it when it is due again."""
    session.execute(_FINISH, {"which": job, "whose": holder})


def release(session: Session, living: Collection[str]) -> None:
    """Give up the rights of all holders that are not among the `living`."""
    session.execute(_RELEASE, {"living": list(living)})


def all_until(session: Session) -> dict[str, datetime]:
    """When each job's lease runs out, or ran out, by the job's name."""
    return {row.job: row.until for row in session.execute(_ALL)}
