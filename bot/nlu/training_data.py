"""Training data: labelled example messages, read from YAML in Rasa's format (version 3.1)."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.core import yaml12
from services.core.errors import ConfigurationError

TRAINING_FOLDER = "nlu"
NEEDS_FOLDER = "needs"
MENUS_FOLDER = "menus"
PARTIES_FOLDER = "parties"
LEARNT_FOLDERS = (TRAINING_FOLDER, NEEDS_FOLDER, MENUS_FOLDER, PARTIES_FOLDER)
HELD_OUT_FOLDER = "held_out"
# Messages of these intents may say something that nobody marked, unless something else in them was marked.
MAY_SAY_MORE = frozenset(
    (
        "book_event", "cancel_booking", "change_booking", "choose_option", "correction", "find_event",
        "for_someone_else", "inform", "leave_waiting_list", "my_bookings", "referral_question",
    )
)  # fmt: skip

_ANNOTATION = re.compile(r"\[(?P<words>[^\]]+)\](?:\((?P<name>[^):]+)(?::(?P<value>[^)]*))?\)|(?P<json>\{[^}]+\}))")
_BULLET = re.compile(r"^\s*-\s?")


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of an example that its author marked as an entity; `start` and `end` index the example's text."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """One message as a person might send it, and what it means."""

    text: str
    intent: str
    marked: tuple[Marked, ...] = ()


def read_folder(folder: Path) -> list[Example]:
    """Every example of every YAML file in a folder, files in order of name; ConfigurationError if there are none."""
    examples = [example for path in training_files(folder) for example in read_file(path)]
    if not examples:
        raise ConfigurationError(f"no training examples in {folder}")
    return examples


def training_files(folder: Path) -> list[Path]:
    """The YAML files of a folder, in order of name."""
    return sorted(path for path in folder.glob("*.yml") if path.is_file())


def read_file(path: Path) -> list[Example]:
    """The examples of one file; ConfigurationError, naming the file, if it is not Rasa's format."""
    document = read_yaml(path)
    blocks = document.get("nlu", []) if isinstance(document, dict) else None
    if not isinstance(blocks, list):
        raise ConfigurationError(f"{path.name}: expected a list under 'nlu'")
    return [example for block in blocks if "intent" in block for example in _examples_of(block, path)]


def read_yaml(path: Path) -> Any:
    """The plain data of a YAML file; ConfigurationError, naming the file, if it cannot be read."""
    try:
        return yaml12.load(path)
    except OSError as problem:
        raise ConfigurationError(f"{path.name}: {problem}") from problem


def read_example(line: str, intent: str) -> Example:
    """An example from one line of Rasa's notation, `[E17](place)` or `[E17]{"entity": "place", "value": "e17"}`."""
    text, marked, position = "", [], 0
    for match in _ANNOTATION.finditer(line):
        text += line[position : match.start()]
        kind, value = _kind_and_value(match)
        marked.append(Marked(kind, value, len(text), len(text) + len(match["words"])))
        text += match["words"]
        position = match.end()
    return Example(text + line[position:], intent, tuple(marked))


def fingerprint(paths: Iterable[Path]) -> str:
    """A hash of files' names and contents, in hexadecimal: it differs when any of them differs."""
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.name}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


def _examples_of(block: dict[str, Any], path: Path) -> Iterator[Example]:
    lines = block.get("examples")
    if not isinstance(lines, str):
        raise ConfigurationError(f"{path.name}: intent {block['intent']} has no block of examples")
    for line in lines.splitlines():
        text = _BULLET.sub("", line).strip()
        if text:
            yield read_example(text, str(block["intent"]))


def _kind_and_value(match: re.Match[str]) -> tuple[str, str]:
    if match["json"] is None:
        return match["name"], match["value"] or match["words"]
    try:
        fields = json.loads(match["json"])
        return str(fields["entity"]), str(fields.get("value", match["words"]))
    except (ValueError, KeyError) as problem:
        raise ConfigurationError(f"unreadable annotation {match[0]!r}") from problem
