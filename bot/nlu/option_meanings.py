"""Telling a line of a menu by what it is about in other words: "the food one" for "Cooking and eating well"."""

from collections.abc import Sequence

from bot.nlu.choice_words import choice_words
from bot.nlu.lexicon import Lexicon, Meaning
from bot.nlu.tokens import Tokens, tokenise
from bot.understanding import Option

_KINDS = frozenset(("need", "audience", "cancer_type"))
_MOST_WORDS = 6  # a longer message says more than which one


def option_about(tokens: Tokens, options: Sequence[Option], lexicon: Lexicon) -> int | None:
    """Return the index of the one option that is about all that a message names, None unless it points ("the", "one").

    Every word that is no filler must be of a term that both have in common.
    """
    wanted = _named(tokens, lexicon) if _points(tokens) else []
    fitting = [index for index, option in enumerate(options) if wanted and _is_about(option, wanted, lexicon)]
    return fitting[0] if len(fitting) == 1 else None


def _points(tokens: Tokens) -> bool:
    """Return whether a short message points at something ("the ...", "... one") and asks nothing."""
    words = tokens.words
    return len(words) <= _MOST_WORDS and (words[:1] == ("the",) or "one" in words) and _is_plain(tokens)


def _named(tokens: Tokens, lexicon: Lexicon) -> list[set[tuple[str, str]]]:
    """Return the terms that a message names; none when it says more than those."""
    named = list(lexicon.phrases.find(tokens, tokens.words))
    told = {place for phrase in named for place in range(phrase.first, phrase.last + 1)}
    rest = {word for place, word in enumerate(tokens.words) if place not in told}
    return [_of_kinds(phrase.meaning) for phrase in named] if rest <= choice_words().fillers else []


def _is_plain(tokens: Tokens) -> bool:
    """Return whether nothing in a message refuses, changes or asks."""
    known = choice_words()
    return not tokens.gaps[-1].startswith("?") and (known.against | known.undoing | known.asking).isdisjoint(
        tokens.words
    )


def _is_about(option: Option, wanted: Sequence[set[tuple[str, str]]], lexicon: Lexicon) -> bool:
    title = tokenise(option.title)
    own = {meaning for phrase in lexicon.phrases.find(title, title.words) for meaning in _of_kinds(phrase.meaning)}
    return all(not meant.isdisjoint(own) for meant in wanted)


def _of_kinds(meanings: Sequence[Meaning]) -> set[tuple[str, str]]:
    return {(meaning.kind, meaning.value) for meaning in meanings if meaning.kind in _KINDS}
