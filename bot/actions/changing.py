"""Changing a booking: which one, and for how many people."""

from abc import abstractmethod
from typing import Any, ClassVar

from bot.actions.base import Say, Slots, TurnAction, option, phrase
from bot.actions.booking import PARTY_LIMIT
from bot.actions.bookings import booking_option, booking_words, confirmed
from bot.actions.context import TurnContext
from bot.actions.events import chosen, event_with_venue, line_of
from bot.actions.topics import topic_of
from bot.understanding import Option
from services.booking import outcomes, places
from services.booking.bookings import Booked

# What there is to change, with the words that people use for it.
_DATE_WORDS = "another date day time week month move swap switch reschedule rearrange postpone later earlier different"
_PARTY_WORDS = "how many number people person persons party places seats more fewer less"
_WHAT = (
    Option("what:date", "option_change_date", _DATE_WORDS),
    Option("what:party", "option_change_party", _PARTY_WORDS),
    Option("what:nothing", "option_change_nothing", "nothing keep"),
)


def changeable(turn: TurnContext) -> list[Booked]:
    """The bookings of whoever is texting that have not begun, soonest first."""
    return [booked for booked in confirmed(turn) if booked.starts_at > turn.now]


def being_changed(slots: Slots, turn: TurnContext) -> Booked | None:
    """The booking that is being changed, None when it is no longer there."""
    wanted = chosen(slots["booking_choice"])
    return next((booked for booked in changeable(turn) if booked.booking_id == wanted), None)


class ChangingAction(TurnAction):
    """An action about the booking that is being changed; when it is no longer there it says so, and sets `gone`."""

    gone: ClassVar[dict[str, Any]] = {}

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Find the booking and go on with it."""
        booked = being_changed(slots, turn)
        if booked is None:
            say("utter_booking_gone")
            return dict(self.gone)
        return self.change(booked, slots, turn, say)

    @abstractmethod
    def change(self, booked: Booked, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Do the work and return the slots to set."""


def party_of(slots: Slots, booked: Booked) -> int:
    """How many places are wanted: as many as were said, else as many as there are."""
    return min(slots.get("new_party") or booked.places, PARTY_LIMIT)


class FindChangeable(TurnAction):
    """Finds what could be changed, before asking which."""

    called = "action_find_changeable"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `changeable` to "none", "one" (then `booking_choice` is it) or "many"; the message may say which."""
        held = changeable(turn)
        if not held:
            return {"changeable": "none"}
        given = slots.get("booking_choice")
        said = {"change_said": turn.inbound_id}
        lines = [booking_words(booked, turn) for booked in held]
        if given in [line.payload for line in lines]:
            return said | {"changeable": "one"}
        named = 0 if len(lines) == 1 else turn.pick(lines)
        if named is None:
            named = _in_focus(slots, held)
        return said | ({"changeable": "many"} if named is None else _one(lines[named]))


def _one(line: Option) -> dict[str, Any]:
    return {"changeable": "one", "booking_choice": line.payload}


def _in_focus(slots: Slots, held: list[Booked]) -> int | None:
    """The booking of the event that was talked about last."""
    ids = [booked.event_id for booked in held]
    return ids.index(slots["focus"]) if slots.get("focus") in ids else None


class AskChangeChoice(TurnAction):
    """Asks which booking to change."""

    called = "action_ask_change_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu of the bookings."""
        say("utter_ask_change_choice", [booking_option(booked, turn) for booked in changeable(turn)])
        return {}


class ReadChange(TurnAction):
    """Reads what is to change from the message that asked for a change."""

    called = "action_read_change"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `change_what` to "what:date" or "what:party", or how many come now, as far as the message says so."""
        if slots.get("more_places"):
            return {"more_places": None, "new_party": self._made_of(slots["more_places"], slots, turn)}
        named = topic_of(turn.text, _WHAT) if slots.get("change_said") == turn.inbound_id else None
        return {} if named is None else {"change_what": named}

    @staticmethod
    def _made_of(more: int, slots: Slots, turn: TurnContext) -> int | None:
        """How many come with so many more, or fewer; of one place none is left to take away."""
        booked = being_changed(slots, turn)
        made = booked.places + more if booked is not None else 0
        return made if made > 0 else slots.get("new_party")


class AskChangeWhat(TurnAction):
    """Asks what is to change."""

    called = "action_ask_change_what"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu: the date, the number of people, nothing."""
        say("utter_ask_change_what", [option(each.payload, phrase(each.title), words=each.words) for each in _WHAT])
        return {}


class AskNewParty(TurnAction):
    """Asks how many are coming now."""

    called = "action_ask_new_party"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask; when more were wanted than there is room for, say how many there could be."""
        booked = being_changed(slots, turn)
        held = booked.places if booked else 1
        most = slots.get("most")
        say("utter_ask_new_party", places=phrase("part_places", places=held), most=most)
        return {"most": None}


class CheckParty(ChangingAction):
    """Looks whether there is room for the party, before asking for the yes."""

    called = "action_check_party"
    gone: ClassVar[dict[str, Any]] = {"fits": "gone"}

    def change(self, booked: Booked, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `fits` to "yes", "same", "some" (then `most` says how many), "none" or "gone", and say why not."""
        event, _ = event_with_venue(turn.session, booked.event_id)
        more, left = slots["new_party"] - booked.places, max(event.capacity - event.taken, 0)
        held = phrase("part_places", places=booked.places)
        if more == 0:
            say("utter_party_same", places=held, event=line_of(turn, booked.event_id))
            return {"fits": "same"}
        if more <= left:
            return {"fits": "yes"}
        if left:
            return {"fits": "some", "most": booked.places + left, "new_party": None}
        say("utter_no_more_room", title=event.discreet_title, places=held)
        return {"fits": "none"}


class AskConfirmParty(ChangingAction):
    """Restates the booking with its new number of places and asks for the yes."""

    called = "action_ask_confirm_party"

    def change(self, booked: Booked, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask; nothing changes."""
        say(
            "utter_ask_confirm_party",
            places=phrase("part_places", places=slots["new_party"]),
            before=booked.places,
            event=line_of(turn, booked.event_id),
        )
        return {}


class ChangeParty(ChangingAction):
    """Changes how many places a booking has, after an explicit yes."""

    called = "action_change_party"
    gone: ClassVar[dict[str, Any]] = {"fits": "gone"}

    def change(self, booked: Booked, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `fits` to "done", "some" or "none", and say what the booking now is."""
        event, _ = event_with_venue(turn.session, booked.event_id)
        match places.resize(turn.session, booked.booking_id, slots["new_party"], turn.now):
            case outcomes.Resized(places=now_held):
                line = line_of(turn, booked.event_id)
                held = phrase("part_places", places=now_held)
                say("utter_party_changed", places=held, event=line, reference=booked.reference)
                return {"fits": "done", "focus": event.id}
            case outcomes.Full(left=left) if left:
                return {"fits": "some", "most": booked.places + left, "new_party": None}
            case outcomes.Full():
                held = phrase("part_places", places=booked.places)
                say("utter_no_more_room", title=event.discreet_title, places=held)
            case _:
                say("utter_booking_gone")
        return {"fits": "none"}


def changing_actions() -> list[TurnAction]:
    """Every action of changing which booking has how many places."""
    return [
        FindChangeable(),
        AskChangeChoice(),
        ReadChange(),
        AskChangeWhat(),
        AskNewParty(),
        CheckParty(),
        AskConfirmParty(),
        ChangeParty(),
    ]
