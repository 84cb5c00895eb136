"""The checker finds each fault that is put into good files, and no fault in the good ones."""

from pathlib import Path

import pytest

from bot.channels.segments import count
from bot.dialogue.checker import check
from tests.unit.dialogue_talk import Talk, copy_of_fixtures

ACTIONS = {name.removeprefix("_") for name in vars(Talk) if name.startswith("_") and not name.startswith("__")}
SAID_BY_ACTIONS = 'SAID = ["utter_results", "utter_booked", "utter_travel"]\n'
FLOW = "flows:\n  more:\n    description: x\n    nlu_trigger:\n      - intent: more\n    steps:\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = copy_of_fixtures(tmp_path / "dialogues")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "actions.py").write_text(SAID_BY_ACTIONS)
    return folder


def problems(folder: Path) -> list[str]:
    found = check(folder, ACTIONS, count, code=[folder.parent / "code"])
    return [f"{one.file}:{one.line}: {one.code}" for one in found]


def with_steps(folder: Path, *steps: str) -> Path:
    (folder / "flows" / "more.yml").write_text(FLOW + "".join(f"      - {step}\n" for step in steps))
    return folder


def with_response(folder: Path, name: str, *variations: str) -> Path:
    path = folder / "responses" / "en.yml"
    path.write_text(path.read_text() + f"  {name}:\n" + "".join(f"    - {{{each}}}\n" for each in variations))
    return folder


def test_good_files_have_no_problems(folder):
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        (["{noop: true, next: nowhere}"], "unknown_step"),
        (["{noop: true, next: END}", "{utter: utter_full}"], "unreachable_step"),
        (["{collect: score, kind: rating, id: a}", "{noop: true, next: a}"], "no_end"),
        (["{id: a, noop: true, next: [{if: slots.score is null, then: a}, {else: END}]}"], "endless_loop"),
        (["{link: more}"], "endless_loop"),
        (["{call: unheard_of}"], "unknown_flow"),
        (["{link: unheard_of}"], "unknown_flow"),
        (["{id: a, call: more}"], "recursion"),
        (["{collect: colour, kind: rating, utter: utter_ask_score}"], "unknown_slot"),
        (["{set_slots: [{colour: red}]}"], "unknown_slot"),
        (["{noop: true, next: [{if: slots.colour is null, then: END}, {else: END}]}"], "unknown_slot"),
        (["{collect: booking, kind: choice, options: colours}"], "unknown_slot"),
        (["{action: paint}"], "unknown_action"),
        (["{collect: booking, kind: choice, ask: ask_paint, options: bookings}"], "unknown_action"),
        (["{utter: utter_unheard_of}"], "unknown_response"),
        (["{collect: need, kind: need, utter: utter_unheard_of}"], "unknown_response"),
        (
            ["{collect: score, kind: rating, rejections: [{if: slots.score > 9, utter: utter_unheard_of}]}"],
            "unknown_response",
        ),
        (["{collect: booking, kind: choice}"], "no_menu"),
        (["{collect: score, kind: rating, when_stale: nowhere}"], "unknown_step"),
        (["{collect: score, kind: rating, on_intent: [{intent: more, then: nowhere}]}"], "unknown_step"),
    ],
)
def test_faults_of_flows(folder, steps, code):
    assert f"flows/more.yml:2: {code}" in problems(with_steps(folder, *steps))


def test_a_yes_shared_by_two_flows_must_be_asked_in_each(folder):
    found = problems(with_steps(folder, "{collect: badge, kind: yes_no}"))
    assert found == ["flows/more.yml:2: shared_yes", "flows/questions.yml:9: shared_yes"]


def test_links_from_flow_to_flow_without_a_question_are_a_loop(folder):
    (folder / "flows" / "other.yml").write_text("flows: {other: {description: x, steps: [{link: more}]}}")
    assert "flows/more.yml:2: endless_loop" in problems(with_steps(folder, "{link: other}"))


