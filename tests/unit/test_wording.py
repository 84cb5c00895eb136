"""Whom an event is for, where it is and what it costs, in the words of the response file."""

from datetime import UTC, datetime

import pytest

from bot.actions.base import phrase
from bot.actions.wording import booked_parts, cost_part, details_parts, event_line, fact, for_whom, match_option
from bot.dialogue import loader
from bot.dialogue.utterance import Utterance
from bot.settings import DIALOGUES
from services.events.query import Match
from services.events.restrictions import Restriction
from services.events.tables import Event, Venue
from services.events.taxonomy import load_taxonomy

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
START, END = datetime(2026, 12, 1, 14, tzinfo=UTC), datetime(2026, 12, 1, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def said():
    """Render a part of a sentence."""
    responses = loader.load_responses(DIALOGUES)

    def render(part):
        if not isinstance(part, dict):
            return part
        return responses.render(Utterance("part_where", {"venue": part})).text

    return render


def line(said, asked=None, **columns):
    columns = {"title": "Coffee", "mode": "in_person", "venue": "The Hall", "distance_m": 1609.344} | columns
    given = {"event_id": 1, "starts_at": START, "ends_at": END, "kind": "single", "left": 9, "only_for": Restriction()}
    return said(match_option(Match(**(given | columns)), NOW, asked)["label"])


@pytest.mark.parametrize(
    ("only_for", "title", "expected"),
    [
        (Restriction(), "Coffee", ""),
        (Restriction(groups=("women",)), "Coffee", " For women."),
        (Restriction(groups=("women",)), "Swimming for women", ""),
        (Restriction(groups=("men", "black_asian")), "Men's health evening", " For Black or South Asian people."),
        (Restriction(("carer", "family"), ("lgbtq",)), "Tea", " For carers or family and friends. For LGBTQ+ people."),
        (Restriction(("carer", "family")), "Carers' tea", ""),
        (Restriction(languages=("Hindi", "Polish")), "Support", " In Hindi and Polish."),
        (Restriction(languages=("Polish",)), "Polish speaking group", ""),
        (Restriction(stage=("in_treatment", "after_treatment")), "Day", " For people in treatment or after treatment."),
        (Restriction(stage=("incurable",)), "Group", " Please ask the organiser who it is for."),
        (Restriction(stage=("in_treatment", "incurable")), "Group", ""),
    ],
)  # fmt: skip
def test_says_whom_an_event_is_for_unless_its_title_does(said, only_for, title, expected):
    assert said(for_whom(only_for, title, stage=True)) == expected


def test_every_audience_has_words_and_none_names_an_illness(said):
    for audience in load_taxonomy().audience:
        if audience != "patient":
            text = said(for_whom(Restriction(groups=(audience,)), "", stage=False))
            assert text.startswith(" For ")
            assert "cancer" not in text


def test_a_line_of_a_list_says_whom_it_is_for_but_not_the_stage(said):
    only_for = Restriction(groups=("young_adult",), stage=("after_treatment",))
    assert line(said, only_for=only_for) == (
        "Tuesday 1 December, 2pm to 4pm: Coffee. For young adults. The Hall, 1 mile. Places left"
    )


@pytest.mark.parametrize(
    ("columns", "asked", "expected"),
    [
        ({"mode": "both"}, None, "Coffee. The Hall, 1 mile, or online. Places left"),
        ({"mode": "both", "distance_m": None}, "in_person", "Coffee. The Hall, or online. Places left"),
        ({"mode": "both"}, "online", "Coffee. Online. Places left"),
        ({"mode": "online", "distance_m": None}, None, "Coffee. Online. Places left"),
        ({"mode": "online", "title": "Coffee online"}, "online", "Coffee online. Places left"),
        ({"distance_m": None}, None, "Coffee. The Hall. Places left"),
    ],
)
def test_a_line_of_a_list_says_where_once_and_as_it_was_asked_for(said, columns, asked, expected):
    assert line(said, asked, **columns) == f"Tuesday 1 December, 2pm to 4pm: {expected}"


def event(**columns):
    given = {"title": "Coffee", "discreet_title": "Coffee", "mode": "in_person", "starts_at": START, "ends_at": END}
    return Event(**(given | {"capacity": 9, "external_id": "x"} | columns))


HALL = Venue(name="University Hospital, Huntley Street", address="Huntley Street, London.", postcode="WC1E 6AG",
             lat=51.52, lon=-0.13, travel="Bus 1.", parking="Free.")  # fmt: skip


def test_facts_end_in_one_full_stop_and_nothing_is_said_twice(said):
    coat = event(bring="A coat.", cost="5 pounds.", referral="your nurse.")
    parts = {name: said(part) for name, part in booked_parts(coat, HALL, NOW).items()}
    assert parts["bring"] == " Bring: A coat."
    assert parts["cost"] == " Cost: 5 pounds."
    assert (parts["travel"], parts["parking"]) == (" Bus 1.", " Parking: Free.")
    assert parts["address"] == " Address: Huntley Street, London, WC1E 6AG."
    details = {name: said(part) for name, part in details_parts(coat, HALL, None).items()}
    assert details["address"] == ", London"
    assert details["referral"] == " You need a referral: your nurse."
    assert fact(" .. ") == ""


def test_an_event_is_told_in_a_clause_that_says_online_once(said):
    when = "Tuesday 1 December, 2pm to 4pm"
    assert said(event_line(event(mode="both"), HALL, NOW)) == f"Coffee, {when}, {HALL.name}, or online"
    assert said(event_line(event(mode="online"), None, NOW)) == f"Coffee, {when}, Online"
    assert said(event_line(event(mode="online", discreet_title="Coffee online"), None, NOW)) == f"Coffee online, {when}"


@pytest.mark.parametrize("cost", ["", "Free", "free of charge", " "])
def test_what_is_free_costs_nothing_worth_a_sentence(cost):
    assert cost_part(event(cost=cost)) == ""
    assert cost_part(event(cost="4 pounds")) == phrase("part_cost", cost="4 pounds")
