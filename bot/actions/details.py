"""What an event is like, from its record only; what is not recorded is said to be not known, with whom to ask."""

from typing import Any

from sqlmodel import col, select

from bot.actions.base import Say, TurnAction, phrase
from bot.actions.bookings import confirmed
from bot.actions.context import TurnContext
from bot.actions.topics import topic_of
from bot.actions.travel import AboutFocus
from bot.actions.wording import ask_whom, details_parts, event_line, fact, referral_parts, when, where
from bot.understanding import Option
from services.core.spoken import spoken_length, spoken_list
from services.events.tables import Event, EventSession, Provider, Venue
from services.events.taxonomy import load_taxonomy

# What one thing a question is about, with the words that people use for it.
_TOPICS = (
    Option("provider", "", "who runs run running organiser organises organised provider charity hosts leads teaches"),
    Option("length", "", "long last lasts finish finishes duration hours sessions weeks"),
    Option("food", "", "food lunch tea coffee refreshments snacks drink drinks biscuits eat fed catering"),
    Option("size", "", "size big group people attend attending many crowd"),
)
_FOOD = ("halal", "kosher", "vegetarian", "vegan", "gluten_free")


class EventDetails(AboutFocus):
    """More about one event, or the one thing about it that was asked."""

    called = "action_event_details"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say what was asked; else when and where it is, how it goes, what it costs, and how many places there are."""
        topic = topic_of(turn.text, _TOPICS)
        if topic is not None:
            _ANSWERS[topic](event, turn, say)
            return
        own = next((booked.places for booked in confirmed(turn) if booked.event_id == event.id), None)
        say(
            "utter_event_details",
            title=event.discreet_title,
            when=when(event, turn.now),
            where=where(venue),
            provider=_run_by(event, turn),
            **details_parts(event, venue, own),
        )


def _run_by(event: Event, turn: TurnContext) -> Any:
    name = _provider(event, turn)
    return phrase("part_run_by", provider=name) if name else ""


def _provider(event: Event, turn: TurnContext) -> str:
    found = turn.session.get(Provider, event.provider_id) if event.provider_id else None
    return fact(found.name) if found else ""


def _say_provider(event: Event, turn: TurnContext, say: Say) -> None:
    name = _provider(event, turn) or None
    contact = phrase("part_their_number", contact=fact(event.contact)) if event.contact else ""
    say("utter_provider", title=event.discreet_title, provider=name, contact=contact, ask=ask_whom(event))


def _say_length(event: Event, turn: TurnContext, say: Say) -> None:
    wanted = select(EventSession).where(col(EventSession.event_id) == event.id).order_by(col(EventSession.position))
    meetings = turn.session.execute(wanted).scalars().all()
    lengths = {meeting.ends_at - meeting.starts_at for meeting in meetings}
    say(
        "utter_length",
        title=event.discreet_title,
        when=when(event, turn.now),
        number=len(meetings),
        length=spoken_length(lengths.pop()) if len(lengths) == 1 else None,
    )


def _say_food(event: Event, _: TurnContext, say: Say) -> None:
    labels = [load_taxonomy().label("access", each) for each in event.access if each in _FOOD]
    say("utter_food", title=event.discreet_title, known=spoken_list(labels) or None, ask=ask_whom(event))


def _say_size(event: Event, _: TurnContext, say: Say) -> None:
    say("utter_size", title=event.discreet_title, number=event.capacity, taken=event.taken)


_ANSWERS = {"provider": _say_provider, "length": _say_length, "food": _say_food, "size": _say_size}


class Access(AboutFocus):
    """Whether someone with access needs can take part."""

    called = "action_access"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say whether the record has what was asked for; what it does not have is not known, with whom to ask."""
        taxonomy = load_taxonomy()
        asked = list(dict.fromkeys(one.value for one in turn.entities if one.kind == "access" and one.value))
        unknown = [taxonomy.label("access", need) for need in asked if need not in event.access]
        named = [need for need in event.access if need in asked] if asked and not unknown else event.access
        known = spoken_list([taxonomy.label("access", need) for need in named])
        say(
            "utter_access",
            event=event_line(event, venue, turn.now),
            known=known or None,
            unknown=spoken_list(unknown, "or") or None,
            ask=ask_whom(event),
        )


class Referral(AboutFocus):
    """Whether an event needs a referral, and how to come by one."""

    called = "action_referral"

    def answer(self, event: Event, venue: Venue | None, turn: TurnContext, say: Say) -> None:
        """Say who may refer, or that nobody need."""
        if event.referral:
            say("utter_referral_needed", **referral_parts(event))
        else:
            say("utter_referral_not_needed", title=event.discreet_title)


def details_actions() -> list[TurnAction]:
    """Every action that says what an event is like."""
    return [EventDetails(), Access(), Referral()]
