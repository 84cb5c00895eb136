"""From a message as it came to an understanding of it: words, a button, a place on the map, or nothing readable."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.afterwards import Afterwards
from bot.dialogue.intents import CHOOSE_OPTION
from bot.dialogue.languages import Languages
from bot.dialogue.questions import Questions
from bot.introductions import introduced
from bot.naming import FindNamed, with_named
from bot.nlu.interpreter import Interpreter
from bot.nlu.pointing import pointed_out
from bot.of_bookings import of_bookings
from bot.others import of_others
from bot.understanding import Entity, Expecting, Option, Understanding
from bot.wishes import with_second
from services.people.inbox import Arrival

# Twilio takes 1,600 characters; more is a machine's doing, or a test.
LONGEST = 1600

# What someone says of an event they look for, and how sure an intent must be to outweigh it.
_FACTS = frozenset({"place", "place_choice", "need", "cancer_type", "title", "activity", "mode"})
_SURE = 0.7
_WORD = re.compile(r"[a-z0-9']+")
_ARTICLES = frozenset({"a", "an", "the", "one", "please"})
_LIKELY, _LITTLE = 0.5, 2
# What the name of an event may be taken for.
_VAGUE = frozenset({"out_of_scope", "about_events"})
_WHOLE_WISH = frozenset({"place", "need", "count"})
# What words about oneself may be taken for.
_SAYING = frozenset({"inform", "small_talk", "out_of_scope"})
# What is wanted of a booking: it is named by what is done there.
_OF_BOOKINGS = frozenset({"change_booking", "cancel_booking", "my_bookings"})
# What is said along with a wish, or of one.
_BESIDE = frozenset({"correction", "greet", "thanks", "party_size"})
_NO_SECOND = _BESIDE | _VAGUE | {"event_details"}
# Questions about one event: what they name is what they are about, and neither chosen nor looked for.
_QUESTIONS = frozenset(
    {"travel_directions", "parking", "event_details", "cost_question", "what_to_bring", "online_link", "late_or_lost"}
)
_NAMED = frozenset({"choice", "title", "activity", "need", "date", "place", "place_choice", "access"})
_WHICH = frozenset({"about", "booking_choice"})

# Questions about the service: the intent that they go by, how sure that is, and what may stand beside one.
_ABOUT_US, _CERTAIN = "about_service", 0.95
_OTHER_LANGUAGE = "language_request"
_ANSWERING = frozenset({"yes_no", "choice", "name", "count", "rating"})
_SEARCHES = frozenset({"find_event", "inform", "book_event"})
_SOMETHING_FOR = re.compile(r"\b(?:some|any)thing (?:\w+ )?for\b", re.IGNORECASE)
_FOR_ANOTHER = frozenset({"correction", "inform", "for_someone_else"})
_NUMBER_ALONE = re.compile(
    r"\W*(?:(?:oh|ok|okay|no|wait|sorry|i|mean|actually|make|it|that|just|well|then|only|um|hang|on|oops|meant)\W+)*"
    r"(?P<number>[1-9])(?:\W+(?:then|please|pls|of|us|people|places|instead|sorry|thanks))*\W*$",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?|^\W*(?:who|what|whats|how|why|where|when|is|are|do|does|can|will|am)\b", re.IGNORECASE)

NearestPlace = Callable[[float, float], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads messages with the interpreter; the callables look up places on a map and what events are called.

    `afterwards` reads what people answer when they are asked how it was.
    """

    interpreter: Interpreter
    nearest_place: NearestPlace
    find_named: FindNamed
    questions: Questions
    languages: Languages
    afterwards: Afterwards

    def read(self, arrival: Arrival, expecting: Expecting | None, now: datetime) -> Understanding:
        """Understand one message in the light of the open question."""
        pin = location(arrival)
        if pin is not None:
            return _pinned(self.nearest_place(*pin))
        return self.afterwards.read(self._understand(words_of(arrival), expecting, now), expecting)

    def _understand(self, text: str, expecting: Expecting | None, now: datetime) -> Understanding:
        language = self.languages.written_in(text)
        if language is not None:
            return _foreign(text, language)
        understood = _choices_as_payloads(self.interpreter.understand(text, expecting, now), expecting)
        understood = introduced(of_others(with_named(understood, expecting, self.find_named), expecting), expecting)
        understood = _number_alone(_bare_access(_something_for(_named_alone(understood, expecting))), expecting)
        question = self._question(understood, expecting)
        if question is not None and understood.intent != CHOOSE_OPTION:
            return _questioned(understood, question)
        if not _is_which(expecting):
            understood = with_second(understood, lambda part: self.interpreter.understand(part, None, now))
        if _is_question(understood) and not _is_which(expecting):
            return _asking(understood, expecting, now)
        if expecting is None or expecting.kind == "choice":
            return _bare_count(_bare_facts(of_bookings(_spoken_of(understood, expecting, now), expecting)))
        return understood

    def _question(self, understood: Understanding, expecting: Expecting | None) -> str | None:
        """The question about the service that a message asks, unless it looks for an event or fills a free text."""
        if expecting is not None and expecting.kind == "text" and not _ASKS.search(understood.text):
            return None
        facts = sum(entity.kind in _FACTS and entity.value is not None for entity in understood.entities)
        if facts > 1 or (facts and understood.intent in _SEARCHES):
            return None
        return self.questions.asked(understood.text, understood.intent, understood.confidence)


