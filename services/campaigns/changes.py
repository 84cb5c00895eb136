"""Changes of a booking by whoever has it, with the reminders, notices and calendar entries that follow from them."""

from datetime import datetime

from sqlmodel import Session

from services.booking import places, swaps
from services.booking.calendar import move_link
from services.booking.outcomes import AlreadyBooked, Cancelled, Closed, Full, Gone, Swapped
from services.campaigns import notices, reminders
from services.people import outbox


def swap(
    session: Session, booking_id: int, event_id: int, *, now: datetime, places: int | None = None
) -> Swapped | Full | Closed | AlreadyBooked | Gone:
    """Swap a booking for a place at another event; its reminders and its calendar link are those of the new one."""
    outcome = swaps.swap(session, booking_id, event_id, now, places)
    if isinstance(outcome, Swapped):
        _forget(session, booking_id, "booking_changed")
        move_link(session, booking_id, outcome.booking_id, now)
        reminders.plan(session, outcome.booking_id, now=now)
    return outcome


def cancel(session: Session, booking_id: int, by_identity_id: int, *, now: datetime) -> Cancelled | Gone:
    """Give up a booking; whoever else has to do with it is told, and nothing more is sent about it."""
    outcome = places.cancel(session, booking_id, now)
    _forget(session, booking_id, "booking_cancelled")
    if isinstance(outcome, Cancelled):
        notices.given_up(session, booking_id, by_identity_id, now=now)
    return outcome


def _forget(session: Session, booking_id: int, why: str) -> None:
    reminders.drop(session, booking_id, why)
    outbox.withdraw(session, booking_id, outbox.SUPERSEDED)
