"""Repair, pattern by pattern: one conversation each, as people go astray."""

import pytest

from tests.unit.dialogue_talk import Talk, at_confirm, at_name, understood

UNCLEAR = {"text": "hmm well", "confidence": 0.2}


# Digressions


def test_a_digression_is_answered_and_the_open_question_asked_again():
    talk = at_name()
    assert talk("travel_directions") == ["utter_travel", "utter_ask_first_name_resumed"]
    assert talk("inform", name="Grace") == ["utter_ask_party"]


def test_a_digression_that_asks_is_finished_first():
    talk = at_name()
    assert talk("parking") == ["utter_ask_badge"]
    assert talk("affirm", yes_no=True) == ["utter_parking", "utter_ask_first_name_resumed"]
    assert "badge" not in talk.slots


def test_an_answer_with_a_question_beside_it_is_both():
    talk = at_name()
    said = understood("travel_directions", 0.8, text="Grace, and which bus do I take", name="Grace")
    assert talk.hear(said) == ["utter_travel", "utter_ask_party"]
    assert talk.slots["first_name"] == "Grace"


def test_an_answer_in_few_words_is_no_other_matter():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    assert talk("travel_directions", text="bus one", choice="event:2") == ["utter_ask_first_name"]


def test_a_strong_intent_beats_a_name():
    talk = at_name()
    said = understood("travel_directions", 0.9, text="Victoria station is it", name="Victoria")
    assert talk.hear(said) == ["utter_travel", "utter_ask_first_name_resumed"]


def test_small_talk_beside_an_answer_is_passed_over():
    talk = at_confirm()
    assert talk("thanks", text="yes please thank you so very much", yes_no=True) == ["utter_booked"]


def test_small_talk_alone_is_answered():
    talk = at_name()
    assert talk("thanks") == ["utter_thanks", "utter_ask_first_name_resumed"]


def test_a_person_is_brought_in_and_the_question_left_unsaid():
    talk = at_name()
    assert talk("human") == ["utter_person"]
    assert talk.asked == "first_name"
    assert talk("inform", name="Grace") == ["utter_ask_party"]


def test_starting_a_flow_that_waits_brings_it_up_again():
    talk = at_name()
    talk("parking")
    assert talk("book_event", text="book it now") == ["utter_ask_first_name_resumed"]
    assert [frame.flow for frame in talk.state.frames] == ["book"]


# Two goals


def test_two_goals_are_both_done_and_the_one_that_asks_nothing_first():
    talk = Talk()
    ranking = (("find_event", 0.5), ("travel_directions", 0.45))
    said = understood("find_event", 0.5, "find me yoga and say how I get there", ranking)
    assert talk.hear(said) == ["utter_travel", "utter_ask_place"]


def test_of_two_goals_that_ask_the_second_waits():
    talk = Talk(slots={"bookings": [{"payload": "booking:7", "title": "Yoga"}]})
    ranking = (("cancel_booking", 0.5), ("find_event", 0.4))
    said = understood("cancel_booking", 0.5, "cancel my yoga and find me something else", ranking, place="E17")
    assert talk.hear(said) == ["utter_ask_booking"]
    talk("choose_option", choice="booking:7")
    assert talk("affirm", yes_no=True) == ["utter_cancelled", "utter_ask_need"]


def test_two_likely_intents_without_a_joining_word_are_one_goal():
    talk = Talk()
    ranking = (("find_event", 0.5), ("travel_directions", 0.45))
    said = understood("find_event", 0.5, "what is on near Leyton please", ranking)
    assert talk.hear(said) == ["utter_ask_place"]


# Corrections


def test_a_correction_runs_again_only_what_it_changes():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    assert talk("correction", text="no, SE5", place="SE5") == ["utter_results"]
    assert talk.ran == ["search", "ask_pick"]


def test_a_correction_restates_the_open_question_and_says_nothing_twice():
    talk = at_confirm()
    assert talk("correction", count=3) == ["utter_party_noted", "utter_ask_confirm"]
    assert talk.ran == ["set_party"]
    assert talk.texts()[-1] == "Grace, shall we book 3?"


def test_a_correction_that_undoes_nothing_runs_nothing():
    talk = at_confirm()
    assert talk("correction", name="Mary") == ["utter_ask_confirm"]
    assert talk.ran == []
    assert talk.texts() == ["Mary, shall we book 2?"]


def test_corrections_of_one_message_are_one():
    talk = at_confirm()
    assert talk("correction", name="Mary", count=4) == ["utter_party_noted", "utter_ask_confirm"]
    assert talk.texts()[-1] == "Mary, shall we book 4?"


