"""People of whom nothing has been heard for long, and who have nothing ahead."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, not_, select

from services.booking.referrals import REFERRALS
from services.booking.tables import Booking
from services.events.tables import Event
from services.people.carers import CARED
from services.people.identities import IDENTITIES, PEOPLE
from services.privacy.legal_holds import HELD

_BOOKINGS = Booking.__table__  # type: ignore[attr-defined]
_EVENTS = Event.__table__  # type: ignore[attr-defined]
_ERASED = "erased-%"
_THEIRS = IDENTITIES.c.person_id == PEOPLE.c.id


def people(before: datetime, *, after: int = 0, among: Sequence[int] | None = None) -> Select[tuple[int]]:
    """The ids, above `after` and in order, of those who neither texted, nor were referred, nor had an event, since.

    Someone whom a carer still books for is not dormant while the carer is not; nor is anyone under a legal hold, and
    whoever was erased already is left out.
    """
    mine = PEOPLE.c.id > after if among is None else PEOPLE.c.id.in_(among)
    is_known = exists().where(_THEIRS, IDENTITIES.c.address.not_like(_ERASED))
    has_texted = exists().where(_THEIRS, func.coalesce(IDENTITIES.c.last_inbound_at, PEOPLE.c.created_at) >= before)
    active = (has_texted, _is_booked(before), _was_referred(before), _has_a_carer(before))
    found = select(PEOPLE.c.id).where(mine, is_known, *(not_(each) for each in active), PEOPLE.c.id.not_in(HELD))
    return found.order_by(PEOPLE.c.id)


def _is_booked(before: datetime) -> ColumnElement[bool]:
    lasted = _EVENTS.c.ends_at >= before
    joined = _BOOKINGS.join(_EVENTS, _EVENTS.c.id == _BOOKINGS.c.event_id).join(
        IDENTITIES, IDENTITIES.c.id == _BOOKINGS.c.identity_id
    )
    return exists(select(_BOOKINGS.c.id).select_from(joined).where(_THEIRS, lasted).correlate(PEOPLE))


def _was_referred(before: datetime) -> ColumnElement[bool]:
    joined = REFERRALS.join(IDENTITIES, IDENTITIES.c.id == REFERRALS.c.identity_id)
    since = REFERRALS.c.created_at >= before
    return exists(select(REFERRALS.c.id).select_from(joined).where(_THEIRS, since).correlate(PEOPLE))


def _has_a_carer(before: datetime) -> ColumnElement[bool]:
    joined = CARED.join(IDENTITIES, IDENTITIES.c.person_id == CARED.c.carer_id)
    goes_on = (CARED.c.person_id == PEOPLE.c.id) & CARED.c.ended_at.is_(None)
    return exists(
        select(CARED.c.id).select_from(joined).where(goes_on, IDENTITIES.c.last_inbound_at >= before).correlate(PEOPLE)
    )
