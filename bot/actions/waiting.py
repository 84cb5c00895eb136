"""The waiting list of a full event: joining it, one's place in line, leaving, and answering an offer."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction, option, phrase
from bot.actions.booking import PARTY_LIMIT, attendee_name, closed_response, name_of
from bot.actions.bookings import booking_words, confirmed
from bot.actions.context import TurnContext
from bot.actions.events import chosen, event_with_venue, line_of
from bot.actions.finding import query_of
from bot.actions.focus import in_focus
from bot.actions.whose import booked_places, of_slots, places_for
from bot.actions.wording import event_line, when
from bot.understanding import Option
from services.booking import bookings, outcomes, waiting
from services.booking.bookings import Booked
from services.booking.tables import BookingStatus
from services.core.spoken import spoken_until
from services.events.search import full_events
from services.people import conversations

_MOST = 3


def position(turn: TurnContext, booking_id: int) -> dict[str, Any]:
    """How many wait before someone, as a sentence."""
    return phrase("part_position", ahead=waiting.ahead(turn.session, booking_id) or 0)


def waits_option(booked: Booked, turn: TurnContext) -> dict[str, Any]:
    """A place in line as a line of a menu."""
    event, _ = event_with_venue(turn.session, booked.event_id)
    named = booking_words(booked, turn)
    label = phrase(
        "option_waiting",
        when=when(event, turn.now),
        title=event.discreet_title,
        position=_standing(booked, turn),
    )
    return option(f"waiting:{booked.booking_id}", label, words=named.words, starts_at=named.starts_at)


def _standing(booked: Booked, turn: TurnContext) -> dict[str, Any]:
    if booked.status == BookingStatus.OFFERED and booked.deadline:
        return phrase("part_kept_until", until=spoken_until(booked.deadline, turn.now))
    return position(turn, booked.booking_id)


class FindFull(TurnAction):
    """Finds which event someone would wait for: one that the message names, else the one that is talked about."""

    called = "action_find_full"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `wait_for`, or `full` to the full events there are to choose from; say where they stand already."""
        event_ids = self._meant(slots, turn)
        own = bookings.on_waiting_lists(turn.session, turn.person_id, turn.now)
        whose = slots.get("attendee") or ""
        meant = [each for each in own if not event_ids or (each.attendee == whose and each.event_id in event_ids)]
        if meant and not slots.get("party"):
            _say_where(meant, turn, say)
            return {"joined": "said"}
        if not event_ids:
            say("utter_wait_for_which")
            return {"joined": "said"}
        return {"wait_for": f"event:{event_ids[0]}" if len(event_ids) == 1 else None, "full": event_ids}

    @staticmethod
    def _meant(slots: Slots, turn: TurnContext) -> list[int]:
        """The events that may be meant, none when nothing tells."""
        if slots.get("wait_for"):
            return [chosen(slots["wait_for"])]
        query = query_of(slots, turn)
        named = full_events(turn.session, query, limit=_MOST, now=turn.now) if query.words or query.activity else []
        talked_about = in_focus(slots, turn)
        if named or talked_about is None:
            return [match.event_id for match in named]
        event, _ = talked_about
        own = {each.event_id for each in confirmed(turn)}
        return [event.id] if event.id and event.starts_at > turn.now and event.id not in own else []


def _say_where(own: list[Booked], turn: TurnContext, say: Say) -> None:
    if len(own) > 1:
        say("utter_waiting_lists", [waits_option(booked, turn) for booked in own[:_MOST]])
        return
    only = own[0]
    say(
        "utter_still_waiting",
        places=booked_places(turn.session, only, turn.person_id),
        event=line_of(turn, only.event_id),
        position=_standing(only, turn),
    )


class AskWantsList(TurnAction):
    """Says that an event is full and asks whether to go on its waiting list."""

    called = "action_ask_wants_list"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask; on the way back from a no, `wait_for` is what was full again."""
        wait_for = slots.get("wait_for") or f"event:{slots['full'][0]}"
        say("utter_ask_wants_list", event=line_of(turn, chosen(wait_for)))
        return {"wait_for": wait_for}


class AskWaitChoice(TurnAction):
    """Asks which of several full events to wait for."""

    called = "action_ask_wait_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu."""
        say("utter_ask_wait_choice", [_full_option(event_id, turn) for event_id in slots.get("full") or []])
        return {}


class TakeWaitChoice(TurnAction):
    """Takes the event that was chosen from several full ones."""

    called = "action_take_wait_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `wait_for`."""
        return {"wait_for": f"event:{chosen(slots['wait_choice'])}"}


def _full_option(event_id: int, turn: TurnContext) -> dict[str, Any]:
    event, venue = event_with_venue(turn.session, event_id)
    label = phrase("option_full", event=event_line(event, venue, turn.now))
    words = f"{event.discreet_title} {venue.name if venue else ''}"
    return option(f"wait:{event_id}", label, words=words, starts_at=event.starts_at.isoformat())


