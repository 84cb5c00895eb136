"""Work that a dead process left behind: its waiting turns, its messages on their way, its right to run jobs."""

from collections.abc import Callable, Collection
from concurrent.futures import Future
from datetime import datetime

import structlog
from sqlmodel import Session

from services.campaigns import leases
from services.core.clock import Clock
from services.core.database import Database
from services.people import deliveries, inbox

log = structlog.get_logger(__name__)

_MOST = 500
Submit = Callable[[int, int], "Future[list[str]]"]


class Orphans:
    """Takes over on PostgreSQL what the processes that do not live any more had in hand; `submit` queues a turn."""

    def __init__(self, database: Database, clock: Clock, submit: Submit) -> None:
        self._database, self._clock, self._submit = database, clock, submit
        self._lived: frozenset[int] = frozenset()

    def take_over(self, living: Collection[int]) -> None:
        """Do what is left of the work of all but the `living`; cheap when there is nothing."""
        all_live = self._lived and self._lived.issubset(living)
        if not all_live or self._database.read_once(lambda session: deliveries.has_of_dead(session, living)):
            self._give_up(living)
        self._lived = frozenset(living)
        self.take_turns(living)

    def has_turns(self, session: Session, now: datetime) -> bool:
        """Whether `take_turns` would find any where no other process lives."""
        return inbox.has_orphans(session, self._database.process, (), now)

    def take_turns(self, living: Collection[int]) -> int:
        """Queue the turns that nobody else will take; return how many of them were not queued already."""
        me, now = self._database.process, self._clock.now()
        if not self._database.read_once(lambda session: inbox.has_orphans(session, me, living, now)):
            return 0
        adopted = self._database.write(lambda session: inbox.adopt(session, living, now, _MOST))
        queued = [self._submit(message.id, message.identity_id) for message in adopted]
        return sum(not turn.cancelled() for turn in queued)

    def _give_up(self, living: Collection[int]) -> None:
        """What the dead were sending becomes unknown, and is settled as such; their jobs are anybody's."""

        def unit(session: Session) -> list[int]:
            leases.release(session, [str(number) for number in living])
            return deliveries.strand_dead(session, living, "stranded")

        stranded = self._database.write(unit)
        if stranded:
            log.warning("messages_stranded", count=len(stranded))
