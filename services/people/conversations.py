"""Conversations: the dialogue's state of each identity, loaded before a turn and saved with its results."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.core.statements import Prepared
from services.people.identities import IDENTITIES, PEOPLE
from services.people.tables import Conversation, InboundMessage

_CONVERSATIONS = Conversation.__table__  # type: ignore[attr-defined]
_INBOX = InboundMessage.__table__  # type: ignore[attr-defined]

_LOAD = Prepared(
    select(_CONVERSATIONS.c.state, _CONVERSATIONS.c.with_staff_until, _CONVERSATIONS.c.updated_at).where(
        _CONVERSATIONS.c.identity_id == bindparam("identity")
    )
)
_LOCK = select(IDENTITIES.c.id).where(IDENTITIES.c.id == bindparam("identity")).with_for_update()
_INSERT = {name: dialect.insert(_CONVERSATIONS) for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))}
_SAVE = {
    name: Prepared(
        insert.on_conflict_do_update(
            index_elements=["identity_id"],
            set_={"state": insert.excluded.state, "updated_at": insert.excluded.updated_at},
        )
    )
    for name, insert in _INSERT.items()
}
_GIVE = {
    name: insert.on_conflict_do_update(
        index_elements=["identity_id"], set_={"with_staff_until": insert.excluded.with_staff_until}
    )
    for name, insert in _INSERT.items()
}
_TAKE_BACK = (
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.identity_id == bindparam("identity"), _CONVERSATIONS.c.with_staff_until.is_not(None))
    .values(with_staff_until=None)
    .returning(_CONVERSATIONS.c.identity_id)
)
_RECENT = Prepared(
    select(func.count())
    .select_from(_INBOX)
    .where(_INBOX.c.identity_id == bindparam("identity"), _INBOX.c.received_at > bindparam("since"))
)
_NAME = update(PEOPLE).where(PEOPLE.c.id == bindparam("person"), PEOPLE.c.first_name != bindparam("called"))


class Stored(NamedTuple):
    """A conversation as it was left: its state (JSON), until when staff have it, and when it was saved."""

    state: dict[str, Any]
    with_staff_until: datetime | None
    updated_at: datetime | None

    def is_with_staff(self, now: datetime) -> bool:
        """Whether a person of ours has taken the conversation over."""
        return self.with_staff_until is not None and self.with_staff_until > now


_NEW = Stored({}, None, None)


def load(session: Session, identity_id: int, *, lock: bool = False) -> Stored:
    """The conversation with an identity, empty when there has been none; `lock` keeps other turns out of it.

    The identity is what is locked, since a first message has no conversation yet; SQLite has one writer anyway.
    """
    if lock and session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK, {"identity": identity_id})
    found = _LOAD.first(session, {"identity": identity_id})
    return _NEW if found is None else Stored(*found)


def save(session: Session, identity_id: int, state: dict[str, Any], now: datetime) -> None:
    """Store the state that a turn left behind."""
    row = {"identity_id": identity_id, "state": state, "updated_at": now}
    _SAVE[session.get_bind().dialect.name].rows(session, row)


def give_to_staff(session: Session, identity_id: int, until: datetime, now: datetime) -> None:
    """Keep the bot out of a conversation until a moment."""
    row = {"identity_id": identity_id, "state": {}, "with_staff_until": until, "updated_at": now}
    session.execute(_GIVE[session.get_bind().dialect.name], row)


def take_back(session: Session, identity_id: int) -> bool:
    """Let the bot answer again; False if staff did not have the conversation."""
    return session.execute(_TAKE_BACK, {"identity": identity_id}).first() is not None


def messages_since(session: Session, identity_id: int, now: datetime, span: timedelta) -> int:
    """How many messages an identity has sent in the last `span`."""
    return sum(int(row[0]) for row in _RECENT.rows(session, {"identity": identity_id, "since": now - span}))


def name_person(session: Session, person_id: int, first_name: str) -> None:
    """Remember the first name by which a person is greeted."""
    if first_name:
        session.execute(_NAME.values(first_name=first_name), {"person": person_id, "called": first_name})
