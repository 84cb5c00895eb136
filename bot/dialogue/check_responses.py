"""Checks of responses: every placeholder can be filled, texts fit the air and the lock screen, nothing is left over."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.dialogue.asking import NOT_UNDERSTOOD, PASSED_OVER, TAKEN
from bot.dialogue.check_flows import said_by
from bot.dialogue.flows import Flows
from bot.dialogue.models import CollectStep
from bot.dialogue.posed import TITLE
from bot.dialogue.problems import Problem, Source
from bot.dialogue.reading import MEANING
from bot.dialogue.repair import NONE
from bot.dialogue.responses import MENU, OPTION_LINE, PLACEHOLDER, ResponsesFile, VariationModel
from bot.dialogue.walk import AGAIN, RESUMED
from bot.dialogue.words import folded

UNSOLICITED = "utter_unsolicited_"
_NAME = re.compile(r"(?:utter|part|option)_[a-z0-9_]+")
_GIVEN_BY_ENGINE = {MENU, "number", "title"}
_QUESTION, _LONGEST = 2, 4
_SAMPLE, _SAMPLE_MENU = "x" * 14, "x" * 180


class Segments(Protocol):
    """What a text takes on the air: the name of its alphabet and the number of parts."""

    @property
    def encoding(self) -> str:
        """GSM-7 or UCS-2."""
        ...

    @property
    def count(self) -> int:
        """How many parts."""
        ...


@dataclass(frozen=True, slots=True)
class Texts:
    """The responses of one file with what they are checked against; `said` are the names that the code mentions."""

    flows: Flows
    file: ResponsesFile
    source: Source
    parameters: frozenset[str]
    indiscreet: frozenset[str]
    count: Callable[[str], Segments]
    said: "Mentions"


@dataclass(frozen=True, slots=True)
class Mentions:
    """Responses named in the code: whole names, and the beginnings of names that it completes."""

    names: frozenset[str]
    beginnings: frozenset[str]

    def has(self, response: str) -> bool:
        """Say whether the code may say a response."""
        return response in self.names or any(response.startswith(each) for each in self.beginnings)


def mentions(folders: Iterable[Path]) -> Mentions:
    """Find the responses that the Python files under some folders, this package apart, name in their texts."""
    own = Path(__file__).parent
    names: set[str] = set()
    beginnings: set[str] = set()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*.py") if own not in path.parents):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr) and node.values:
                    beginnings |= _names_in(node.values[0])
                names |= _names_in(node)
    return Mentions(frozenset(names - beginnings), frozenset(beginnings))


def _names_in(node: ast.AST) -> set[str]:
    text = node.value if isinstance(node, ast.Constant) else None
    return {text} if isinstance(text, str) and _NAME.fullmatch(text) else set()


def check_responses(texts: Texts) -> Iterator[Problem]:
    """Yield what is wrong with the responses."""
    used = _used(texts.flows)
    for name, variations in texts.file.responses.items():
        for variation in variations:
            for code, message in text_problems(texts, name, variation):
                yield _problem(texts, name, code, message)
        if variations[-1].condition or variations[-1].channel:
            yield _problem(texts, name, "no_fallback", "the last variation must fit always")
        if not _is_said(texts, used, name):
            yield _problem(texts, name, "unused_response", "nothing says it")
    for name in sorted(name for name in texts.said.names if name not in texts.flows.responses):
        yield _problem(texts, name, "unknown_response", "the code says it, and it does not exist")


def text_problems(texts: Texts, name: str, variation: VariationModel) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with one variation of a response: a code, and words."""
    for check in _CHECKS:
        yield from check(texts, name, variation)


def _is_said(texts: Texts, used: set[str], response: str) -> bool:
    """Say whether flows, the engine or the code say a response, or the question that it varies."""
    question = response.removesuffix(f"_{AGAIN}").removesuffix(f"_{RESUMED}")
    return any(each in used or texts.said.has(each) for each in (response, question))


def _problem(texts: Texts, response: str, code: str, message: str) -> Problem:
    return texts.source.problem(code, f"response {response}: {message}", "responses", response)


def _used(flows: Flows) -> set[str]:
    """The responses that flows and the engine say."""
    used = {NOT_UNDERSTOOD, PASSED_OVER, OPTION_LINE, *(f"{MEANING}{flow}" for flow in (*flows.flows, NONE))}
    for flow in flows.flows.values():
        if flow.model.asked_by:
            used.add(f"{TITLE}{flow.name}")
        for step in flow.steps.values():
            used |= set(said_by(step))
            if isinstance(step.model, CollectStep):
                used.add(f"{TAKEN}{step.model.collect}")
                used |= {f"utter_ask_{step.model.collect}_{manner}" for manner in (AGAIN, RESUMED)}
    return used


def _placeholders(texts: Texts, _: str, variation: VariationModel) -> Iterator[tuple[str, str]]:
    known = texts.flows.rules.keys() | texts.parameters | _GIVEN_BY_ENGINE
    for name in PLACEHOLDER.findall(variation.text):
        if name.partition(".")[0] not in known:
            yield "unknown_placeholder", f"{{{name}}} is no slot and no parameter that slot_rules.yml declares"


def _alphabet(texts: Texts, _: str, variation: VariationModel) -> Iterator[tuple[str, str]]:
    for text in (variation.text, *(button.title for button in variation.buttons)):
        plain = PLACEHOLDER.sub("", text)
        odd = sorted({character for character in plain if texts.count(character).encoding != "GSM-7"})
        if odd and variation.channel != "whatsapp":
            yield "not_gsm7", f"not in the GSM alphabet: {' '.join(map(repr, odd))}"


def _length(texts: Texts, name: str, variation: VariationModel) -> Iterator[tuple[str, str]]:
    if not name.startswith("utter_") or variation.channel == "whatsapp":
        return
    asks = name.startswith("utter_ask_") and f"{{{MENU}}}" not in variation.text
    most = _QUESTION if asks else _LONGEST
    sample = PLACEHOLDER.sub(_SAMPLE, variation.text.replace(f"{{{MENU}}}", _SAMPLE_MENU))
    parts = texts.count(sample).count
    if parts > most:
        yield "too_long", f"takes about {parts} text messages, {most} at most"


def _discreet(texts: Texts, name: str, variation: VariationModel) -> Iterator[tuple[str, str]]:
    if not (variation.discreet or name.startswith(UNSOLICITED)):
        return
    for word in sorted(set(folded(variation.text).split()) & texts.indiscreet):
        yield "indiscreet", f"{word!r} may be read on a lock screen"


_CHECKS = (_placeholders, _alphabet, _length, _discreet)
