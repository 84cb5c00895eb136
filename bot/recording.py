"""Writing down what became of messages, as many in one commit as have come together."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from sqlmodel import Session

from bot.posing import Poser
from services.core.clock import Clock
from services.core.database import Database
from services.people import deliveries
from services.people.deliveries import Outcome
from services.people.outbox import OutboxRow
from services.people.rates import Posted, Rates
from services.people.spending import Budget
from services.people.tables import OutboxStatus

log = structlog.get_logger(__name__)

_PAUSE_S = 0.5
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Done:
    """An attempt that is over: its row, its outcome, and why the provider refused it ("" if it did not).

    `posted` is what the provider took, or may have; None when it did not.
    """

    row: OutboxRow
    outcome: Outcome
    refusal: str = ""
    posted: Posted | None = None


class Recorder:
    """Writes outcomes while more of them gather; `recorded` is called on the event loop after each commit.

    When the database refuses, the same outcomes are written again, for ten seconds. One that cannot be written then
    is left to reconciling: its row is still "sending", and will be taken for stranded. `poser` opens the questions
    that messages put; `rates` are charged for what no claim has paid, and `budget` counts it.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        recorded: Callable[[Sequence[Done]], None],
        poser: Poser | None,
        rates: Rates,
        budget: Budget,
    ) -> None:
        self._database, self._clock, self._recorded = database, clock, recorded
        self._poser, self._rates, self._budget = poser, rates, budget
        self._waiting: list[Done] = []
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    def note(self, done: Done) -> None:
        """Have an outcome written in the next commit."""
        self._waiting.append(done)
        if self._task is None:
            self._task = asyncio.create_task(self._record())

    async def _record(self) -> None:
        while self._waiting:
            # After a failure one at a time, so that none keeps the others from being written.
            count = 1 if self._failures else len(self._waiting)
            batch, self._waiting = self._waiting[:count], self._waiting[count:]
            try:
                await asyncio.wrap_future(self._database.submit(partial(self._write, batch=batch)))
            except Exception:
                log.exception("outcomes_not_written", count=len(batch))
                await self._failed(batch)
            else:
                self._failures = 0
                self._recorded(batch)
        self._task = None

    async def _failed(self, batch: list[Done]) -> None:
        self._failures += 1
        if len(batch) == 1 and self._failures >= _TRIES:
            self._failures = 0
            self._recorded(batch)
        else:
            self._waiting = batch + self._waiting
            await asyncio.sleep(_PAUSE_S)

    def _write(self, session: Session, batch: Sequence[Done]) -> None:
        now = self._clock.now()
        left = [done.row for done in batch if done.outcome.status is OutboxStatus.SENT]
        asking = self._poser.ready(session, left) if self._poser else []
        deliveries.record(session, [done.outcome for done in batch], now)
        if self._poser:
            self._poser.pose(session, asking, now)
        for done in batch:
            if done.refusal:
                deliveries.note_refusal(session, done.row, done.refusal, done.outcome.reason, now)
        posts = [(done.row, done.posted) for done in batch if done.posted]
        self._rates.charge(session, posts, now)
        self._budget.count(session, posts, now)
