"""The staff's desk: what they do about a flag.

A conversation is theirs from when they take it or answer until they give it back, or do nothing for a day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, literal, select, union_all
from sqlmodel import Session

from services.people import audit, consent, conversations, flags, holds, identities, outbox
from services.people.flags import OpenFlag
from services.people.identities import IDENTITIES
from services.people.tables import Channel, InboundMessage, OutboxMessage, Priority

# So long the bot is silent after staff last did something; then it comes back, lest somebody wait for nobody.
STAFF_HAVE_IT = timedelta(hours=24)
# A text that somebody sent while staff had the conversation, with nothing else before them.
ANSWERED = "answer"
THEM = "them"

_INBOX = InboundMessage.__table__  # type: ignore[attr-defined]
_OUTBOX = OutboxMessage.__table__  # type: ignore[attr-defined]
_WHOSE: BindParameter[int] = bindparam("identities", expanding=True)
_SAID = union_all(
    select(
        _INBOX.c.received_at.label("at"),
        literal(THEM).label("who"),
        IDENTITIES.c.channel,
        _INBOX.c.body.label("text"),
        _INBOX.c.details,
        _INBOX.c.status,
    )
    .join(IDENTITIES, IDENTITIES.c.id == _INBOX.c.identity_id)
    .where(IDENTITIES.c.id.in_(_WHOSE)),
    select(
        _OUTBOX.c.created_at,
        _OUTBOX.c.kind,
        IDENTITIES.c.channel,
        _OUTBOX.c.text,
        _OUTBOX.c.parameters,
        _OUTBOX.c.status,
    )
    .join(IDENTITIES, IDENTITIES.c.id == _OUTBOX.c.identity_id)
    .where(IDENTITIES.c.id.in_(_WHOSE)),
).subquery()
_TRANSCRIPT = select(_SAID).order_by(_SAID.c.at, _SAID.c.who != THEM)


class Line(NamedTuple):
    """One message of a transcript; `who` is "them", the name of a member of staff, or what kind of ours it is."""

    at: datetime
    who: str
    channel: str
    text: str
    status: str


@dataclass(frozen=True, slots=True)
class Replied:
    """The answer is on its way; `as_sms` when WhatsApp's window has closed, so that it goes as a text message."""

    outbox_id: int
    as_sms: bool


@dataclass(frozen=True, slots=True)
class NotSent:
    """The answer may not go.

    "opted_out", "held" (it may not be safe to text), "window", "unknown" (no such flag) or "nobody" (a note to staff).
    """

    reason: str


def transcript(session: Session, identity_id: int) -> list[Line]:
    """Everything that was said with the address of an identity, on every channel, in order."""
    whose = identities.at_same_address(session, identity_id)
    lines = [_line(*row) for row in session.execute(_TRANSCRIPT, {"identities": whose})]
    return [line for line in lines if line.text or line.who == THEM]  # what is still to be rendered has no words yet


def take(session: Session, flag_id: int, who: str, now: datetime) -> OpenFlag | None:
    """Make the conversation staff's and say who has it; None if there is no such flag about anybody."""
    flag = flags.find(session, flag_id)
    if flag is None or flag.identity_id is None:
        return None
    flags.take(session, flag_id, who, now)
    conversations.give_to_staff(session, flag.identity_id, now + STAFF_HAVE_IT, now)
    _audit(session, flag, who, "take", now)
    return flag


def reply(
    session: Session, flag_id: int, text: str, who: str, now: datetime, *, though_held: bool = False
) -> Replied | NotSent:
    """Answer the person of a flag; the conversation is staff's then. `though_held` sends to an address that is held."""
    flag = flags.find(session, flag_id)
    if flag is None:
        return NotSent("unknown")
    to = None if flag.identity_id is None else identities.recipient(session, flag.identity_id)
    if to is None:
        return NotSent("nobody")
    as_sms = to.channel == Channel.WHATSAPP and not identities.is_window_open(to.last_inbound_at, now)
    refused = _refused(session, to, as_sms=as_sms, though_held=though_held)
    if refused:
        return NotSent(refused)
    written = outbox.enqueue(
        session,
        kind="staff_reply",
        identity_id=to.id,
        parameters={"text": text, "by": who},
        priority=Priority.REPLY,
        due_at=now,
        now=now,
    )
    flags.take(session, flag_id, who, now)
    conversations.give_to_staff(session, to.id, now + STAFF_HAVE_IT, now)
    _audit(session, flag, who, "reply", now, outbox_id=written)
    return Replied(written or 0, as_sms)


def hand_back(session: Session, flag_id: int, who: str, now: datetime) -> OpenFlag | None:
    """Let the bot answer again and close the flag, with what else was only about the talk with staff."""
    flag = flags.find(session, flag_id)
    if flag is None or flag.identity_id is None:
        return None
    conversations.take_back(session, flag.identity_id)
    flags.handle(session, flag_id, now, who)
    for other in flags.open_about(session, flag.identity_id):
        if other.category == ANSWERED:
            flags.handle(session, other.id, now, who)
    _audit(session, flag, who, "hand_back", now)
    return flag


def close(session: Session, flag_id: int, who: str, now: datetime) -> bool:
    """Mark a flag as dealt with and leave the conversation as it is; False if there is none open of that id."""
    flag = flags.find(session, flag_id)
    if flag is None or not flags.handle(session, flag_id, now, who):
        return False
    _audit(session, flag, who, "close", now)
    return True


def release(session: Session, flag_id: int, who: str, now: datetime) -> bool:
    """Let an address be texted again, now that staff know that it is safe; False if it was not held."""
    flag = flags.find(session, flag_id)
    if flag is None or not holds.release(session, flag.address):
        return False
    _audit(session, flag, who, "release", now)
    return True


def stop(session: Session, flag_id: int, who: str, now: datetime) -> bool:
    """Stop all texts to the person of a flag, on their behalf; False if they were stopped already."""
    flag = flags.find(session, flag_id)
    if flag is None or flag.identity_id is None or not consent.opt_out(session, flag.address, "staff", now):
        return False
    _audit(session, flag, who, "stop", now)
    return True


def look(session: Session, flag_id: int, who: str, now: datetime) -> OpenFlag | None:
    """A flag that a member of staff opens, which is written down; None if there is none of that id."""
    flag = flags.find(session, flag_id)
    if flag is not None:
        _audit(session, flag, who, "look", now)
    return flag


def note_answer(session: Session, identity_id: int, inbound_id: int, now: datetime) -> None:
    """Bring a message that came while staff have the conversation before them, unless something of its sender is."""
    if not flags.open_about(session, identity_id):
        flags.raise_flag(
            session, identity_id=identity_id, inbound_id=inbound_id, category=ANSWERED, severity=2, now=now
        )


def _line(at: datetime, who: str, channel: str, text: str, details: dict[str, str], status: str) -> Line:
    named = details.get("by", who) if who == "staff_reply" else who
    return Line(at, named, channel, text or details.get("text", ""), status)


def _refused(session: Session, to: identities.Recipient, *, as_sms: bool, though_held: bool) -> str:
    if to.opted_out:
        return "opted_out"
    if as_sms and not to.address.startswith("+"):
        return "window"
    return "held" if not though_held and holds.is_held(session, to.address) else ""


def _audit(session: Session, flag: OpenFlag, who: str, action: str, now: datetime, **details: int | None) -> None:
    audit.record(
        session,
        actor=who,
        action=action,
        now=now,
        identity_id=flag.identity_id,
        flag_id=flag.id,
        details={"category": flag.category, **details},
    )