def test_yes_beside_a_correction_is_not_acted_on():
    talk = at_confirm()
    assert talk("affirm", yes_no=True, count=3)[-1] == "utter_ask_confirm"
    assert "book" not in talk.ran
    assert talk("affirm", yes_no=True) == ["utter_booked"]


def test_a_corrected_value_is_checked_again():
    talk = at_confirm()
    assert talk("correction", count=9) == ["utter_party_too_many", "utter_ask_party"]


def test_the_same_value_is_no_correction():
    talk = at_confirm()
    assert talk("party_size", count=2) == ["utter_ask_confirm"]
    assert talk.ran == []


def test_a_correction_leads_back_into_the_flow_that_linked_here():
    talk = at_confirm()
    assert talk("correction", text="no, SE5", place="SE5") == ["utter_released", "utter_results"]
    assert talk.ran == ["release", "search", "ask_pick"]
    assert talk("choose_option", choice="event:3") == ["utter_party_noted", "utter_ask_confirm"]
    assert talk.slots["party"] == 2


def test_a_slot_said_late_goes_back_to_what_depends_on_it():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    assert talk("inform", mode="online") == ["utter_results"]
    assert talk.ran == ["search", "ask_pick"]


def test_another_line_of_the_last_menu_corrects_the_choice():
    talk = at_confirm()
    assert talk("choose_option", choice="event:3") == ["utter_released", "utter_party_noted", "utter_ask_confirm"]
    assert talk.slots["pick"] == "event:3"
    assert talk.ran == ["release", "hold", "set_party"]


def test_a_correction_reaches_a_flow_that_waits_beneath_a_digression():
    talk = at_confirm()
    talk("parking")
    assert talk("correction", count=3) == ["utter_ask_badge"]
    replies = talk("affirm", yes_no=True)
    assert replies == ["utter_parking", "utter_party_noted", "utter_ask_confirm"]
    assert talk.ran == ["set_party"]


def test_a_slot_that_no_flow_wants_is_not_understood():
    talk = Talk()
    talk("parking")
    assert talk("inform", rating=7) == ["utter_not_understood", "utter_ask_badge"]
    assert "score" not in talk.slots


@pytest.mark.parametrize(
    ("intent", "said"),
    [
        ("inform", {"text": "Grace, and I am so tired of it all", "name": "Grace"}),
        ("inform", {"text": "I am so tired of it all these days"}),
        ("travel_directions", {"text": "I am so tired, which bus is it"}),
    ],
)
def test_what_is_said_in_passing_does_not_undo_what_lies_behind(intent, said):
    talk = at_name()
    talk(intent, 0.8, need="tired", **said)
    assert talk.slots["need"] == ["exercise"]
    assert [frame.flow for frame in talk.state.frames] == ["book"]


def test_a_yes_with_a_word_in_passing_is_a_yes():
    talk = at_confirm()
    assert talk("affirm", text="yes great, near E10 is fine with me", yes_no=True, place="E10") == ["utter_booked"]


@pytest.mark.parametrize(
    ("intent", "said"),
    [
        ("inform", {"text": "SE5 please"}),
        ("correction", {"text": "sorry I meant to say somewhere in SE5 or so"}),
        ("find_event", {"text": "could you look for something else in SE5"}),
        ("deny", {"text": "no, SE5", "yes_no": False}),
    ],
)
def test_what_is_meant_does(intent, said):
    talk = at_confirm()
    talk(intent, place="SE5", **said)
    assert talk.slots["place"] == "SE5"
    assert [frame.flow for frame in talk.state.frames] == ["find_events"]


def test_a_plain_wish_to_go_back_beats_a_no():
    talk = at_confirm()
    assert talk("go_back", text="no wait go back one", yes_no=False) == ["utter_gone_back", "utter_ask_access"]


def test_a_correction_of_the_caller_keeps_what_the_called_flow_was_told():
    talk = Talk()
    talk("survey", need="sleep")
    assert talk("inform", rating=9) == ["utter_ask_audience"]
    assert talk("correction", need="money") == ["utter_ask_audience"]
    assert talk.slots == {"need": ["money"], "score": 9}
    assert talk("choose_option", choice="audience:carer") == ["utter_feedback"]
    assert talk.slots == {}


# Cancelling, going back, starting again


@pytest.mark.parametrize("words", ["cancel", "Cancel.", "never mind", "forget it"])
def test_cancel_alone_breaks_off_the_flow(words):
    talk = Talk()
    talk("find_event")
    assert talk("cancel_booking", 0.6, text=words) == ["utter_cancelled_flow"]
    assert talk.state.frames == []


