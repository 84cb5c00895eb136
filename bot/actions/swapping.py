"""Another date: what there is, a place kept there meanwhile, and the swap on an explicit yes."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from bot.actions.base import Say, Slots, TurnAction, phrase
from bot.actions.booking import name_of
from bot.actions.bookings import confirmed
from bot.actions.changing import ChangingAction, being_changed, changeable, party_of
from bot.actions.context import TurnContext
from bot.actions.events import chosen, event_with_venue, line_of
from bot.actions.other_days import on_days_named
from bot.actions.other_events import Wanted, wanted_instead
from bot.actions.passing_on import passed_on
from bot.actions.wording import booked_parts, calendar_part, event_line, match_option, when
from bot.understanding import Option
from services.booking import bookings, outcomes, places
from services.booking.bookings import Booked
from services.booking.tables import Booking, BookingStatus
from services.campaigns import changes
from services.core.spoken import spoken_date, spoken_range
from services.events.alternatives import OtherDates, other_dates, similar
from services.events.query import Match
from services.events.search import load_matches
from services.events.tables import Event

_SHOWN = 3


class FindDates(ChangingAction):
    """Finds what could be gone to instead: other dates of the same, else something like it."""

    called = "action_find_dates"
    gone: ClassVar[dict[str, Any]] = {"dates": "gone"}

    def change(self, booked: Booked, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `dates` to "one" (then `date_choice` is it), "many", "similar", "none" or "gone", and what is listed."""
        event, _ = event_with_venue(turn.session, booked.event_id)
        party = party_of(slots, booked)
        wanted = _wanted(slots, booked, party, turn)
        if wanted is not None:
            return _of_wanted(wanted)
        others = other_dates(turn.session, event, places=party, now=turn.now)
        if others.free:
            return _of_others(others.free, slots, booked, turn)
        return self._instead(event, party, others, turn)

    @staticmethod
    def _instead(event: Event, party: int, others: OtherDates, turn: TurnContext) -> dict[str, Any]:
        passed_over = [*(booked.event_id for booked in confirmed(turn)), *others.full]
        alike = similar(turn.session, event, places=party, passed_over=passed_over, now=turn.now)
        found = {"full_date": others.full[0] if others.full else None, "listed_dates": _ids(alike)}
        return found | {"dates": "similar" if alike else "none", "dates_note": "full" if others.full else "none"}


def _wanted(slots: Slots, booked: Booked, party: int, turn: TurnContext) -> Wanted | None:
    """What is wanted instead, when the message names another event than the one booked."""
    said = slots.get("new_event")
    return wanted_instead(turn.session, said, booked, party, turn.now) if said else None


def _of_wanted(wanted: Wanted) -> dict[str, Any]:
    """The event named, or those that may be meant, or why it is none."""
    if not wanted.free:
        note = f"wanted_{wanted.why_not}" if wanted.why_not else "wanted_none"
        return {"dates": "none", "dates_note": note, "wanted_title": wanted.title, "listed_dates": []}
    found = {"listed_dates": _ids(wanted.free), "dates_note": "wanted"}
    if len(wanted.free) == 1:
        return found | {"dates": "one", "date_choice": f"date:{wanted.free[0].event_id}"}
    return found | {"dates": "many"}


def _of_others(free: tuple[Match, ...], slots: Slots, booked: Booked, turn: TurnContext) -> dict[str, Any]:
    fitting = on_days_named(free, slots.get("new_date") or [], booked.starts_at, turn.now)
    listed = fitting or free
    found = {"listed_dates": _ids(listed), "dates_note": "others" if fitting else "not_then"}
    if fitting and len(fitting) == 1:
        return found | {"dates": "one", "date_choice": f"date:{fitting[0].event_id}"}
    told = slots.get("change_said") == turn.inbound_id
    named = turn.pick([_named_by(match) for match in listed]) if told else None
    if named is None:
        return found | {"dates": "many"}
    return found | {"dates": "one", "date_choice": f"date:{listed[named].event_id}"}


