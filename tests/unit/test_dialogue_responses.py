import pytest

from bot.dialogue.responses import MissingValue, Rendered, Responses, ResponsesFile
from bot.dialogue.utterance import DialogueError, Utterance
from bot.understanding import Option

TEXTS = {
    "utter_plain": [{"text": "Any {braces} stay: 10:30, 100%, {Upper}."}],
    "utter_hello": [{"text": "Hello {first_name}.", "if": "slots.first_name is not null"}, {"text": "Hello."}],
    "utter_channel": [{"text": "Tap one.", "channel": "whatsapp"}, {"text": "Reply 1."}],
    "utter_place": [{"text": "Near {place.name}."}],
    "utter_menu": [{"text": "Choose:\n{menu}\nor MORE."}],
    "utter_held": [{"text": "We keep {places}{note}."}],
    "part_places": [{"text": "1 place", "if": "slots.places == 1"}, {"text": "{places} places"}],
    "utter_sure": [{"text": "Sure?", "buttons": [{"title": "Yes", "payload": "yes"}]}],
    "utter_narrow": [{"text": "Only {x}.", "if": "slots.x is not null"}],
}
OPTIONS = (Option("event:1", "Yoga"), Option("event:2", "Sleep well"))


@pytest.fixture(scope="module")
def responses() -> Responses:
    return Responses.of(ResponsesFile.model_validate({"responses": TEXTS}))


def said(responses, name, channel="sms", slots=None, options=(), **parameters):
    return responses.render(Utterance(name, parameters, options), channel, slots or {})


def test_text_that_is_no_placeholder_passes_through(responses):
    assert said(responses, "utter_plain", braces="x").text == "Any x stay: 10:30, 100%, {Upper}."


def test_the_first_variation_that_fits_is_said(responses):
    assert said(responses, "utter_hello", slots={"first_name": "Grace"}).text == "Hello Grace."
    assert said(responses, "utter_hello").text == "Hello."


def test_parameters_go_before_slots(responses):
    assert said(responses, "utter_hello", slots={"first_name": "Grace"}, first_name="Mary").text == "Hello Mary."


def test_a_channel_has_its_own_words(responses):
    assert said(responses, "utter_channel", "whatsapp").text == "Tap one."
    assert said(responses, "utter_channel", "sms").text == "Reply 1."


def test_a_placeholder_looks_into_a_slot(responses):
    assert said(responses, "utter_place", slots={"place": {"name": "Leyton"}}).text == "Near Leyton."


def test_a_menu_is_numbered_and_gives_the_buttons(responses):
    rendered = said(responses, "utter_menu", options=OPTIONS)
    assert rendered.text == "Choose:\n1. Yoga\n2. Sleep well\nor MORE."
    assert rendered.buttons == (("Yoga", "event:1"), ("Sleep well", "event:2"))


def test_the_lines_of_a_menu_may_have_their_own_form():
    lines = {"utter_option_line": [{"text": "{number}) {title}"}], "utter_menu": TEXTS["utter_menu"]}
    responses = Responses.of(ResponsesFile.model_validate({"responses": lines}))
    assert "1) Yoga\n2) Sleep well" in said(responses, "utter_menu", options=OPTIONS).text


@pytest.mark.parametrize(("number", "words"), [(1, "1 place"), (2, "2 places")])
def test_a_parameter_may_be_a_response(responses, number, words):
    part = {"response": "part_places", "parameters": {"places": number}}
    assert said(responses, "utter_held", places=part, note="").text == f"We keep {words}."


def test_buttons_of_a_response(responses):
    assert said(responses, "utter_sure") == Rendered("Sure?", (("Yes", "yes"),))


@pytest.mark.parametrize(
    ("name", "parameters"), [("utter_place", {}), ("utter_place", {"place": {}}), ("utter_held", {"places": {"a": 1}})]
)
def test_a_missing_value_names_the_response_or_the_value(responses, name, parameters):
    with pytest.raises(MissingValue, match="place"):
        said(responses, name, **parameters)


@pytest.mark.parametrize("name", ["utter_narrow", "utter_unheard_of"])
def test_a_response_that_does_not_fit_or_exist_is_an_error(responses, name):
    with pytest.raises(DialogueError, match=name):
        said(responses, name)


def test_an_option_may_have_a_response_as_its_label(responses):
    label = {"response": "part_places", "parameters": {"places": 3}}
    assert responses.option({"payload": "p:3", "label": label, "words": "three"}) == Option("p:3", "3 places", "three")