def test_cancelling_runs_what_the_flow_says():
    talk = at_name()
    assert talk("cancel_booking", text="cancel") == ["utter_released", "utter_what_else"]
    assert talk.ran == ["release"]
    assert "pick" not in talk.slots


def test_cancelling_a_digression_goes_back_to_the_question():
    talk = at_name()
    talk("parking")
    assert talk("deny", text="never mind") == ["utter_cancelled_flow", "utter_ask_first_name_resumed"]


def test_cancel_with_nothing_open_is_about_a_booking():
    talk = Talk(slots={"bookings": [{"payload": "booking:7", "title": "Yoga"}]})
    assert talk("out_of_scope", text="cancel") == ["utter_ask_booking"]


def test_cancel_hours_after_a_question_is_about_a_booking():
    talk = at_name()
    talk.state.slots["bookings"] = [{"payload": "booking:7", "title": "Yoga"}]
    assert talk.later(hours=5)("cancel_booking", text="CANCEL") == ["utter_released", "utter_ask_booking"]
    assert [frame.flow for frame in talk.state.frames] == ["cancel_booking"]


def test_cancel_may_be_the_answer():
    talk = Talk(slots={"bookings": [{"payload": "booking:7", "title": "Yoga"}]})
    talk("cancel_booking", choice="booking:7")
    talk("choose_option", choice="booking:7")
    assert talk("cancel_booking", text="cancel it") == ["utter_cancelled"]


def test_cancel_with_a_booking_named_is_that_flow_even_within_another():
    talk = at_name()
    talk.state.slots["bookings"] = [{"payload": "booking:7", "title": "Yoga"}]
    assert talk("cancel_booking", text="cancel my place on Tuesday") == ["utter_ask_booking"]
    assert [frame.flow for frame in talk.state.frames] == ["book", "cancel_booking"]


def test_never_mind_with_nothing_open_is_taken_calmly():
    assert Talk()("deny", text="never mind") == ["utter_nothing_open"]


def test_going_back_asks_the_last_answer_again():
    talk = at_confirm()
    assert talk("go_back", text="back") == ["utter_gone_back", "utter_ask_access"]
    assert talk("go_back", text="back") == ["utter_gone_back", "utter_ask_party"]
    assert talk("party_size", count=4) == ["utter_party_noted", "utter_ask_access"]


def test_going_back_reaches_into_the_flow_that_linked_here():
    talk = at_name()
    assert talk("go_back", text="back") == ["utter_released", "utter_gone_back", "utter_results"]
    assert talk("choose_option", choice="event:1") == ["utter_ask_first_name"]


def test_going_back_from_a_called_flow_reaches_its_caller():
    talk = Talk()
    talk("survey")
    talk("inform", need="sleep")
    talk("inform", rating=9)
    assert talk("go_back", text="back") == ["utter_gone_back", "utter_ask_score"]
    assert talk("go_back", text="back") == ["utter_gone_back", "utter_ask_need"]
    assert [frame.flow for frame in talk.state.frames] == ["survey"]


def test_cancelling_in_a_called_flow_cancels_its_caller():
    talk = Talk()
    talk("survey", need="sleep")
    assert talk("deny", text="never mind") == ["utter_cancelled_flow"]
    assert talk.state.frames == []
    assert talk.slots == {}


def test_going_back_from_the_first_question_leads_nowhere():
    talk = Talk()
    talk("find_event")
    assert talk("go_back") == ["utter_cannot_go_back", "utter_ask_place"]


def test_going_back_with_nothing_open_leads_nowhere():
    assert Talk()("go_back") == ["utter_cannot_go_back"]


def test_starting_again_forgets_all_but_what_is_kept():
    talk = at_confirm()
    assert talk("start_again") == ["utter_released", "utter_started_again", "utter_ask_need"]
    assert talk.slots == {"place": "E17", "first_name": "Grace"}


def test_a_new_search_replaces_a_booking_no_more_than_it_says():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    assert talk("find_event", need="sleep", text="find something for sleep") == ["utter_results"]
    assert talk.slots["need"] == ["sleep"]
    assert [frame.flow for frame in talk.state.frames] == ["find_events"]


def test_linking_to_a_booking_that_waits_begins_it_afresh():
    talk = at_name()
    assert talk("find_event", text="find something else") == ["utter_results"]
    assert [frame.flow for frame in talk.state.frames] == ["book", "find_events"]
    assert talk("choose_option", choice="event:3") == ["utter_released", "utter_ask_first_name"]
    assert [frame.flow for frame in talk.state.frames] == ["book"]


