"""What an emergency or STOP leaves unfinished: set aside, and taken up again only when the person asks."""

import pytest

from bot.dialogue.aside import set_aside
from tests.unit.dialogue_talk import Talk, at_confirm, at_name


def interrupted(talk: Talk) -> Talk:
    talk.state = set_aside(talk.state)
    return talk


@pytest.mark.parametrize(("intent", "text"), [("affirm", "yes"), ("deny", "no"), ("affirm", "ok")])
def test_no_answer_is_taken_for_one(intent, text):
    talk = interrupted(at_confirm())
    assert talk(intent, text=text, yes_no=intent == "affirm") == ["utter_paused"]
    assert talk.ran == []


def test_going_on_puts_the_open_question():
    talk = interrupted(at_confirm())
    assert talk("affirm", 0.4, text="Go on") == ["utter_ask_confirm"]
    assert talk("affirm", yes_no=True) == ["utter_booked"]
    assert talk("affirm", yes_no=True) == ["utter_nothing_open"]


def test_asking_for_the_same_thing_goes_on():
    talk = interrupted(at_name())
    assert talk("book_event", text="i still want to book") == ["utter_ask_first_name"]


def test_asking_for_it_is_no_yes_to_it():
    talk = interrupted(at_confirm())
    assert talk("book_event", text="yes i still want to book", yes_no=True) == ["utter_ask_confirm"]
    assert talk.ran == []


def test_questions_are_answered_meanwhile():
    talk = interrupted(at_name())
    assert talk("travel_directions") == ["utter_travel"]
    assert talk("affirm", yes_no=True) == ["utter_paused"]


def test_something_else_makes_it_forgotten():
    talk = interrupted(at_name())
    assert talk("find_event", place="SE5") == ["utter_ask_need"]
    assert talk.state.aside == []
    assert "pick" not in talk.slots
    assert talk("skip", text="skip") == ["utter_results"]


def test_with_nothing_in_progress_nothing_is_set_aside():
    talk = interrupted(Talk())
    assert talk("affirm", yes_no=True) == ["utter_nothing_open"]


def test_go_on_means_nothing_special_otherwise():
    talk = at_confirm()
    assert talk("affirm", text="go on") == ["utter_booked"]


def test_a_thumb_is_no_question_mark():
    assert Talk()("affirm", text="\N{THUMBS UP SIGN}", yes_no=True) == ["utter_nothing_open"]


def test_what_is_never_ours_leads_to_a_person():
    talk = Talk()
    assert talk("out_of_scope", text="a pizza please") == ["utter_out_of_scope"]
    assert talk("out_of_scope", text="a pizza please") == ["utter_out_of_scope"]
    assert talk("out_of_scope", text="a pizza please") == ["utter_offer_person"]
    assert talk("find_event") == ["utter_ask_place"]
    assert talk.state.misses == 0


def test_a_second_emergency_forgets_nothing_though_a_question_was_put_unasked_meanwhile():
    talk = interrupted(at_confirm()).asks(1, title="yoga", pick="event:7")
    talk = interrupted(talk)
    assert [frame.flow for frame in talk.state.aside] == ["book"]


def test_going_on_with_nothing_but_a_repair_question_puts_that_again():
    talk = Talk()
    unclear = (("travel_directions", 0.4), ("find_event", 0.35))
    assert talk("travel_directions", 0.4, text="hm well", ranking=unclear) == ["utter_clarify"]
    talk = interrupted(talk)
    assert talk("affirm", 0.4, text="go on") == ["utter_clarify"]
