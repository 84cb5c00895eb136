"""Consent to marketing: news goes only to those who asked for it in their own words and have not ended it."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.people.marketing_tables import MarketingConsent

CONSENTS = MarketingConsent.__table__  # type: ignore[attr-defined]
HOLDS: ColumnElement[bool] = CONSENTS.c.withdrawn_at.is_(None)

_GIVE = {
    name: insert.on_conflict_do_update(
        index_elements=["address"],
        set_={"words": insert.excluded.words, "given_at": insert.excluded.given_at, "withdrawn_at": None},
    )
    for name, insert in (("sqlite", sqlite.insert(CONSENTS)), ("postgresql", postgresql.insert(CONSENTS)))
}
_WITHDRAW = (
    update(CONSENTS)
    .where(CONSENTS.c.address == bindparam("at"), HOLDS)
    .values(withdrawn_at=bindparam("now"))
    .returning(CONSENTS.c.address)
)
_FIND = select(CONSENTS.c.address).where(and_(CONSENTS.c.address == bindparam("at"), HOLDS))


def give(session: Session, address: str, words: str, now: datetime) -> None:
    """Record that whoever texts from an address asked for news, in their `words`."""
    row = {"address": address, "words": words, "given_at": now}
    session.execute(_GIVE[session.get_bind().dialect.name], row)


def withdraw(session: Session, address: str, now: datetime) -> bool:
    """End the news; False when there was no consent."""
    return session.execute(_WITHDRAW, {"at": address, "now": now}).first() is not None


def is_given(session: Session, address: str) -> bool:
    """Whether news may go to an address."""
    return session.execute(_FIND, {"at": address}).first() is not None
