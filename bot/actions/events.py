"""The event that a choice or a booking means, and how it is said in one clause."""

from typing import Any

from sqlmodel import Session

from bot.actions.context import TurnContext
from bot.actions.wording import event_line
from services.events.tables import Event, Venue


def chosen(payload: str) -> int:
    """The id in the payload of a menu line, such as 42 in "event:42"."""
    return int(payload.rpartition(":")[2])


def event_with_venue(session: Session, event_id: int) -> tuple[Event, Venue | None]:
    """An event and where it takes place (None when online)."""
    event = session.get_one(Event, event_id)
    return event, session.get(Venue, event.venue_id) if event.venue_id else None


def line_of(turn: TurnContext, event_id: int) -> dict[str, Any]:
    """An event in one clause."""
    event, venue = event_with_venue(turn.session, event_id)
    return event_line(event, venue, turn.now)
