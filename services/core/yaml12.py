"""Reading YAML as version 1.2 means it, with the speed of libyaml.

In 1.2 only true and false are booleans: `yes`, `no`, `on`, `10:30` and `2026-12-01` are words.
"""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from services.core.errors import ConfigurationError

_SCALARS = (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
)
_BASES = {"0o": 8, "0x": 16}


class UnreadableYaml(ConfigurationError):
    """A file that is not YAML; `line` counts from 1 and is None where no place is to blame."""

    code = "unreadable_yaml"

    def __init__(self, file: str, line: int | None, problem: str) -> None:
        super().__init__(f"{file}: {problem}" if line is None else f"{file}:{line}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem


def load(path: Path) -> Any:
    """Return the plain data of a file: dicts, lists, strings, numbers, booleans and None.

    Raises UnreadableYaml, also for a key that comes twice; OSError when the file cannot be opened.
    """
    return _read(path, lambda text: yaml.load(text, _Loader))  # noqa: S506  (a safe loader)


def compose(path: Path) -> Node | None:
    """Return the nodes of a file, which know their lines; errors as for `load`."""
    node: Node | None = _read(path, lambda text: yaml.compose(text, _Loader))
    return node


def _read(path: Path, parse: Any) -> Any:
    try:
        return parse(path.read_bytes())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise UnreadableYaml(path.name, line, error.problem or str(error)) from error
    except yaml.YAMLError as error:
        raise UnreadableYaml(path.name, None, str(error)) from error


class _Loader(yaml.CSafeLoader):
    """PyYAML's safe loader with the scalars of YAML 1.2's core schema, and no key twice."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  (PyYAML's own way)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping; PyYAML alone would keep the last of two equal keys and say nothing."""
        made = super().construct_mapping(node, deep)
        if len(made) < len(node.value):
            raise _twice(node, [self.construct_object(key) for key, _ in node.value])
        return made


def _twice(node: MappingNode, keys: list[Any]) -> yaml.MarkedYAMLError:
    place = next(place for place, key in enumerate(keys) if key in keys[:place])
    mark = node.value[place][0].start_mark
    return yaml.constructor.ConstructorError(None, None, f"the key {keys[place]!r} comes twice", mark)


def _boolean(_loader: Any, node: ScalarNode) -> bool:
    return str(node.value).lower() == "true"


def _integer(_loader: Any, node: ScalarNode) -> int:
    said = str(node.value)
    base = _BASES.get(said[:2], 10)
    return int(said if base == 10 else said[2:], base)


def _floating(_loader: Any, node: ScalarNode) -> float:
    said = str(node.value).lower()
    return float(said.replace(".inf", "inf").replace(".nan", "nan"))


for _name, _pattern, _first in _SCALARS:
    _firsts = [character.strip("\0") for character in _first]
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(f"^(?:{_pattern})$"), _firsts)
for _name, _construct in (("bool", _boolean), ("int", _integer), ("float", _floating)):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_name}", _construct)
