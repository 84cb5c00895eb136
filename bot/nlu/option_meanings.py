"""Telling a line of a menu by what it is about in other words: "the food one" for "Cooking and eating well"."""

from collections.abc import Sequence

from bot.nlu.choice_words import choice_words
from bot.nlu.lexicon import Lexicon, Meaning
from bot.nlu.option_words import options_with_word
from bot.nlu.phrases import Found
from bot.nlu.tokens import Tokens, tokenise
from bot.understanding import Option

_KINDS = frozenset(("need", "audience", "cancer_type", "mode"))
_MOST_WORDS = 6  # a longer message says more than which one


def option_about(tokens: Tokens, options: Sequence[Option], lexicon: Lexicon) -> int | None:
    """Return the index of the one option that is about all that a message names.

    Every word that is no filler must be of a term that both have in common, or of the option's title. The message
    must point ("the", "one"), have a word of the title ("singing at homerton") or say nothing vague ("menopause").
    """
    if len(tokens.words) > _MOST_WORDS or not _is_plain(tokens):
        return None
    named = list(lexicon.phrases.find(tokens, tokens.words))
    rest = _beside(tokens, named)
    if not named or not (rest or _points(tokens) or all(map(_is_sure, named))):
        return None
    wanted = [_of_kinds(phrase.meaning) for phrase in named]
    lines = range(len(options))
    fitting = [at for at in lines if _has_all(options, at, rest) and _is_about(options[at], wanted, lexicon)]
    return fitting[0] if len(fitting) == 1 else None


def _beside(tokens: Tokens, named: Sequence[Found[tuple[Meaning, ...]]]) -> set[str]:
    """The words of a message that are neither of a term nor fillers."""
    told = {place for phrase in named for place in range(phrase.first, phrase.last + 1)}
    return {word for place, word in enumerate(tokens.words) if place not in told} - choice_words().fillers


def _points(tokens: Tokens) -> bool:
    """Return whether a message points at something ("the ...", "... one")."""
    return tokens.words[:1] == ("the",) or "one" in tokens.words


def _is_sure(phrase: Found[tuple[Meaning, ...]]) -> bool:
    """Return whether a phrase means a term wherever it stands ("painting", but not "food")."""
    return any(not meaning.weak for meaning in phrase.meaning)


def _has_all(options: Sequence[Option], at: int, words: set[str]) -> bool:
    """Return whether an option has these words in its title."""
    return all(at in options_with_word(word, options) for word in words)


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
