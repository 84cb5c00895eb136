"""STOP, START and HELP as the whole message: what is recorded, and what is said."""

from datetime import datetime

from sqlmodel import Session

from bot.dialogue.utterance import Utterance
from services.booking import bookings
from services.booking.tables import BookingStatus
from services.core.spoken import spoken_list, spoken_range
from services.people import consent
from services.people.consent import Keyword
from services.people.inbox import Arrival


def answer_keyword(session: Session, arrival: Arrival, keyword: Keyword, now: datetime) -> Utterance | None:
    """Record the wish and return its one confirmation; None when an opted-out address texts anything but START."""
    if keyword is Keyword.STOP:
        return _stop(session, arrival, now)
    if keyword is Keyword.START:
        consent.opt_in(session, arrival.address)
        return Utterance("utter_started")
    return None if arrival.opted_out else Utterance("utter_help")


def _stop(session: Session, arrival: Arrival, now: datetime) -> Utterance | None:
    """Opt the address out; the confirmation names what is still booked. A second STOP is not answered."""
    if not consent.opt_out(session, arrival.address, source="keyword", now=now):
        return None
    held = [
        f"{booked.discreet_title}, {spoken_range(booked.starts_at, booked.ends_at, now)}"
        for booked in bookings.upcoming(session, arrival.person_id, now)
        if booked.status == BookingStatus.CONFIRMED
    ]
    if not held:
        return Utterance("utter_stopped")
    return Utterance("utter_stopped_with_bookings", {"bookings": spoken_list(held[:3])})