class JoinWaiting(TurnAction):
    """Puts someone on the waiting list and says where they stand."""

    called = "action_join_waiting"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `joined` to "joined", "room" (`event_choice` is the event then), "smaller", "offered" or "said"."""
        event_id = chosen(slots["wait_for"])
        event, _ = event_with_venue(turn.session, event_id)
        outcome = waiting.join(
            turn.session,
            event_id=event_id,
            person_id=turn.person_id,
            identity_id=turn.identity_id,
            party=min(slots.get("party") or 1, PARTY_LIMIT),
            now=turn.now,
            attendee=slots.get("attendee") or "",
            attendee_name=attendee_name(slots),
        )
        match outcome:
            case outcomes.Joined():
                return self._joined(outcome, event_id, slots, turn, say)
            case outcomes.Room():
                say("utter_room_after_all", title=event.discreet_title)
                return {"joined": "room", "event_choice": f"event:{event_id}"}
            case outcomes.TooMany():
                say("utter_never_so_many", title=event.discreet_title, number=outcome.capacity)
                return {"joined": "smaller", "party": None}
            case outcomes.AlreadyBooked():
                return _already(outcome, event_id, turn, say)
            case outcomes.Closed():
                say(closed_response(outcome), title=event.discreet_title)
                return {"joined": "said"}

    @staticmethod
    def _joined(joined: outcomes.Joined, event_id: int, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        conversations.name_person(turn.session, turn.person_id, name_of(slots))
        say(
            "utter_on_list" if joined.is_new else "utter_still_waiting",
            places=places_for(joined.places, of_slots(slots)),
            event=line_of(turn, event_id),
            position=phrase("part_position", ahead=joined.ahead),
        )
        return {"joined": "joined", "focus": event_id}


def _already(own: outcomes.AlreadyBooked, event_id: int, turn: TurnContext, say: Say) -> dict[str, Any]:
    """Someone has a place there already: booked, offered, or held."""
    match own.status:
        case BookingStatus.OFFERED:
            return {"joined": "offered", "offer": f"booking:{own.booking_id}"}
        case BookingStatus.HELD:
            return {"joined": "room", "event_choice": f"event:{event_id}"}
        case BookingStatus.WAITING:
            booked = bookings.by_id(turn.session, own.booking_id)
            _say_where([booked] if booked else [], turn, say)
        case _:
            say("utter_already_booked", event=line_of(turn, event_id), reference=own.reference)
    return {"joined": "said", "focus": event_id}


class ListWaiting(TurnAction):
    """Shows what someone waits for, or is offered."""

    called = "action_list_waiting"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say where they stand; beside bookings in one line, by itself as a list."""
        own = bookings.on_waiting_lists(turn.session, turn.person_id, turn.now)
        if not own:
            return {}
        if len(own) > 1 and not confirmed(turn):
            _say_where(own, turn, say)
            return {}
        line = line_of(turn, own[0].event_id)
        say("utter_also_waiting", number=len(own), event=line, position=_standing(own[0], turn))
        return {}


class FindWaiting(TurnAction):
    """Finds which waiting list someone would leave."""

    called = "action_find_waiting"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `leavable` to "none", "one" (then `leave_choice` is it) or "many"; the message may say which."""
        own = bookings.on_waiting_lists(turn.session, turn.person_id, turn.now)
        if len(own) > 1:
            named = turn.pick([_words(booked, turn) for booked in own])
            own = own if named is None else [own[named]]
        if not own:
            return {"leavable": "none"}
        one = {"leavable": "one", "leave_choice": f"waiting:{own[0].booking_id}"}
        return one if len(own) == 1 else {"leavable": "many"}


def _words(booked: Booked, turn: TurnContext) -> Option:
    named = booking_words(booked, turn)
    return Option(f"waiting:{booked.booking_id}", named.title, named.words, named.starts_at)


class AskLeaveChoice(TurnAction):
    """Asks which waiting list to leave."""

    called = "action_ask_leave_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu."""
        own = bookings.on_waiting_lists(turn.session, turn.person_id, turn.now)
        say("utter_ask_leave_choice", [waits_option(booked, turn) for booked in own[:_MOST]])
        return {}


class LeaveWaiting(TurnAction):
    """Takes someone off a waiting list; what was kept for them goes to the next."""

    called = "action_leave_waiting"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Leave and say so."""
        booking_id = chosen(slots["leave_choice"])
        own = bookings.by_id(turn.session, booking_id)
        outcome = waiting.leave(turn.session, booking_id, turn.now)
        if own is None or isinstance(outcome, outcomes.Gone):
            say("utter_not_waiting")
        else:
            say("utter_left_list", event=line_of(turn, own.event_id))
        return {"leave_choice": None}


def waiting_actions() -> list[TurnAction]:
    """Every action about waiting lists."""
    return [
        FindFull(),
        AskWantsList(),
        AskWaitChoice(),
        TakeWaitChoice(),
        JoinWaiting(),
        ListWaiting(),
        FindWaiting(),
        AskLeaveChoice(),
        LeaveWaiting(),
    ]
