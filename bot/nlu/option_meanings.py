"""Telling a line of a menu by what it is about in other words: "the food one" for "Cooking and eating well"."""

from collections.abc import Sequence

from bot.nlu.choice_words import choice_words
from bot.nlu.lexicon import Lexicon, Meaning
from bot.nlu.option_words import has_word, options_with_word
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
    named = list(lexicon.phrases.find(tokens, tokens.words))
    told = set().union(*(range(phrase.first, phrase.last + 1) for phrase in named))
    others = _without(tokens, told)
    rest = others - choice_words().fillers
    rest -= {word for word in choice_words().generic & rest if not has_word(word, options)}
    if len(told) + len(rest) > _MOST_WORDS or not (_is_plain(tokens, others) and _may_pick(tokens, named, rest)):
        return None
    about = [meanings_of(option, lexicon) for option in options]
    wanted = _wanted(tokens, named, about)
    fitting = [at for at, own in enumerate(about) if _has_all(options, at, rest) and _is_about(own, wanted)]
    return _only(fitting) if wanted else None


def _only(fitting: Sequence[int]) -> int | None:
    return fitting[0] if len(fitting) == 1 else None


def _without(tokens: Tokens, places: set[int]) -> set[str]:
    return {word for place, word in enumerate(tokens.words) if place not in places}


def _may_pick(tokens: Tokens, named: Sequence[Found[tuple[Meaning, ...]]], rest: set[str]) -> bool:
    """Return whether a message points, has further words, or names terms that are such wherever they stand."""
    return bool(named) and (bool(rest) or _points(tokens) or all(map(_is_sure, named)))


def _wanted(
    tokens: Tokens, named: Sequence[Found[tuple[Meaning, ...]]], about: Sequence[set[tuple[str, str]]]
) -> list[set[tuple[str, str]]]:
    """Return what a line must be about; whoever points may name besides what no line is about."""
    wanted = [_of_kinds(phrase.meaning) for phrase in named]
    return [meant for meant in wanted if not (_points(tokens) and all(map(meant.isdisjoint, about)))]


def _points(tokens: Tokens) -> bool:
    """Return whether a message points at something ("the ...", "... one")."""
    return tokens.words[:1] == ("the",) or "one" in tokens.words


def _is_sure(phrase: Found[tuple[Meaning, ...]]) -> bool:
    """Return whether a phrase means a term wherever it stands ("painting", but not "food")."""
    return any(not meaning.weak for meaning in phrase.meaning)


def _has_all(options: Sequence[Option], at: int, words: set[str]) -> bool:
    """Return whether an option has these words in its title."""
    return all(at in options_with_word(word, options) for word in words)


def _is_plain(tokens: Tokens, others: set[str]) -> bool:
    """Return whether nothing in a message refuses, changes or asks."""
    known = choice_words()
    return not tokens.gaps[-1].startswith("?") and (known.against | known.undoing | known.asking).isdisjoint(others)


def meanings_of(option: Option, lexicon: Lexicon) -> set[tuple[str, str]]:
    """Return what a title is about; an event that is not said to be online is in person."""
    title = tokenise(option.title)
    own = {meaning for phrase in lexicon.phrases.find(title, title.words) for meaning in _of_kinds(phrase.meaning)}
    return own if ("mode", "online") in own else own | {("mode", "in_person")}


def _is_about(own: set[tuple[str, str]], wanted: Sequence[set[tuple[str, str]]]) -> bool:
    return all(not meant.isdisjoint(own) for meant in wanted)


def _of_kinds(meanings: Sequence[Meaning]) -> set[tuple[str, str]]:
    return {(meaning.kind, meaning.value) for meaning in meanings if meaning.kind in _KINDS}
