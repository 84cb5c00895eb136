"""How fast each sender of ours may post: one row a sender, shared by all processes.

The generic cell rate algorithm (GCRA): the row holds the moment at which the sender may post its next segment, and
whoever posts moves it on by one interval. A claim takes moments for its whole batch in its own transaction, so the
rate costs no commit, and each message is then posted at its moment. One that missed it has lost it and takes another,
since what a busy machine kept back may not leave all at once.

Answers and safety replies wait for no moment, whatever a broadcast is doing; they are charged for, so that what was
not asked for goes a little later. Those claimed from the outbox are charged with the claim, those handed over in
memory when they are recorded, and so are the further segments of a long message.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.core.statements import Prepared
from services.people.failures import BY
from services.people.identities import is_window_open
from services.people.outbox import OutboxRow
from services.people.sending_tables import SenderRate
from services.people.tables import Channel, Priority

# So far ahead a claim takes moments: long enough for few claims, short enough to pause a broadcast within a second.
AHEAD_S = 0.75
# What a claim takes is posted after its commit; moments that have passed by then would be posted all at once.
_LEAD_S = 0.05
# Answers may put off what was not asked for by so much; a row further ahead was written by a clock since put back.
_MOST_DEBT_S = 30.0
_AT_ONCE = frozenset({Priority.SAFETY.value, Priority.REPLY.value})

_RATES = SenderRate.__table__  # type: ignore[attr-defined]
_WHOSE = (_RATES.c.channel == bindparam("by"), _RATES.c.sender == bindparam("from"))
_NUMBER = _RATES.c.next_at.type


def _number(name: str) -> ColumnElement[float]:
    return bindparam(name, type_=_NUMBER)


_AHEAD = (_RATES.c.next_at > _number("now")) & (_RATES.c.next_at <= _number("latest"))
_CHARGED = case((_AHEAD, _RATES.c.next_at), else_=_number("now")) + _number("cost")
_BOUNDED = case((_CHARGED - _number("latest") < 0, _CHARGED), else_=_number("latest"))
_INSERTS = (("sqlite", sqlite.insert(_RATES)), ("postgresql", postgresql.insert(_RATES)))
_KEY = ["channel", "sender"]
# Changes nothing, but locks the row and says what it holds.
_LOCK = {
    name: Prepared(
        insert.on_conflict_do_update(index_elements=_KEY, set_={"next_at": _RATES.c.next_at}).returning(
            _RATES.c.next_at
        )
    )
    for name, insert in _INSERTS
}
_MOVE = Prepared(update(_RATES).where(*_WHOSE).values(next_at=_number("then")))
_CHARGE = {
    name: Prepared(
        insert.on_conflict_do_update(
            index_elements=_KEY,
            set_={"next_at": _BOUNDED},
        )
    )
    for name, insert in _INSERTS
}


class Lane(NamedTuple):
    """One sender of ours on one channel: what a provider's rate is about."""

    channel: str
    sender: str


