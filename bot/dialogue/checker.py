"""`wellbeing dialogues check`: finds what is wrong in the dialogue files before anyone meets it in a conversation."""

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.dialogue.check_flows import Names, check_flows, check_loops, check_phrases, check_rules
from bot.dialogue.check_questions import check_questions
from bot.dialogue.check_responses import Segments, Texts, check_responses, mentions
from bot.dialogue.loader import PATTERNS, SLOT_RULES, LoadError, flow_files, load, load_questions, read
from bot.dialogue.models import PatternsFile, SlotRulesFile
from bot.dialogue.problems import Problem, Source
from bot.dialogue.questions import QUESTIONS
from bot.dialogue.responses import ResponsesFile
from services.core import yaml12

VOCABULARY = "slots.yml"
_CODE = [Path(__file__).parents[2] / folder for folder in ("bot", "services")]

__all__ = ["Problem", "check"]


def check(
    folder: Path,
    action_names: set[str],
    count_segments: Callable[[str], Segments],
    *,
    language: str = "en",
    code: Iterable[Path] = _CODE,
) -> list[Problem]:
    """Return everything wrong in a dialogues folder, in the order of the files.

    `code` are the folders of Python files that may say responses. Files that cannot be read hide the other problems.
    """
    try:
        flows = load(folder, language)
    except LoadError as error:
        return [Problem(error.file, None, "unreadable", error.message)]
    sources = {file: Source(folder, file) for file in (*flow_files(folder), PATTERNS, SLOT_RULES)}
    responses = Source(folder, f"responses/{language}.yml")
    names = Names(flows, action_names, _intents(folder))
    texts = Texts(
        flows,
        read(folder, responses.file, ResponsesFile),
        responses,
        frozenset(read(folder, SLOT_RULES, SlotRulesFile).parameters),
        frozenset(read(folder, PATTERNS, PatternsFile).indiscreet),
        count_segments,
        mentions(code),
    )
    return [
        *_flow_problems(names, sources),
        *check_responses(texts),
        *responses.traps(),
        *_question_problems(folder, texts, names.intents),
    ]


def _question_problems(folder: Path, texts: Texts, intents: Collection[str]) -> Iterator[Problem]:
    if (folder / QUESTIONS).exists():
        source = Source(folder, QUESTIONS)
        yield from check_questions(texts, load_questions(folder), intents, source)
        yield from source.traps()


def _flow_problems(names: Names, sources: dict[str, Source]) -> Iterator[Problem]:
    yield from check_flows(names, [source for file, source in sources.items() if file != SLOT_RULES])
    yield from check_loops(names.flows.flows, sources.values())
    yield from check_rules(names, sources[SLOT_RULES])
    yield from check_rules(names, sources[PATTERNS])
    yield from check_phrases(names, sources[PATTERNS])
    for source in sources.values():
        yield from source.traps()


def _intents(folder: Path) -> set[str]:
    """The intents that understanding knows; none if the vocabulary file is not there."""
    path = folder / VOCABULARY
    domain: dict[str, Any] = yaml12.load(path) if path.exists() else {}
    return {name for entry in domain.get("intents", ()) for name in (entry if isinstance(entry, dict) else [entry])}
