"""Another event in the place of one that is booked: what a message that wants it means."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from services.booking import referrals
from services.booking.bookings import Booked
from services.events.query import Match, Query, Widened
from services.events.search import full_events, load_matches, search
from services.events.tables import Event, Venue

_SHOWN = 3
# What is found without these is not what was named.
_NAMED = frozenset({Widened.ACTIVITY, Widened.WORDS})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The events meant that have room, nearest to the one booked first; else the title of one that cannot be had.

    `why_not` is "full" or "referral"; with neither events nor a title nothing of the kind is to come.
    """

    free: tuple[Match, ...] = ()
    title: str = ""
    why_not: str = ""


def wanted_instead(session: Session, said: str, booked: Booked, party: int, now: datetime) -> Wanted | None:
    """What `said` ("event:5", "title:..." or "activity:...") means; None when it only names what is booked."""
    event = session.get_one(Event, booked.event_id)
    kind, _, name = said.partition(":")
    if kind == "event":
        return _chosen(session, int(name), booked, party, now)
    query = _query(session, kind, name, event, party)
    if query is None:
        return None
    found = search(session, query, limit=_SHOWN, now=now)
    free = () if _NAMED & set(found.widened) else found.matches
    open_to = tuple(match for match in free if _may_come(session, match.event_id, booked.person_id))
    if open_to:
        return Wanted(open_to)
    full = full_events(session, query, limit=1, now=now)
    return _not_had(free, full)


def _not_had(closed: tuple[Match, ...], full: list[Match]) -> Wanted:
    if closed:
        return Wanted(title=closed[0].title, why_not="referral")
    return Wanted(title=full[0].title, why_not="full") if full else Wanted()


def _chosen(session: Session, event_id: int, booked: Booked, party: int, now: datetime) -> Wanted | None:
    if event_id == booked.event_id:
        return None
    found = load_matches(session, [event_id], lat=None, lon=None, now=now)
    if not found:
        return Wanted()
    if not _may_come(session, event_id, booked.person_id):
        return Wanted(title=found[0].title, why_not="referral")
    return Wanted(tuple(found)) if found[0].left >= party else Wanted(title=found[0].title, why_not="full")


def _query(session: Session, kind: str, name: str, event: Event, party: int) -> Query | None:
    """What to look for: the words that the booked event does not go by itself, near where that is."""
    own = event.title.lower()
    news = " ".join(word for word in name.split() if word.lower() not in own)
    if not news:
        return None
    venue = session.get(Venue, event.venue_id) if event.venue_id else None
    near = Query(places=party, seen=frozenset({event.id or 0}))
    if venue is not None:
        near = replace(near, lat=venue.lat, lon=venue.lon)
    return replace(near, words=name) if kind == "title" else replace(near, activity=news)


def _may_come(session: Session, event_id: int, person_id: int) -> bool:
    return not session.get_one(Event, event_id).referral or referrals.covers(session, person_id, event_id)