def test_a_new_search_over_a_booking_that_changes_it_ends_it():
    talk = at_name()
    assert talk("find_event", need="sleep", text="find me sleep instead") == ["utter_released", "utter_results"]
    assert [frame.flow for frame in talk.state.frames] == ["find_events"]


def test_asking_for_the_flow_in_progress_restates_its_question():
    talk = Talk()
    talk("find_event")
    assert talk("find_event") == ["utter_ask_place"]


# Saying again, skipping


def test_the_last_reply_is_said_again():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    first = talk.texts()
    assert talk("repeat", text="say that again") == ["utter_results"]
    assert talk.texts() == first
    assert talk("repeat") == ["utter_results"]
    assert talk("choose_option", choice="event:2") == ["utter_ask_first_name"]


def test_there_may_be_nothing_to_repeat():
    assert Talk()("repeat") == ["utter_nothing_to_repeat"]


@pytest.mark.parametrize(("intent", "words"), [("skip", "skip"), ("skip", "rather not say"), ("deny", "no")])
def test_an_optional_question_may_be_skipped(intent, words):
    talk = Talk()
    talk("find_event", place="E17")
    assert talk(intent, text=words) == ["utter_results"]
    assert talk.slots["need"] == "skipped"


def test_a_needed_question_may_not():
    talk = Talk()
    talk("find_event")
    assert talk("skip", text="skip") == ["utter_cannot_skip", "utter_ask_place_again"]


def test_a_skipped_slot_may_be_given_later():
    talk = Talk()
    talk("find_event", place="E17")
    talk("skip", text="skip")
    talk("inform", need="sleep")
    assert talk.slots["need"] == ["sleep"]
    assert talk.ran == ["search", "ask_pick"]


# Not understood


def test_not_understood_other_words_then_meanings_then_a_person():
    talk = at_name()
    ranking = (("travel_directions", 0.2), ("cancel_booking", 0.15))
    assert talk("travel_directions", ranking=ranking, **UNCLEAR) == ["utter_ask_first_name_again"]
    assert talk("travel_directions", ranking=ranking, **UNCLEAR) == ["utter_clarify"]
    assert talk.texts() == ["Do you mean:\n1. How to get there\n2. Cancel a booking\n3. Something else"]
    assert talk("travel_directions", ranking=ranking, **UNCLEAR) == ["utter_offer_person"]
    assert talk.asked == "first_name"
    assert talk("inform", name="Grace") == ["utter_ask_party"]


def test_a_meaning_chosen_is_done_with_what_was_said():
    talk = Talk()
    ranking = (("find_event", 0.3), ("travel_directions", 0.28))
    assert talk("find_event", ranking=ranking, place="E17", **UNCLEAR) == ["utter_clarify"]
    assert talk("choose_option", choice="meaning:find_events") == ["utter_ask_need"]
    assert talk.slots == {"place": "E17"}


def test_neither_meaning_offers_a_person():
    talk = Talk()
    ranking = (("find_event", 0.3), ("travel_directions", 0.28))
    talk("find_event", ranking=ranking, **UNCLEAR)
    assert talk("choose_option", choice="meaning:none") == ["utter_offer_person"]
    assert talk.slots == {}


def test_an_answer_to_the_question_beneath_a_menu_of_meanings_counts():
    talk = at_name()
    ranking = (("travel_directions", 0.2), ("cancel_booking", 0.15))
    talk("travel_directions", ranking=ranking, **UNCLEAR)
    talk("travel_directions", ranking=ranking, **UNCLEAR)
    assert talk("inform", name="Grace") == ["utter_ask_party"]


def test_yes_to_a_menu_of_meanings_books_nothing():
    talk = at_confirm()
    ranking = (("travel_directions", 0.2), ("find_event", 0.15))
    talk("travel_directions", ranking=ranking, **UNCLEAR)
    assert talk("travel_directions", ranking=ranking, **UNCLEAR) == ["utter_clarify"]
    talk("affirm", yes_no=True)
    assert "book" not in talk.ran
    assert talk.asked == "confirm"


def test_a_question_without_other_words_says_it_did_not_follow():
    talk = Talk()
    talk("feedback")
    assert talk("x", **UNCLEAR) == ["utter_not_understood", "utter_ask_score"]


def test_nobody_is_asked_the_same_a_fourth_time():
    talk = Talk()
    asked = talk("find_event")
    for _ in range(5):
        asked += talk("x", **UNCLEAR)
    assert sum(name.startswith("utter_ask_place") for name in asked) == 3
    assert asked[-3:] == ["utter_offer_person", "utter_offer_start_again", "utter_offer_person_again"]


