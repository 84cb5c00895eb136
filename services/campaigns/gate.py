"""The sending gate: decides for every message whether it may go now, and says why when it may not."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from services.booking import care
from services.booking.tables import Booking, BookingStatus
from services.campaigns import broadcasts, no_reminders
from services.campaigns.broadcast_tables import BroadcastStatus, Purpose
from services.core.phone import AddressKind, kind_of
from services.core.quiet_hours import is_quiet, next_opening
from services.events.tables import Event, EventSession, EventStatus
from services.people import holds, marketing, spending
from services.people.failures import BY
from services.people.identities import RETIRED, is_window_open
from services.people.outbox import OutboxRow
from services.people.refusals import Reason
from services.people.spending import Budget
from services.people.tables import Channel
from services.people.verdicts import Refuse, Send, SendTemplate, Verdict, Wait

# Answers to what someone has just texted; everything else was not asked for.
_ANSWERS = frozenset({"reply", "consent"})
# What a member of staff writes: an answer too, at whatever hour they choose, but perhaps days later.
_BY_STAFF = "staff_reply"
_HELD_FOR = timedelta(hours=1)
_PAUSED_FOR = timedelta(minutes=1)
# The one text that may go to a phone that has not texted us: a clinician has asked the patient first. Beside it there
# is a broadcast to a list that says when they agreed.
_TO_STRANGERS = frozenset({"referral_invitation"})
# Texts about an event that goes on, so that they are wrong once it does not or the booking stands otherwise.
_NEEDS_BOOKING = {
    "reminder": (BookingStatus.CONFIRMED,),
    "event_moved": (BookingStatus.CONFIRMED, BookingStatus.WAITING),
    "offer": (BookingStatus.OFFERED,),
    "offer_lapsed": (BookingStatus.EXPIRED,),
    broadcasts.KIND: (BookingStatus.CONFIRMED, BookingStatus.WAITING, BookingStatus.OFFERED),
}

_STANDING = (
    select(Booking.status, Event.status, EventSession.starts_at)  # type: ignore[call-overload]
    .join(Event, Event.id == Booking.event_id)
    .outerjoin(
        EventSession, (EventSession.event_id == Event.id) & (EventSession.id == bindparam("session", type_=None))
    )
    .where(Booking.id == bindparam("booking"))
)


class SendingGate:
    """Decides on consent, reachability, quiet hours, the event and booking behind a message, money, and time.

    `only_drama` keeps a development machine from texting anybody real. Above a day's `budget` only answers and safety
    texts go.
    """

    def __init__(self, *, only_drama: bool, budget: Budget | None = None) -> None:
        self._only_drama, self._budget = only_drama, budget or Budget()

    def __call__(self, session: Session, row: OutboxRow, now: datetime) -> Verdict:
        """Return the verdict on a message that is due; `now` is aware."""
        unreachable = self._unreachable(row)
        if unreachable:
            return Refuse(unreachable)
        if row.kind == "safety" or row.kind in _ANSWERS:
            return Send()
        return self._by_channel(row, now) if row.kind == _BY_STAFF else self._unasked(session, row, now)

    def _unreachable(self, row: OutboxRow) -> Reason | None:
        if row.opted_out and row.kind not in ("safety", "consent"):
            return Reason.OPTED_OUT
        if row.channel.startswith(RETIRED):
            return Reason.RETIRED
        kind = kind_of(row.address) if row.channel != "dev" else AddressKind.DRAMA
        if kind is AddressKind.LANDLINE and (row.channel == Channel.SMS or BY in row.parameters):
            return Reason.LANDLINE
        if self._only_drama and kind is not AddressKind.DRAMA:
            return Reason.NOT_A_DRAMA_NUMBER
        return None

    def _unasked(self, session: Session, row: OutboxRow, now: datetime) -> Verdict:
        if row.expires_at is not None and row.expires_at <= now:
            return Refuse(Reason.TOO_LATE)
        if unwanted := _estranged(session, row) or _outdated(session, row, now):
            return Refuse(unwanted)
        if row.kind in broadcasts.KINDS and (halted := _halted(session, row, now)):
            return halted
        return self._not_yet(session, row, now) or self._unasked_by_channel(row, now)

    def _not_yet(self, session: Session, row: OutboxRow, now: datetime) -> Verdict | None:
        """What a message waits for that is right in itself."""
        if holds.is_held(session, row.address):
            return Wait(now + _HELD_FOR, "held")
        if self._budget.is_spent(session, now):
            return _later(row, spending.day_after(now), Reason.SPEND_STOP, "spend_stop")
        return _later(row, next_opening(now), Reason.TOO_LATE, "quiet_hours") if is_quiet(now) else None

    def _unasked_by_channel(self, row: OutboxRow, now: datetime) -> Verdict:
        """Outside the window an approved template goes on WhatsApp, where there is one."""
        found = self._by_channel(row, now)
        is_closed = row.channel == Channel.WHATSAPP and not is_window_open(row.last_inbound_at, now)
        return SendTemplate(found) if is_closed and BY not in row.parameters else found

    @staticmethod
    def _by_channel(row: OutboxRow, now: datetime) -> Send | Refuse:
        """Outside WhatsApp's 24-hour window the message goes as a text message, where there is a number."""
        if row.channel != Channel.WHATSAPP:
            return Send()
        if is_window_open(row.last_inbound_at, now):
            return Send()
        if not row.address.startswith("+"):
            return Refuse(Reason.WHATSAPP_WINDOW)
        return Refuse(Reason.LANDLINE) if kind_of(row.address) is AddressKind.LANDLINE else Send(channel=Channel.SMS)


