"""Consent: the words that stop and start texts, and the addresses that must not be texted."""

import re
import unicodedata
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.core.statements import Prepared
from services.people.tables import OptOut

_OPT_OUTS = OptOut.__table__  # type: ignore[attr-defined]


class Keyword(StrEnum):
    """A command about texting itself, as the whole message."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"
    NEWS = "NEWS"
    NO_NEWS = "NEWS STOP"


# "end", "quit" and "cancel" are missing on purpose: people say them about a booking or a conversation.
_WORDS = {
    Keyword.STOP: (
        *("stop", "stopall", "stop all", "stop all texts", "unsubscribe", "un subscribe"),
        *("opt out", "optout", "remove me", "cancel all texts"),
    ),
    Keyword.START: ("start", "unstop"),
    Keyword.HELP: ("help", "info"),
    Keyword.NEWS: ("news", "news please", "yes to news", "send me news"),
    Keyword.NO_NEWS: ("news stop", "stop news", "no news", "no more news", "stop the news", "end news"),
}
_KEYWORDS = {words: keyword for keyword, phrases in _WORDS.items() for words in phrases}
_PROVIDER = frozenset({Keyword.STOP, Keyword.START, Keyword.HELP})
_NOT_WORDS = re.compile(r"[\W_]+")
_LONGEST = 60
_TEXTS = r"(?:texts?|texting|txts?|txting|messages?|messaging|msgs?|msging|contacting|sms)"
# A stop that stands apart at the beginning or the end: perhaps about texts, perhaps a cry.
_BARE_STOP = re.compile(r"^\W*stop(?: all)?(?= *[.,;:!\n-]| (?:pls|plz|please)\b)|[.;!\n] *stop\W*$")
_YOUR = r"(?:(?:all|any|these|the|your|ur|more|of|sending|getting|me|with) )*"
_STOPS_TOO = re.compile(
    "|".join(
        (
            rf"\bstop {_YOUR}{_TEXTS}\b",
            rf"\bno more {_YOUR}{_TEXTS}\b",
            rf"\bdo(?: not|n'?t) want {_YOUR}{_TEXTS}\b",
            r"\bdo(?: not|n'?t) (?:text|txt|message|msg|contact) me (?:again|any ?more|ever)\b",
            r"\bunsubscribe\b",
            r"\bopt(?:ing)?[ -]?(?:me )?out\b",
            r"\b(?:take|remove|get) me (?:off|from) (?:(?:this|the|your|ur) )?(?:list|texts?|system|service)\b",
        )
    )
)

_STOP = {
    name: dialect.insert(_OPT_OUTS).on_conflict_do_nothing(index_elements=["address"]).returning(_OPT_OUTS.c.address)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_START = delete(_OPT_OUTS).where(_OPT_OUTS.c.address == bindparam("at")).returning(_OPT_OUTS.c.address)
_SOURCE = select(_OPT_OUTS.c.source).where(_OPT_OUTS.c.address == bindparam("at"))
_FIND = Prepared(select(_OPT_OUTS.c.address).where(_OPT_OUTS.c.address == bindparam("at")))


def keyword_of(text: str, opt_out_type: str | None = None) -> Keyword | None:
    """The command that a message is, whole: case, punctuation, quotes and emoji around it do not count.

    `opt_out_type` is what the provider took the message for, where it says so; it decides then.
    """
    if opt_out_type in _PROVIDER:
        return Keyword(opt_out_type)
    if len(text) > _LONGEST:
        return None
    words = _NOT_WORDS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return _KEYWORDS.get(words)


class Wish(StrEnum):
    """How plainly a message that says something else too asks to stop all texts."""

    PLAIN = "plain"
    PERHAPS = "perhaps"


def stop_beside(text: str) -> Wish | None:
    """Whether a message asks to stop texts beside what else it says.

    "my chest hurts, stop texting me" does so plainly, "stop, i want to die" perhaps, "stop the bleeding" not at all.
    """
    words = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    if _STOPS_TOO.search(words):
        return Wish.PLAIN
    return Wish.PERHAPS if _BARE_STOP.search(words) else None


def opt_out(session: Session, address: str, source: str, now: datetime) -> bool:
    """Stop all texts to an address, on every channel; False if they were stopped already.

    `source` is one of "keyword", "words", "provider", "staff", "wrong_number", "bereavement".
    """
    row = {"address": address, "source": source, "at": now}
    return session.execute(_STOP[session.get_bind().dialect.name], row).first() is not None


def opt_in(session: Session, address: str) -> bool:
    """Let an address be texted again, which only START asks for; False if it was not stopped."""
    return session.execute(_START, {"at": address}).first() is not None


def stopped_by(session: Session, address: str) -> str:
    """How texts to an address came to be stopped (see `opt_out`), "" if they were not."""
    return session.execute(_SOURCE, {"at": address}).scalar() or ""


def is_opted_out(session: Session, address: str) -> bool:
    """Whether an address must not be texted."""
    return _FIND.first(session, {"at": address}) is not None
