"""Learning how many come, from `nlu_data/parties`: messages by the number of places that they ask for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.nlu import party_model
from bot.nlu.dates import find_dates
from bot.nlu.labelled_lines import read_labelled
from bot.nlu.lexicon import Lexicon
from bot.nlu.logit_training import Case, fit
from bot.nlu.party_features import told_by
from bot.nlu.party_model import PartyModel
from bot.nlu.party_outline import LARGEST, outline_of
from bot.nlu.party_told import crossed
from bot.nlu.tokens import tokenise
from bot.nlu.training_data import MAY_SAY_MORE, Example

NONE = "none"
_WRITTEN_AT = datetime(2026, 11, 23, 10, tzinfo=UTC)  # any day does: what matters is which words are of dates
# Found by cross-validation on the messages of the folder.
_RAREST = 5
_PENALTY = 2.0


@dataclass(frozen=True, slots=True)
class PartyExample:
    """One message, and how many places it asks for (None: it does not say)."""

    text: str
    size: int | None


def read_examples(folder: Path) -> list[PartyExample]:
    """Every message of the folder's files, which map a number of places, or "none", to lines of messages.

    ConfigurationError, naming the file, if one is anything else or a message stands under different numbers.
    """
    return [PartyExample(text, size) for text, size in read_labelled(folder, _size, "numbers")]


def _size(named: Any) -> int | None:
    """Return the number of places that a block of messages is under; ValueError if it is none."""
    if named == NONE:
        return None
    if named not in range(1, LARGEST + 1):
        raise ValueError(f"{named} is no number of places")
    return int(named)


def ordinary(examples: Iterable[Example]) -> list[PartyExample]:
    """The messages written to train intents that surely ask for no number of places, as examples of that."""
    return [PartyExample(example.text, None) for example in examples if _tells_none(example)]


def _tells_none(example: Example) -> bool:
    if any(marked.kind == "count" for marked in example.marked):
        return False
    return bool(example.marked) or example.intent not in MAY_SAY_MORE


def learn(examples: Sequence[PartyExample], lexicon: Lexicon) -> PartyModel | None:
    """A model of how many come, read by the same lists as messages are; None if there are no examples."""
    cases = list(_cases(examples, lexicon))
    return party_model.of(fit(cases, _RAREST, _PENALTY)) if cases else None


def _cases(examples: Iterable[PartyExample], lexicon: Lexicon) -> Iterator[Case]:
    """Yield the case that each message makes, unless nothing in it leads to its number."""
    for example in examples:
        tokens = tokenise(example.text)
        words = lexicon.spelling.repair(tokens.words)
        if not words:
            continue
        dates = find_dates(tokens, words, _WRITTEN_AT)
        told = told_by(outline_of(tokens, words, lexicon, dates))
        if example.size in told.sizes:
            yield Case([crossed(ways, told.around) for ways in told.ways], told.sizes.index(example.size))
