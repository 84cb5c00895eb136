"""Telling the line of a menu that what someone says of themselves points back to: "im givin up the fags, that one"."""

from collections.abc import Sequence

from bot.nlu.choice_hearing import POLITE, as_heard
from bot.nlu.choice_words import choice_words
from bot.nlu.lexicon import Lexicon
from bot.nlu.option_meanings import meanings_of
from bot.nlu.option_words import is_telling, options_with_word
from bot.nlu.tokens import Tokens
from bot.understanding import Entity, Option

_THAT = frozenset(("that", "dat", "this", "dis", "tht", "thats"))
_KINDS = frozenset(("need", "cancer_type", "audience"))
_LINE = ("one",)


def option_for_reason(
    tokens: Tokens, options: Sequence[Option], lexicon: Lexicon, found: Sequence[Entity]
) -> int | None:
    """Return the index of the only option that fits all that is said before a last "that one".

    `found` are the entities of the message: an option fits that is about one of the needs or types of cancer told.
    """
    words = as_heard(tokens.words, options)
    ends = _that_one(words)
    if not ends or tokens.gaps[-1].startswith("?"):
        return None
    reasons = [word for word in words[:ends] if word not in choice_words().fillers and is_telling(word)]
    fitting = [options_with_word(word, options) for word in reasons]
    fitting.append(_about(options, lexicon, found))
    left = frozenset(range(len(options)))
    for fits in filter(None, fitting):
        left &= fits
    return next(iter(left)) if len(left) == 1 and any(fitting) else None


def _that_one(words: Sequence[str]) -> int:
    """Return where a message's last "that one" begins, but for a "please" behind it, else 0."""
    end = len(words)
    while end and words[end - 1] in POLITE:
        end -= 1
    return end - 2 if tuple(words[end - 1 : end]) == _LINE and words[max(end - 2, 0)] in _THAT else 0


def _about(options: Sequence[Option], lexicon: Lexicon, found: Sequence[Entity]) -> frozenset[int]:
    """Return the options that are about a need or a type of cancer that the message tells."""
    told = {(entity.kind, entity.value) for entity in found if entity.kind in _KINDS}
    return frozenset(at for at, option in enumerate(options) if not told.isdisjoint(meanings_of(option, lexicon)))
