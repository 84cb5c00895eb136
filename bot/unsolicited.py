"""The words of messages that nobody asked for, put together at the moment of sending: reminders, changes, offers."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot import broadcast_words
from bot.actions.base import phrase
from bot.actions.whose import name_of
from bot.actions.wording import booked_parts, hello, match_option, when, where
from bot.asking_after import ASKING, words_of_question
from bot.dialogue.responses import Rendered, Responses
from bot.dialogue.utterance import Utterance
from services.booking import bookings, referrals
from services.booking.bookings import Booked
from services.booking.referral_tables import ReferralStatus
from services.booking.tables import BookingStatus
from services.campaigns import broadcasts, saved_searches
from services.core.clock import Clock
from services.core.spoken import spoken_range, spoken_until
from services.events.search import load_matches
from services.events.tables import Event, EventSession, EventStatus, Venue
from services.people import carers, identities
from services.people.outbox import OutboxRow
from services.people.refusals import Reason
from services.people.tables import Person
from services.people.verdicts import Refuse


@dataclass(frozen=True, slots=True)
class Unsolicited:
    """Renders outbox rows of these kinds; travel and parking are as of now, not as of planning."""

    responses: Responses
    clock: Clock

    def __call__(self, session: Session, row: OutboxRow) -> Rendered | Refuse:
        """The text of one row, or why there is nothing to say any more."""
        if row.kind == saved_searches.KIND:
            return self._new_events(session, row)
        if row.kind in broadcasts.KINDS:
            return broadcast_words.rendered(self.responses, session, row, self.clock.now())
        if row.kind == referrals.KIND:
            return self._invitation(session, row)
        if row.kind in ASKING:
            question = words_of_question(session, row, self.clock.now())
            return question if isinstance(question, Refuse) else self.responses.render(question, row.channel)
        booked = bookings.by_id(session, row.booking_id) if row.booking_id else None
        return Refuse(Reason.BOOKING_GONE) if booked is None else self._of_booking(session, row, booked)

    def _of_booking(self, session: Session, row: OutboxRow, booked: Booked) -> Rendered | Refuse:
        event = session.get_one(Event, booked.event_id)
        venue = _venue(session, event)
        now = self.clock.now()
        match row.kind:
            case "reminder":
                said = self._reminder(session, row, booked, event, venue, now)
            case "event_moved" | "event_cancelled":
                said = _changed(row.kind.removeprefix("event_"), booked, event, venue, now)
            case "offer" | "offer_lapsed" if event.starts_at <= now:
                return Refuse(Reason.EVENT_BEGUN)
            case "offer" | "offer_lapsed":
                said = _offer(row.kind, booked, event, venue, now)
            case "booking_given_up":
                said = _changed("given_up", booked, event, venue, now)
            case _:
                return Refuse(Reason.UNKNOWN_KIND)
        return self.responses.render(_addressed(session, row, booked, said), row.channel)

    def _new_events(self, session: Session, row: OutboxRow) -> Rendered | Refuse:
        """What a saved search has found, each by the number under which the answer will look for it."""
        now = self.clock.now()
        matches = load_matches(session, row.parameters["event_ids"], lat=None, lon=None, now=now, full=True)
        if not any(match.left > 0 for match in matches):
            return Refuse(Reason.FULL)
        options = tuple(self.responses.option(match_option(match, now)) for match in matches)
        reader = identities.recipient(session, row.identity_id)
        person = session.get(Person, reader.person_id) if reader is not None else None
        parameters = {"hello": hello(person.first_name if person else ""), "number": len(options)}
        return self.responses.render(Utterance("utter_unsolicited_new_events", parameters, options), row.channel)

    def _invitation(self, session: Session, row: OutboxRow) -> Rendered | Refuse:
        """Who suggested it, in the words agreed with the patient; an event that has filled up is still worth a word."""
        referred = referrals.by_id(session, row.parameters["referral_id"])
        if referred is None or referred.status != ReferralStatus.INVITED:
            return Refuse(Reason.ANSWERED)
        event = session.get_one(Event, referred.event_id) if referred.event_id else None
        now = self.clock.now()
        if event is not None and (event.status != EventStatus.PUBLISHED or event.starts_at <= now):
            return Refuse(Reason.EVENT_GONE)
        about = {"title": None} if event is None else _named(event, _venue(session, event), now)
        said: dict[str, Any] = {"first_name": referred.first_name, "who": referred.suggested_by, **about}
        said["again"] = phrase("part_free_service" if referred.asked < 2 else "part_again")
        return self.responses.render(Utterance("utter_unsolicited_invitation", said), row.channel)

    @staticmethod
    def _reminder(
        session: Session, row: OutboxRow, booked: Booked, event: Event, venue: Venue | None, now: datetime
    ) -> Utterance:
        meeting = session.get_one(EventSession, row.parameters["session_id"])
        parameters = {
            "title": booked.discreet_title,
            "when": spoken_range(meeting.starts_at, meeting.ends_at, now),
            "where": where(venue),
            **booked_parts(event, venue, now),
        }
        return Utterance("utter_unsolicited_reminder", parameters)


def _addressed(session: Session, row: OutboxRow, booked: Booked, said: Utterance) -> Utterance:
    """Greet whoever reads by their own name; a carer is told in the title for whom the place is."""
    own_name = session.get_one(Person, booked.person_id).first_name
    cared = carers.of_attendee(session, booked.attendee)
    if cared is None:
        return _greeting(said, booked.attendee_name or own_name)
    reader = identities.recipient(session, row.identity_id)
    if reader is not None and reader.person_id != cared.carer_id:
        return _greeting(said, cared.first_name, who=cared.carer_name or None)
    told: dict[str, Any] = {"who": cared.first_name or None}
    if row.kind != "booking_given_up":
        told["title"] = phrase("part_title_for", title=booked.discreet_title, attendee=name_of(cared))
    return _greeting(said, own_name, **told)


def _greeting(said: Utterance, first_name: str, **told: Any) -> Utterance:
    return replace(said, parameters={**said.parameters, "hello": hello(first_name), **told})


def _venue(session: Session, event: Event) -> Venue | None:
    return session.get(Venue, event.venue_id) if event.venue_id else None


def _named(event: Event, venue: Venue | None, now: datetime) -> dict[str, Any]:
    """What, when and where, in words for a lock screen."""
    return {"title": event.discreet_title, "when": when(event, now), "where": where(venue)}


def _changed(change: str, booked: Booked, event: Event, venue: Venue | None, now: datetime) -> Utterance:
    waiting = "_waiting" if change == "moved" and booked.status == BookingStatus.WAITING else ""
    return Utterance(f"utter_unsolicited_{change}{waiting}", _named(event, venue, now))


def _offer(kind: str, booked: Booked, event: Event, venue: Venue | None, now: datetime) -> Utterance:
    parameters = {
        **_named(event, venue, now),
        "places": phrase("part_places", places=booked.places),
        "number": booked.places,
        "until": spoken_until(booked.deadline, now) if booked.deadline else None,
    }
    return Utterance(f"utter_unsolicited_{kind}", parameters)