def _ids(matches: Iterable[Match]) -> list[int]:
    return [match.event_id for match in matches][:_SHOWN]


def _named_by(match: Match) -> Option:
    """A date as something that a message may name, by its day or its place."""
    return Option(f"date:{match.event_id}", match.title, match.venue or match.mode, match.starts_at.isoformat())


class AskDateChoice(TurnAction):
    """Shows the other dates and asks which."""

    called = "action_ask_date_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu of those that still have room."""
        booked = being_changed(slots, turn)
        matches = load_matches(turn.session, slots.get("listed_dates") or [], lat=None, lon=None, now=turn.now)
        if booked is None or not matches:
            say("utter_no_other_date", note=_note(slots, booked, turn), title=booked.discreet_title if booked else "")
            return {}
        say(
            "utter_ask_date_choice",
            [_option(match, turn) for match in matches],
            note=_note(slots, booked, turn),
            old=spoken_date(booked.starts_at, turn.now),
            only=len(matches) == 1,
        )
        return {}


def _option(match: Match, turn: TurnContext) -> dict[str, Any]:
    line = match_option(match, turn.now)
    return line | {"payload": f"date:{match.event_id}"}


def _note(slots: Slots, booked: Booked | None, turn: TurnContext) -> Any:
    full = slots.get("full_date")
    day = spoken_date(event_with_venue(turn.session, full)[0].starts_at, turn.now) if full else ""
    title = booked.discreet_title if booked else ""
    alike = len(slots.get("listed_dates") or []) if slots.get("dates") == "similar" else 0
    wanted = slots.get("wanted_title")
    return phrase(
        f"part_dates_{slots.get('dates_note') or 'others'}", title=title, date=day, alike=alike, wanted=wanted
    )


class NoOtherDate(TurnAction):
    """Says that there is nothing to change to."""

    called = "action_no_other_date"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say so, and what else can be done."""
        booked = being_changed(slots, turn)
        say("utter_no_other_date", note=_note(slots, booked, turn))
        return {}


class HoldDate(ChangingAction):
    """Keeps places at the other date for a while, beside those that are booked."""

    called = "action_hold_date"
    gone: ClassVar[dict[str, Any]] = {"date_held": "gone"}

    def __init__(self, hold_for: timedelta) -> None:
        self._hold_for = hold_for

    def change(self, booked: Booked, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `date_held` to "held", "full", "closed", "already" or "gone", and say why it is not held."""
        event, _ = event_with_venue(turn.session, chosen(slots["date_choice"]))
        self._let_go(slots, event.id or 0, turn)
        outcome = self._hold(booked, event, party_of(slots, booked), turn)
        return _held_or_not(outcome, event, booked, turn, say)

    @staticmethod
    def _let_go(slots: Slots, event_id: int, turn: TurnContext) -> None:
        """Give back the place held at another date, when the person has changed their mind."""
        held = bookings.by_id(turn.session, slots["date_hold"]) if slots.get("date_hold") else None
        if held is not None and held.event_id != event_id:
            places.release(turn.session, held.booking_id, turn.now)

    def _hold(self, booked: Booked, event: Event, party: int, turn: TurnContext) -> Any:
        """Hold places at the event, or go on with those that are held there already, as many as are wanted now."""
        held = places.hold(
            turn.session,
            event_id=event.id or 0,
            person_id=booked.person_id,
            identity_id=booked.identity_id,
            places=party,
            now=turn.now,
            hold_for=self._hold_for,
            attendee=booked.attendee,
            attendee_name=booked.attendee_name,
        )
        if not isinstance(held, outcomes.AlreadyBooked) or held.status != BookingStatus.HELD:
            return held
        renewed = places.renew(turn.session, held.booking_id, turn.now, self._hold_for)
        resized = places.resize(turn.session, held.booking_id, party, turn.now)
        return renewed if isinstance(resized, outcomes.Resized) else resized


