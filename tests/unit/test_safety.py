"""The red-flag detector on its authors' own examples, on examples pulled about, and on rubbish; and its replies."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.segments import Encoding, count
from bot.dialogue.safety import Hit, Safety, SafetyFile, load_safety
from services.core import yaml12

_HERE = Path(__file__).parent
_FILE = _HERE.parents[1] / "dialogues" / "safety.yml"
_EXAMPLES: dict[str, Any] = yaml12.load(_HERE / "safety_examples.yml")
_DATA = SafetyFile(**yaml12.load(_FILE))
_SAFETY = load_safety(_FILE)

POSITIVE = [
    (category, text)
    for part in ("positive", "later_positive", "mended_positive")
    for category, texts in _EXAMPLES[part].items()
    for text in texts.splitlines()
]
NEGATIVE = [text for part in ("negative", "later_negative", "mended_negative") for text in _EXAMPLES[part].splitlines()]
EMERGENCY = {"chest_pain", "breathing", "bleeding", "stroke", "seizure", "collapse", "anaphylaxis", "overdose"}


def categories(text: str) -> list[str]:
    return [hit.category for hit in _SAFETY.check(text)]


def hit(category: str) -> Hit:
    return Hit(category, _DATA.categories[category].severity, "rule", "words")


def test_there_is_enough_to_measure_with() -> None:
    assert len(POSITIVE) >= 900
    assert len(NEGATIVE) >= 400
    assert {category for category, _ in POSITIVE} == set(_DATA.categories)


def test_red_flags_are_found() -> None:
    missed = [text for _, text in POSITIVE if not categories(text)]
    assert len(missed) <= 0.01 * len(POSITIVE), missed


@pytest.mark.parametrize("category", list(_DATA.categories))
def test_each_kind_is_found_as_what_it_is(category: str) -> None:
    texts = [text for kind, text in POSITIVE if kind == category]
    wrong = [text for text in texts if category not in categories(text)]
    assert len(wrong) <= 0.04 * len(texts), wrong


def test_ordinary_talk_is_left_alone() -> None:
    alarms = [(text, _SAFETY.check(text)) for text in NEGATIVE if categories(text)]
    assert len(alarms) <= 0.01 * len(NEGATIVE), alarms


PULLED: dict[str, Callable[[str], str]] = {
    "shouted": str.upper,
    "drawn out": lambda text: text + "!!!!!",
    "spaced": lambda text: "  " + text.replace(" ", "   "),
    "a comma": lambda text: text.replace(" ", ", ", 1),
    "curly": lambda text: text.replace("'", "’"),
    "after booking talk": lambda text: "hi can i book 2 places for thursday please " + text,
    "before booking talk": lambda text: text + ". can i still come to the walking group on tuesday",
    "run into booking talk": lambda text: text + " can i still come to the walking group on tuesday",
    "after an event request": lambda text: "do you have a course for fatigue " + text,
    "beside stop": lambda text: "stop " + text,
    "on a line of its own": lambda text: "yes\n" + text + "\nthanks",
}


@pytest.mark.parametrize("pull", PULLED.values(), ids=PULLED)
def test_red_flags_are_found_however_they_are_typed(pull: Callable[[str], str]) -> None:
    lost = [text for _, text in POSITIVE if not categories(pull(text))]
    assert len(lost) <= 0.01 * len(POSITIVE), lost


def test_most_red_flags_survive_a_slip_of_the_thumb() -> None:
    chance = random.Random(1)
    slipped = [_slip(text, chance) for _, text in POSITIVE]
    assert sum(bool(categories(text)) for text in slipped) >= 0.85 * len(slipped)


def _slip(text: str, chance: random.Random) -> str:
    """The text with two letters of one of its longer words changed round."""
    words = text.split()
    place = chance.choice([place for place, word in enumerate(words) if len(word) == max(map(len, words))])
    word = words[place]
    at = chance.randrange(1, max(2, len(word) - 1))
    words[place] = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    return " ".join(words)


@given(
    st.sampled_from(POSITIVE), st.sampled_from([text for text in NEGATIVE if len(text) < 40]), st.sampled_from(".!?\n")
)
def test_another_sentence_hides_nothing(flag: tuple[str, str], other: str, end: str) -> None:
    assert categories(f"{other}{end} {flag[1]}") or categories(f"{flag[1]}{end} {other}")


@given(st.text(max_size=5000))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(_SAFETY.check(text), tuple)
    assert _SAFETY.cannot_phone(text) in (True, False)


@pytest.mark.parametrize(
    "words",
    [
        "chest pain ",
        "cant ",
        "the my so very ",
        "no not never any ",
        "temp 38 ",
        "leg swollen hot ",
        "a",
        "\0",
        "😀",
        "x1 ",
    ],
)
def test_five_thousand_characters_are_read(words: str) -> None:
    assert isinstance(_SAFETY.check((words * 5000)[:5000]), tuple)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("temp 38.4c", ["infection"]),
        ("Temp:38,6", ["infection"]),
        ("38.2", ["infection"]),
        ("my temp is 38", ["infection"]),
        ("body temp 35.1 and unwell", ["infection"]),
        ("my temp is 36.8", []),
        ("38", []),
        ("im 38 years old", []),
        ("bus 38 or 39", []),
        ("it was £38.50", []),
    ],
)
def test_figures(text: str, expected: list[str]) -> None:
    assert categories(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no chest pain or bleeding", []),
        ("no chest pain but i cant breathe", ["breathing"]),
        ("had a fit in 2015", []),
        ("had a fit in 2015 and another this morning", ["seizure"]),
        ("is there a workshop on seizures", []),
        ("is there a workshop on seizures because he is having one now, a seizure", ["seizure"]),
        ("im dying for a coffee", []),
        ("im dying for a coffee and i want to die", ["suicidal"]),
        ("his sats are in the 80s", ["breathing"]),
        ("reaction to penicillin in the 80s and i think its happening again now", ["anaphylaxis"]),
        ("that fits in with work but he had two fits in the night", ["seizure"]),
        ("my husbands laptop was on and he wont wake up", ["collapse"]),
        ("he gets out of the house more", []),
        ("he fell out the house and hes out cold", ["collapse"]),
        ("friend came round for tea", []),
        ("all ready to go for thursday", []),
        ("i am ready to go, tired of all this", ["suicidal"]),
        ("the stairs finished me off", []),
        ("want something to finish me off", ["suicidal", "not_coping"]),
        ("cant get out, cant sleep", []),
        ("i cant sleep and i cant get comfy", []),
        ("very sleepy and cant wake up", ["collapse"]),
        ("couldnt sleep last night and now hes very drowsy, cant wake him", ["collapse"]),
    ],
)
def test_what_excuses_a_word_excuses_no_other(text: str, expected: list[str]) -> None:
    assert categories(text) == expected


def test_the_gravest_comes_first() -> None:
    assert categories("not coping and my chest is so tight")[0] == "chest_pain"
    assert _DATA.categories["chest_pain"].severity < _DATA.categories["not_coping"].severity


@pytest.mark.parametrize("category", list(_DATA.categories))
@pytest.mark.parametrize("no_phone", [False, True])
def test_replies_are_short_and_plain(category: str, no_phone: bool) -> None:
    _check_style(_SAFETY.reply([hit(category)], no_phone=no_phone))


def _check_style(said: str) -> None:
    size = count(said)
    assert size.encoding is Encoding.GSM7
    assert size.count <= 3
    assert "\n" not in said
    assert "  " not in said
    assert not any(sign in said for sign in ("telephone", "cancer", "please call", "Call ", "e.g.", "asap"))
    assert "!" not in said
    assert "Nobody is watching" in said or "nobody is watching" in said


@pytest.mark.parametrize("category", sorted(EMERGENCY))
def test_an_emergency_says_999(category: str) -> None:
    assert "999" in _SAFETY.reply([hit(category)])
    assert _SAFETY.reply([hit(category)]).startswith("This could be an emergency.")


@pytest.mark.parametrize("category", list(_DATA.categories))
def test_who_cannot_phone_is_told_of_text(category: str) -> None:
    said = _SAFETY.reply([hit(category)], no_phone=True)
    assert "phone" not in said.casefold()
    assert "text 999" in said.casefold()


@pytest.mark.parametrize(
    ("category", "parts"),
    [
        ("infection", ["24-hour number on your alert card", "No card: phone 111", "phone 999", "Do not wait"]),
        ("cord_compression", ["24-hour number", "999"]),
        ("bleeding", ["999", "24-hour number", "111"]),
        ("swollen_leg", ["24-hour number", "111", "999"]),
        ("suicidal", ["999", "A&E", "116 123", "85258", "111", "option 2"]),
        ("not_coping", ["0808 808 00 00", "8am to 8pm", "116 123"]),
        ("safeguarding", ["safe to text you", "YES or NO", "press 55"]),
    ],
)
def test_each_reply_names_its_line(category: str, parts: list[str]) -> None:
    said = _SAFETY.reply([hit(category)])
    assert [part for part in parts if part not in said] == []


def test_tablets_taken_to_die_bring_both_lines() -> None:
    hits = _SAFETY.check("i want to die. ive taken all my tablets")
    assert {one.category for one in hits} >= {"suicidal", "overdose"}
    said = _SAFETY.reply(hits)
    assert "999" in said
    assert "116 123" in said
    _check_style(said)
    _check_style(_SAFETY.reply(hits, no_phone=True))


def test_the_safeguarding_reply_gives_nothing_away() -> None:
    said = _SAFETY.reply([hit("safeguarding")])
    assert not any(word in said.casefold() for word in ("abuse", "violen", "hurt", "afraid", "told us", "telling us"))


@pytest.mark.parametrize(
    "text",
    ["im deaf", "I can't hear on the phone", "cannot use the phone", "had a laryngectomy, no voice", "text only pls"],
)
def test_who_cannot_phone_is_heard(text: str) -> None:
    assert _SAFETY.cannot_phone(text)


@pytest.mark.parametrize("text", ["can i phone you", "whats the phone number", "i hear its good", "cant wait"])
def test_who_can_phone_is_not_mistaken(text: str) -> None:
    assert not _SAFETY.cannot_phone(text)


def test_every_set_is_used_and_every_rule_can_fire() -> None:
    rules = _DATA.rules.values()
    used = {one for rule in rules for entry in (*rule.all, *rule.unless, *rule.despite) for one in entry.split("|")}
    used |= {one for scope in _DATA.scopes.values() for one in (*scope.through, *scope.despite)}
    assert used == set(_DATA.sets)
    assert {rule.category for rule in rules} == set(_DATA.categories)


@pytest.mark.parametrize(
    "change",
    [
        {"all": ["no_such_set"]},
        {"all": ["chest"], "scopes": ["no_such_scope"]},
        {"all": ["chest"], "category": "no_such_category"},
    ],
)
def test_an_unknown_name_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    data = yaml12.load(_FILE)
    data["rules"]["wrong"] = {"category": "infection", **change}
    path = tmp_path / "safety.yml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(ValueError, match="no_such"):
        load_safety(path)


def test_a_choice_within_a_choice_is_refused(tmp_path: Path) -> None:
    data = yaml12.load(_FILE)
    data["idioms"] += ", given up on (zoom|the (tube|bus))"
    path = tmp_path / "safety.yml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(ValueError, match=r"\(zoom\|the \(tube"):
        load_safety(path)


@pytest.mark.parametrize(
    "said", ["I've given up on the bus", "my brother is threatening to make us dance at the wedding"]
)
def test_idioms_hold_in_all_their_forms(said: str) -> None:
    assert categories(said) == []


@pytest.mark.parametrize("said", ["they wont let me use my phone", "they never allow me to see anyone"])
def test_who_is_kept_from_others_is_seen(said: str) -> None:
    assert "safeguarding" in categories(said)


def test_a_detector_without_its_negations_cries_wolf() -> None:
    """That the scopes are what keeps denied and past symptoms quiet, and not luck."""
    data = yaml12.load(_FILE)
    for rule in data["rules"].values():
        rule["scopes"] = []
    bare = Safety(SafetyFile(**data))
    assert bare.check("no chest pain")
    assert bare.check("had a fit in 2015")
    assert not categories("no chest pain") + categories("had a fit in 2015")
