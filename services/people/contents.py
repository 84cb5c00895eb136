"""Which contents of the provider's carry which of our messages: created once, then named by the provider's id."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.people.tables import MessageContent

_CONTENTS = MessageContent.__table__  # type: ignore[attr-defined]
_WHOSE = (_CONTENTS.c.account == bindparam("of"), _CONTENTS.c.name == bindparam("called"))
_FIND = select(_CONTENTS.c.provider_id).where(*_WHOSE)
_KEEP = {
    name: insert.on_conflict_do_update(
        index_elements=["account", "name"], set_={"provider_id": insert.excluded.provider_id}
    )
    for name, insert in (("sqlite", sqlite.insert(_CONTENTS)), ("postgresql", postgresql.insert(_CONTENTS)))
}
_COUNT = select(func.count()).where(
    _CONTENTS.c.account == bindparam("of"), _CONTENTS.c.name.startswith(bindparam("begin"))
)
_FORGET = delete(_CONTENTS).where(*_WHOSE)


def find(session: Session, account: str, name: str) -> str | None:
    """The provider's id of a content of an account, or None if there is none."""
    found: str | None = session.execute(_FIND, {"of": account, "called": name}).scalar()
    return found


def keep(session: Session, account: str, name: str, provider_id: str, now: datetime) -> None:
    """Remember a content; the last one kept under a name stands."""
    row = {"account": account, "name": name, "provider_id": provider_id, "created_at": now}
    session.execute(_KEEP[session.get_bind().dialect.name], row)


def forget(session: Session, account: str, name: str) -> None:
    """Forget a content."""
    session.execute(_FORGET, {"of": account, "called": name})


def count(session: Session, account: str, beginning: str) -> int:
    """How many contents of an account have a name that begins so."""
    return int(session.execute(_COUNT, {"of": account, "begin": beginning}).scalar_one())
