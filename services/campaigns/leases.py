"""Leases: one process at a time runs a job, in its time; a dead one's turn is given up, or runs out."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningUpdate
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


class Turn(NamedTuple):
    """A job that has come round: how long whoever begins it keeps it from others, and how often it is run."""

    job: str
    span: timedelta
    every: timedelta


def take(
    session: Session, job: str, holder: str, *, now: datetime, span: timedelta, every: timedelta | None = None
) -> bool:
    """Take or keep the right to run `job` until `span` from now.

    False while another holder's lease runs and, where `every` is given, for so long after it was last begun.
    """
    absurd = _absurd(now, span)
    finished = absurd if every is None else now + span - every
    row = {"job": job, "holder": holder, "until": now + span, "now": now}
    row |= {"finished_until": finished, "absurd_after": absurd}
    return session.execute(_TAKE[session.get_bind().dialect.name], row).first() is not None


def pass_over(session: Session, turns: Sequence[Turn], now: datetime) -> set[str]:
    """Note, in one statement, that jobs were looked at and had nothing to do: as if each was begun and finished now.

    Returns the jobs so noted: neither those that another holder runs, or has had its turn of lately, nor any that has
    never been run.
    """
    if not turns:
        return set()
    asked: dict[str, Any] = {"now": now}
    for place, (job, span, every) in enumerate(turns):
        asked |= {f"job_{place}": job, f"until_{place}": now + span}
        asked |= {f"finished_until_{place}": now + span - every, f"absurd_after_{place}": _absurd(now, span)}
    return set(session.execute(_passing_over(len(turns)), asked).scalars())


@cache
def _passing_over(turns: int) -> ReturningUpdate[tuple[str]]:
    """The statement for so many jobs: made once, since making it takes longer than running it."""
    places = range(turns)
    then = case(*((_is_job(place), _moment(f"until_{place}")) for place in places))
    is_free = or_(*(and_(_is_job(place), _is_free(place)) for place in places))
    return update(_LEASES).where(is_free).values(holder=_NOBODY, until=then).returning(_LEASES.c.job)


def _is_job(place: int) -> ColumnElement[bool]:
    job: ColumnElement[str] = _LEASES.c.job
    return job == bindparam(f"job_{place}")


def _is_free(place: int) -> ColumnElement[bool]:
    until = _LEASES.c.until
    finished = and_(_LEASES.c.holder == _NOBODY, until <= _moment(f"finished_until_{place}"))
    return or_(until <= _moment("now"), finished, until > _moment(f"absurd_after_{place}"))


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=_TIME)


def _absurd(now: datetime, span: timedelta) -> datetime:
    """What ends later was written before the clock was put back."""
    return now + 2 * span


def finish(session: Session, job: str, holder: str) -> None:
    """Give up the right to run `job`: anybody may run it when it is due again."""
    session.execute(_FINISH, {"which": job, "whose": holder})


def release(session: Session, living: Collection[str]) -> None:
    """Give up the rights of all holders that are not among the `living`."""
    session.execute(_RELEASE, {"living": list(living)})


def all_until(session: Session) -> dict[str, datetime]:
    """When each job's lease runs out, or ran out, by the job's name."""
    return {row.job: row.until for row in session.execute(_ALL)}
