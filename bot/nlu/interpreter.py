"""One message, understood: what it most likely means, and everything it says."""

from datetime import datetime

from bot.nlu.classify import OUT_OF_SCOPE, Model
from bot.nlu.entities import find_entities
from bot.nlu.lexicon import Lexicon
from bot.nlu.names import is_name_alone
from bot.nlu.tokens import tokenise
from bot.understanding import Expecting, Understanding

_NOTHING = 0.1  # the confidence in what says nothing


class Interpreter:
    """Reads messages with a trained classifier and a lexicon; it changes nothing, so threads may share it."""

    def __init__(self, model: Model, lexicon: Lexicon) -> None:
        self._model = model
        self._lexicon = lexicon

    def understand(self, text: str, expecting: Expecting | None, now: datetime) -> Understanding:
        """What a message means and says; `now` is aware UTC.

        The open question (`expecting`) decides between readings of the same words as entities ("2": a count, a choice,
        a time). It has no say in the intent: which of the two counts is for the rules of the dialogue.
        """
        guess = self._model.classify(text)
        entities = find_entities(text, self._lexicon, expecting, now)
        if not entities and is_name_alone(tokenise(text), self._lexicon):
            return Understanding(text, OUT_OF_SCOPE, _NOTHING, ((OUT_OF_SCOPE, _NOTHING),))  # however like "down"
        return Understanding(text, guess.intent, guess.confidence, guess.ranking, entities)
