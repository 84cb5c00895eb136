"""Identities: the addresses that people text from, each found or made in one step."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.core.statements import Prepared
from services.people.tables import Identity, OptOut, Person

PEOPLE = Person.__table__  # type: ignore[attr-defined]
IDENTITIES = Identity.__table__  # type: ignore[attr-defined]
_OPT_OUTS = OptOut.__table__  # type: ignore[attr-defined]

_KEY = (IDENTITIES.c.id, IDENTITIES.c.person_id)
_AT = (IDENTITIES.c.channel == bindparam("on"), IDENTITIES.c.address == bindparam("at"))
_TOUCH = Prepared(
    update(IDENTITIES).where(*_AT).values(sender=bindparam("texted"), last_inbound_at=bindparam("now")).returning(*_KEY)
)
_FIND = select(*_KEY).where(*_AT)
_ADD = {
    name: dialect.insert(IDENTITIES).on_conflict_do_nothing(index_elements=["channel", "address"]).returning(*_KEY)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
# The channel of an identity whose address is now someone else's; unique, so the address may begin again.
RETIRED = "retired:"
IS_LIVE = IDENTITIES.c.channel.not_like(f"{RETIRED}%")
_LIVE_AT = select(IDENTITIES.c.id).where(IDENTITIES.c.address == bindparam("at"), IS_LIVE).order_by(IDENTITIES.c.id)
_ADDRESS = select(IDENTITIES.c.address).where(IDENTITIES.c.id == bindparam("identity"), IS_LIVE)
_RETIRE = update(IDENTITIES).where(IDENTITIES.c.id == bindparam("identity")).values(channel=bindparam("retired"))
# So long after someone has texted us WhatsApp takes what we write; later it goes as a text message.
WHATSAPP_WINDOW = timedelta(hours=24)
_RECIPIENT = (
    select(
        IDENTITIES.c.id,
        IDENTITIES.c.person_id,
        IDENTITIES.c.channel,
        IDENTITIES.c.address,
        IDENTITIES.c.sender,
        IDENTITIES.c.last_inbound_at,
        _OPT_OUTS.c.address.is_not(None).label("opted_out"),
    )
    .select_from(IDENTITIES.outerjoin(_OPT_OUTS, _OPT_OUTS.c.address == IDENTITIES.c.address))
    .where(IDENTITIES.c.id == bindparam("identity"))
)


class IdentityKey(NamedTuple):
    """An identity and the person it belongs to, by id."""

    id: int
    person_id: int


class Recipient(NamedTuple):
    """Everything that sending to an identity needs to know about it.

    `sender` is the number of ours that it texted last ("" if it never did); `opted_out` holds for the address on
    every channel.
    """

    id: int
    person_id: int
    channel: str
    address: str
    sender: str
    last_inbound_at: datetime | None
    opted_out: bool


def arrive(session: Session, channel: str, address: str, texted: str, now: datetime) -> IdentityKey:
    """The identity that texted the number `texted` just now: found and touched, or made with a new person."""
    moment: dict[str, Any] = {"on": channel, "at": address, "texted": texted, "now": now}
    known = _TOUCH.first(session, moment)
    if known is not None:
        return IdentityKey(*known)
    made = find_or_create(session, channel, address, now)
    _TOUCH.rows(session, moment)
    return made


def find_or_create(session: Session, channel: str, address: str, now: datetime) -> IdentityKey:
    """The identity of an address, made with a new person when it is not known; nothing about it is touched."""
    at = {"on": channel, "at": address}
    known = session.execute(_FIND, at).first()
    return IdentityKey(*known) if known is not None else _create(session, at, now)


def retire(session: Session, address: str) -> None:
    """Take an address away from whoever had it, on every channel: the next message from it is someone new's.

    What belonged to the old identities stays with them, out of reach of that address.
    """
    for identity_id in session.execute(_LIVE_AT, {"at": address}).scalars().all():
        session.execute(_RETIRE, {"identity": identity_id, "retired": f"{RETIRED}{identity_id}"})


def at_same_address(session: Session, identity_id: int) -> list[int]:
    """The identities, on every channel, that share the address of one; one that was retired is by itself."""
    address = session.execute(_ADDRESS, {"identity": identity_id}).scalar()
    return [identity_id] if address is None else list(session.execute(_LIVE_AT, {"at": address}).scalars())


def recipient(session: Session, identity_id: int) -> Recipient | None:
    """How an identity is reached and whether it may be, or None if there is no such identity."""
    found = session.execute(_RECIPIENT, {"identity": identity_id}).first()
    return None if found is None else Recipient(*found)


def is_window_open(last_inbound_at: datetime | None, now: datetime) -> bool:
    """Whether WhatsApp takes what we write to someone who last texted us then (None: never)."""
    return last_inbound_at is not None and now - last_inbound_at < WHATSAPP_WINDOW


def _create(session: Session, at: dict[str, Any], now: datetime) -> IdentityKey:
    person = {"first_name": "", "language": "en", "access_needs": [], "created_at": now}
    person_id = session.execute(insert(PEOPLE).values(**person).returning(PEOPLE.c.id)).scalar_one()
    row = {"channel": at["on"], "address": at["at"], "person_id": person_id, "sender": ""}
    made = session.execute(_ADD[session.get_bind().dialect.name], row).first()
    if made is not None:
        return IdentityKey(*made)
    # Another process met this address in the same instant; its person stays, ours was never seen.
    session.execute(delete(PEOPLE).where(PEOPLE.c.id == person_id))
    return IdentityKey(*session.execute(_FIND, at).one())
