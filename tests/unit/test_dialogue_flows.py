"""Each construct of the language, walked."""

import pytest

from bot.dialogue.loader import load
from bot.dialogue.utterance import DialogueError
from tests.unit.dialogue_talk import Talk, at_confirm, at_name, copy_of_fixtures


def test_a_flow_asks_for_what_it_needs_and_runs_its_actions():
    talk = Talk()
    assert talk("find_event") == ["utter_ask_place"]
    assert talk("inform", place="E17") == ["utter_ask_need"]
    assert talk("inform", need="exercise") == ["utter_results"]
    assert talk.slots["place"] == "E17"
    assert talk.slots["need"] == ["exercise"]


def test_what_was_said_up_front_is_not_asked():
    talk = Talk()
    assert talk("find_event", place="E17", need=["exercise", "sleep"], count=2) == ["utter_results"]
    assert talk.slots["need"] == ["exercise", "sleep"]
    assert talk.slots["party"] == 2


def test_a_whole_booking():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    assert talk("choose_option", choice="event:2") == ["utter_ask_first_name"]
    assert talk.ran == ["hold"]
    assert talk("inform", name="Grace") == ["utter_ask_party"]
    assert talk("party_size", count=2) == ["utter_party_noted", "utter_ask_access"]
    assert talk("access_needs", text="a hearing loop") == ["utter_ask_confirm"]
    assert talk.texts() == ["Grace, shall we book 2?"]
    assert talk("affirm", yes_no=True) == ["utter_booked"]
    assert talk.asked is None


def test_slots_end_with_the_flow_unless_they_persist_or_are_kept():
    talk = at_confirm()
    talk("affirm", yes_no=True)
    assert talk.slots == {"first_name": "Grace", "place": "E17"}


def test_a_no_to_a_yes_no_question_takes_the_other_branch():
    talk = at_confirm()
    assert talk("deny", yes_no=False) == ["utter_not_booked"]
    assert talk.ran == ["release"]


def test_a_rejected_value_is_asked_again():
    talk = at_name()
    talk("inform", name="Grace")
    assert talk("party_size", count=9) == ["utter_party_too_many", "utter_ask_party"]
    assert talk.texts()[0] == "9 is too many. Six at most."
    assert "party" not in talk.slots


def test_rejections_apply_to_what_was_said_up_front():
    talk = Talk()
    talk("find_event", place="E17", need="exercise", count=9)
    talk("choose_option", choice="event:1")
    assert talk("inform", name="Grace") == ["utter_party_too_many", "utter_ask_party"]


def test_a_branch_written_in_place_ends_where_it_says():
    talk = Talk()
    talk.found = 0
    assert talk("find_event", place="Leyton", need="yoga") == ["utter_nothing_found"]
    assert talk.asked is None


def test_set_slots_and_link_lead_back_to_a_flow_that_linked_here():
    talk = Talk()
    talk.hold = "full"
    talk("find_event", place="E17", need="exercise")
    assert talk("choose_option", choice="event:2") == ["utter_full", "utter_results"]
    assert [frame.flow for frame in talk.state.frames] == ["find_events"]


def test_a_guard_keeps_a_flow_from_starting():
    talk = Talk()
    assert talk("book_event") == ["utter_not_understood"]


def test_a_guard_sees_what_the_message_says():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    talk("never_mind", text="never mind")
    assert talk("book_event", choice="event:3") == ["utter_ask_first_name"]
    assert talk.slots["pick"] == "event:3"


def test_a_trigger_has_its_own_threshold():
    talk = Talk()
    assert talk("feedback", 0.7) == ["utter_not_understood"]
    assert talk("feedback", 0.8) == ["utter_ask_score"]


def test_an_idle_trigger_starts_nothing_while_something_is_in_progress():
    talk = Talk()
    assert talk("inform", place="E17") == ["utter_ask_need"]
    talk("never_mind", text="never mind")
    talk("parking")
    talk("inform", place="SE5")
    assert [frame.flow for frame in talk.state.frames] == ["parking"]


def test_a_called_flow_returns():
    talk = Talk()
    talk("feedback")
    assert talk("inform", rating=9) == ["utter_ask_audience"]
    assert [option.title for option in talk.replies[0].options] == ["A patient", "A carer"]
    assert talk("choose_option", choice="audience:carer") == ["utter_feedback"]
    assert talk.state.frames == []
    assert talk.slots == {}


def test_an_action_may_start_a_flow():
    assert Talk()("starter") == ["utter_thanks"]


def test_a_loop_without_a_question_names_its_flow_and_step(tmp_path):
    folder = copy_of_fixtures(tmp_path / "dialogues")
    loop = "{description: x, nlu_trigger: [{intent: loop}], steps: [{id: turn, noop: true, next: turn}]}"
    (folder / "flows" / "loop.yml").write_text(f"flows: {{again_and_again: {loop}}}")
    with pytest.raises(DialogueError, match=r"again_and_again .* turn"):
        Talk(load(folder))("loop")


def test_an_exception_of_an_action_passes_through():
    talk = Talk()
    talk.run = lambda name, slots: 1 / 0
    with pytest.raises(ZeroDivisionError):
        talk("travel_directions")


def test_ask_before_filling_asks_although_the_slot_is_filled():
    talk = at_confirm()
    assert talk.asked == "confirm"
    talk("affirm", yes_no=True)
    talk("find_event", place="E17", need="exercise", yes_no=True)
    talk("choose_option", choice="event:2")
    talk("party_size", count=1)
    talk("skip", text="skip")
    assert talk.asked == "confirm"


def test_an_intent_may_answer_or_lead_on_at_a_question():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    assert talk("more_results") == ["utter_results"]
    assert [option.payload for option in talk.replies[0].options] == ["event:4", "event:5", "event:6"]
    assert talk("book_event") == ["utter_ask_first_name"]
    assert talk.slots["pick"] == "event:1"


def test_options_come_from_a_slot():
    bookings = [{"payload": "booking:7", "title": "Yoga"}, {"payload": "booking:8", "title": "Sleep"}]
    talk = Talk(slots={"bookings": bookings})
    assert talk("cancel_booking") == ["utter_ask_booking"]
    assert talk.texts() == ["Which booking?\n1. Yoga\n2. Sleep"]
    assert talk("choose_option", choice="booking:8") == ["utter_ask_confirm_cancel"]
    assert talk("affirm", yes_no=True) == ["utter_cancelled"]


def test_yes_to_a_menu_of_one_chooses_it():
    talk = Talk(slots={"bookings": [{"payload": "booking:7", "title": "Yoga"}]})
    talk("cancel_booking")
    assert talk("affirm", yes_no=True) == ["utter_ask_confirm_cancel"]
    assert talk.slots["booking"] == "booking:7"


def test_the_events_of_a_turn_name_no_words_of_the_person():
    talk = at_name()
    talk("inform", name="Grace")
    assert all("Grace" not in f"{event.kind}{event.flow}{event.detail}" for event in talk.events)
    assert "slot_filled" in {event.kind for event in talk.events}


def test_a_flow_that_replaces_itself_keeps_what_it_would_have_kept():
    talk = Talk()
    talk("find_event", place="E17", need="exercise", mode="online")
    assert talk.asked == "pick"
    talk("find_event", need="sleep")
    assert (talk.slots["need"], talk.slots["mode"]) == (["sleep"], "online")
