"""What retention does to which rows, as SQL conditions on each table; what is left goes with the person.

Messages keep their numbers, dates and statuses, so that counts stay true; what goes is what was said, to and by whom.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, exists, func, not_, or_, select

from services.booking.referral_tables import ReferralStatus
from services.core.clock import to_london
from services.insight.tables import RoundStatus
from services.people.tables import InboundStatus, OutboxStatus

_OVER = ("sent", "delivered", "read", "failed", "refused")
_UNDER_WAY = (RoundStatus.PLANNED, RoundStatus.INVITED, RoundStatus.OPEN)
Tables = Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Dated:
    """Rows of a table that are due: emptied of `values`, or deleted where that is None."""

    name: str
    table: str
    is_due: ColumnElement[bool]
    values: dict[str, Any] | None


def dated(words: datetime, bookings: datetime, answers: datetime, now: datetime, *, tables: Tables) -> list[Dated]:
    """The rules, given the moments before which each kind of thing must have ended."""
    return [
        *_messages(words, now, tables),
        *_ended(words, tables),
        *_bookings(words, bookings, tables),
        *_answers(answers, tables),
    ]


def _messages(before: datetime, now: datetime, tables: Tables) -> Iterator[Dated]:
    came, went, flag = (tables[name].c for name in ("inbound_message", "outbox_message", "flag"))
    open_flag = exists().where(flag.inbound_id == came.id, flag.handled_at.is_(None))
    said = or_(came.body != "", came.failure != "", came.details != {})
    is_done = came.status != InboundStatus.RECEIVED.value
    yield Dated(
        "messages that came in",
        "inbound_message",
        (came.received_at < before) & is_done & said & not_(open_flag),
        {"body": "", "details": {}, "failure": ""},
    )
    is_over = went.status.in_([OutboxStatus(status).value for status in _OVER])
    yield Dated(
        "messages that went out",
        "outbox_message",
        (went.created_at < before) & is_over & or_(went.text != "", went.parameters != {}),
        {"text": "", "parameters": {}},
    )
    yield Dated("notes of flags", "flag", (flag.handled_at < before) & (flag.note != ""), {"note": ""})
    talk = tables["conversation"].c
    is_ours = or_(talk.with_staff_until.is_(None), talk.with_staff_until < now)
    yield Dated("conversations", "conversation", (talk.updated_at < before) & is_ours, None)


def _ended(before: datetime, tables: Tables) -> Iterator[Dated]:
    """Codes, searches and referrals that have ended; what a search has found goes before the search."""
    code, guess, hit, search, referred = (
        tables[name].c for name in ("pass_code", "code_guess", "search_hit", "saved_search", "referral")
    )
    yield Dated("codes", "pass_code", code.expires_at < before, None)
    yield Dated("guesses of codes", "code_guess", guess.at < before, None)
    over = select(search.id).where(search.ended_at < before)
    yield Dated("finds of saved searches", "search_hit", hit.search_id.in_(over), None)
    yield Dated("saved searches", "saved_search", search.ended_at < before, None)
    broadcast, recipient = tables["broadcast"].c, tables["broadcast_recipient"].c
    sent = select(broadcast.id).where(broadcast.ended_at < before)
    yield Dated("recipients of broadcasts", "broadcast_recipient", recipient.broadcast_id.in_(sent), None)
    is_settled = referred.status != ReferralStatus.INVITED.value
    named = or_(referred.first_name != "", referred.suggested_by != "", referred.wishes != {})
    yield Dated(
        "names in referrals",
        "referral",
        is_settled & (func.coalesce(referred.answered_at, referred.created_at) < before) & named,
        {"first_name": "", "suggested_by": "", "wishes": {}},
    )


def _bookings(words: datetime, bookings: datetime, tables: Tables) -> Iterator[Dated]:
    booking, event, meeting = (tables[name].c for name in ("booking", "event", "event_session"))
    reminder, link = tables["reminder"].c, tables["calendar_link"].c
    is_past = exists().where(meeting.id == reminder.session_id, meeting.ends_at < words)
    yield Dated("reminders", "reminder", is_past, None)
    past = select(booking.id).join(tables["event"], event.id == booking.event_id).where(event.ends_at < words)
    yield Dated("calendar links", "calendar_link", link.booking_id.in_(past), None)
    is_over = exists().where(event.id == booking.event_id, event.ends_at < bookings)
    named = or_(booking.attendee_name != "", booking.access_needs != [])
    yield Dated("names and needs in bookings", "booking", is_over & named, {"attendee_name": "", "access_needs": []})


def _answers(before: datetime, tables: Tables) -> Iterator[Dated]:
    survey, fft, round_ = (tables[name].c for name in ("survey", "fft_response", "checkin_round"))
    ended = func.coalesce(survey.answered_at, survey.expires_at)
    wrote = or_(survey.comment != "", survey.reason != "")
    yield Dated("words in surveys", "survey", (ended < before) & wrote, {"comment": "", "reason": ""})
    day = to_london(before).date()
    yield Dated(
        "words in the Friends and Family Test",
        "fft_response",
        (fft.given_on < day) & (fft.comment != ""),
        {"comment": "", "comment_key": None},
    )
    other = tables["checkin_round"].alias("other")
    goes_on = exists().where(other.c.person_id == round_.person_id, other.c.status.in_(_UNDER_WAY))
    last = func.coalesce(round_.finished_at, round_.last_at, round_.due_at)
    yield Dated("check-ins", "checkin_round", (last < before) & not_(goes_on), None)
