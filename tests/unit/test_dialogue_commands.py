"""From a message to commands, and the rules that make one consistent set of them."""

import pytest

from bot.dialogue.cleanup import tidy
from bot.dialogue.commands import (
    Answer,
    CancelFlow,
    CannotHandle,
    Clarify,
    CorrectSlots,
    GoOn,
    NothingOpen,
    OldMenu,
    SetSlots,
    Skip,
    StartAgain,
    StartFlow,
    TakeWay,
)
from bot.dialogue.reading import read
from bot.understanding import Entity, Understanding
from tests.unit.dialogue_talk import Talk, at_confirm, at_name, understood


def commands(talk: Talk, intent: str, confidence: float = 0.95, **said):
    found = read(talk.flows, talk.state, understood(intent, confidence, **said), talk.now)
    return tidy(talk.flows, talk.state, found)


def tidied(talk: Talk, *found):
    return tidy(talk.flows, talk.state, list(found))


# Reading


def test_an_intent_starts_its_flow_with_the_slots_said():
    assert commands(Talk(), "find_event", place="E17", need=["sleep"]) == [
        SetSlots({"place": "E17", "need": ["sleep"]}),
        StartFlow("find_events"),
    ]


def test_an_answer_and_a_slot_beside_it():
    talk = Talk()
    talk("find_event")
    assert commands(talk, "inform", text="E17 for 2", place="E17", count=2) == [Answer("E17"), SetSlots({"party": 2})]


def test_an_entity_that_overlaps_the_answer_is_spent():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    entities = (Entity("choice", "event:2", 0, 1, "2"), Entity("count", 2, 0, 1, "2"))
    found = read(talk.flows, talk.state, Understanding("2", "choose_option", 0.9, (), entities), talk.now)
    assert tidy(talk.flows, talk.state, found) == [Answer("event:2")]


@pytest.mark.parametrize(("intent", "value"), [("affirm", True), ("accept_offer", True), ("deny", False)])
def test_yes_and_no_may_be_intents(intent, value):
    assert commands(at_confirm(), intent, text="whatever words") == [Answer(value)]


def test_an_unsure_yes_is_none():
    assert commands(at_confirm(), "affirm", 0.4, text="mm") == [CannotHandle()]


@pytest.mark.parametrize(
    ("intent", "text"), [("access_needs", "I use a wheelchair"), ("deny", "no but I am deaf in one ear")]
)
def test_a_text_is_taken_whole(intent, text):
    talk = at_name(first_name="Grace", party=1)
    assert talk.asked == "access"
    assert commands(talk, intent, 0.6, text=text, yes_no=False) == [Answer(text)]


def test_a_known_phrase_beats_a_text():
    talk = at_name(first_name="Grace", party=1)
    assert [type(one).__name__ for one in commands(talk, "inform", 0.3, text="BACK")] == ["GoBack"]
    assert commands(talk, "inform", 0.3, text="Cancel!") == [CancelFlow(or_booking=True)]


def test_a_plain_other_matter_beats_a_text():
    talk = at_name(first_name="Grace", party=1)
    assert commands(talk, "travel_directions", 0.9, text="which bus") == [StartFlow("travel")]
    assert commands(talk, "travel_directions", 0.7, text="which bus") == [Answer("which bus")]


@pytest.mark.parametrize(("text", "name"), [("Grace", "Grace"), ("this is Grace", "Grace")])
def test_a_name_is_a_name_whatever_it_is_taken_for(text, name):
    talk = at_name()
    assert commands(talk, "travel_directions", 0.99, text=text, name=name) == [Answer("Grace")]


def test_a_name_apart_from_a_question_is_taken_with_it():
    talk = at_name()
    text = "I am Grace, which bus is it"
    assert commands(talk, "travel_directions", 0.99, text=text, name="Grace") == [Answer("Grace"), StartFlow("travel")]


def test_a_sentence_about_something_else_gives_no_name():
    talk = at_name()
    text = "which bus must my friend Grace take please"
    assert StartFlow("travel") in commands(talk, "travel_directions", 0.99, text=text, name="Grace")


def test_what_a_text_says_is_not_taken_twice():
    talk = at_name(first_name="Grace", party=1)
    assert commands(talk, "inform", 0.9, text="seats for 3", count=3) == [Answer("seats for 3")]


def test_of_several_values_the_one_that_is_news_corrects():
    talk = at_confirm()
    assert commands(talk, "correction", text="not E17, SE5", place=["E17", "SE5"]) == [CorrectSlots({"place": "SE5"})]


