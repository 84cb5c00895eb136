"""Each message leaves at its slot, the moment of its sender's rate that it was claimed for, or takes another one."""

import asyncio
from collections import Counter
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.preparing import Ready
from services.core.clock import Clock
from services.core.database import Database
from services.people.rates import Lane, Rates, is_paced

log = structlog.get_logger(__name__)

# A message that is later than this has lost its slot: what a busy machine has kept back must not leave all at once.
LATE_S = 0.05
# A clock that was moved meanwhile must not keep a message waiting for longer.
_LONGEST_S = 2.0

_Asked = tuple[Lane, "asyncio.Future[datetime | None]"]


class Pacer:
    """Holds messages back until they may be posted, on one event loop; the rates are those of all processes."""

    def __init__(self, database: Database, clock: Clock, rates: Rates, most_in_hand: int) -> None:
        self._database, self._clock, self._rates, self._most_in_hand = database, clock, rates, most_in_hand
        self._asked: list[_Asked] = []
        self._asking: asyncio.Task[None] | None = None

    async def wait(self, slot: datetime) -> None:
        """Wait for a slot."""
        await asyncio.sleep(min(max((slot - self._clock.now()).total_seconds(), 0.0), _LONGEST_S))

    async def turn(self, ready: Ready) -> bool:
        """Return when a message may be posted, in time for its slot or for a later one; False if none can be had."""
        slot, lane = ready.row.slot, Lane(ready.message.channel, ready.message.sender)
        if not is_paced(ready.row) or not self._matters(lane):
            return True
        while slot is not None and (self._clock.now() - slot).total_seconds() > LATE_S:
            try:
                slot = await self._another(lane)
            except Exception:
                log.exception("slot_not_taken", outbox=ready.row.id)
                return False
            if slot is not None:
                await self.wait(slot)
        return True

    def _matters(self, lane: Lane) -> bool:
        """Whether all that this process has in hand, posted at once, would be more than the rate bears."""
        return self._most_in_hand > self._rates.per_second.get(lane.channel, float("inf")) * LATE_S

    async def _another(self, lane: Lane) -> datetime | None:
        """A further slot, taken with those of others that are late too; None where there is no rate to keep."""
        future: asyncio.Future[datetime | None] = asyncio.get_running_loop().create_future()
        self._asked.append((lane, future))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await future

    async def _ask(self) -> None:
        while self._asked:
            asked, self._asked = self._asked, []
            try:
                await self._answer(asked)
            except Exception as error:
                for _, future in asked:
                    if not future.done():
                        future.set_exception(error)
        self._asking = None

    async def _answer(self, asked: list[_Asked]) -> None:
        wanted = Counter(lane for lane, _ in asked)

        def take(session: Session) -> dict[Lane, list[datetime]]:
            return self._rates.take(session, wanted, self._clock.now())

        slots = await asyncio.wrap_future(self._database.submit(take))
        for lane, future in asked:
            future.set_result(slots[lane].pop(0) if slots.get(lane) else None)
