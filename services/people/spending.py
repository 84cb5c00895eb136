"""What sending costs, by the day; a limit for a day holds back what nobody asked for.

Days are London's. Counted is what a provider took or may have taken, by the channel that it went by. Prices are
settings, so past days cost what they would today.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.core.clock import LONDON, to_london
from services.core.quiet_hours import next_opening
from services.core.statements import Prepared
from services.people import flags
from services.people.outbox import OutboxRow
from services.people.rates import Posted
from services.people.sending_tables import DailyUse

_USE = DailyUse.__table__  # type: ignore[attr-defined]
_ADD = {
    name: Prepared(
        insert.on_conflict_do_update(
            index_elements=["day", "channel"],
            set_={
                "messages": _USE.c.messages + insert.excluded.messages,
                "segments": _USE.c.segments + insert.excluded.segments,
            },
        )
    )
    for name, insert in (("sqlite", sqlite.insert(_USE)), ("postgresql", postgresql.insert(_USE)))
}
_OF_DAY = Prepared(select(_USE.c.channel, _USE.c.messages, _USE.c.segments).where(_USE.c.day == bindparam("on")))
_SINCE = (
    select(_USE.c.day, _USE.c.channel, _USE.c.messages, _USE.c.segments)
    .where(_USE.c.day >= bindparam("since"))
    .order_by(_USE.c.day, _USE.c.channel)
)
_NOTE = "The day's spending limit is reached. Reminders, notices and bulk wait until 8am tomorrow; replies still go."


class Used(NamedTuple):
    """What left by a channel on a day (YYYY-MM-DD)."""

    day: str
    channel: str
    messages: int
    segments: int


@dataclass(frozen=True, slots=True)
class Budget:
    """Pounds for a segment by channel (0 where none is given), and pounds for a day; None sets no limit."""

    prices: Mapping[str, float] = field(default_factory=dict)
    limit: float | None = None

    def price(self, channel: str, segments: int) -> float:
        """What so many segments cost, in pounds."""
        return self.prices.get(channel, 0.0) * segments

    def is_spent(self, session: Session, now: datetime) -> bool:
        """Whether today's limit is reached."""
        return self.limit is not None and self._spent(session, now) >= self.limit

    def count(self, session: Session, posts: Iterable[tuple[OutboxRow, Posted]], now: datetime) -> None:
        """Count what was posted; staff are told when that reaches the day's limit, and by nothing after it.

        Call it last in a unit of work, since it locks what all processes share.
        """
        posts = list(posts)
        messages, segments = Counter[str](), Counter[str]()
        for _, posted in posts:
            messages[posted.lane.channel] += 1
            segments[posted.lane.channel] += posted.segments
        for channel in sorted(messages):
            used = Used(day_of(now), channel, messages[channel], segments[channel])
            _ADD[session.get_bind().dialect.name].rows(session, used._asdict())
        if self.limit is not None and posts:
            after = self._spent(session, now)
            before = after - sum(self.price(channel, count) for channel, count in segments.items())
            if before < self.limit <= after:
                _tell_staff(session, now)

    def _spent(self, session: Session, now: datetime) -> float:
        return sum(self.price(row[0], row[2]) for row in _OF_DAY.rows(session, {"on": day_of(now)}))


def _tell_staff(session: Session, now: datetime) -> None:
    flags.raise_flag(session, identity_id=None, category="delivery", severity=1, now=now, rule="spend_stop", note=_NOTE)


def day_of(moment: datetime) -> str:
    """The London day of a moment."""
    return to_london(moment).date().isoformat()


def day_after(now: datetime) -> datetime:
    """When a new day's money may be spent on what nobody asked for: 8am tomorrow."""
    return next_opening(datetime.combine(to_london(now).date() + timedelta(days=1), time(), LONDON))


def since(session: Session, day: str) -> list[Used]:
    """What left on each day from one on (YYYY-MM-DD), by channel."""
    return [Used(*row) for row in session.execute(_SINCE, {"since": day})]
