"""Leases: one process at a time runs a job, and a dead one's turn simply runs out."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.campaigns.tables import Lease

_LEASES = Lease.__table__  # type: ignore[attr-defined]
_TAKE = {
    name: insert.on_conflict_do_update(
        index_elements=["job"],
        set_={"holder": insert.excluded.holder, "until": insert.excluded.until},
        where=(_LEASES.c.until <= bindparam("now", type_=_LEASES.c.until.type))
        | (_LEASES.c.holder == insert.excluded.holder),
    ).returning(_LEASES.c.job)
    for name, insert in (("sqlite", sqlite.insert(_LEASES)), ("postgresql", postgresql.insert(_LEASES)))
}

_ALL = select(_LEASES.c.job, _LEASES.c.until)


def take(session: Session, job: str, holder: str, *, now: datetime, span: timedelta) -> bool:
    """Take or keep the right to run `job` until `span` from now; False while another holder's lease runs."""
    row = {"job": job, "holder": holder, "until": now + span, "now": now}
    return session.execute(_TAKE[session.get_bind().dialect.name], row).first() is not None


def all_until(session: Session) -> dict[str, datetime]:
    """When each job's lease runs out, or ran out, by the job's name."""
    return {row.job: row.until for row in session.execute(_ALL)}
