"""Leases: one process at a time runs a job, in its time; a dead one's turn is given up, or runs out."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, case, or_, select, update
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
    then = case({turn.job: bindparam(None, now + turn.span, _TIME) for turn in turns}, value=_LEASES.c.job)
    statement = (
        update(_LEASES)
        .where(or_(*(_is_free(turn, now) for turn in turns)))
        .values(holder=_NOBODY, until=then)
        .returning(_LEASES.c.job)
    )
    return set(session.execute(statement).scalars())


def _is_free(turn: Turn, now: datetime) -> ColumnElement[bool]:
    until = _LEASES.c.until
    finished = and_(_LEASES.c.holder == _NOBODY, until <= now + turn.span - turn.every)
    return and_(_LEASES.c.job == turn.job, or_(until <= now, finished, until > _absurd(now, turn.span)))


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
