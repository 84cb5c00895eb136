"""Whatever people say, in whatever order: the dialogue goes on, remembers, and does not nag."""

import json
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.dialogue_talk import Talk, fixture_flows, understood

INTENTS = [
    "find_event",
    "inform",
    "book_event",
    "cancel_booking",
    "more_results",
    "travel_directions",
    "parking",
    "thanks",
    "human",
    "out_of_scope",
    "feedback",
    "affirm",
    "deny",
    "skip",
    "go_back",
    "start_again",
    "repeat",
    "correction",
    "choose_option",
    "starter",
    "unheard_of",
]
TEXTS = [
    None,
    "cancel",
    "never mind",
    "back",
    "skip",
    "again",
    "event:2",
    "event:77",
    "audience:carer",
    "1 and then more",
]
ENTITIES: dict[str, st.SearchStrategy[Any]] = {
    "place": st.sampled_from(["E17", "SE5"]),
    "need": st.sampled_from(["exercise", "sleep"]),
    "mode": st.sampled_from(["online", "in_person"]),
    "count": st.integers(1, 9),
    "name": st.sampled_from(["Grace", "Mary"]),
    "yes_no": st.booleans(),
    "rating": st.integers(0, 10),
    "choice": st.sampled_from(["event:1", "event:4", "booking:7", "audience:carer", "meaning:travel", "meaning:none"]),
}
BOOKINGS = [{"payload": "booking:7", "title": "Yoga"}, {"payload": "booking:8", "title": "Sleep"}]
ASKED_ANEW = {"TakeWay", "GoBack", "StartAgain", "CancelFlow"}


@st.composite
def messages(draw: st.DrawFn) -> tuple[Any, float]:
    """A message, likely or not, clear or not, and the hours that pass before it."""
    first, second = draw(st.sampled_from(INTENTS)), draw(st.sampled_from(INTENTS))
    confidence = draw(st.sampled_from([0.15, 0.4, 0.55, 0.75, 0.95]))
    kinds = draw(st.lists(st.sampled_from(sorted(ENTITIES)), max_size=3, unique=True))
    said = {kind: draw(ENTITIES[kind]) for kind in kinds}
    ranking = ((first, confidence), (second, min(confidence, 1 - confidence)))
    message = understood(first, confidence, draw(st.sampled_from(TEXTS)), ranking, **said)
    return message, draw(st.sampled_from([0.0, 0.0, 0.0, 4.0]))


def check_stack(talk: Talk) -> None:
    flows = [frame.flow for frame in talk.state.frames]
    assert len(flows) == len(set(flows))
    assert len(flows) <= len(fixture_flows().flows)
    assert not talk.state.frames or talk.state.question is not None


@given(st.lists(messages(), max_size=25), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_conversation_goes_on(said, full):
    talk = Talk(slots={"bookings": BOOKINGS})
    talk.hold = "full" if full else "held"
    for message, hours in said:
        replies = talk.later(hours=hours).hear(message)
        assert replies
        assert all(talk.texts())
        json.dumps(talk.state.to_json())
        check_stack(talk)
        assert len(talk.state.menus) <= 3


@given(st.lists(messages(), max_size=25))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nobody_is_asked_the_same_four_times_without_getting_on(said):
    talk = Talk(slots={"bookings": BOOKINGS})
    asked: Counter[str] = Counter()
    for message, hours in said:
        before = dict(talk.slots)
        talk.later(hours=hours).hear(message)
        got_on = before != talk.slots or not talk.state.frames
        if got_on or ASKED_ANEW & {event.detail for event in talk.events if event.kind == "command"}:
            asked.clear()
        asked.update(f"{event.flow}.{event.detail}" for event in talk.events if event.kind == "asked")
        assert max(asked.values(), default=0) <= 3


@given(st.lists(messages(), max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_conversation_twice_is_the_same(said):
    first, second = Talk(), Talk()
    for message, hours in said:
        assert first.later(hours=hours).hear(message) == second.later(hours=hours).hear(message)
        assert first.state.to_json() == second.state.to_json()


@given(st.lists(messages(), max_size=25))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_booked_without_a_yes(said):
    talk = Talk()
    for message, hours in said:
        talk.later(hours=hours)
        open_before, age = talk.asked, talk.state.question.age_hours(talk.now) if talk.state.question else 0
        talk.hear(message)
        if "book" in talk.ran:
            assert open_before == "confirm"
            assert age < 3
            assert message.first("yes_no") is True or message.intent == "affirm"
