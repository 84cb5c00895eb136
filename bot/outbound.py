"""The sender: takes messages from the outbox, posts them side by side, and has their outcomes written down.

A turn's own replies are handed over in memory (`deliver`), claimed already, so that an answer waits for no second
commit; everything else is claimed from the outbox when a commit wakes the sender. A crash at any point leaves rows
"sending", which `bot.reconciling` finds.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import structlog

from bot.channels.port import OutboundChannel, Refusal, Rejected, SendResult, Unknown
from bot.held_back import HeldBack
from bot.judging import Pace, judge, may_go_as_text, pause_before_next, put_back
from bot.observing import Observer
from bot.pacing import Pacer
from bot.posing import Poser
from bot.preparing import Preparer, Ready
from bot.recording import Done, Recorder
from services.core.clock import Clock
from services.core.database import Database
from services.people import outbox
from services.people.deliveries import Outcome
from services.people.outbox import OutboxRow
from services.people.rates import Allotment, Rates
from services.people.spending import Budget
from services.people.tables import OutboxStatus, Priority

log = structlog.get_logger(__name__)

_LONGEST_PAUSE_S = 5.0


class Sender:
    """Sends the outbox's messages from one event loop; only `deliver` and `wake` may be called from other threads."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        channels: Mapping[str, OutboundChannel],
        preparer: Preparer,
        pace: Pace | None = None,
        poser: Poser | None = None,
        observer: Observer | None = None,
        rates: Rates | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._database, self._clock, self._channels, self._preparer = database, clock, channels, preparer
        self._pace, self._observer, self._rates = pace or Pace(), observer or Observer(), rates or Rates()
        self._pacer = Pacer(database, clock, self._rates, 2 * self._pace.batch)
        self._recorder = Recorder(database, clock, self._recorded, poser, self._rates, budget or Budget())
        # A safety reply never queues behind a broadcast.
        self._lanes = {True: asyncio.Semaphore(self._pace.posts), False: asyncio.Semaphore(self._pace.posts)}
        self._woken, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._claiming: asyncio.Task[None] | None = None
        self._one_claim = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight: set[int] = set()
        self._recordings = 0
        self._may_be_more = False
        # When the rate of a sender of ours lets more go than the last claim could take.
        self._again_at: datetime | None = None
        self._chains: dict[int, deque[Ready]] = {}
        self._held_back = HeldBack()

    @property
    def in_flight(self) -> frozenset[int]:
        """The ids of the messages that this process has taken and whose outcome is not written yet."""
        return frozenset(self._in_flight)

    @property
    def is_running(self) -> bool:
        """Whether messages are sent: what `deliver` is given, and what the outbox holds if that is claimed."""
        return self._loop is not None and (self._claiming is None or not self._claiming.done())

    async def start(self, *, claims: bool = True) -> None:
        """Begin sending: whatever the outbox holds and will hold, or, without `claims`, what `deliver` is given."""
        self._loop = asyncio.get_running_loop()
        if claims:
            self._database.listen(outbox.TOPIC, self.wake)
            self._claiming = asyncio.create_task(self._claim_forever())

    async def stop(self) -> None:
        """Take nothing more, wait for what is under way, and let go of the channels."""
        self._loop = None
        self._woken.set()
        if self._claiming is not None:
            await self._claiming
        await self._idle.wait()
        for channel in set(self._channels.values()):
            await channel.close()

    def wake(self) -> None:
        """Have the outbox looked at now."""
        self._call(self._woken.set)

    def deliver(self, rows: Sequence[OutboxRow]) -> None:
        """Send rows that were written as claimed, after their commit.

        When no sender runs they stay "sending", and the next one that starts finds them.
        """
        if rows:
            self._call(self._accept, rows)

    async def drain(self) -> int:
        """Send until nothing that is due is left and every outcome is written; return how many were claimed."""
        total = 0
        while True:
            await self._idle.wait()
            recordings = self._recordings
            claimed = await self.claim()
            total += claimed
            if not claimed and self._again_at is not None:
                await asyncio.sleep(self._seconds_to(self._again_at))
            # What was being written down while we claimed may have set free what stands behind it.
            elif not claimed and not self._in_flight and recordings == self._recordings:
                return total

    def note(self, done: Iterable[Done]) -> None:
        """Have outcomes written down that were found in another way than by sending."""
        for one in done:
            self._take([one.row])
            self._recorder.note(one)

    def _call(self, function: Callable[..., Any], *arguments: Any) -> None:
        loop = self._loop
        try:
            if loop is not None:
                loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            log.warning("sender_has_gone")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _claim_forever(self) -> None:
        while self._loop is not None:
            self._woken.clear()
            if not await self._claim_some():
                await self._sleep()

    async def _claim_some(self) -> bool:
        if len(self._in_flight) >= 2 * self._pace.batch:
            return False
        try:
            return bool(await self.claim())
        except Exception:
            log.exception("claim_failed")
            return False

    async def _sleep(self) -> None:
        seconds = self._pace.poll if self._again_at is None else self._seconds_to(self._again_at)
        try:
            await asyncio.wait_for(self._woken.wait(), min(seconds, self._pace.poll))
        except TimeoutError:
            return

    def _seconds_to(self, moment: datetime) -> float:
        return max((moment - self._clock.now()).total_seconds(), 0.0)

    async def claim(self) -> int:
        """Take what is due and may go now or soon, start sending it, and return how many messages that were."""
        # One at a time, so that nobody finds nothing to claim while the rows are between outbox and here.
        async with self._one_claim:
            now = self._clock.now()
            allotment = Allotment(self._rates, now)
            rows = await asyncio.wrap_future(
                self._database.submit(lambda session: outbox.claim(session, now, self._pace.batch, allotment))
            )
            self._again_at = allotment.again_at
            self._take(rows)
        self._may_be_more = bool(rows)
        if rows:
            # The gate and the renderer ask the database about these.
            self._dispatch(rows, await asyncio.to_thread(self._prepare, rows, now))
            for row in rows:  # not before: an answer would pass the one that is being prepared
                self._held_back.let_pass(row)
        return len(rows)

    def _accept(self, rows: Sequence[OutboxRow]) -> None:
        """Send a turn's replies, unless something that went before them was put back."""
        self._take(rows)
        now = self._clock.now()
        free = []
        for row in rows:
            if until := self._held_back.until(row):
                self._recorder.note(put_back(row, "behind_another", max(until, now)))
            else:
                free.append(row)
        self._dispatch(free, self._prepare(free, now))

    def _take(self, rows: Iterable[OutboxRow]) -> None:
        self._in_flight.update(row.id for row in rows)
        if self._in_flight:
            self._idle.clear()

    def _prepare(self, rows: Sequence[OutboxRow], now: datetime) -> list[Ready | Outcome]:
        with self._database.read() as session:
            return [self._preparer.prepare(session, row, now) for row in rows]

    def _dispatch(self, rows: Sequence[OutboxRow], prepared: Sequence[Ready | Outcome]) -> None:
        for row, one in zip(rows, prepared, strict=True):
            if isinstance(one, Outcome):
                failed = one.status is OutboxStatus.FAILED
                self._recorder.note(Done(row, one, Refusal.CONFIGURATION.value if failed else ""))
            elif row.priority == Priority.SAFETY:
                self._spawn(self._send_alone(one))
            elif row.slot is not None and row.slot > self._clock.now():
                self._spawn(self._chain_at_slot(one, row.slot))
            else:
                self._chain(one)

    def _chain(self, ready: Ready) -> None:
        identity_id = ready.row.identity_id
        if identity_id in self._chains:
            self._chains[identity_id].append(ready)
        else:
            self._chains[identity_id] = deque([ready])
            self._spawn(self._send_chain(identity_id))

    async def _chain_at_slot(self, ready: Ready, slot: datetime) -> None:
        await self._pacer.wait(slot)  # till then an answer goes before it
        self._chain(ready)

    async def _send_alone(self, ready: Ready) -> None:
        self._recorder.note(await self._send(ready))

    async def _send_chain(self, identity_id: int) -> None:
        chain = self._chains[identity_id]
        while chain:
            done = await self._send(chain.popleft())
            self._recorder.note(done)
            if done.outcome.status is OutboxStatus.QUEUED and done.outcome.due_at is not None:
                self._held_back.hold(done.row, done.outcome.due_at)
                for ready in chain:
                    self._recorder.note(put_back(ready.row, "behind_another", done.outcome.due_at))
                chain.clear()
        del self._chains[identity_id]

    async def _send(self, ready: Ready) -> Done:
        result = await self._post_patiently(ready)
        if result is None:
            return put_back(ready.row, "stale", self._clock.now())
        if isinstance(result, Rejected) and may_go_as_text(ready, result):
            by_sms = self._preparer.as_sms(ready, self._clock.now())
            if by_sms is not None:
                return await self._send(by_sms)
        return judge(ready, result, self._pace, self._clock.now())

    async def _post_patiently(self, ready: Ready) -> SendResult | None:
        """Post a message, again where that is safe at once; None when it was claimed too long ago to be posted."""
        is_safety = ready.row.priority == Priority.SAFETY
        for pause in (*self._pauses(), None):
            async with self._lanes[is_safety]:
                if not await self._pacer.turn(ready) or self._is_stale(ready.row):
                    return None
                result = await self._post(ready)
            asked = pause_before_next(result, is_safety=is_safety)
            if pause is None or asked is None or asked > _LONGEST_PAUSE_S:
                break
            await asyncio.sleep(max(asked, pause))
        return result

    def _pauses(self) -> Iterator[float]:
        return (self._pace.backoff * 2**number for number in range(self._pace.tries - 1))

    def _is_stale(self, row: OutboxRow) -> bool:
        claimed = row.claimed_at or row.created_at
        return self._clock.now() - claimed > timedelta(seconds=self._pace.stale)

    async def _post(self, ready: Ready) -> SendResult:
        channel = self._channels.get(ready.message.channel)
        if channel is None:
            return Rejected("no_channel", Refusal.CONFIGURATION)
        started = perf_counter()
        try:
            result = await channel.send(ready.message)
        except Exception:
            log.exception("post_failed", outbox=ready.row.id)
            result = Unknown("error")
        self._observer.posted(ready.row, ready.message.channel, result, perf_counter() - started)
        return result

    def _recorded(self, batch: Sequence[Done]) -> None:
        self._recordings += 1
        self._in_flight.difference_update(done.row.id for done in batch)
        for done in batch:
            if done.outcome.status is OutboxStatus.REFUSED or done.refusal:
                self._observer.refused("provider" if done.refusal else "gate", done.outcome.reason)
        if not self._in_flight:
            self._idle.set()
        if self._may_be_more:
            self._woken.set()
