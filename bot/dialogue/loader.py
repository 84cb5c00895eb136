"""From the dialogue files to Flows: read, validated and compiled, or a LoadError that says where."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.dialogue.compiler import StepError, compile_flow, with_reach
from bot.dialogue.conditions import ConditionError
from bot.dialogue.flows import Flow, Flows
from bot.dialogue.models import Fillers, FlowModel, FlowsFile, PatternsFile, SlotRulesFile, Strict
from bot.dialogue.questions import QUESTIONS, QuestionsFile, with_answers
from bot.dialogue.responses import Responses, ResponsesFile
from bot.dialogue.words import as_phrase, folded
from services.core import yaml12
from services.core.errors import ConfigurationError

PATTERNS = "patterns.yml"
SLOT_RULES = "slot_rules.yml"
T = TypeVar("T", bound=Strict)


class LoadError(ConfigurationError):
    """A dialogue file that cannot be read; `file` is relative to the dialogues folder."""

    code = "dialogue_files"

    def __init__(self, file: str, message: str) -> None:
        super().__init__(f"{file}: {message}")
        self.file = file
        self.message = message


def load(folder: Path, language: str = "en") -> Flows:
    """Load the dialogue folder: flows, slot rules, patterns, and the responses of one language, or raise LoadError."""
    patterns = read(folder, PATTERNS, PatternsFile)
    rules = read(folder, SLOT_RULES, SlotRulesFile)
    files = {file: read(folder, file, FlowsFile).flows for file in flow_files(folder)}
    slots = {**rules.slots, **patterns.slots}
    return Flows(
        flows=with_reach(compile_flows({**files, PATTERNS: patterns.flows}), slots),
        rules=slots,
        responses=load_responses(folder, language),
        phrases={as_phrase(words): intent for intent, many in patterns.phrases.items() for words in many},
        padding=_folded(patterns.fillers),
        joins=frozenset(patterns.joins),
        corrections=tuple(map(folded, patterns.corrections)),
        negations=tuple(map(folded, patterns.negations)),
        limits=patterns.limits,
        version=_version(folder, [*files, PATTERNS, SLOT_RULES]),
    )


def _folded(fillers: Fillers) -> Fillers:
    """The fillers as phrases are compared, the longest first."""
    before, after = (sorted(map(folded, words), key=len, reverse=True) for words in (fillers.before, fillers.after))
    return Fillers(before=before, after=after)


def load_responses(folder: Path, language: str = "en") -> Responses:
    """Load the responses of one language, the answers to questions among them, or raise LoadError.

    A translation that nobody has approved is not loaded: what it says to a patient might be wrong.
    """
    file = f"responses/{language}.yml"
    responses = read(folder, file, ResponsesFile)
    if language != "en" and responses.approved is None:
        raise LoadError(file, "nobody has approved this translation (`approved: {by: ..., on: ...}`)")
    try:
        return Responses.of(with_answers(responses, load_questions(folder)))
    except ConditionError as error:
        raise LoadError(file, str(error)) from error


def load_questions(folder: Path) -> QuestionsFile:
    """Load `questions.yml`, or raise LoadError; a folder without one answers no questions."""
    exists = (folder / QUESTIONS).exists()
    return read(folder, QUESTIONS, QuestionsFile) if exists else QuestionsFile(reviewed_within_months=12, questions=[])


def flow_files(folder: Path) -> list[str]:
    """The names of the flow files, relative to the folder, in order."""
    return sorted(f"flows/{path.name}" for path in (folder / "flows").glob("*.yml"))


def read(folder: Path, file: str, model: type[T]) -> T:
    """Read one file by its model, or raise LoadError."""
    try:
        return model.model_validate(yaml12.load(folder / file))
    except FileNotFoundError as error:
        raise LoadError(file, "is missing") from error
    except yaml12.UnreadableYaml as error:
        raise LoadError(file, f"is not YAML: {error.problem} in line {error.line}") from error
    except ValidationError as error:
        raise LoadError(file, _told(error)) from error


def compile_flows(files: Mapping[str, Mapping[str, FlowModel]]) -> dict[str, Flow]:
    """Compile the flows of all files (by file name), or raise LoadError."""
    flows: dict[str, Flow] = {}
    for file, models in files.items():
        for name, model in models.items():
            if name in flows:
                raise LoadError(file, f"flow {name} exists twice")
            try:
                flows[name] = compile_flow(name, model)
            except (ConditionError, StepError) as error:
                raise LoadError(file, f"flow {name}: {error}") from error
    return flows


def _told(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())


def _version(folder: Path, files: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update((folder / file).read_bytes())
    return digest.hexdigest()[:12]
