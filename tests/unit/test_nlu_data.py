"""The training data keeps to Rasa's format, to the vocabulary of `dialogues/slots.yml`, and to its own promises."""

import json
import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest

from services.core import yaml12

ROOT = Path(__file__).resolve().parents[2]
NLU_FILES = sorted((ROOT / "nlu_data" / "nlu").glob("*.yml"))
LOOKUP_FILES = sorted((ROOT / "nlu_data" / "lookups").glob("*.yml"))
SYNONYMS = ROOT / "nlu_data" / "synonyms.yml"
DOMAIN = ROOT / "dialogues" / "slots.yml"
FILES = [*NLU_FILES, *LOOKUP_FILES, SYNONYMS]

ANNOTATION = re.compile(r"\[([^\[\]]+)\](?:\(([a-z_]+)\)|(\{[^{}]*\}))")
LITERAL_BLOCK = re.compile(r"^    examples: \|$")
BULLET = re.compile(r"^      - \S.*\S$|^      - \S$")


def read(path):
    return yaml12.load(path)


def lines_of(block):
    return [line.removeprefix("- ") for line in block["examples"].splitlines()]


def plain(example):
    """What a person typed, without case, apostrophes, punctuation or surplus space."""
    words = ANNOTATION.sub(r"\1", example).casefold().replace("'", "").replace("’", "")
    kept = (" " if unicodedata.category(letter).startswith("P") else letter for letter in words)
    return " ".join("".join(kept).split())


def entities_in(example):
    """(entity, value, words) of every annotation of an example."""
    for words, name, fields in ANNOTATION.findall(example):
        known = json.loads(fields) if fields else {"entity": name}
        yield known["entity"], known.get("value", words), words


@pytest.fixture(scope="module")
def domain():
    return read(DOMAIN)


@pytest.fixture(scope="module")
def examples():
    found = defaultdict(list)
    for path in NLU_FILES:
        for block in read(path)["nlu"]:
            found[block["intent"]] += lines_of(block)
    return dict(found)


@pytest.fixture(scope="module")
def annotated(examples):
    return [(line, entities) for lines in examples.values() for line in lines if (entities := list(entities_in(line)))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_rasa_yaml_of_version_3_1(path):
    document = read(path)
    assert document["version"] == "3.1"
    assert isinstance(document["version"], str)
    assert set(document) == {"version", "nlu"}
    for block in document["nlu"]:
        assert set(block) in ({"intent", "examples"}, {"lookup", "examples"}, {"synonym", "examples"})
        assert all(isinstance(value, str) for value in block.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples_are_literal_blocks_of_bulleted_lines(path):
    text = path.read_text(encoding="utf-8")
    assert "\t" not in text
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if inside and line.startswith("      "):
            assert BULLET.match(line), f"{path.name}:{number}: {line!r}"
        else:
            inside = bool(LITERAL_BLOCK.match(line))
            assert inside or "examples" not in line, f"{path.name}:{number}: {line!r}"


@pytest.mark.parametrize("path", NLU_FILES, ids=lambda path: path.stem)
def test_files_stay_short_enough_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 600


def test_there_are_enough_intents_with_names_rasa_accepts(examples):
    assert len(examples) >= 25
    assert all(re.fullmatch(r"[a-z][a-z_]*", intent) for intent in examples)


def test_every_intent_has_forty_distinct_examples(examples):
    distinct = {intent: len({plain(line) for line in lines}) for intent, lines in examples.items()}
    assert {intent: count for intent, count in distinct.items() if count < 40} == {}
    assert distinct["out_of_scope"] >= 150


def test_no_message_is_an_example_twice(examples):
    intents = defaultdict(list)
    for intent, lines in examples.items():
        for line in lines:
            intents[plain(line)].append(intent)
    assert "" not in intents
    assert {text: found for text, found in intents.items() if len(found) > 1} == {}


def test_every_intent_is_declared_and_every_declared_intent_is_taught(examples, domain):
    assert domain["version"] == "3.1"
    assert sorted(domain["intents"]) == sorted(examples)


def test_annotations_are_whole_and_name_declared_entities(annotated, domain):
    declared = set(domain["entities"])
    assert {name for _, entities in annotated for name, _, _ in entities} == declared
    for line, entities in annotated:
        rest = ANNOTATION.sub("", line)
        assert not re.search(r"[\[\]{}]", rest), line
        assert all(words == words.strip() for _, _, words in entities), line


def test_an_unannotated_bracket_is_never_half_an_annotation(examples):
    for lines in examples.values():
        for line in lines:
            rest = ANNOTATION.sub("", line)
            assert rest.count("[") == rest.count("]"), line
            assert not re.search(r"\][({]", rest), line


def test_half_of_what_people_look_for_and_correct_is_annotated(examples):
    for intent in ("find_event", "inform", "correction", "party_size", "for_someone_else"):
        share = sum(1 for line in examples[intent] if ANNOTATION.search(line)) / len(examples[intent])
        assert share >= 0.5, intent


def test_annotations_and_synonyms_never_give_one_text_two_values(annotated):
    values = defaultdict(set)
    for block in read(SYNONYMS)["nlu"]:
        for text in lines_of(block):
            values[text.casefold()].add(block["synonym"])
    for _, entities in annotated:
        for _, value, words in entities:
            if value != words:
                values[words.casefold()].add(value)
    assert {text: found for text, found in values.items() if len(found) > 1} == {}


def test_synonyms_name_each_value_once_and_never_chain():
    blocks = read(SYNONYMS)["nlu"]
    names = [block["synonym"] for block in blocks]
    assert len(names) == len(set(names))
    texts = {text for block in blocks for text in lines_of(block)}
    assert texts.isdisjoint(names)


def test_lookups_are_of_declared_entities_and_wide_enough(domain):
    sizes = {block["lookup"]: len(set(lines_of(block))) for path in LOOKUP_FILES for block in read(path)["nlu"]}
    assert set(sizes) == {"place", "cancer_type", "need"}
    assert set(sizes) <= set(domain["entities"])
    assert min(sizes.values()) >= 100


def test_slots_are_filled_from_declared_entities_and_steer_no_prediction(domain):
    for slot in domain["slots"].values():
        assert slot["type"] in {"text", "list"}
        assert slot["influence_conversation"] is False
        assert all(mapping["type"] == "from_entity" for mapping in slot["mappings"])
        assert {mapping["entity"] for mapping in slot["mappings"]} <= set(domain["entities"])
