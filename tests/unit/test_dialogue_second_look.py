"""What takes something back is read again in the light of earlier questions; nothing else is."""

import pytest

from bot.dialogue.engine import understand
from bot.dialogue.words import says_any, trimmed
from tests.unit.dialogue_talk import Talk, at_name, understood


def reader(text, intent="correction", **by_kind):
    """A reading of one text that finds an entity only where its kind is asked for; the kinds asked are kept."""
    asked = []

    def read(awaited):
        kind = awaited.kind if awaited else ""
        asked.append(kind)
        return understood(intent, 0.9, text=text, **({kind: by_kind[kind]} if kind in by_kind else {}))

    return read, asked


def test_a_correction_is_read_as_an_answer_to_an_earlier_question():
    talk = at_name()
    talk("inform", name="Grace")
    talk("party_size", count=2)
    read, _ = reader("oops just 1", count=1)
    said = understand(talk.flows, talk.state, read, talk.now)
    assert said.first("count") == 1
    assert talk.hear(said) == ["utter_party_noted", "utter_ask_access"]
    assert talk.slots["party"] == 1


def test_or_as_a_choice_from_the_last_list():
    talk = at_name()
    read, _ = reader("no sorry the first one", choice="event:1")
    assert talk.hear(understand(talk.flows, talk.state, read, talk.now))[-1] == "utter_ask_first_name"
    assert talk.slots["pick"] == "event:1"


def test_an_answer_to_the_open_question_is_not_looked_at_again():
    talk = at_name()
    read, asked = reader("actually Grace", name="Grace", count=1)
    said = understand(talk.flows, talk.state, read, talk.now)
    assert asked == ["name"]
    assert said.first("count") is None


def test_what_takes_nothing_back_is_not_looked_at_again():
    talk = at_name()
    read, asked = reader("the usual", "out_of_scope", count=1)
    understand(talk.flows, talk.state, read, talk.now)
    assert asked == ["name"]


@pytest.mark.parametrize(("text", "is_yes"), [("cancel my place", True), ("do not cancel my place", False)])
def test_a_wish_turned_into_its_opposite_is_no_yes(text, is_yes):
    talk = Talk(slots={"booking": "booking:1"})
    assert talk("cancel_booking") == ["utter_ask_confirm_cancel"]
    assert ("utter_cancelled" in talk("cancel", text=text)) is is_yes


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("oh cancel that please", "cancel that"),
        ("please", "please"),
        ("can you go back", "go back"),
        ("again", "again"),
    ],
)
def test_fillers_are_left_out_around_a_phrase(said, left):
    assert trimmed(said, ["can you", "oh", "please"], ["please"]) == left


def test_phrases_are_found_as_words():
    assert says_any("Actually, 3!", ["actually"])
    assert not says_any("factually", ["actually"])
