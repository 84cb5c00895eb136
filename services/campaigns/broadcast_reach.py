"""Who of an audience is texted, and why the others are not; the same for a preview and for the real thing."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, false, func, literal, select
from sqlmodel import Session

from services.campaigns import audience as audiences
from services.campaigns.audience import SEARCHES, Audience
from services.campaigns.broadcast_lists import ListRow
from services.campaigns.broadcast_tables import Purpose
from services.core.phone import AddressKind, kind_of
from services.people import marketing
from services.people.identities import IDENTITIES, IS_LIVE, PEOPLE, RETIRED, WHATSAPP_WINDOW
from services.people.marketing import CONSENTS
from services.people.tables import Channel, OptOut, TextHold

_OPT_OUTS = OptOut.__table__  # type: ignore[attr-defined]
_HOLDS = TextHold.__table__  # type: ignore[attr-defined]
PAGE = 500

# Conditions instead of moments, which take longer to read than all the rest of a row.
_SINCE = bindparam("since", type_=IDENTITIES.c.last_inbound_at.type)
_FACTS = (
    IDENTITIES.c.id,
    IDENTITIES.c.person_id,
    IDENTITIES.c.channel,
    IDENTITIES.c.address,
    IDENTITIES.c.last_inbound_at.is_not(None).label("has_texted"),
    func.coalesce(IDENTITIES.c.last_inbound_at > _SINCE, false()).label("in_window"),
    PEOPLE.c.first_name,
    _OPT_OUTS.c.address.is_not(None).label("opted_out"),
    _HOLDS.c.address.is_not(None).label("held"),
    CONSENTS.c.address.is_not(None).label("wants_news"),
)
_KNOWN = (
    IDENTITIES.join(PEOPLE, PEOPLE.c.id == IDENTITIES.c.person_id)
    .outerjoin(_OPT_OUTS, _OPT_OUTS.c.address == IDENTITIES.c.address)
    .outerjoin(_HOLDS, _HOLDS.c.address == IDENTITIES.c.address)
    .outerjoin(CONSENTS, (CONSENTS.c.address == IDENTITIES.c.address) & marketing.HOLDS)
)
_AFTER = IDENTITIES.c.id > bindparam("after")
_NO_BOOKING = literal(None, IDENTITIES.c.id.type).label("booking_id")
# Of several who text from one number the last row is kept: whoever has texted last.
_PHONES: BindParameter[Any] = bindparam("phones", expanding=True)
_AT = (
    select(*_FACTS, _NO_BOOKING)
    .select_from(_KNOWN)
    .where(IDENTITIES.c.address.in_(_PHONES), IS_LIVE)
    .order_by(IDENTITIES.c.last_inbound_at.is_not(None), IDENTITIES.c.last_inbound_at, IDENTITIES.c.id)
)
_STOPPED = select(_OPT_OUTS.c.address).where(_OPT_OUTS.c.address.in_(_PHONES))
_HELD = select(_HOLDS.c.address).where(_HOLDS.c.address.in_(_PHONES))


class Candidate(NamedTuple):
    """Someone of an audience, with what decides whether they are texted.

    `in_window` is whether they texted us so lately that WhatsApp takes what we write.
    `booking_id` is the booking that the text is about, `agreed_on` the day on which someone on a list agreed to it.
    """

    identity_id: int
    person_id: int
    channel: str
    address: str
    has_texted: bool
    in_window: bool
    first_name: str
    opted_out: bool
    held: bool
    wants_news: bool
    booking_id: int | None
    agreed_on: date | None = None


_IDENTITY: Callable[[Candidate], int] = attrgetter("identity_id")


def left_out(who: Candidate, purpose: Purpose) -> str:
    """Why someone is not texted, as a short stable word; "" when they are."""
    if who.channel.startswith(RETIRED):
        return "retired"
    if who.opted_out:
        return "opted_out"
    if who.held:
        return "held"
    if not who.has_texted and who.agreed_on is None:
        return "never_texted"
    if who.channel == Channel.SMS and _is_landline(who.address):
        return "landline"
    return "no_marketing_consent" if purpose is Purpose.MARKETING and not who.wants_news else ""


def concerned(
    session: Session, audience: Audience, purpose: Purpose, now: datetime, after: int = 0
) -> Iterator[Candidate]:
    """Everyone of an audience whose identity comes after one, in the order of identities, each identity once.

    Rows are read as they are asked for, so that memory does not grow with the audience.
    """
    events = audiences.event_ids(session, audience, purpose, now)
    told = audiences.bookings(audience, events)
    booked = select(*_FACTS, told.c.booking_id if audience.event else _NO_BOOKING).select_from(
        _KNOWN.join(told, told.c.identity_id == IDENTITIES.c.id)
    )
    found = map(_candidate, _rows(session, booked, after, now)) if events else iter(())
    if not audience.by_searches:
        return found
    merged = heapq.merge(found, _seekers(session, audience, now, after), key=_IDENTITY)
    return (next(same) for _, same in groupby(merged, key=_IDENTITY))


def listed(session: Session, rows: Sequence[ListRow], now: datetime) -> Iterator[Candidate]:
    """Those on a page of a list, in its order; one who is not known has `identity_id` 0."""
    phones = [row.phone for row in rows]
    known = {
        each.address: each
        for each in map(_candidate, session.execute(_AT, {"phones": phones, "since": now - WHATSAPP_WINDOW}))
    }
    stopped = set(session.scalars(_STOPPED, {"phones": phones}))
    held = set(session.scalars(_HELD, {"phones": phones}))
    for row in rows:
        found = known.get(row.phone) or Candidate(
            identity_id=0,
            person_id=0,
            channel=Channel.SMS,
            address=row.phone,
            has_texted=False,
            in_window=False,
            first_name=row.first_name,
            opted_out=row.phone in stopped,
            held=row.phone in held,
            wants_news=False,
            booking_id=None,
        )
        yield found._replace(agreed_on=row.agreed_on)


def _seekers(session: Session, audience: Audience, now: datetime, after: int) -> Iterator[Candidate]:
    """Those with an open search for what the audience is made of."""
    rows = _rows(
        session,
        select(*_FACTS, _NO_BOOKING, SEARCHES.c.wishes)
        .select_from(_KNOWN.join(SEARCHES, SEARCHES.c.identity_id == IDENTITIES.c.id))
        .where(SEARCHES.c.ended_at.is_(None), SEARCHES.c.ends_at > now),
        after,
        now,
    )
    return (_candidate(row) for row in rows if audiences.is_sought(audience, row.wishes))


def _rows(session: Session, statement: Select[Any], after: int, now: datetime) -> Iterator[Any]:
    ordered = statement.where(_AFTER).order_by(IDENTITIES.c.id)
    since = {"after": after, "since": now - WHATSAPP_WINDOW}
    return iter(session.execute(ordered, since, execution_options={"yield_per": PAGE}))


def _candidate(row: Any) -> Candidate:
    return Candidate(*row[: len(_FACTS) + 1])


def _is_landline(address: str) -> bool:
    # Reading a number takes longer than all else here, and none of these is a landline.
    return not address.startswith("+447") and kind_of(address) is AddressKind.LANDLINE
