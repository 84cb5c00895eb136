"""Reading the dialogue files, and going on with a conversation after they have changed."""

from pathlib import Path

import pytest

from bot.dialogue.flows import Flows
from bot.dialogue.loader import LoadError, load
from tests.unit.dialogue_talk import Talk, at_confirm, at_name, copy_of_fixtures, fixture_flows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of_fixtures(tmp_path / "dialogues")


def with_flows(folder: Path, text: str) -> Flows:
    (folder / "flows" / "more.yml").write_text(text)
    return load(folder)


def changed(folder: Path, old: str, new: str, file: str = "flows/booking.yml") -> Flows:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return load(folder)


def steps(flows: Flows, name: str) -> dict[str, list[str]]:
    return {step.id: [way.target for way in step.ways] for step in flows[name].steps.values()}


def test_steps_get_names_and_follow_each_other(folder):
    text = """
flows:
  f:
    description: Steps without ids.
    steps:
      - collect: party
        kind: count
      - action: search
      - noop: true
      - noop: true
        next:
          - if: slots.party == 1
            then:
              - utter: utter_full
              - utter: utter_full
                next: search
          - else: END
      - set_slots:
          - party: null
      - call: rate
      - link: book
"""
    assert steps(with_flows(folder, text), "f") == {
        "collect_party": ["search"],
        "search": ["noop"],
        "noop": ["noop_2"],
        "utter_full": ["utter_full_2"],
        "utter_full_2": ["search"],
        "noop_2": ["utter_full", "END"],
        "set_slots": ["call_rate"],
        "call_rate": ["link_book"],
        "link_book": ["END"],
    }


def test_a_flow_takes_slots_of_those_it_reaches():
    flows = fixture_flows()
    assert {"place", "need", "pick", "party", "confirm"} <= flows["find_events"].slots
    assert flows["find_events"].reach == {"book", "find_events"}
    assert flows["find_events"].asks
    assert not flows["travel"].asks


def test_a_flow_takes_slots_that_its_actions_depend_on():
    assert "mode" in fixture_flows()["find_events"].slots
    assert "mode" not in fixture_flows()["parking"].slots


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("flows: {f: {description: x, steps: [{colect: party}]}}", "a step has one of"),
        ("flows: {f: {description: x, steps: [{noop: true, then: END}]}}", "Extra inputs"),
        ("flows: {f: {description: x, steps: []}}", "at least 1"),
        ("flows: {f: {description: x, steps: [{collect: party, kind: number}]}}", "kind"),
        ("flows: {f: {description: x, steps: [{link: book, next: END}]}}", "takes no `next`"),
        ("flows: {f: {description: x, steps: [{noop: true, next: [{if: 'slots.x =', then: END}]}]}}", "flow f"),
        ("flows: {f: {description: x, if: nonsense, steps: [{noop: true}]}}", "slots.nonsense"),
        ("flows: {f: {description: x, steps: [{noop: true, id: a}, {noop: true, id: a}]}}", "exists twice"),
        ("flows: {book: {description: x, steps: [{noop: true}]}}", "book exists twice"),
        (
            "flows: {f: {description: x, steps: [{noop: true, next: [{else: [{action: a}]}]}]}}",
            "written in place",
        ),
        (
            "flows: {f: {description: x, steps: [{collect: c, kind: text, on_intent: [{intent: i}]}]}}",
            "`value` or `then`",
        ),
        ("flows: {f: {description: x, description: y, steps: [{noop: true}]}}", "comes twice in line 1"),
        ("flows: [", "not YAML"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_what_is_wrong(folder, text, message):
    with pytest.raises(LoadError, match=message) as error:
        with_flows(folder, text)
    assert error.value.file == "flows/more.yml"


def test_a_missing_file_is_named(folder):
    (folder / "slot_rules.yml").unlink()
    with pytest.raises(LoadError, match=r"slot_rules\.yml: is missing"):
        load(folder)


def test_the_version_changes_with_the_files(folder):
    before = load(folder).version
    assert load(folder).version == before
    assert changed(folder, "Hold a place", "Keep a place").version != before


def test_a_conversation_goes_on_where_it_was_after_a_deployment(folder):
    talk = at_name()
    talk.flows = changed(folder, "- action: hold\n", "- action: hold\n        id: hold_it\n")
    assert talk("inform", name="Grace") == ["utter_ask_party"]
    assert talk.state.version == talk.flows.version


def test_a_step_that_is_gone_restarts_its_flow_and_keeps_the_slots(folder):
    talk = at_confirm()
    talk.flows = changed(folder, "confirm\n        collect", "confirmation\n        collect")
    for old in ("next: confirm", "then: confirm"):
        text = (folder / "flows/booking.yml").read_text()
        (folder / "flows/booking.yml").write_text(text.replace(old, f"{old}ation"))
    talk.flows = load(folder)
    assert talk("inform") == ["utter_party_noted", "utter_ask_confirm"]
    assert talk.slots["first_name"] == "Grace"
    assert talk.slots["party"] == 2


def test_a_flow_that_is_gone_leaves_the_others(folder):
    talk = at_name()
    talk("parking")
    text = (folder / "flows/questions.yml").read_text()
    (folder / "flows/questions.yml").write_text(text.replace("  parking:", "  car_park:"))
    talk.flows = load(folder)
    assert talk("inform", name="Grace") == ["utter_ask_party"]


def test_a_called_flow_goes_with_its_caller(folder):
    talk = Talk()
    talk("feedback")
    text = (folder / "flows/questions.yml").read_text()
    (folder / "flows/questions.yml").write_text(text.replace("- call: rate", "- id: score\n        call: rate"))
    talk.flows = load(folder)
    assert talk("inform", rating=5) == ["utter_ask_score"]
    assert [frame.flow for frame in talk.state.frames] == ["feedback", "rate"]


def test_a_state_of_an_earlier_form_loads():
    talk = Talk()
    talk.state = type(talk.state).from_json({"slots": {"place": "E17"}, "frames": [{"flow": "find_events"}]})
    assert talk("inform") == ["utter_ask_need"]
