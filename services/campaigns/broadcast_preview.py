"""What a broadcast would do, before anything is done: who would get it, who would not and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from sqlmodel import Session

from services.campaigns import broadcast_text, broadcasts
from services.campaigns.broadcast_lists import ListRow
from services.campaigns.broadcast_reach import PAGE, Candidate, concerned, left_out, listed
from services.campaigns.broadcasts import Draft, Unfit
from services.people.tables import Channel


class Reading(NamedTuple):
    """What a text is fitted to: the name that stands in it ("" if none is known), and the channel."""

    first_name: str
    channel: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Who gets it, as how many for each reading; and how many do not, by reason. `values` fill the event's fields."""

    readings: Mapping[Reading, int]
    left_out: Mapping[str, int]
    values: Mapping[str, str]

    @property
    def recipients(self) -> int:
        """How many get it."""
        return sum(self.readings.values())


def preview(session: Session, draft: Draft, now: datetime, rows: Iterable[ListRow] = ()) -> Preview | Unfit:
    """Go through the audience, or the rows of its list, and count; nothing is written.

    Raises UnknownAudience when the audience names what does not exist.
    """
    about = broadcasts.check(session, draft, now)
    if isinstance(about, Unfit):
        return about
    values = broadcast_text.values_of(session, about, now) if about else {}
    people = (
        _on_list(session, rows, now)
        if draft.audience.list_name
        else concerned(session, draft.audience, draft.purpose, now)
    )
    readings: Counter[Reading] = Counter()
    reasons: Counter[str] = Counter()
    for who, reason in _told_apart(people, draft):
        if reason:
            reasons[reason] += 1
        else:
            by_whatsapp = who.channel == Channel.WHATSAPP and who.in_window
            readings[Reading(who.first_name, Channel.WHATSAPP if by_whatsapp else Channel.SMS)] += 1
    return Preview(dict(readings), dict(sorted(reasons.items())), values)


def _told_apart(people: Iterable[Candidate], draft: Draft) -> Iterator[tuple[Candidate, str]]:
    """Each with the reason why they are left out, "" for none; of one person or one phone the second is a duplicate."""
    persons: set[int] = set()
    phones: set[str] = set()
    for who in people:
        reason = left_out(who, draft.purpose)
        if not reason:
            reason = "duplicate" if who.person_id in persons or who.address in phones else ""
            phones.add(who.address)
            persons.update({who.person_id} - {0})
        yield who, reason


def _on_list(session: Session, rows: Iterable[ListRow], now: datetime) -> Iterator[Candidate]:
    each = iter(rows)
    while page := list(islice(each, PAGE)):
        yield from listed(session, page, now)
