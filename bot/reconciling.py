"""Messages of which nobody knows whether they left: found after a crash or a broken connection, and settled.

Safety replies are posted again at once. Replies and reminders are posted again only when the provider, asked for what
it has for that address, shows none. Bulk messages wait for the provider's own reports and are never posted again.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from sqlmodel import Session

from bot.channels import segments
from bot.channels.port import ChannelUnreachable, Listed, OutboundChannel
from bot.judging import failed, put_back
from bot.outbound import Sender
from bot.preparing import folded
from bot.recording import Done
from services.core.clock import Clock
from services.core.database import Database
from services.people import deliveries
from services.people.deliveries import Outcome
from services.people.outbox import OutboxRow
from services.people.rates import Lane, Posted
from services.people.tables import Channel, OutboxStatus, Priority

log = structlog.get_logger(__name__)

# Twilio's clock and ours, and the seconds that it leaves off.
_SKEW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before judging.

    `stranded`: a message "sending" for so long belongs to a process that died. `settle`: so long after the post the
    provider's list is sure to show it. `attempts`: after so many posts a message is given up.
    """

    stranded: timedelta = timedelta(seconds=90)
    settle: timedelta = timedelta(seconds=15)
    attempts: int = 5
    safety_attempts: int = 10


class Reconciler:
    """Settles unknown messages; belongs to the sender's event loop, except for `tick`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        channels: Mapping[str, OutboundChannel],
        sender: Sender,
        patience: Patience | None = None,
    ) -> None:
        self._database, self._clock, self._channels, self._sender = database, clock, channels, sender
        self._patience = patience or Patience()
        self._one_at_a_time = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def recover(self) -> int:
        """At start-up: find what a dead process left and settle what can be settled now; return how many were found.

        On SQLite there is one serving process, so whatever is "sending" before ours begins was left behind.
        """
        self._loop = asyncio.get_running_loop()
        before = None if self._database.is_sqlite else self._clock.now() - self._patience.stranded
        stranded = await self._strand(before)
        await self.reconcile()
        return len(stranded)

    async def reconcile(self) -> int:
        """Settle what can be settled now; return how many messages that were."""
        async with self._one_at_a_time:
            await self._strand(self._clock.now() - self._patience.stranded)
            rows = await asyncio.to_thread(self._database.read_once, self._unknown)
            done = [settled for row in rows if (settled := self._without_asking(row)) is not None]
            ripe = [row for row in rows if row.priority != Priority.SAFETY and self._is_ripe(row)]
            for _, one_persons in groupby(sorted(ripe, key=_whose), key=_whose):
                done += await self._ask(list(one_persons))
            self._sender.note(done)
            return len(done)

    def is_due(self, session: Session, now: datetime) -> bool:
        """Whether there is anything to settle; what is due to be sent the sender looks for by itself."""
        return deliveries.has_open(session, now - self._patience.stranded)

    def tick(self, now: datetime) -> dict[str, int]:
        """Settle and send whatever is due, from another thread, and return the counts; `now` is the clock's already."""
        loop = self._loop
        if loop is None:
            return {}
        return asyncio.run_coroutine_threadsafe(self._tick(), loop).result()

    async def _tick(self) -> dict[str, int]:
        settled = await self.reconcile()
        return {"messages_settled": settled, "messages_claimed": await self._sender.claim()}

    async def _strand(self, before: datetime | None) -> list[int]:
        sparing = self._sender.in_flight
        stranded = await asyncio.wrap_future(
            self._database.submit(lambda session: deliveries.strand(session, before, sparing, "stranded"))
        )
        if stranded:
            log.warning("messages_stranded", count=len(stranded))
        return stranded

    def _unknown(self, session: Session) -> list[OutboxRow]:
        return deliveries.unknown(session, self._sender.in_flight)

    def _is_ripe(self, row: OutboxRow) -> bool:
        # Either side of now: a demo's clock may have been put back since.
        return row.claimed_at is None or abs(self._clock.now() - row.claimed_at) >= self._patience.settle

    def _without_asking(self, row: OutboxRow) -> Done | None:
        """What becomes of a safety reply: a second one does no harm, none at all may."""
        if row.priority != Priority.SAFETY:
            return None
        if row.attempts >= self._patience.safety_attempts:
            return failed(row, "unknown", "given_up")
        return put_back(row, "posted_again", self._clock.now())

    async def _ask(self, rows: Sequence[OutboxRow]) -> list[Done]:
        """Settle one person's messages by what the provider has for that address."""
        since = min(row.claimed_at or row.created_at for row in rows) - _SKEW
        try:
            listed = [one for channel in _channels_of(rows[0]) for one in await self._list(channel, rows, since)]
        except ChannelUnreachable as error:
            log.warning("not_reconciled", why=str(error), count=len(rows))
            return []
        known = await asyncio.to_thread(
            self._database.read_once, lambda session: deliveries.ours(session, [one.provider_id for one in listed])
        )
        free = [one for one in reversed(listed) if one.provider_id not in known]
        # Those whose words are known choose first; of the others any message that is nobody else's will do.
        return [self._match(row, free) for row in sorted(rows, key=lambda row: (not _words(row), row.id))]

    async def _list(self, channel: str, rows: Sequence[OutboxRow], since: datetime) -> Iterable[Listed]:
        found = self._channels.get(channel)
        if found is None:
            return ()
        return await found.list_messages(channel, rows[0].address, since, [str(row.id) for row in rows])

    def _match(self, row: OutboxRow, free: list[Listed]) -> Done:
        """Take a row's message out of those that are nobody's yet, or have it posted again."""
        for one in free:
            if _may_be(row, one):
                free.remove(one)
                return _found(row, one)
        if row.attempts >= self._patience.attempts:
            return failed(row, "not_listed", "given_up")
        return put_back(row, "not_listed", self._clock.now())


def _may_be(row: OutboxRow, one: Listed) -> bool:
    """Whether a message that the provider has is a row's: by the reference, else by the words where they are known."""
    if one.reference:
        return one.reference == str(row.id)
    return one.text.strip().endswith(_words(row).strip())


def _found(row: OutboxRow, one: Listed) -> Done:
    """A message that the provider has; what its post used is counted unless it was when the answer failed to come."""
    parts = segments.count(one.text).count if row.channel == Channel.SMS else 1
    sent = Outcome(row.id, row.attempts, OutboxStatus.SENT, one.provider_id, text=one.text, segments=parts)
    posted = None if row.text else Posted(Lane(row.channel, row.sender), parts)
    return Done(row, sent, posted=posted)


def _whose(row: OutboxRow) -> tuple[str, str]:
    return row.channel, row.address


def _words(row: OutboxRow) -> str:
    """The text as it was posted, or would have been, where that is known without rendering it again."""
    words = row.text or str(row.parameters.get("text", ""))
    return folded(words) if row.channel == Channel.SMS else words


def _channels_of(row: OutboxRow) -> tuple[str, ...]:
    """The channels that a message may have gone by: from WhatsApp the gate may have turned to SMS."""
    has_number = row.channel == Channel.WHATSAPP and row.address.startswith("+")
    return (row.channel, Channel.SMS) if has_number else (row.channel,)