def _held_or_not(outcome: Any, event: Event, booked: Booked, turn: TurnContext, say: Say) -> dict[str, Any]:
    match outcome:
        case outcomes.Held(booking_id=held):
            return {"date_held": "held", "date_hold": held}
        case outcomes.AlreadyBooked(status=BookingStatus.CONFIRMED, reference=reference):
            say("utter_date_booked", event=line_of(turn, event.id or 0), reference=reference)
            return {"date_held": "already"}
        case outcomes.AlreadyBooked():
            return {"date_held": "held"}
        case outcomes.Full():
            old = spoken_date(booked.starts_at, turn.now)
            say("utter_date_full", when=when(event, turn.now), old=old)
            return {"date_held": "full", "date_choice": None}
        case _:
            say("utter_date_closed", when=when(event, turn.now))
            return {"date_held": "closed", "date_choice": None}


class AskConfirmChange(ChangingAction):
    """Restates the change and asks for the yes."""

    called = "action_ask_confirm_change"

    def change(self, booked: Booked, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask; nothing changes."""
        event, venue = event_with_venue(turn.session, chosen(slots["date_choice"]))
        say(
            "utter_ask_confirm_change",
            places=phrase("part_places", places=party_of(slots, booked)),
            title=booked.discreet_title,
            old=_old(booked, event, turn),
            event=event_line(event, venue, turn.now),
        )
        return {}


def _old(booked: Booked, event: Event, turn: TurnContext) -> str:
    """When the booking is, told apart from when the event would be."""
    day, other = spoken_date(booked.starts_at, turn.now), spoken_date(event.starts_at, turn.now)
    return day if day != other else spoken_range(booked.starts_at, booked.ends_at, turn.now)


class SwapBooking(ChangingAction):
    """Books the other date in the place of the first, both at once, after an explicit yes."""

    called = "action_swap_booking"
    gone: ClassVar[dict[str, Any]] = {"swapped": "gone"}

    def __init__(self, public_base_url: str) -> None:
        self._public_base_url = public_base_url

    def change(self, booked: Booked, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `swapped` to "done", "full" or "gone", and say what is booked now."""
        event, venue = event_with_venue(turn.session, chosen(slots["date_choice"]))
        party = party_of(slots, booked)
        outcome = changes.swap(turn.session, booked.booking_id, event.id or 0, now=turn.now, places=party)
        if not isinstance(outcome, outcomes.Swapped):
            held = _held_or_not(outcome, event, booked, turn, say)
            return {"swapped": "full" if held["date_held"] in ("full", "closed") else "gone"} | held
        calendar = calendar_part(turn.session, outcome.booking_id, self._public_base_url, turn.now)
        needs = turn.session.get_one(Booking, outcome.booking_id).access_needs
        told = passed_on(turn, event, needs, outcome.reference)
        say(
            "utter_changed",
            name=name_of(slots) or None,
            places=phrase("part_places", places=outcome.places),
            event=event_line(event, venue, turn.now),
            reference=outcome.reference,
            **booked_parts(event, venue, turn.now, calendar, told),
        )
        return {"swapped": "done", "focus": event.id, "date_hold": None}


class ReleaseDate(TurnAction):
    """Gives the place at the other date back, when the booking stays as it is."""

    called = "action_release_date"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Free the place that was held, and say that nothing has changed."""
        if slots.get("date_hold"):
            places.release(turn.session, slots["date_hold"], turn.now)
        say("utter_kept" if changeable(turn) else "utter_booking_gone")
        return {"date_hold": None}


def swapping_actions(hold_for: timedelta, public_base_url: str) -> list[TurnAction]:
    """Every action of coming on another date; `hold_for` is how long a place there is kept without a yes."""
    return [
        FindDates(),
        AskDateChoice(),
        NoOtherDate(),
        HoldDate(hold_for),
        AskConfirmChange(),
        SwapBooking(public_base_url),
        ReleaseDate(),
    ]
