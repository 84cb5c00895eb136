"""What is wrong in the dialogue files, and on which line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from services.core import yaml12

_BOOLEANS = {"yes", "no", "on", "off", "y", "n"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: the file (relative to the dialogues folder), the line if known, a stable code, and words."""

    file: str
    line: int | None
    code: str
    message: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.message} [{self.code}]"


class Source:
    """One dialogue file as it is written: where each flow, response or slot stands, and traps in its scalars."""

    def __init__(self, folder: Path, file: str) -> None:
        self.file = file
        self._root: Any = yaml12.compose(folder / file)

    def line(self, *path: str) -> int | None:
        """The line of the entry at this path of keys, or of the nearest one above it."""
        node, line = self._root, None
        for key in path:
            entry = _entry(node, key)
            if entry is None:
                break
            line, node = entry[0].start_mark.line + 1, entry[1]
        return line

    def names(self, key: str) -> list[str]:
        """The keys of the mapping that stands at the top under `key`."""
        entry = _entry(self._root, key)
        return [name.value for name, _ in entry[1].value] if entry else []

    def problem(self, code: str, message: str, *path: str) -> Problem:
        """Make a problem at a path of this file."""
        return Problem(self.file, self.line(*path), code, message)

    def traps(self) -> Iterator[Problem]:
        """Unquoted words and times that other YAML readers take for booleans and numbers."""
        for node in _scalars(self._root):
            if not node.style and (node.value.lower() in _BOOLEANS or _is_clock_time(node.value)):
                message = f"put {node.value} in quotes: some readers take it for a boolean or a number"
                yield Problem(self.file, node.start_mark.line + 1, "yaml_trap", message)


def _entry(node: Any, key: str) -> tuple[Any, Any] | None:
    if not isinstance(node, MappingNode):
        return None
    return next(((name, value) for name, value in node.value if name.value == key), None)


def _scalars(node: Any) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
        return
    children: Iterable[Any] = node.value if isinstance(node, SequenceNode) else ()
    if isinstance(node, MappingNode):
        children = [part for pair in node.value for part in pair]
    for child in children:
        yield from _scalars(child)


def _is_clock_time(text: str) -> bool:
    hours, colon, minutes = text.partition(":")
    return bool(colon) and hours.isdecimal() and minutes.isdecimal()
