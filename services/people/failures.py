"""What follows when the provider reports that a message did not arrive: another way, another time, or staff."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, update
from sqlmodel import Session

from services.core.database import announce
from services.people import deliveries, flags
from services.people.deliveries import given_back
from services.people.outbox import OUTBOX, TOPIC, OutboxRow
from services.people.tables import Channel, OutboxStatus

log = structlog.get_logger(__name__)

# The channel that a message is to leave by, instead of its identity's own.
BY = "by"

_MOST_ATTEMPTS = 3
# The phone is off or out of reach: once more, then enough.
_ONCE = "30003"
_FIRST_PAUSE = timedelta(minutes=1)
_GROWS = 4
_AGAIN = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("row"), OUTBOX.c.status == OutboxStatus.FAILED.value)
    .values(
        status=OutboxStatus.QUEUED.value,
        reason=bindparam("why"),
        due_at=bindparam("due"),
        parameters=bindparam("told", type_=OUTBOX.c.parameters.type),
        provider_id=None,
        claimed_at=None,
    )
    .returning(OUTBOX.c.id)
)


def take_failure(session: Session, row: OutboxRow, refusal: str, code: str, provider_id: str, now: datetime) -> bool:
    """Act on the report that a message did not arrive; return whether it is sent once more.

    What WhatsApp could not deliver goes as a text message, with the same words and numbers. A passing trouble is tried
    again at growing intervals, so long as the message is not too late by then. Consent ends it. Staff are told once of
    an address that cannot be reached, and as `deliveries.note_refusal` says of what is set up wrongly.
    """
    due, by = _next(row, refusal, code, now)
    again = due is not None and (row.expires_at is None or due < row.expires_at)
    if again:
        marks = {"row": row.id, "why": given_back(provider_id), "due": due, "told": row.parameters | by}
        again = session.execute(_AGAIN, marks).first() is not None
        announce(session, TOPIC)
        log.info("message_again", outbox=row.id, code=code, by=by.get(BY, ""))
    if not again or refusal in ("configuration", "consent"):
        deliveries.note_refusal(session, row, refusal, code, now)
    if not again and refusal == "permanent":
        note = "This number cannot be reached by text. If it is a landline, please phone instead."
        flags.raise_once(
            session, identity_id=row.identity_id, category="unreachable", severity=3, now=now, rule=code, note=note
        )
    return again


def _next(row: OutboxRow, refusal: str, code: str, now: datetime) -> tuple[datetime | None, dict[str, str]]:
    """When a message is sent again, None for never, and the channel if that changes."""
    tries = 1 if code == _ONCE else _MOST_ATTEMPTS - 1
    if refusal == "temporary" and row.attempts <= tries:
        return now + _FIRST_PAUSE * _GROWS ** (row.attempts - 1), {}
    if refusal == "consent" or not _may_go_by_text(row):
        return None, {}
    return now, {BY: Channel.SMS.value}


def _may_go_by_text(row: OutboxRow) -> bool:
    """Whether a message went by WhatsApp to someone who has a number too."""
    return row.channel == Channel.WHATSAPP and row.address.startswith("+") and BY not in row.parameters