def test_digressions_do_not_repeat_a_question_for_ever():
    talk = at_name()
    said = [talk("travel_directions") for _ in range(4)]
    assert said[:2] == [["utter_travel", "utter_ask_first_name_resumed"]] * 2
    assert said[2:] == [["utter_travel"]] * 2
    assert talk("inform", name="Grace") == ["utter_ask_party"]


def test_a_rejected_answer_is_not_asked_for_a_fourth_time():
    talk = at_name()
    asked = talk("inform", name="Grace")
    for _ in range(4):
        asked += talk("party_size", count=9)
    assert asked.count("utter_ask_party") == 3


def test_asking_for_the_same_flow_again_and_again_offers_a_person():
    talk = Talk()
    said = [talk("find_event") for _ in range(4)]
    assert said == [["utter_ask_place"]] * 3 + [["utter_offer_person"]]


def test_what_is_out_of_scope_is_a_miss_while_a_question_is_open():
    talk = at_name()
    assert talk("out_of_scope", 0.6, text="blah blah") == ["utter_ask_first_name_again"]
    assert talk("out_of_scope", 0.9, text="order me a pizza")[0] == "utter_out_of_scope"


# Old questions and old menus


def test_yes_with_nothing_open_books_nothing():
    talk = Talk()
    assert talk("affirm", yes_no=True) == ["utter_nothing_open"]
    assert talk.ran == []


def test_a_late_yes_is_not_acted_on_where_the_step_says_so():
    talk = at_confirm()
    assert talk.later(hours=4)("affirm", yes_no=True) == ["utter_ask_confirm"]
    assert talk.ran == ["renew"]
    assert talk("affirm", yes_no=True) == ["utter_booked"]


def test_a_late_yes_restates_the_question():
    talk = Talk()
    talk("parking")
    assert talk.later(hours=3)("affirm", yes_no=True) == ["utter_stale", "utter_ask_badge"]
    assert "badge" not in talk.slots
    assert talk("affirm", yes_no=True) == ["utter_parking"]


def test_a_question_that_always_gets_late_answers_stays_open_unsaid():
    talk = at_confirm()
    said = [talk.later(hours=4)("affirm", yes_no=True) for _ in range(3)]
    assert said == [["utter_ask_confirm"], ["utter_ask_confirm"], ["utter_offer_person"]]
    assert talk("affirm", yes_no=True) == ["utter_booked"]


def test_a_late_choice_is_kept_where_the_step_says_so():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    assert talk.later(hours=5)("choose_option", choice="event:2") == ["utter_results"]
    assert talk.ran == ["search", "ask_pick"]


def test_a_yes_in_time_is_acted_on():
    talk = Talk()
    talk("parking")
    assert talk.later(hours=2, minutes=59)("affirm", yes_no=True) == ["utter_parking"]


def test_a_late_answer_of_another_kind_counts():
    talk = Talk()
    talk("find_event")
    assert talk.later(days=1)("inform", place="E17") == ["utter_ask_need"]


def test_a_button_of_a_remembered_menu_counts():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    talk("more_results")
    assert talk("x", text="event:2") == ["utter_ask_first_name"]
    assert talk.slots["pick"] == "event:2"


def test_a_button_of_a_menu_shown_before_a_digression_counts():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    talk("parking")
    assert talk("x", text="event:2", count=2) == ["utter_ask_first_name"]
    assert talk.slots["pick"] == "event:2"
    assert "party" not in talk.slots


def test_a_choice_after_the_flow_has_ended_starts_the_flow_of_its_slot():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    talk("deny", text="never mind")
    assert talk("choose_option", choice="event:2") == ["utter_ask_first_name"]


def test_a_button_of_a_menu_that_is_gone_is_not_acted_on():
    talk = at_name()
    assert talk("x", text="event:99") == ["utter_old_menu", "utter_ask_first_name_resumed"]


def test_a_choice_from_an_old_menu_shows_it_again():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    talk("deny", text="never mind")
    assert talk.later(hours=5)("choose_option", choice="event:2") == ["utter_old_menu", "utter_results"]
    assert talk("choose_option", choice="event:2") == ["utter_ask_first_name"]


def test_only_three_menus_are_remembered():
    talk = Talk()
    talk("find_event", place="E17", need="exercise")
    for _ in range(4):
        talk("more_results")
    assert [menu.number for menu in talk.state.menus] == [3, 4, 5]
    assert talk("x", text="event:1") == ["utter_old_menu", "utter_results_resumed"]
