"""Questions that messages nobody asked for put: answered later, told apart, and never in the way of what is open."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dialogue.aside import set_aside
from bot.dialogue.engine import understand
from bot.dialogue.posed import Sent, pose
from bot.dialogue.state import State
from bot.dialogue.utterance import DialogueError
from tests.unit.dialogue_talk import START, Talk, at_confirm, at_name, fixture_flows, understood

YES = {"intent": "affirm", "yes_no": True, "text": "yes"}
NO = {"intent": "deny", "yes_no": False, "text": "no"}
YOGA = {"title": "yoga", "pick": "event:7"}
ART = {"title": "art", "pick": "event:8"}


def test_nothing_is_said_when_it_is_posed():
    talk = Talk().asks(1, **YOGA)
    assert talk.replies == ()
    assert talk.state.frames == []
    assert talk.slots == {}


def test_a_yes_goes_on_with_its_slots():
    talk = Talk().asks(1, **YOGA)
    assert talk(**YES) == ["utter_ask_first_name"]
    assert talk.ran == ["hold"]
    assert talk.slots["pick"] == "event:7"
    assert talk.state.posed == []


def test_a_no_ends_it_and_leaves_nothing():
    talk = Talk().asks(1, **YOGA)
    assert talk(**NO) == ["utter_passed_on"]
    assert talk.slots == {}
    assert talk(**NO) == ["utter_nothing_open"]


def test_a_question_in_between_is_answered_and_it_is_put_again():
    talk = Talk().asks(1, **YOGA)
    assert talk("travel_directions") == ["utter_travel", "utter_ask_take_offer"]
    assert talk.texts()[-1] == "A place at yoga: take it?"
    assert talk(**NO) == ["utter_passed_on"]


def test_it_is_said_again_on_request():
    assert Talk().asks(1, **YOGA)("repeat", text="again") == ["utter_ask_take_offer"]


def test_what_was_open_goes_on_afterwards():
    talk = at_name().asks(1, **YOGA)
    assert talk(**NO) == ["utter_passed_on", "utter_ask_first_name_resumed"]
    assert talk.slots["pick"] == "event:2"
    assert "title" not in talk.slots


def test_the_answer_to_what_is_open_goes_there():
    talk = at_name().asks(1, **YOGA)
    assert talk("inform", name="Grace") == ["utter_ask_party"]
    assert [posed.number for posed in talk.state.posed] == [1]


def test_the_later_of_two_questions_gets_the_yes():
    talk = at_confirm().asks(1, title="yoga")
    assert talk(**NO) == ["utter_passed_on", "utter_ask_confirm"]
    talk = Talk().asks(1, **YOGA)
    talk.later(hours=4)("find_event", place="E17", need="exercise")
    talk("choose_option", choice="event:2")
    talk("inform", name="Grace")
    talk("party_size", count=2)
    talk(**NO)
    assert talk(**YES) == ["utter_booked"]


@pytest.mark.parametrize(("hours", "expected"), [(47, "utter_ask_first_name"), (49, "utter_stale")])
def test_a_late_yes_counts_as_long_as_its_step_says(hours, expected):
    talk = Talk().asks(1, **YOGA).later(hours=hours)
    assert talk(**YES)[0] == expected


def test_two_of_a_kind_are_told_apart_by_name():
    talk = Talk().asks(1, **YOGA).asks(2, **ART)
    talk.pick = lambda options: next(i for i, option in enumerate(options) if "yoga" in option.title)
    assert talk(**{**YES, "text": "yes the yoga"}) == ["utter_ask_first_name"]
    assert talk.slots["pick"] == "event:7"
    assert [posed.number for posed in talk.state.posed] == [2]


def test_without_a_name_it_is_asked_which_and_the_answer_kept():
    talk = Talk().asks(1, **YOGA).asks(2, **ART)
    assert talk(**YES) == ["utter_which_posed"]
    assert talk.texts() == ["Which one?\n1. The place at yoga\n2. The place at art"]
    assert talk("choose_option", text="2", choice=1) == ["utter_ask_first_name"]
    assert talk.slots["pick"] == "event:8"
    assert "posed_choices" not in talk.slots


def test_something_else_instead_of_which_one():
    talk = Talk().asks(1, **YOGA).asks(2, **ART)
    talk(**YES)
    assert talk("travel_directions") == ["utter_travel", "utter_ask_take_offer"]
    assert talk(**YES) == ["utter_which_posed"]


def test_a_question_of_another_kind_is_no_rival():
    talk = Talk().asks(1, **YOGA).asks(2, "rating_request", title="choir")
    assert talk(**YES) == ["utter_ask_first_name"]
    talk = Talk().asks(1, "rating_request", title="choir").asks(2, **YOGA)
    assert talk("inform", rating=9) == ["utter_feedback"]
    assert talk(**NO) == ["utter_passed_on"]


def test_one_whose_time_has_passed_yields_to_others():
    over = START + timedelta(hours=5)
    talk = Talk().asks(1, until=over, **YOGA).asks(2, **ART).later(hours=6)
    assert talk(**YES) == ["utter_ask_first_name"]
    assert talk.slots["pick"] == "event:8"
    talk = Talk().asks(1, until=over, **YOGA).later(hours=6)
    assert talk(**YES) == ["utter_ask_first_name"]


def test_a_message_that_came_before_it_is_no_answer():
    talk = Talk().asks(1, **YOGA)
    talk.came_at = START - timedelta(seconds=1)
    assert talk(**YES) == ["utter_nothing_open"]


def test_hours_later_a_new_wish_is_not_led_back_to_it():
    talk = Talk().asks(1, "rating_request", title="choir").later(hours=5)
    assert talk("thanks") == ["utter_thanks"]
    assert talk("inform", rating=9) == ["utter_feedback"]


def test_an_emergency_keeps_it_quiet_until_the_person_goes_on():
    talk = Talk().asks(1, **YOGA)
    talk.state = set_aside(talk.state)
    assert talk(**YES) == ["utter_paused"]
    assert talk("affirm", 0.4, text="go on") == ["utter_ask_take_offer"]
    assert talk(**NO) == ["utter_passed_on"]


def test_a_wish_ends_the_quiet():
    talk = Talk().asks(1, **YOGA)
    talk.state = set_aside(talk.state)
    talk("find_event", place="E17", need="exercise")
    assert not talk.state.posed[0].quiet


def test_cancelling_breaks_it_off():
    talk = Talk().asks(1, **YOGA)
    assert talk("cancel", text="never mind") == ["utter_cancelled_flow"]
    assert talk.slots == {}


def test_under_other_files_it_is_kept_unless_its_step_has_gone():
    talk = Talk().asks(1, **YOGA)
    talk.flows = replace(talk.flows, version="another")
    assert talk(**NO) == ["utter_passed_on"]
    talk = Talk().asks(1, **YOGA)
    talk.state.posed[0].question.step = "gone"
    talk.flows = replace(talk.flows, version="another")
    assert talk(**NO) == ["utter_nothing_open"]


def test_nobody_keeps_more_than_five():
    talk = Talk()
    for number in range(1, 8):
        talk.asks(number, **YOGA)
    assert [posed.number for posed in talk.state.posed] == [3, 4, 5, 6, 7]


def test_a_kind_that_asks_nothing():
    with pytest.raises(DialogueError, match="reminder"):
        pose(fixture_flows(), State(), Sent(1, "reminder", {}), START)


def test_a_message_is_read_for_the_question_that_it_answers():
    talk = Talk().asks(1, **YOGA).asks(2, "rating_request", title="choir")
    asked = []

    def read(awaited):
        asked.append(awaited.kind)
        return understood("affirm", text="yes", yes_no=True) if awaited.kind == "yes_no" else understood("affirm")

    said = understand(talk.flows, talk.state, read, talk.now)
    assert asked == ["rating", "yes_no"]
    assert said.first("yes_no") is True


def test_a_question_that_nobody_took_up_expires():
    talk = Talk().asks(1, "rating_request", title="yoga").later(hours=101)
    assert talk("inform", text="8", rating=8) != ["utter_feedback"]
    assert talk.state.posed == []


def test_a_question_that_is_taken_up_and_expires_ends_unsaid():
    talk = Talk().asks(1, "rating_request", title="yoga")
    talk("travel_directions")
    assert talk.asked == "score"
    talk.later(hours=101)
    talk("travel_directions")
    assert talk.asked is None


def test_what_is_always_kept_survives_that_a_question_is_put_down():
    talk = Talk().asks(1, **YOGA)
    talk("travel_directions")
    talk("inform", text="im Grace", name="Grace")
    assert talk.slots["first_name"] == "Grace"
    talk.asks(2, **ART)
    talk("travel_directions")
    assert talk.slots["first_name"] == "Grace"
