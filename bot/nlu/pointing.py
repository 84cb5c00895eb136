"""Telling which of several things a question is about: "is there parking at the second one?", "cancel the yoga"."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.nlu.choice_words import choice_words
from bot.nlu.dates import find_dates
from bot.nlu.option_words import options_on, options_with_word
from bot.nlu.tokens import Tokens, tokenise
from bot.understanding import Option

_FEW = 5  # words of a message in which a bare number is the number of a line ("details of 2")


def pointed_out(text: str, options: Sequence[Option], now: datetime) -> int | None:
    """Return the index of the one option that a message speaks of, None when it speaks of none or of several.

    Unlike `choose` it does not ask whether the message picks that option. `now` is aware UTC.
    """
    tokens = tokenise(text)
    numbered = {index for index in _numbered(tokens) if 0 <= index < len(options)}
    if numbered:
        return numbered.pop() if len(numbered) == 1 else None
    left = frozenset(range(len(options)))
    for meant in _described(tokens, options, now):
        left &= meant
    return next(iter(left)) if len(left) == 1 and len(options) > 1 else None


def _numbered(tokens: Tokens) -> Iterator[int]:
    """Yield the places in the list that are named: "number 2", "the second one"."""
    words, known = tokens.words, choice_words()
    for before, word, after in zip(("", *words), words, (*words[1:], ""), strict=False):
        if word in known.ordinals and (before == "the" or after in ("one", "option")):
            yield known.ordinals[word] - 1
        elif before in known.named or (word.isdecimal() and len(words) < _FEW):
            yield _number(word) - 1


def _number(word: str) -> int:
    """Return the number that a word or figure is, 0 if none."""
    return int(word) if word.isdecimal() else choice_words().numbers.get(word, 0)


def _described(tokens: Tokens, options: Sequence[Option], now: datetime) -> Iterator[frozenset[int]]:
    """Yield the options that each telling word or day fits."""
    everything = frozenset(range(len(options)))
    fillers = choice_words().fillers
    for word in tokens.words:
        if word not in fillers and (fitting := options_with_word(word, options)):
            yield fitting
    for date in find_dates(tokens, tokens.words, now, asked=True):
        if fitting := options_on(date.value, options, everything):
            yield fitting