class Posted(NamedTuple):
    """A post that the provider took, or may have: by which lane, and in how many segments."""

    lane: Lane
    segments: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Segments a second by channel, and our own number on each; a channel without a rate is not held back."""

    per_second: Mapping[str, float] = field(default_factory=dict)
    senders: Mapping[str, str] = field(default_factory=dict)

    def lane(self, row: OutboxRow, now: datetime) -> Lane:
        """The lane by which a message would leave now."""
        channel = channel_of(row, now)
        return Lane(channel, (row.sender if channel == row.channel else "") or self.senders.get(channel, ""))

    def take(self, session: Session, wanted: Mapping[Lane, int], now: datetime) -> dict[Lane, list[datetime]]:
        """Take further moments, so many by each lane, for messages that missed theirs; none where there is no rate."""
        taken = {}
        for lane, count in sorted(wanted.items()):
            if interval := self.interval(lane):
                first = self.lock(session, lane, now)
                self.move(session, lane, first + count * interval)
                taken[lane] = [datetime.fromtimestamp(first + place * interval, UTC) for place in range(count)]
        return taken

    def interval(self, lane: Lane) -> float:
        """The seconds from one segment of a lane to the next; 0 where there is no rate."""
        rate = self.per_second.get(lane.channel)
        return 1 / rate if rate else 0.0

    def lock(self, session: Session, lane: Lane, now: datetime) -> float:
        """Lock a lane's row and return its next moment, in seconds since 1970."""
        moment = now.timestamp()
        values: dict[str, Any] = {"channel": lane.channel, "sender": lane.sender, "next_at": moment}
        ((stored,),) = _LOCK[session.get_bind().dialect.name].rows(session, values)
        return max(float(stored), moment + _LEAD_S) if stored <= moment + _MOST_DEBT_S else moment + _LEAD_S

    def move(self, session: Session, lane: Lane, then: float) -> None:
        """Write a lane's next moment; its row is locked."""
        _MOVE.rows(session, {"by": lane.channel, "from": lane.sender, "then": then})

    def charge(self, session: Session, posts: Iterable[tuple[OutboxRow, Posted]], now: datetime) -> None:
        """Charge the senders for what no claim has: answers that were handed over, and further segments.

        Call it last in a unit of work, since it locks what all processes share.
        """
        costs: Counter[Lane] = Counter()
        for row, posted in posts:
            costs[posted.lane] += posted.segments - (row.slot is not None)
        moment = now.timestamp()
        for lane, segments in sorted(costs.items()):
            rate = self.per_second.get(lane.channel)
            if rate is not None and segments > 0:
                cost = min(segments / rate, _MOST_DEBT_S)
                values = {"channel": lane.channel, "sender": lane.sender, "next_at": moment + cost}
                marks = {"now": moment, "latest": moment + _MOST_DEBT_S, "cost": cost}
                _CHARGE[session.get_bind().dialect.name].rows(session, values | marks)


def is_paced(row: OutboxRow) -> bool:
    """Whether a message waits for its moment; answers and safety replies do not."""
    return row.slot is not None and row.priority not in _AT_ONCE


def channel_of(row: OutboxRow, now: datetime) -> str:
    """The channel by which a message leaves: outside WhatsApp's window it goes as a text message, to a number."""
    chosen: str | None = row.parameters.get(BY)
    if chosen or row.channel != Channel.WHATSAPP or not row.address.startswith("+"):
        return chosen or row.channel
    return row.channel if row.priority in _AT_ONCE or is_window_open(row.last_inbound_at, now) else Channel.SMS.value


class Allotment:
    """The moments that one claim takes for its messages.

    `again_at`, once it was called: when there will be moments for those that found none; None when all did.
    """

    def __init__(self, rates: Rates, now: datetime) -> None:
        self._rates, self._now = rates, now
        self.again_at: datetime | None = None

    def __call__(self, session: Session, rows: Sequence[OutboxRow]) -> list[OutboxRow]:
        """The messages that may be claimed, in their order, each with its moment; what they take is written."""
        self.again_at = None
        lanes = [self._rates.lane(row, self._now) for row in rows]
        free = {
            lane: self._rates.lock(session, lane, self._now)
            for lane in sorted(set(lanes))
            if self._rates.interval(lane)
        }
        begun = dict(free)
        allotted = [
            row._replace(slot=moment)
            for row, lane in zip(rows, lanes, strict=True)
            if (moment := self._moment(row, lane, free)) is not None
        ]
        for lane, then in free.items():
            if then != begun[lane]:
                self._rates.move(session, lane, then)
        return allotted

    def _moment(self, row: OutboxRow, lane: Lane, free: dict[Lane, float]) -> datetime | None:
        """The moment for one message, None when its sender has none soon."""
        if lane not in free:
            return self._now
        now, then = self._now.timestamp(), free[lane]
        is_answer = row.priority in _AT_ONCE
        if not is_answer and then > now + AHEAD_S:
            again = datetime.fromtimestamp(then - AHEAD_S / 2, UTC)
            self.again_at = again if self.again_at is None else min(again, self.again_at)
            return None
        free[lane] = min(then + self._rates.interval(lane), now + _MOST_DEBT_S)
        return self._now if is_answer else datetime.fromtimestamp(then, UTC)
