"""Measuring the understanding: cross-validation of the training messages, and messages held out from all training."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bot.nlu import scores
from bot.nlu.classify import Model
from bot.nlu.confusion_picture import draw_confusions
from bot.nlu.entity_scores import score_choices, score_entities
from bot.nlu.lexicon import Lexicon
from bot.nlu.noise import noisy
from bot.nlu.scores import IntentScores, Tally
from bot.nlu.train import distinct, learn
from bot.nlu.training_data import HELD_OUT_FOLDER, TRAINING_FOLDER, Example, read_file, read_folder
from bot.nlu.vocabulary import Vocabulary, read_vocabulary

_HELD_OUT = ("clean", "noisy")
_SLIPPED = 0.5  # share of the words that get a slip in cross-validation with slips
_SEED = 7
# The held-out rows of entities and menus were written for this moment.
_NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@dataclass(frozen=True)
class EvaluationReport:
    """The scores of the intents, of the entities by kind, of menus, and where the pictures of the confusions are."""

    intents: tuple[IntentScores, ...]
    entities: dict[str, Tally] = field(default_factory=dict)
    choices: Tally | None = None
    pictures: tuple[Path, ...] = ()

    def render(self) -> str:
        """The report as text for a terminal."""
        parts = ["\n".join(map(scores.headline, self.intents))]
        parts += [f"{each.name}\n{scores.tally_table('intent', each.by_intent())}" for each in self.intents[:1]]
        parts += [f"{each.name}: {scores.confusion_table(each.confusions())}" for each in self.intents]
        if self.entities:
            parts.append(scores.tally_table("held-out entities", self.entities))
        if self.choices:
            parts.append(scores.tally_table("held-out menus", {"choice": self.choices}))
        return "\n\n".join([*parts, *(f"picture: {path}" for path in self.pictures)])


def evaluate(data_folder: Path, out_folder: Path, lexicon: Lexicon | None = None, folds: int = 5) -> EvaluationReport:
    """Measure the understanding and draw its confusions into a folder (minutes: a model is trained for every fold).

    With fewer than 2 `folds` there is no cross-validation. Entities and menus are measured when a lexicon is given.
    """
    examples, vocabulary = distinct(read_folder(data_folder / TRAINING_FOLDER)), read_vocabulary(data_folder)
    measured = [*cross_validate(examples, vocabulary, folds)] if folds > 1 else []
    measured += held_out(data_folder, learn(examples, vocabulary))
    rows = data_folder / HELD_OUT_FOLDER
    return EvaluationReport(
        intents=tuple(measured),
        entities=score_entities(rows / "entities.yml", lexicon, _NOW) if lexicon else {},
        choices=score_choices(rows / "choices.yml", lexicon, _NOW) if lexicon else None,
        pictures=tuple(draw_confusions(each, out_folder) for each in measured),
    )


def cross_validate(
    examples: Sequence[Example], vocabulary: Vocabulary, folds: int
) -> tuple[IntentScores, IntentScores]:
    """The scores over every example, each judged by a model that has not seen it: as written, and with slips."""
    chance = random.Random(_SEED)  # noqa: S311 - repeatable on purpose
    written, slipped = IntentScores("cross-validation"), IntentScores("the same with slips")
    for learnt, judged in _folds(examples, folds):
        model = learn(learnt, vocabulary)
        written.pairs.update(_judge(model, judged))
        slipped.pairs.update(
            (example.intent, model.classify(noisy(example.text, chance, _SLIPPED)).intent) for example in judged
        )
    return written, slipped


def held_out(data_folder: Path, model: Model) -> list[IntentScores]:
    """The scores of a model over the held-out messages, clean and noisy."""
    files = [data_folder / HELD_OUT_FOLDER / f"{name}.yml" for name in _HELD_OUT]
    return [
        scores.score(f"held out, {path.stem}", *zip(*_judge(model, read_file(path)), strict=True))
        for path in files
        if path.is_file()
    ]


def _judge(model: Model, examples: Sequence[Example]) -> Iterator[tuple[str, str]]:
    return ((example.intent, model.classify(example.text).intent) for example in examples)


def _folds(examples: Sequence[Example], folds: int) -> Iterator[tuple[list[Example], list[Example]]]:
    """(learnt, judged) for every fold; every intent is shared out evenly, in a repeatable random order."""
    order = np.random.default_rng(_SEED).permutation(len(examples))
    by_intent = sorted(order, key=lambda position: examples[position].intent)
    fold_of = {int(position): turn % folds for turn, position in enumerate(by_intent)}
    for fold in range(folds):
        learnt = [example for position, example in enumerate(examples) if fold_of[position] != fold]
        yield learnt, [example for position, example in enumerate(examples) if fold_of[position] == fold]
