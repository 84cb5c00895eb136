"""Which line of a menu an answer means, judged by a model of all that it says where no rule is sure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.nlu.choice_described import Choice
from bot.nlu.choice_hearing import as_heard
from bot.nlu.features import Floats
from bot.nlu.lexicon import Lexicon
from bot.nlu.menu_evidence import Evidence, find_evidence
from bot.nlu.menu_features import alternatives
from bot.nlu.tokens import Tokens
from bot.understanding import Entity, Option

_WISHED = frozenset(("often", "no day"))  # "mornings", "not saturdays": other events may fit that as well
# Found by cross-validation, one author left out at a time: the share over which a line is meant, and that over which
# none is, whatever a rule says ("the doctor told me about the choir").
_SURE = 0.6
_SURE_OF_NONE = 0.95


def read_beside(
    tokens: Tokens, options: Sequence[Option], lexicon: Lexicon, dates: Sequence[Entity]
) -> tuple[list[Evidence], list[frozenset[str]]]:
    """Return what in a message speaks of the lines of a menu, and its features: of picking none, then of each line."""
    heard = replace(tokens, words=as_heard(tokens.words, options))
    evidence = find_evidence(heard, options, lexicon, dates)
    return evidence, alternatives(heard, evidence, len(options))


def judged(
    tokens: Tokens, options: Sequence[Option], lexicon: Lexicon, dates: Sequence[Entity], picked: Choice | None
) -> Choice | None:
    """Return what a rule picked unless it is surely none, else the line that is likely enough to be meant.

    Without a trained model what was picked stands. `tokens` are without those that say who comes (`menu_company`);
    `dates` are the dates found in the message.
    """
    if lexicon.learnt.menus is None:
        return picked
    evidence, beside = read_beside(tokens, options, lexicon, dates)
    if not any(each.fits for each in evidence):
        return picked
    shares = lexicon.learnt.menus.shares(beside)
    if picked:
        return None if shares[0] >= _SURE_OF_NONE else picked
    return _likeliest(shares, evidence)


def _likeliest(shares: Floats, evidence: Sequence[Evidence]) -> Choice | None:
    """Return the likeliest line if it is likely enough, with the words that speak of it."""
    best = int(shares[1:].argmax())
    said = [each for each in evidence if best in each.fits]
    if shares[best + 1] < _SURE or all(each.kind in _WISHED for each in said):
        return None
    return Choice(best, min(each.first for each in said), max(each.last for each in said))
