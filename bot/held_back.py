"""Whose answers wait: one that goes before them was put back, and a person's messages leave in their order."""

from datetime import datetime

from services.people.outbox import OutboxRow
from services.people.tables import Priority


class HeldBack:
    """What was put back by this process, of each identity; a safety reply waits for none of it."""

    def __init__(self) -> None:
        self._first: dict[int, tuple[OutboxRow, datetime]] = {}

    def hold(self, row: OutboxRow, until: datetime) -> None:
        """Have what follows a message wait, which was put back until a moment."""
        self._first[row.identity_id] = row, until

    def until(self, row: OutboxRow) -> datetime | None:
        """The moment until which a message has to wait; None for one that need not."""
        first = self._first.get(row.identity_id)
        return None if first is None or row.priority == Priority.SAFETY else first[1]

    def let_pass(self, claimed: OutboxRow) -> None:
        """Hold back no more once what was put back is on its way, or something that goes after it."""
        first = self._first.get(claimed.identity_id)
        if first is not None and (claimed.priority, claimed.id) >= (first[0].priority, first[0].id):
            del self._first[claimed.identity_id]