def test_an_intent_at_a_question_may_lead_on():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    assert commands(talk, "more_results") == [TakeWay("more")]
    assert commands(talk, "unheard_of", 0.2, text="MORE please") == [TakeWay("more")]


@pytest.mark.parametrize(("index", "picked"), [(0, "event:1"), (1, "event:2"), (7, None)])
def test_a_choice_may_count_the_options_shown(index, picked):
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    talk("choose_option", 0.3, text="the second one dear", choice=index)
    assert talk.slots.get("pick") == picked


@pytest.mark.parametrize("text", ["no thank you very much", "no", "nothing special"])
def test_an_optional_text_may_be_declined(text):
    talk = at_name(first_name="Grace", party=1)
    entity = {"skip": "nothing"} if "nothing" in text else {}
    assert commands(talk, "deny", 0.9, text=text, **entity) == [Answer("skipped")]


def test_skip_where_it_is_not_allowed():
    assert commands(at_name(), "skip", text="skip") == [Skip()]


def test_yes_and_no_and_skip_with_nothing_open():
    assert commands(Talk(), "affirm") == [NothingOpen()]
    assert commands(Talk(), "unheard_of", 0.1, yes_no=False) == [NothingOpen()]
    assert commands(Talk(), "skip", text="skip") == [NothingOpen()]


def test_a_button_no_longer_remembered():
    assert commands(Talk(), "unheard_of", 0.1, text="event:9") == [OldMenu()]


def test_close_meanings_with_nothing_open_are_asked_about():
    ranking = (("find_event", 0.4), ("travel_directions", 0.38), ("thanks", 0.1))
    assert commands(Talk(), "find_event", 0.4, ranking=ranking) == [Clarify(("find_events", "travel"))]


def test_meanings_without_words_for_a_menu_are_not_offered():
    ranking = (("parking", 0.4), ("find_event", 0.3))
    assert commands(Talk(), "parking", 0.4, ranking=ranking) == [CannotHandle(("find_events",))]


# Clean-up


def test_clarify_yields_to_any_other_command():
    assert tidied(Talk(), Clarify(("travel",)), StartFlow("travel")) == [StartFlow("travel")]


def test_not_understood_yields_to_anything():
    assert tidied(Talk(), CannotHandle(), Clarify(("travel",))) == [Clarify(("travel",))]


def test_small_talk_yields_but_not_to_doubt():
    thanks = StartFlow("thanks", "small_talk")
    assert tidied(Talk(), thanks, StartFlow("travel")) == [StartFlow("travel")]
    assert tidied(Talk(), thanks, CannotHandle()) == [thanks]


def test_a_person_comes_before_other_flows():
    person = StartFlow("person", "human")
    assert tidied(Talk(), StartFlow("travel"), person) == [person]


def test_a_slot_without_a_flow_that_wants_it_is_dropped():
    talk = Talk()
    assert tidied(talk, SetSlots({"score": 3}), CannotHandle()) == [CannotHandle()]
    assert tidied(talk, SetSlots({"score": 3, "place": "E17"}), StartFlow("find_events")) == [
        SetSlots({"place": "E17"}),
        StartFlow("find_events"),
    ]


def test_the_same_value_is_dropped_and_counts_as_understood():
    talk = at_confirm()
    assert tidied(talk, SetSlots({"party": 2}), CannotHandle()) == [GoOn()]
    assert tidied(talk, SetSlots({"party": 2, "first_name": "Mary"})) == [CorrectSlots({"first_name": "Mary"})]


def test_a_flow_in_progress_is_not_started_again():
    talk = at_name()
    assert tidied(talk, StartFlow("book"), CannotHandle()) == [GoOn()]


def test_corrections_are_one_and_come_before_fresh_slots():
    talk = at_confirm()
    found = tidied(talk, SetSlots({"party": 3, "mode": "online", "first_name": "Mary"}))
    assert found == [CorrectSlots({"party": 3, "first_name": "Mary"}), SetSlots({"mode": "online"})]


def test_yes_beside_a_correction_is_dropped_but_another_answer_is_not():
    assert tidied(at_confirm(), Answer(True), SetSlots({"party": 3})) == [CorrectSlots({"party": 3})]
    talk = at_name(party=1)
    assert tidied(talk, Answer("Grace"), SetSlots({"party": 3})) == [Answer("Grace"), CorrectSlots({"party": 3})]


def test_what_takes_back_comes_first_and_what_asks_comes_last():
    talk = Talk()
    found = tidied(talk, StartFlow("find_events"), StartFlow("travel"), SetSlots({"place": "E17"}), StartAgain())
    assert found == [StartAgain(), SetSlots({"place": "E17"}), StartFlow("travel"), StartFlow("find_events")]
