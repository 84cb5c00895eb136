import math
from pathlib import Path

import pytest

from services.core import yaml12
from services.core.errors import ConfigurationError
from services.core.yaml12 import UnreadableYaml

ROOT = Path(__file__).parents[2]
WORDS = (
    *("yes", "no", "on", "off", "y", "n", "Yes", "NO", "On", "tRUE", "nULL"),
    *("10:30", "9:05:30", "190:20:30", "2026-12-01", "2026-12-01T10:30:00Z", "2026-12-01 10:30"),
    *("1_000", "0b11", "0o9", "0xZZ", "1e", "e5", ".", "-", "+", "1.2.3", "12e03x"),
    *(".infinity", "-.nan", "+447700900123a"),
    *("<<", "=", "NaN", "inf", "E17", "1,000", "60%"),
)


@pytest.fixture
def read(tmp_path):
    def reading(text):
        path = tmp_path / "some.yml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return yaml12.load(path)

    return reading


@pytest.mark.parametrize("word", [word for word in WORDS if word != "-"])
def test_what_other_readers_take_for_something_else_stays_a_word(read, word):
    assert read(f"a: {word}\n{word}: b") == {"a": word, word: "b"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        *(("0", 0), ("-7", -7), ("+7", 7), ("010", 10), ("0o17", 15), ("0x1F", 31)),
        *(("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("-1e3", -1000.0), ("6.02E+2", 602.0)),
        *((".inf", math.inf), ("-.INF", -math.inf), ("+.Inf", math.inf)),
    ],
)
def test_a_scalar_of_the_core_schema_has_its_type(read, written, meant):
    value = read(f"a: {written}")["a"]
    assert value == meant
    assert type(value) is type(meant)


def test_not_a_number_is_read(read):
    assert math.isnan(read("a: .nan")["a"])


@pytest.mark.parametrize("word", ["true", "1", "1.5", "null", "~", "0x1F", ""])
def test_what_stands_in_quotes_is_a_word(read, word):
    assert read(f"a: '{word}'\nb: \"{word}\"") == {"a": word, "b": word}


def test_structure_and_text_are_kept(read):
    assert read("- |\n  one\n  two\n- >\n  one\n  two\n- {a: [1, b]}\n- café 🙂\n") == [
        "one\ntwo\n",
        "one two\n",
        {"a": [1, "b"]},
        "café 🙂",
    ]


def test_an_empty_file_is_nothing(read):
    assert read("") is None


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: [\n", 3, "did not find"),
        ("a: 1\nb: c: d\n", 2, "mapping values"),
        ("a: 1\n\tb: 2\n", 2, "tab"),
        ("a: 1\nb: 2\na: 3\n", 3, "key 'a' comes twice"),
        ("a:\n  b: {c: 1, c: 2}\n", 2, "key 'c' comes twice"),
        ("a: !!python/name:os.system x\n", 1, "could not determine a constructor"),
        ("{[1]: 2}\n", 1, "unhashable"),
        ("a: *b\n", 1, "undefined alias"),
        ("a: 1\n---\nb: 1\n", 2, "another document"),
        (b"a: \xff\n", None, "invalid"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line(read, text, line, problem):
    with pytest.raises(UnreadableYaml, match=problem) as error:
        read(text)
    assert (error.value.file, error.value.line) == ("some.yml", line)
    assert isinstance(error.value, ConfigurationError)


def test_a_missing_file_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        yaml12.load(tmp_path / "none.yml")


def test_nodes_know_their_lines_and_whether_they_were_quoted(tmp_path):
    path = tmp_path / "some.yml"
    path.write_text("a: 1\nb: 'yes'\nc: yes\n")
    pairs = yaml12.compose(path).value
    assert [key.start_mark.line for key, _ in pairs] == [0, 1, 2]
    assert [bool(value.style) for _, value in pairs] == [False, True, False]
