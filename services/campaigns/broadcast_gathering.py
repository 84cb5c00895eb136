"""Gathering who gets a broadcast, page by page, each page a short unit of work.

Any process may do it at any time: a page is kept only if the broadcast still stands where it was read, so two that
gather the same one lose a page of work and nothing else, and after a crash it goes on where it stood.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.campaigns.audience import Audience
from services.campaigns.broadcast_lists import ListRow
from services.campaigns.broadcast_reach import PAGE, Candidate, concerned, left_out, listed
from services.campaigns.broadcast_tables import BroadcastRecipient, BroadcastStatus, Purpose
from services.campaigns.broadcasts import BROADCASTS, ONCE_GATHERED, TOPIC
from services.core.database import Database, announce
from services.people.conversations import name_person
from services.people.identities import find_or_create

RECIPIENTS = BroadcastRecipient.__table__  # type: ignore[attr-defined]

T = TypeVar("T")

_STOOD = select(BROADCASTS.c.gathered_to).where(BROADCASTS.c.id == bindparam("broadcast"))
_STEP = (
    update(BROADCASTS)
    .where(
        BROADCASTS.c.id == bindparam("broadcast"),
        BROADCASTS.c.status == bindparam("while"),
        BROADCASTS.c.gathered_at.is_(None),
        BROADCASTS.c.gathered_to == bindparam("before"),
    )
    .values(gathered_to=bindparam("after"))
    .returning(BROADCASTS.c.purpose, BROADCASTS.c.recipients, BROADCASTS.c.left_out)
)
_COUNT = (
    update(BROADCASTS)
    .where(BROADCASTS.c.id == bindparam("broadcast"))
    .values(recipients=bindparam("many"), left_out=bindparam("others", type_=BROADCASTS.c.left_out.type))
)
_GATHERED = (
    update(BROADCASTS)
    .where(
        BROADCASTS.c.id == bindparam("broadcast"),
        BROADCASTS.c.status == bindparam("while"),
        BROADCASTS.c.gathered_to == bindparam("before"),
        BROADCASTS.c.gathered_at.is_(None),
    )
    .values(
        gathered_at=bindparam("now", type_=BROADCASTS.c.gathered_at.type),
        status=ONCE_GATHERED,
    )
    .returning(BROADCASTS.c.status)
)
_KEEP = {
    name: dialect.insert(RECIPIENTS).on_conflict_do_nothing()
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def gather(database: Database, row: Any, now: datetime) -> Iterator[int]:
    """Write down who gets a broadcast, yielding the size of each page once it is kept; `row` is the broadcast's.

    It goes on where it stood, and stops as soon as the broadcast is paused or cancelled, or another process gathers it.
    """
    with database.read() as session:
        found = concerned(
            session, Audience.from_json(row.audience), Purpose(row.purpose), row.created_at, row.gathered_to
        )
        steps = ((page[-1].identity_id, _given(page)) for page in _pages(found))
        yield from _kept(database, row.id, row.gathered_to, steps, BroadcastStatus.RUNNING, now)


def load(database: Database, broadcast_id: int, rows: Iterable[ListRow], now: datetime) -> Iterator[int]:
    """Write down those on a list, as `gather` does; lines that were loaded before a crash are passed over."""
    before = database.read_once(lambda session: session.execute(_STOOD, {"broadcast": broadcast_id}).scalar_one())
    pages = _pages(row for row in rows if row.line > before)
    steps = ((page[-1].line, _listed(page, now)) for page in pages)
    yield from _kept(database, broadcast_id, before, steps, BroadcastStatus.LOADING, now)


def keep(
    session: Session,
    broadcast_id: int,
    page: Sequence[Candidate],
    before: int,
    after: int,
    status: BroadcastStatus,
    now: datetime,
) -> bool:
    """Keep a page of an audience: those who get it, and how many do not by reason; False when it is not ours to do.

    `before` and `after` say how far the audience had been gone through, and now is; `status` is the broadcast's.
    """
    step = {"broadcast": broadcast_id, "while": status.value, "before": before, "after": after}
    stood = session.execute(_STEP, step).first()
    if stood is None:
        return False
    reasons = [left_out(who, Purpose(stood.purpose)) for who in page]
    texted = [_known(session, who, now) for who, reason in zip(page, reasons, strict=True) if not reason]
    kept = _insert(session, broadcast_id, texted)
    others = Counter(stood.left_out) + Counter(filter(None, reasons)) + Counter(duplicate=len(texted) - kept)
    counts = {"broadcast": broadcast_id, "many": stood.recipients + kept, "others": dict(sorted(others.items()))}
    session.execute(_COUNT, counts)
    return True


def complete(session: Session, broadcast_id: int, before: int, status: BroadcastStatus, now: datetime) -> str:
    """Write down that all recipients are known, and return how the broadcast stands then ("" if it had moved on).

    Announces "broadcast".
    """
    step = {"broadcast": broadcast_id, "while": status.value, "before": before, "now": now}
    announce(session, TOPIC)
    return session.execute(_GATHERED, step).scalar() or ""


def _kept(
    database: Database,
    broadcast_id: int,
    before: int,
    steps: Iterable[tuple[int, Callable[[Session], Sequence[Candidate]]]],
    status: BroadcastStatus,
    now: datetime,
) -> Iterator[int]:
    """Keep page after page, each given by how far it goes and what reads it, and then write down that it is all."""
    for after, read in steps:
        unit = partial(_keep_read, read, broadcast_id=broadcast_id, before=before, after=after, status=status, now=now)
        size = database.write(unit)
        if size is None:
            return
        before = after
        yield size
    database.write(lambda session: complete(session, broadcast_id, before, status, now))


def _keep_read(session_reads: Callable[[Session], Sequence[Candidate]], session: Session, **step: Any) -> int | None:
    page = session_reads(session)
    return len(page) if keep(session, page=page, **step) else None


def _given(page: Sequence[Candidate]) -> Callable[[Session], Sequence[Candidate]]:
    return lambda _session: page


def _listed(page: Sequence[ListRow], now: datetime) -> Callable[[Session], Sequence[Candidate]]:
    return lambda session: list(listed(session, page, now))


def _known(session: Session, who: Candidate, now: datetime) -> Candidate:
    """Someone of a list who never texted us gets an identity, so that they can be texted."""
    if who.identity_id:
        return who
    made = find_or_create(session, who.channel, who.address, now)
    if who.first_name:
        name_person(session, made.person_id, who.first_name)
    return who._replace(identity_id=made.id, person_id=made.person_id)


def _insert(session: Session, broadcast_id: int, people: Sequence[Candidate]) -> int:
    """Write recipients, and return how many of them had not been written for the same person or phone."""
    if not people:
        return 0
    rows = [
        {
            "broadcast_id": broadcast_id,
            "person_id": who.person_id,
            "identity_id": who.identity_id,
            "address": who.address,
            "booking_id": who.booking_id,
            "agreed_on": who.agreed_on,
        }
        for who in people
    ]
    statement = _KEEP[session.get_bind().dialect.name]
    done = session.execute(statement, rows, execution_options={"preserve_rowcount": True})
    return int(done.rowcount)  # type: ignore[attr-defined]


def _pages(found: Iterable[T]) -> Iterator[list[T]]:
    each = iter(found)
    while page := list(islice(each, PAGE)):
        yield page