@pytest.mark.parametrize(
    ("name", "variations", "code"),
    [
        ("utter_full", ['text: "{colour} is full."'], "unknown_placeholder"),
        ("utter_full", ["text: “Full”"], "not_gsm7"),
        ("utter_full", [f"text: {'long words ' * 60}"], "too_long"),
        ("utter_ask_place", [f"text: {'long words ' * 30}"], "too_long"),
        ("utter_full", ["text: Full., if: slots.party == 1"], "no_fallback"),
        ("utter_never", ["text: Never said."], "unused_response"),
        ("utter_unsolicited_offer", ["text: Your cancer event is full."], "indiscreet"),
        ("utter_full", ["text: Your Chemotherapy talk., discreet: true"], "indiscreet"),
        ("utter_full", ["{text: No}"], "unreadable"),
    ],
)
def test_faults_of_responses(folder, name, variations, code):
    path = folder / "responses" / "en.yml"
    path.write_text(path.read_text().replace(f"  {name}:\n    - text", f"  {name}_old:\n    - text"))
    codes = [found.rsplit(" ", 1)[1] for found in problems(with_response(folder, name, *variations))]
    assert code in codes


def test_a_list_may_be_longer_than_a_question(folder):
    path = folder / "responses" / "en.yml"
    longer = f'"{"words " * 40}{{menu}}"'
    path.write_text(path.read_text().replace('"Which booking?\\n{menu}"', longer))
    assert longer in path.read_text()
    assert problems(folder) == []


def test_whatsapp_has_other_bounds(folder):
    path = folder / "responses" / "en.yml"
    for_whatsapp = f'{{text: "{"é😀" * 400}", channel: whatsapp}}'
    path.write_text(path.read_text().replace("  utter_full:\n", f"  utter_full:\n    - {for_whatsapp}\n"))
    assert for_whatsapp in path.read_text()
    assert problems(folder) == []


def test_a_response_that_only_the_code_names_must_exist(folder):
    (folder.parent / "code" / "more.py").write_text('NAME = "utter_gone"\nEND = f"utter_closed_{1}"\n')
    assert problems(folder) == ["responses/en.yml:3: unknown_response"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [("{resets: [paint]}", "unknown_reset"), ("{from: choice, payload: p, starts: unheard_of}", "unknown_flow")],
)
def test_faults_of_slot_rules(folder, rule, code):
    path = folder / "slot_rules.yml"
    path.write_text(path.read_text().replace("  hold: {}", f"  hold: {rule}"))
    assert [found.rsplit(" ", 1)[1] for found in problems(folder)] == [code]


def test_intents_are_those_of_the_vocabulary(folder):
    known = ["find_event", "inform", "book_event", "cancel_booking", "more_results", "travel_directions", "parking"]
    known += ["thanks", "human", "out_of_scope", "feedback", "go_back", "start_again", "repeat", "skip", "widen_search"]
    known += ["my_bookings", "help", "survey", "join_waiting_list", "leave_waiting_list", "notify_me"]
    known += ["stop_notify", "subject_access", "delete_data"]
    (folder / "slots.yml").write_text("intents:\n" + "".join(f"  - {name}\n" for name in known))
    assert problems(folder) == ["flows/questions.yml:67: unknown_intent"]


@pytest.mark.parametrize("value", ["yes", "No", "on", "10:30"])
def test_words_that_other_readers_take_for_booleans_and_numbers(folder, value):
    assert problems(with_steps(folder, f"{{set_slots: [{{access: {value}}}]}}")) == ["flows/more.yml:7: yaml_trap"]


def test_a_problem_says_where_and_what(folder):
    (folder / "flows" / "more.yml").write_text(FLOW + "      - {action: paint}\n")
    [problem] = check(folder, ACTIONS, count, code=[folder.parent / "code"])
    assert str(problem) == "flows/more.yml:2: flow more: step paint runs paint [unknown_action]"
