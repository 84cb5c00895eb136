"""Reading the word lists of `nlu_data/lexicon`: YAML whose lists are phrases written with commas."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from services.core import yaml12

LEXICON_FOLDER = Path(__file__).parents[2] / "nlu_data" / "lexicon"


def read_list(name: str, folder: Path = LEXICON_FOLDER) -> dict[str, Any]:
    """Return one file of word lists, by its name without ".yml"."""
    data: dict[str, Any] = yaml12.load(folder / f"{name}.yml")
    return data


def phrases_of(listed: str) -> tuple[str, ...]:
    """Return the phrases of one list, each once."""
    return tuple(dict.fromkeys(phrase.strip() for phrase in str(listed).split(",") if phrase.strip()))


def inverted(lists: Mapping[Any, str]) -> dict[str, Any]:
    """Return which list each phrase stands in."""
    return {phrase: name for name, listed in lists.items() for phrase in phrases_of(listed)}


def word_set(words: str) -> frozenset[str]:
    """Return words written with spaces between."""
    return frozenset(words.split())


@cache
def contexts(module: str) -> dict[str, frozenset[str]]:
    """Return the words that settle what an entity is, by the module that asks and then by their part in it."""
    return {part: frozenset(phrases_of(listed)) for part, listed in read_list("contexts")[module].items()}


def alternation(words: Iterable[str]) -> str:
    """A regular expression for any of some words, the longest that fits first, without a group.

    What words begin with alike is written once: a list of hundreds is compiled and searched several times as fast.
    """
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}
    return "|".join(re.escape(letter) + _rest(node) for letter, node in sorted(tree.items()))


def _rest(node: dict[str, Any]) -> str:
    branches = [re.escape(letter) + _rest(below) for letter, below in sorted(node.items()) if letter]
    if not branches:
        return ""
    ends = "" in node
    body = branches[0] if len(branches) == 1 and not ends else f"(?:{'|'.join(branches)})"
    return f"{body}?" if ends else body