def _outdated(session: Session, row: OutboxRow, now: datetime) -> Reason | None:
    """Why a message about a booking is no longer right, or no longer wanted on this phone."""
    is_about_one = row.booking_id is not None or row.kind not in broadcasts.KINDS
    if row.kind in _NEEDS_BOOKING and is_about_one and (void := _void(session, row, now)):
        return void
    is_off = row.kind == "reminder" and no_reminders.off(session, [row.booking_id or 0], row.identity_id)
    return Reason.REMINDERS_OFF if is_off else None


def _halted(session: Session, row: OutboxRow, now: datetime) -> Verdict | None:
    """What keeps a message of a broadcast from going that has been paused or cancelled, or is unwanted marketing."""
    status, purpose = broadcasts.standing(session, row.parameters.get("broadcast_id", 0))
    if status == BroadcastStatus.CANCELLED:
        return Refuse(Reason.BROADCAST_CANCELLED)
    if purpose == Purpose.MARKETING and not marketing.is_given(session, row.address):
        return Refuse(Reason.NO_MARKETING_CONSENT)
    return Wait(now + _PAUSED_FOR, "broadcast_paused") if status == BroadcastStatus.PAUSED else None


def _later(row: OutboxRow, moment: datetime, too_late: Reason, why: str) -> Verdict:
    """Have a message wait until a moment, unless it makes no sense any more by then."""
    return Refuse(too_late) if row.expires_at and row.expires_at <= moment else Wait(moment, why)


def _estranged(session: Session, row: OutboxRow) -> Reason | None:
    """Why a message is not for this phone: it never texted us, or everything for whom it is about has ended."""
    agreed = row.kind in _TO_STRANGERS or (row.kind in broadcasts.KINDS and row.parameters.get("agreed"))
    if row.last_inbound_at is None and not agreed:
        return Reason.NEVER_TEXTED
    return Reason.ENDED if row.booking_id is not None and care.has_ended(session, row.booking_id) else None


def _void(session: Session, row: OutboxRow, now: datetime) -> Reason | None:
    """Why a message about a booking no longer makes sense."""
    parameters = {"booking": row.booking_id, "session": row.parameters.get("session_id")}
    found = session.execute(_STANDING, parameters).first()
    if found is None:
        return Reason.BOOKING_GONE
    booking, event, starts_at = found
    if booking not in _NEEDS_BOOKING[row.kind]:
        return Reason.BOOKING_CANCELLED
    if event != EventStatus.PUBLISHED:
        return Reason.EVENT_CANCELLED
    return Reason.EVENT_BEGUN if starts_at is not None and starts_at <= now else None
