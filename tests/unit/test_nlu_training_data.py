from pathlib import Path

import pytest

from bot.nlu.training_data import Marked, fingerprint, read_example, read_file, read_folder
from services.core.errors import ConfigurationError

PAGE = """
version: "3.1"
nlu:
- synonym: walthamstow
  examples: |
    - stow
- intent: find_event
  examples: |
    - anything near [E17](place)?
    - [chemo brain]{"entity": "need", "value": "fatigue"} help [tmrw](date:tomorrow)

- intent: affirm
  examples: |
    - yes
    - "ok" - go on
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_every_example_and_takes_the_annotations_out(tmp_path):
    examples = read_file(write(tmp_path, "a.yml", PAGE))
    assert [(example.text, example.intent) for example in examples] == [
        ("anything near E17?", "find_event"),
        ("chemo brain help tmrw", "find_event"),
        ("yes", "affirm"),
        ('"ok" - go on', "affirm"),
    ]


def test_annotations_keep_kind_value_and_place():
    line = '[chemo brain]{"entity": "need", "value": "fatigue"} near [E17](place), [tmrw](date:tomorrow)'
    example = read_example(line, "find_event")
    assert example.marked == (
        Marked("need", "fatigue", 0, 11),
        Marked("place", "E17", 17, 20),
        Marked("date", "tomorrow", 22, 26),
    )
    assert [example.text[mark.start : mark.end] for mark in example.marked] == ["chemo brain", "E17", "tmrw"]


def test_brackets_that_are_no_annotation_stay():
    assert read_example("see [this] (place)", "x").text == "see [this] (place)"


def test_folder_is_read_in_order_of_name(tmp_path):
    write(tmp_path, "b.yml", "nlu:\n- intent: b\n  examples: |\n    - second\n")
    write(tmp_path, "a.yml", "nlu:\n- intent: a\n  examples: |\n    - first\n")
    assert [example.text for example in read_folder(tmp_path)] == ["first", "second"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- just\n- a list\n", "expected a list"),
        ("nlu: text\n", "expected a list"),
        ("nlu:\n- intent: a\n  examples: [yes]\n", "no block of examples"),
        ("nlu:\n- intent: a\n  examples: |\n    - [x]{bad}\n", "unreadable annotation"),
        ("nlu: [\n", "bad.yml"),
    ],
)
def test_bad_files_are_named_with_the_reason(tmp_path, text, reason):
    with pytest.raises(ConfigurationError, match=reason):
        read_file(write(tmp_path, "bad.yml", text))


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(ConfigurationError, match="no training examples"):
        read_folder(tmp_path)


def test_fingerprint_changes_with_content_and_name(tmp_path):
    path = write(tmp_path, "a.yml", PAGE)
    before = fingerprint([path])
    assert fingerprint([path]) == before
    assert fingerprint([write(tmp_path, "b.yml", PAGE)]) != before
    path.write_text(PAGE + "#", encoding="utf-8")
    assert fingerprint([path]) != before
