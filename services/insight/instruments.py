"""Which instrument is used after an event: what its provider wants, else its alliance, else our own rating."""

from sqlalchemy import delete, select
from sqlmodel import Session

from services.events.tables import Alliance, Event, Provider
from services.insight.tables import Instrument, InstrumentRule

_RULES = InstrumentRule.__table__  # type: ignore[attr-defined]
_EVENTS = Event.__table__  # type: ignore[attr-defined]
_OWNERS = {
    "provider": (Provider.__table__, _RULES.c.provider_id),  # type: ignore[attr-defined]
    "alliance": (Alliance.__table__, _RULES.c.alliance_id),  # type: ignore[attr-defined]
}
DEFAULT = Instrument.RATING


def instrument_for(session: Session, event_id: int, booking_id: int) -> Instrument:
    """The instrument for one booking, RATING or FFT; where both alternate, bookings take turns by their numbers."""
    wanted = _rule(session, event_id)
    if wanted is Instrument.ALTERNATE:
        return Instrument.FFT if booking_id % 2 else Instrument.RATING
    return wanted


def _rule(session: Session, event_id: int) -> Instrument:
    rules = (
        select(_RULES.c.instrument)
        .join(
            _EVENTS,
            (_RULES.c.provider_id == _EVENTS.c.provider_id) | (_RULES.c.alliance_id == _EVENTS.c.alliance_id),
        )
        .where(_EVENTS.c.id == event_id)
        .order_by(_RULES.c.provider_id.is_(None))
        .limit(1)
    )
    found = session.execute(rules).scalar()
    return DEFAULT if found is None else Instrument(found)


def set_rule(session: Session, owner: str, name: str, instrument: Instrument) -> None:
    """Let the events of a provider or an alliance ("provider", "alliance", by its name) use an instrument.

    Raises LookupError when there is none of that name.
    """
    table, column = _OWNERS[owner]
    found = session.execute(select(table.c.id).where(table.c.name == name)).scalar()
    if found is None:
        raise LookupError(f"There is no {owner} called {name}.")
    session.execute(delete(_RULES).where(column == found))
    session.add(InstrumentRule(**{f"{owner}_id": found}, instrument=instrument))
    session.flush()
