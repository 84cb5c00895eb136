"""Confirming a booking in words, to whoever made it: for themselves or for someone else."""

from typing import Any

from bot.actions.base import Say, phrase
from bot.actions.context import TurnContext
from bot.actions.events import event_with_venue
from bot.actions.passing_on import passed_on
from bot.actions.whose import name_of
from bot.actions.wording import booked_parts, calendar_part, event_line
from services.booking.bookings import Booked
from services.people import carers, pass_codes
from services.people.carers import Cared


def say_booked(
    say: Say, turn: TurnContext, booked: Booked, *, name: str, needs: list[str], public_base_url: str
) -> None:
    """Confirm a booking to whoever made it, with all that is needed to get there."""
    event, venue = event_with_venue(turn.session, booked.event_id)
    cared = carers.of_attendee(turn.session, booked.attendee)
    calendar = calendar_part(turn.session, booked.booking_id, public_base_url, turn.now)
    told = passed_on(turn, event, needs, booked.reference)
    say(
        "utter_booked_for" if cared else "utter_booked",
        name=name or None,
        places=phrase("part_places", places=booked.places),
        event=event_line(event, venue, turn.now),
        reference=booked.reference,
        **booked_parts(event, venue, turn.now, calendar, told),
        **(_passed_on(cared, turn) if cared else {}),
    )


def _passed_on(cared: Cared, turn: TurnContext) -> dict[str, Any]:
    """For whom a booking is, and the code for their own phone while they have none with us."""
    whose = name_of(cared)
    if cared.identity_id is not None:
        return {"attendee": whose, "phones": phrase("part_both_phones", attendee=whose)}
    code = pass_codes.spoken(pass_codes.issue(turn.session, cared.id, turn.now))
    return {"attendee": whose, "phones": phrase("part_pass_on", attendee=whose, code_said=code)}
