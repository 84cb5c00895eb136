"""Loads what the conversation is made of: flows, words, the language model, the gazetteer, the red flags."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.actions.all_actions import all_actions
from bot.afterwards import load_afterwards
from bot.answering import Dialogue
from bot.composing import Composer
from bot.dialogue import loader
from bot.dialogue.languages import load_languages
from bot.dialogue.questions import Questions
from bot.dialogue.safety import load_safety
from bot.naming import FindNamed
from bot.nlu import classify
from bot.nlu.interpreter import Interpreter
from bot.nlu.learnt import Learnt
from bot.nlu.lexicon import Lexicon, PlaceMention, build_lexicon
from bot.reading import Reader
from bot.settings import DIALOGUES, NLU_DATA
from bot.staff_texts import StaffTexts
from services.events.taxonomy import load_taxonomy
from services.journey.gazetteer import Gazetteer
from services.journey.place import Mention

if TYPE_CHECKING:
    from bot.nlu.train import TrainingReport


def load_dialogue(
    model: Path,
    find_named: FindNamed,
    *,
    hold_for: timedelta,
    public_base_url: str = "",
    staff_key: str = "",
    approve_above: int = 100,
) -> Dialogue:
    """Everything that turns share; ConfigurationError when the model is missing or older than its data.

    `find_named` tells what a message names of the events to come; `hold_for` is how long a place is kept, and
    `public_base_url` where calendar links lead. Staff may ask by text where there is a `staff_key`; a broadcast of
    theirs to more than `approve_above` needs a second person.
    """
    gazetteer = Gazetteer.load()
    questions = Questions(loader.load_questions(DIALOGUES))
    trained = classify.load(model, NLU_DATA)
    interpreter = Interpreter(trained, load_lexicon(gazetteer, trained.learnt))
    flows = loader.load(DIALOGUES)
    return Dialogue(
        flows,
        load_safety(DIALOGUES / "safety.yml"),
        _reader(interpreter, gazetteer, find_named, questions),
        all_actions(hold_for, public_base_url),
        Composer(flows.responses),
        StaffTexts(flows.responses, staff_key, approve_above),
    )


def _reader(interpreter: Interpreter, gazetteer: Gazetteer, find_named: FindNamed, questions: Questions) -> Reader:
    def nearest(lat: float, lon: float) -> dict[str, Any]:
        return gazetteer.around(lat, lon).value()

    afterwards = load_afterwards(DIALOGUES / "afterwards.yml")
    return Reader(interpreter, nearest, find_named, questions, load_languages(DIALOGUES), afterwards)


def load_lexicon(gazetteer: Gazetteer, learnt: Learnt) -> Lexicon:
    """What entities are found by: the project's lists, its taxonomy, the gazetteer's places, what was learnt."""
    return build_lexicon(
        load_taxonomy(),
        lambda said: [_mention(found) for found in gazetteer.find_in(said)],
        lambda said: _mention(found) if (found := gazetteer.answer(said)) else None,
        learnt,
    )


def train_model(data_folder: Path, model: Path) -> "TrainingReport":
    """Train on a data folder, read with the project's own lists, and write the model."""
    from bot.nlu.train import train  # a start that need not train loads none of it

    gazetteer = Gazetteer.load()
    return train(data_folder, model, lambda learnt: load_lexicon(gazetteer, learnt))


def _mention(found: Mention) -> PlaceMention:
    return PlaceMention(found.start, found.end, found.value)
