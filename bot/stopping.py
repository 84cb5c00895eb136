"""STOP, START, HELP and NEWS as the whole message: what is recorded, and what is said."""

from datetime import datetime

from sqlmodel import Session

from bot.dialogue.utterance import Utterance
from services.booking import bookings
from services.booking.tables import BookingStatus
from services.core.spoken import spoken_list, spoken_range
from services.people import consent, identities, inbox, marketing
from services.people.consent import Keyword
from services.people.inbox import Arrival

# What stopped texts because the phone is no longer whose it was.
_SOMEONE_ELSES = frozenset({"wrong_number", "bereavement"})


def begun_afresh(session: Session, arrival: Arrival, keyword: Keyword, now: datetime) -> Arrival:
    """The message as that of a new person, when START comes from a phone that was someone else's."""
    if keyword is not Keyword.START or consent.stopped_by(session, arrival.address) not in _SOMEONE_ELSES:
        return arrival
    identities.retire(session, arrival.address)
    new = identities.arrive(session, arrival.channel, arrival.address, arrival.recipient, now)
    inbox.move(session, arrival.id, new.id)
    return arrival._replace(identity_id=new.id, person_id=new.person_id, opted_out=False, is_unsafe=False)


def answer_keyword(session: Session, arrival: Arrival, keyword: Keyword, now: datetime) -> Utterance | None:
    """Record the wish and return its one confirmation; None when an opted-out address texts anything but START."""
    if keyword is Keyword.STOP:
        return _stop(session, arrival, now)
    if keyword is Keyword.START:
        afresh = consent.stopped_by(session, arrival.address) in _SOMEONE_ELSES
        consent.opt_in(session, arrival.address)
        return Utterance("utter_started_afresh" if afresh else "utter_started")
    if arrival.opted_out:
        return None
    if keyword is Keyword.NEWS:
        marketing.give(session, arrival.address, arrival.body.strip(), now)
        return Utterance("utter_news")
    if keyword is Keyword.NO_NEWS:
        marketing.withdraw(session, arrival.address, now)
        return Utterance("utter_news_ended")
    return Utterance("utter_help")


def _stop(session: Session, arrival: Arrival, now: datetime) -> Utterance | None:
    """Opt the address out; the confirmation names what is still booked. A second STOP is not answered."""
    marketing.withdraw(session, arrival.address, now)
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