def _named_alone(understood: Understanding, expecting: Expecting | None) -> Understanding:
    """Take a message that is nothing but the number, or words of the title, of one line for the choice of that line."""
    if expecting is None or expecting.kind != "choice":
        return understood
    if understood.text.strip().isdecimal():
        number = next((one for one in understood.entities if one.kind == "choice"), None)
        return _no_line(understood) if number is None else _chosen(understood, number)
    if any(entity.kind in ("mode", "place") for entity in understood.entities):
        return understood
    fitting = _titled(understood.text, expecting.options)
    if len(fitting) != 1 or understood.first("choice") not in (None, fitting[0].payload):
        return understood
    return _chosen(understood, Entity("choice", fitting[0].payload, 0, len(understood.text), understood.text))


def _no_line(understood: Understanding) -> Understanding:
    """A number that no line has, and so nothing that a classifier may make of a digit."""
    return replace(understood, intent=CHOOSE_OPTION, confidence=1.0, ranking=((CHOOSE_OPTION, 1.0),), entities=())


def _titled(text: str, options: Sequence[Option]) -> list[Option]:
    """The lines of a menu whose titles have every word of a message; none for numbers alone."""
    said = set(_WORD.findall(text.lower())) - _ARTICLES
    if all(word.isdecimal() for word in said):
        return []
    return [option for option in options if said <= set(_WORD.findall(option.title.lower()))]


def _chosen(understood: Understanding, chosen: Entity) -> Understanding:
    ranking = ((CHOOSE_OPTION, 1.0), *understood.ranking)
    return replace(understood, intent=CHOOSE_OPTION, confidence=1.0, ranking=ranking, entities=(chosen,))


def words_of(arrival: Arrival) -> str:
    """What was said: the payload of a button that was tapped, else the text."""
    button = arrival.details.get("button") or {}
    return button.get("payload") or arrival.body or button.get("text") or ""


def written(arrival: Arrival) -> str:
    """What somebody wrote themselves: nothing when a button was tapped, whose payload and title are our words."""
    return "" if (arrival.details.get("button") or {}).get("payload") else words_of(arrival)


def location(arrival: Arrival) -> tuple[float, float] | None:
    """The latitude and longitude that were sent as a pin, if any."""
    pin = arrival.details.get("location")
    return (pin["lat"], pin["lon"]) if pin else None


def _pinned(place: dict[str, Any]) -> Understanding:
    entity = Entity("place", place, 0, 0, "")
    return Understanding("", "inform", 1.0, (("inform", 1.0),), (entity,))


def _foreign(text: str, language: str) -> Understanding:
    """A message in another language than English: whatever it says, that is what we can answer."""
    found = (Entity("language", language, 0, len(text), text), Entity("foreign", True, 0, len(text), text))
    return Understanding(text, _OTHER_LANGUAGE, _CERTAIN, ((_OTHER_LANGUAGE, _CERTAIN),), found)


def _questioned(understood: Understanding, question: str) -> Understanding:
    """A message that asks about the service, with what answers an open question beside it."""
    kept = tuple(entity for entity in understood.entities if entity.kind in _ANSWERING)
    found = Entity("question", question, 0, len(understood.text), understood.text)
    ranking = ((_ABOUT_US, _CERTAIN),)  # nothing else: what it was taken for at first is the same wish once more
    return replace(understood, intent=_ABOUT_US, confidence=_CERTAIN, ranking=ranking, entities=(*kept, found))


def _is_which(expecting: Expecting | None) -> bool:
    """Whether the open question is which one a question was about, or which booking is to go."""
    return expecting is not None and expecting.slot in _WHICH


def _spoken_of(understood: Understanding, expecting: Expecting | None, now: datetime) -> Understanding:
    """Take whatever line is spoken of ("cancel both", "parking at the second one") for the answer to which."""
    if expecting is None or not _is_which(expecting) or understood.first("choice"):
        return understood
    index = pointed_out(understood.text, expecting.options, now)
    if index is None:
        return understood
    found = Entity("choice", expecting.options[index].payload, 0, len(understood.text), understood.text)
    return replace(understood, entities=(*understood.entities, found))


def _is_question(understood: Understanding) -> bool:
    """Whether a message asks about one event; a word or two ("food") may only look like a wish for details."""
    bar = _SURE if understood.intent == "event_details" else _LIKELY
    return understood.intent in _QUESTIONS and understood.confidence >= bar


