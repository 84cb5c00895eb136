"""The calendar's link of a booking, for whoever asks for it again."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction
from bot.actions.bookings import confirmed
from bot.actions.context import TurnContext
from bot.actions.events import line_of
from bot.actions.wording import calendar_part


class SendCalendarLink(TurnAction):
    """Says the link that puts a booking into a phone's calendar."""

    called = "action_calendar_link"

    def __init__(self, public_base_url: str) -> None:
        self._public_base_url = public_base_url

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say the link of the booking in focus, else of the next one; without a booking say that there is none."""
        held = confirmed(turn)
        if not held:
            say("utter_no_bookings")
            return {}
        booked = next((each for each in held if each.event_id == slots.get("focus")), held[0])
        link = calendar_part(turn.session, booked.booking_id, self._public_base_url, turn.now)
        say("utter_calendar", event=line_of(turn, booked.event_id), calendar=link)
        return {"focus": booked.event_id}
