"""Why messages are refused: the whole vocabulary, what each word means to staff, and how often each was the reason."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import bindparam, func, literal_column, select
from sqlmodel import Session

from services.people.identities import IDENTITIES
from services.people.outbox import OUTBOX


class Reason(StrEnum):
    """Why the gate, the renderer or a later message kept one from leaving; stored as the message's `reason`."""

    OPTED_OUT = "opted_out"
    RETIRED = "retired"
    LANDLINE = "landline"
    NOT_A_DRAMA_NUMBER = "not_a_drama_number"
    NEVER_TEXTED = "never_texted"
    WHATSAPP_WINDOW = "whatsapp_window"
    TOO_LATE = "too_late"
    SPEND_STOP = "spend_stop"
    REMINDERS_OFF = "reminders_off"
    ENDED = "ended"
    BOOKING_GONE = "booking_gone"
    BOOKING_CANCELLED = "booking_cancelled"
    EVENT_CANCELLED = "event_cancelled"
    EVENT_GONE = "event_gone"
    EVENT_BEGUN = "event_begun"
    FULL = "full"
    ANSWERED = "answered"
    NOT_WANTED = "not_wanted"
    SUPERSEDED = "superseded"
    DEATH = "death"
    BROADCAST_CANCELLED = "broadcast_cancelled"
    BROADCAST_GONE = "broadcast_gone"
    NO_MARKETING_CONSENT = "no_marketing_consent"
    UNKNOWN_KIND = "unknown_kind"


MEANING = {
    Reason.OPTED_OUT: "The number has stopped our texts; only its own START lets us text it again.",
    Reason.RETIRED: "The number is somebody else's now.",
    Reason.LANDLINE: "A landline, which would read the text aloud.",
    Reason.NOT_A_DRAMA_NUMBER: "A development machine texts made-up numbers only.",
    Reason.NEVER_TEXTED: "The phone has never texted us.",
    Reason.WHATSAPP_WINDOW: "WhatsApp takes nothing a day after their last message, and there is no number to text.",
    Reason.TOO_LATE: "It would have come too late to be of use.",
    Reason.SPEND_STOP: "The day's spending limit was reached, and by the next morning it would have come too late.",
    Reason.REMINDERS_OFF: "They asked for no reminders on that phone, and keep their place.",
    Reason.ENDED: "Everything for the person whom it is about has ended.",
    Reason.BOOKING_GONE: "There is no such booking any more.",
    Reason.BOOKING_CANCELLED: "The booking was cancelled, or stands otherwise than the text says.",
    Reason.EVENT_CANCELLED: "The event does not take place.",
    Reason.EVENT_GONE: "The event is over, or not offered any more.",
    Reason.EVENT_BEGUN: "The event had begun.",
    Reason.FULL: "All the events that it would have told of are full.",
    Reason.ANSWERED: "They had answered already.",
    Reason.NOT_WANTED: "They asked not to be asked such questions, or need to be left in peace.",
    Reason.SUPERSEDED: "A later text says how things are.",
    Reason.DEATH: "The person whom it is about has died.",
    Reason.BROADCAST_CANCELLED: "The broadcast was cancelled before it left.",
    Reason.BROADCAST_GONE: "There is no such broadcast any more.",
    Reason.NO_MARKETING_CONSENT: "It is marketing, and they have not agreed to that.",
    Reason.UNKNOWN_KIND: "Nothing knows how to write such a message; please tell whoever runs the service.",
}

_COUNT = (
    select(OUTBOX.c.reason, OUTBOX.c.kind, IDENTITIES.c.channel, func.count())
    .join(IDENTITIES, IDENTITIES.c.id == OUTBOX.c.identity_id)
    .where(
        OUTBOX.c.status == literal_column("'refused'"),
        OUTBOX.c.created_at >= bindparam("since", type_=OUTBOX.c.created_at.type),
    )
    .group_by(OUTBOX.c.reason, OUTBOX.c.kind, IDENTITIES.c.channel)
    .order_by(func.count().desc(), OUTBOX.c.reason, OUTBOX.c.kind, IDENTITIES.c.channel)
)


class Refused(NamedTuple):
    """How many messages of a kind, to people on a channel, were refused for one reason."""

    reason: str
    kind: str
    channel: str
    number: int


def count(session: Session, since: datetime) -> list[Refused]:
    """What was refused of the messages written since a moment (aware), the most frequent first."""
    return [Refused(*row) for row in session.execute(_COUNT, {"since": since})]


def meaning(reason: str) -> str:
    """What a reason means, for staff; the word itself where it is not of this vocabulary."""
    return MEANING[Reason(reason)] if reason in set(Reason) else reason
