"""Training files that map a label to lines of messages."""

from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from bot.nlu.training_data import read_yaml, training_files
from services.core.errors import ConfigurationError

Label = TypeVar("Label", bound=Hashable)


def read_labelled(folder: Path, label_of: Callable[[Any], Label], labels: str) -> list[tuple[str, Label]]:
    """Every message of the folder's files with its label; `labels` is what they are called.

    `label_of` reads a label as it stands in the file and raises ValueError if it is none. ConfigurationError, naming
    the file, if one is anything else or a message stands under different labels.
    """
    known: dict[str, Label] = {}
    found = []
    for path in training_files(folder):
        for text, label in _lines_of(path, label_of, labels):
            if known.setdefault(text.casefold(), label) != label:
                raise ConfigurationError(f"{path.name}: {text!r} has other {labels} elsewhere")
            found.append((text, label))
    return found


def _lines_of(path: Path, label_of: Callable[[Any], Label], labels: str) -> Iterator[tuple[str, Label]]:
    blocks = read_yaml(path)
    if not isinstance(blocks, dict):
        raise ConfigurationError(f"{path.name}: expected {labels}, each with messages")
    for named, lines in blocks.items():
        if not isinstance(lines, str):
            raise ConfigurationError(f"{path.name}: {named} has no lines of messages")
        try:
            label = label_of(named)
        except ValueError as problem:
            raise ConfigurationError(f"{path.name}: {problem}") from problem
        yield from ((line.strip(), label) for line in lines.splitlines() if line.strip())