def _asking(understood: Understanding, expecting: Expecting | None, now: datetime) -> Understanding:
    """Leave out what a question only names: the line of a menu that it is about, and where it is."""
    chosen = [entity for entity in understood.entities if entity.kind == "choice"][:1]
    is_about = bool(chosen) or _points_at_line(understood.text, expecting, now)
    if not is_about and {"place", "need"} <= {entity.kind for entity in understood.entities}:
        return _also_wishing(understood)
    if understood.intent == "event_details" and not is_about:
        return understood
    kept = [one for one in understood.entities if not _is_named(one)]
    return replace(understood, entities=(*kept, *(replace(line, kind="about") for line in chosen)))


def _points_at_line(text: str, expecting: Expecting | None, now: datetime) -> bool:
    return expecting is not None and pointed_out(text, expecting.options, now) is not None


def _is_named(entity: Entity) -> bool:
    """Whether an entity only names what a question is about ("is the yoga one free": neither a wish nor a count)."""
    return entity.kind in _NAMED or (entity.kind == "count" and entity.start > 0 and entity.words.lower() == "one")


def _also_wishing(understood: Understanding) -> Understanding:
    """Take "yoga in E17, and what does it cost" for two wishes, the second to find something."""
    first = understood.ranking[0]
    return replace(understood, ranking=(first, ("inform", first[1] / 2)))


def _bare_facts(understood: Understanding) -> Understanding:
    """Take facts of a wish without a clear intent ("yoga camden"), or a changed one, for the wish to find something."""
    facts = [entity for entity in understood.entities if entity.kind in _FACTS and entity.value is not None]
    if not facts or understood.first("choice") or _outweighs(understood, facts):
        return understood
    # What goes with a wish is no second one.
    ranking = (("inform", _SURE), *(each for each in understood.ranking if each[0] not in _NO_SECOND))
    return replace(understood, intent="inform", confidence=_SURE, ranking=ranking)


def _something_for(understood: Understanding) -> Understanding:
    """Take "actually what about something for my husband" for a new wish, and not for whom this place is."""
    if understood.first("relation") is None or not _SOMETHING_FOR.search(understood.text):
        return understood
    if understood.intent not in _FOR_ANOTHER:
        return understood
    return replace(understood, intent="find_event", confidence=_SURE, ranking=(("find_event", _SURE),))


def _bare_access(understood: Understanding) -> Understanding:
    """Take "i use a walking stick" for what someone needs to take part, not for a wish to find something."""
    kinds = {entity.kind for entity in understood.entities}
    is_vague = understood.intent in _SAYING or understood.confidence < _SURE
    if "access" not in kinds or kinds & _FACTS or not is_vague:
        return understood
    ranking = (("access_needs", _SURE), *understood.ranking)
    return replace(understood, intent="access_needs", confidence=_SURE, ranking=ranking)


def _number_alone(understood: Understanding, expecting: Expecting | None) -> Understanding:
    """Take "oh ok 2 then" in place of words for a second thought about how many come."""
    found = _NUMBER_ALONE.match(understood.text)
    if found is None or expecting is None or expecting.kind != "text":
        return understood
    count = Entity("count", int(found["number"]), found.start("number"), found.end("number"), found["number"])
    ranking = (("correction", 1.0), *understood.ranking)
    return replace(understood, intent="correction", confidence=1.0, ranking=ranking, entities=(count,))


def _bare_count(understood: Understanding) -> Understanding:
    """Take a number of people without a clear intent ("there's three of us now") for how many come."""
    if understood.first("count") is None or understood.first("choice") or understood.confidence >= _LIKELY:
        return understood
    return replace(
        understood, intent="party_size", confidence=_SURE, ranking=(("party_size", _SURE), *understood.ranking)
    )


def _outweighs(understood: Understanding, facts: list[Entity]) -> bool:
    """Whether what a message is taken for outweighs the facts in it; when they are nearly all, no nonsense."""
    beside = len(understood.text.split()) - sum(len(fact.words.split()) for fact in facts)
    leads = any(fact.kind == "mode" and fact.start == 0 for fact in facts)  # "online please, I am not up to much"
    is_whole = {entity.kind for entity in understood.entities} >= _WHOLE_WISH  # "us 3 fancy some gym thing in Brixton"
    if understood.intent in _VAGUE and (leads or is_whole or beside <= _LITTLE):
        return False
    bar = _LIKELY if understood.intent in _OF_BOOKINGS else _SURE
    return understood.confidence >= bar and understood.intent not in _BESIDE


def _choices_as_payloads(understood: Understanding, expecting: Expecting | None) -> Understanding:
    """Name the lines of the menu that were picked by their payloads, as the dialogue knows them."""
    if expecting is None or not expecting.options:
        return understood
    entities = tuple(
        replace(entity, value=expecting.options[entity.value].payload) if entity.kind == "choice" else entity
        for entity in understood.entities
    )
    return replace(understood, entities=entities)
