"""The event that a choice or a booking means, and how it is said in one clause."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from bot.actions.context import TurnContext
from bot.actions.wording import event_line
from services.events.tables import Event, Venue

_WITH_VENUE = (
    select(Event, Venue)
    .outerjoin(Venue, col(Venue.id) == col(Event.venue_id))
    .where(col(Event.id) == bindparam("event"))
)


def chosen(payload: str) -> int:
    """The id in the payload of a menu line, such as 42 in "event:42"."""
    return int(payload.rpartition(":")[2])


def event_with_venue(session: Session, event_id: int) -> tuple[Event, Venue | None]:
    """An event and where it takes place (None when online)."""
    event, venue = session.execute(_WITH_VENUE, {"event": event_id}).one()
    return event, venue


def line_of(turn: TurnContext, event_id: int) -> dict[str, Any]:
    """An event in one clause."""
    event, venue = event_with_venue(turn.session, event_id)
    return event_line(event, venue, turn.now)
