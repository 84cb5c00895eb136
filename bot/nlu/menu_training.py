"""Learning which line of a menu is meant, from `nlu_data/menus`: menus, and what people answered to them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.nlu.conditional_logit import ConditionalLogit
from bot.nlu.counts import find_counts
from bot.nlu.dates import find_dates
from bot.nlu.lexicon import Lexicon
from bot.nlu.logit_training import Case, fit
from bot.nlu.menu_company import without_company
from bot.nlu.menu_lines import option_of
from bot.nlu.menu_reader import read_beside
from bot.nlu.tokens import tokenise
from bot.nlu.training_data import read_yaml, training_files
from services.core.errors import ConfigurationError

NONE = "none"
WRITTEN_AT = datetime(2026, 11, 23, 10, tzinfo=UTC)  # the answers of the folder are written as if on that morning
# Found by cross-validation on the answers of the folder.
_RAREST = 2
_PENALTY = 0.6


@dataclass(frozen=True, slots=True)
class MenuExample:
    """A menu's lines, what somebody answered, and the number of the line meant (from 1; None for none)."""

    menu: tuple[str, ...]
    text: str
    meant: int | None


def read_examples(folder: Path) -> list[MenuExample]:
    """Every answer of the folder's files: lists of a `menu` (lines), and under each line's number, or "none", answers.

    ConfigurationError, naming the file, if one is anything else.
    """
    return [example for path in training_files(folder) for example in _examples_of(path)]


def _examples_of(path: Path) -> Iterator[MenuExample]:
    blocks = read_yaml(path)
    if not isinstance(blocks, list) or not all(isinstance(block, dict) and "menu" in block for block in blocks):
        raise ConfigurationError(f"{path.name}: expected menus, each with answers")
    for block in blocks:
        yield from _answers_to(block, path)


def _answers_to(block: Mapping[Any, Any], path: Path) -> Iterator[MenuExample]:
    menu = tuple(map(str, block["menu"]))
    for named, lines in block.items():
        if named == "menu":
            continue
        meant = None if named == NONE else named
        if not isinstance(lines, str) or (meant is not None and meant not in range(1, len(menu) + 1)):
            raise ConfigurationError(f"{path.name}: {named} is no line of {menu[0]!r}, or has no answers")
        yield from (MenuExample(menu, line.strip(), meant) for line in lines.splitlines() if line.strip())


def learn(examples: Sequence[MenuExample], lexicon: Lexicon) -> ConditionalLogit | None:
    """A model of which line is meant, read by the same lists as messages are; None if there are no examples."""
    cases = [case for example in examples for case in _cases(example, lexicon)]
    return fit(cases, _RAREST, _PENALTY) if cases else None


def _cases(example: MenuExample, lexicon: Lexicon) -> Iterator[Case]:
    """Yield the case that an answer makes, unless it has no word."""
    tokens = tokenise(example.text)
    if not tokens.words:
        return
    options = [option_of(number, line, WRITTEN_AT) for number, line in enumerate(example.menu, start=1)]
    words = lexicon.spelling.repair(tokens.words)
    dates = find_dates(tokens, words, WRITTEN_AT, asked=False)
    counts = find_counts(tokens, words, lexicon, asked=False, open_question=True)
    tokens = without_company(tokens, words, options, lexicon, counts)
    _, beside = read_beside(tokens, options, lexicon, dates)
    yield Case(beside, example.meant or 0)
