"""Releasing a broadcast: the outbox is kept stocked a little ahead of the sender, a page of messages at a time.

So pausing, cancelling and 9pm find little to take back. Any process may release at any time: a page is written only if
the broadcast still stands where it was read, and each message has a key of its own.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import String as Text
from sqlalchemy import bindparam, case, cast, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.campaigns import broadcasts
from services.campaigns.broadcast_gathering import RECIPIENTS
from services.campaigns.broadcast_reach import PAGE
from services.campaigns.broadcast_tables import BroadcastStatus
from services.campaigns.broadcasts import ASKING, BROADCASTS, KIND, MAY_GO
from services.core.database import announce
from services.core.quiet_hours import is_quiet
from services.core.spoken import spoken_date
from services.events.search import load_matches
from services.events.tables import Event
from services.people import outbox
from services.people.outbox import OUTBOX
from services.people.tables import OutboxStatus, Priority

# So many messages stand in the outbox ahead of the sender.
AHEAD = 1000

_DIALECTS = {"sqlite": sqlite, "postgresql": postgresql}
_TO_GO = select(BROADCASTS).where(BROADCASTS.c.status == BroadcastStatus.RUNNING.value).order_by(BROADCASTS.c.id)
_ONE = select(BROADCASTS).where(
    BROADCASTS.c.id == bindparam("broadcast"),
    BROADCASTS.c.status == BroadcastStatus.RUNNING.value,
    BROADCASTS.c.gathered_at.is_not(None),
)
_IN_OUTBOX = select(func.count()).where(OUTBOX.c.broadcast_id == bindparam("broadcast"))
_NEXT = (
    select(RECIPIENTS.c.id)
    .where(RECIPIENTS.c.broadcast_id == bindparam("broadcast"), RECIPIENTS.c.id > bindparam("before"))
    .order_by(RECIPIENTS.c.id)
    .limit(PAGE)
)
_RELEASE = (
    update(BROADCASTS)
    .where(
        BROADCASTS.c.id == bindparam("broadcast"),
        BROADCASTS.c.status == BroadcastStatus.RUNNING.value,
        BROADCASTS.c.released_to == bindparam("before"),
        MAY_GO,
    )
    .values(released_to=bindparam("after"))
    .returning(BROADCASTS.c.id)
)


def release(session: Session, broadcast_id: int, now: datetime) -> int:
    """Write the next page of messages into the outbox and return how many; none at night, nor beyond `AHEAD`."""
    row = session.execute(_ONE, {"broadcast": broadcast_id}).first()
    if row is None or is_quiet(now) or _count(session, broadcast_id, OutboxStatus.QUEUED) > AHEAD - PAGE:
        return 0
    found = session.scalars(_NEXT, {"broadcast": broadcast_id, "before": row.released_to}).all()
    if not found:
        return 0
    step = {"broadcast": broadcast_id, "before": row.released_to, "after": found[-1]}
    if session.execute(_RELEASE, step).first() is None:
        return 0
    written = session.execute(_messages(session, row, found[-1], now), execution_options={"preserve_rowcount": True})
    announce(session, outbox.TOPIC)
    return int(written.rowcount)  # type: ignore[attr-defined]


def to_go(session: Session) -> list[Any]:
    """The broadcasts that are under way, oldest first."""
    return list(session.execute(_TO_GO))


def end_if_over(session: Session, broadcast_id: int, now: datetime) -> bool:
    """End a broadcast of which everything has been released and nothing waits in the outbox any more."""
    row = session.execute(_ONE, {"broadcast": broadcast_id}).first()
    if row is None or session.execute(_NEXT, {"broadcast": broadcast_id, "before": row.released_to}).first():
        return False
    if any(_count(session, broadcast_id, each) for each in (OutboxStatus.QUEUED, OutboxStatus.SENDING)):
        return False
    return broadcasts.finish(session, broadcast_id, now)


def _messages(session: Session, row: Any, last: int, now: datetime) -> Any:
    """The statement that writes the messages of the recipients after `released_to` up to the one given."""
    kind, said = _said(session, row, now)
    begins = session.execute(select(Event.starts_at).where(Event.id == row.event_id)).scalar() if row.event_id else None  # type: ignore[call-overload]
    json = OUTBOX.c.parameters.type
    values: dict[str, Any] = {
        "kind": literal(kind),
        "priority": literal(Priority.BULK.value),
        "identity_id": RECIPIENTS.c.identity_id,
        "sender": literal(""),
        "parameters": case(
            (RECIPIENTS.c.agreed_on.is_(None), literal(said, json)), else_=literal(said | {"agreed": True}, json)
        ),
        "dedupe_key": literal(f"broadcast:{row.id}:") + cast(RECIPIENTS.c.person_id, Text),
        "booking_id": RECIPIENTS.c.booking_id,
        "broadcast_id": RECIPIENTS.c.broadcast_id,
        "status": literal(OutboxStatus.QUEUED.value),
        "reason": literal(""),
        "attempts": literal(0),
        "text": literal(""),
        "segments": literal(0),
        "due_at": literal(now, OUTBOX.c.due_at.type),
        "expires_at": literal(begins, OUTBOX.c.expires_at.type),
        "created_at": literal(now, OUTBOX.c.created_at.type),
    }
    chosen = (
        select(*values.values())
        .where(
            RECIPIENTS.c.broadcast_id == row.id,
            RECIPIENTS.c.id > row.released_to,
            RECIPIENTS.c.id <= last,
        )
        .order_by(RECIPIENTS.c.id)
    )
    dialect = _DIALECTS[session.get_bind().dialect.name]
    return (
        dialect.insert(OUTBOX).from_select(list(values), chosen).on_conflict_do_nothing(index_elements=["dedupe_key"])
    )


def _said(session: Session, row: Any, now: datetime) -> tuple[str, dict[str, Any]]:
    """The kind and the parameters of the messages.

    One that tells people of an event by whose booking they were not chosen asks whether they would like to come.
    """
    said: dict[str, Any] = {"broadcast_id": row.id}
    if row.event_id is None or row.audience.get("event"):
        return KIND, said
    matches = load_matches(session, [row.event_id], lat=None, lon=None, now=now, full=True)
    menu = [
        {
            "payload": f"event:{match.event_id}",
            "title": f"{match.title}, {spoken_date(match.starts_at, now)}",
            "words": f"{match.title} {match.venue}",
            "starts_at": match.starts_at.isoformat(),
        }
        for match in matches
    ]
    slots = {"shown": [row.event_id], "listing": True, "found_events": menu}
    return (ASKING, said | {"slots": slots}) if menu else (KIND, said)


def _count(session: Session, broadcast_id: int, status: OutboxStatus) -> int:
    found = session.execute(_IN_OUTBOX.where(OUTBOX.c.status == status.value), {"broadcast": broadcast_id})
    return int(found.scalar_one())
