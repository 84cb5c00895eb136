"""What may be tapped always fits Twilio's limits, says what the text says, and has one content for each shape."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.menus import LONGEST_BODY, Form, fitted
from bot.channels.port import Button
from bot.channels.simulator_content import ContentStore, is_content

YES_NO = (Button("tap:0a1b2c3d4e:yes", "Yes"), Button("tap:0a1b2c3d4e:no", "No"))
LONG = "Wednesday 25 November, 10:30am to midday: Gentle yoga. Wood Street Library, 1.2 miles. Places left"

printed = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Zs")), min_size=1, max_size=130).filter(
    lambda text: text.strip() and "{" not in text and "}" not in text
)
bodies = st.lists(printed, min_size=1, max_size=6).map("\n".join)
button_rows = st.lists(printed, min_size=1, max_size=12).map(
    lambda titles: [Button(f"event:{number}", title) for number, title in enumerate(titles)]
)


def filled(menu, store=None):
    """What the stand-in shows of a menu, and the code it would be refused with."""
    store = store or ContentStore("AC1", lambda: None)
    store.contents["HX1"] = type("Kept", (), {"body": menu.content(), "filled": menu.content()["types"][menu.form]})
    return store.fill("HX1", json.dumps(menu.variables()))


def test_short_answers_are_quick_replies():
    menu = fitted("Shall we book 1 place?\nReply YES to book, or NO.", YES_NO, "Choose")
    assert menu.form is Form.QUICK_REPLY
    text, shown, refused = filled(menu)
    assert text == "Shall we book 1 place?\nReply YES to book, or NO."
    assert [(item.payload, item.title) for item in shown.items] == [(each.payload, each.title) for each in YES_NO]
    assert refused is None


def test_long_lines_are_a_list_whose_items_are_cut_between_clauses():
    menu = fitted(f"1. {LONG}", [Button("event:1", LONG), Button("more", "More events")], "Choose")
    (first, more) = menu.items
    assert menu.form is Form.LIST
    assert (first.title, first.description) == (
        "Wednesday 25 November",
        "10:30am to midday: Gentle yoga. Wood Street Library, 1.2 miles",
    )
    assert (more.title, more.description, menu.choose) == ("More events", "", "Choose")


def test_a_day_in_another_year_is_still_a_title():
    title = "Wednesday 6 January 2027, 2pm: Talk"
    assert fitted("1. Talk", [Button("event:1", title)], "Choose").items[0].title == "Wednesday 6 January 2027"


def test_titles_alike_are_no_quick_replies_since_whatsapp_wants_them_apart():
    assert fitted("Which?", [Button("a:1", "Yoga"), Button("a:2", "Yoga")], "Choose").form is Form.LIST


def test_what_does_not_fit_goes_as_text():
    assert fitted("x" * (LONGEST_BODY + 1), YES_NO, "Choose") is None
    assert fitted("Which?", [Button(f"event:{number}", f"Event {number}") for number in range(11)], "Choose") is None
    assert fitted("Which?", [Button("e" * 201, "Yoga")], "Choose") is None
    assert fitted("Hello", (), "Choose") is None


def test_one_shape_has_one_content_whatever_the_words():
    first = fitted("Shall we book?\nReply YES.", YES_NO, "Choose")
    second = fitted("Shall we cancel?\nReply NO.", (Button("x", "Ja"), Button("y", "Nein")), "Choose")
    other = fitted("Shall we cancel?", YES_NO, "Choose")
    assert (first.shape, first.content()) == (second.shape, second.content())
    assert other.shape != first.shape


def test_a_content_holds_no_ones_words():
    written = json.dumps(fitted("Grace, shall we book?", YES_NO, "Choose").content())
    assert "Grace" not in written
    assert "0a1b2c3d4e" not in written


@given(bodies, button_rows)
def test_whatever_is_offered_is_within_the_limits(text, buttons):
    menu = fitted(text, buttons, "Choose")
    if menu is None:
        assert len(text) > LONGEST_BODY or len(buttons) > 10
        return
    assert is_content(menu.content())
    shown_text, shown, refused = filled(menu)
    assert refused is None
    assert shown_text.split() == text.split()
    assert [item.payload for item in shown.items] == [button.payload for button in buttons]
    for item, button in zip(shown.items, buttons, strict=True):
        assert button.title.strip().startswith(item.title)
