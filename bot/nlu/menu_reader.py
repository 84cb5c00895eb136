"""Which line of a menu an answer means, judged by a model of all that it says where no rule is sure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.nlu.choice_described import Choice
from bot.nlu.choice_hearing import as_heard
from bot.nlu.lexicon import Lexicon
from bot.nlu.menu_evidence import find_evidence
from bot.nlu.menu_features import alternatives
from bot.nlu.tokens import Tokens
from bot.understanding import Entity, Option

_WISHED = frozenset(("often", "no day"))  # "mornings", "not saturdays": other events may fit that as well
_SURE = 0.6  # the share over which a line is meant: found by cross-validation, one author left out at a time


def line_meant(tokens: Tokens, options: Sequence[Option], lexicon: Lexicon, dates: Sequence[Entity]) -> Choice | None:
    """Return the line that is likely enough to be meant, None without a trained model.

    `tokens` are without those that say who comes (`menu_company`); `dates` are the dates found in the message.
    """
    if lexicon.learnt.menus is None:
        return None
    heard = replace(tokens, words=as_heard(tokens.words, options))
    evidence = find_evidence(heard, options, lexicon, dates)
    if not any(each.fits for each in evidence):
        return None
    shares = lexicon.learnt.menus.shares(alternatives(heard, evidence, len(options)))
    best = int(shares[1:].argmax())
    said = [each for each in evidence if best in each.fits]
    if shares[best + 1] < _SURE or all(each.kind in _WISHED for each in said):
        return None
    return Choice(best, min(each.first for each in said), max(each.last for each in said))
