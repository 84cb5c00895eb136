"""Questions put by messages that nobody asked for, opened in the conversation once the message has left."""

from collections.abc import Iterable
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.dialogue import posed
from bot.dialogue.flows import Flows
from bot.dialogue.state import State
from services.people import consent, conversations, deliveries
from services.people.outbox import OutboxRow

log = structlog.get_logger(__name__)


class Poser:
    """Opens the flows of such messages, each once, in the transaction that records that it left.

    Nothing is opened where a person of ours has the conversation, or where texts were stopped meanwhile.
    """

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    def ready(self, session: Session, rows: Iterable[OutboxRow]) -> list[OutboxRow]:
        """Lock the conversations of those of these messages that ask something and are not known to have left yet.

        Call it before recording that they left. Conversations come before messages, and in order, as everywhere.
        """
        asking = [row for row in rows if row.kind in self._flows.asked_by]
        for identity_id in sorted({row.identity_id for row in asking}):
            conversations.load(session, identity_id, lock=True)
        unsent = deliveries.not_sent(session, [row.id for row in asking]) if asking else set()
        return [row for row in asking if row.id in unsent]

    def pose(self, session: Session, rows: Iterable[OutboxRow], now: datetime) -> None:
        """Open the questions of messages that have left; one that cannot be opened does not undo the record of that."""
        for row in rows:
            try:
                with session.begin_nested():
                    self._pose(session, row, now)
            except Exception:
                log.exception("question_not_opened", outbox=row.id, kind=row.kind)

    def _pose(self, session: Session, row: OutboxRow, now: datetime) -> None:
        stored = conversations.load(session, row.identity_id, lock=True)
        if stored.is_with_staff(now) or consent.is_opted_out(session, row.address):
            return
        until = row.parameters.get("answer_by")
        sent = posed.Sent(
            row.id, row.kind, row.parameters.get("slots", {}), datetime.fromisoformat(until) if until else None
        )
        # The answer may come before the provider's word that the question left.
        state = posed.pose(self._flows, State.from_json(stored.state), sent, row.claimed_at or now)
        conversations.save(session, row.identity_id, state.to_json(), now)
