"""Finding the line of the open menu that a message picks: by rule, by what it is about, and last as a model judges."""

from collections.abc import Sequence

from bot.nlu.choice_described import Choice
from bot.nlu.choice_reasons import option_for_reason
from bot.nlu.choices import choose, exact_choice
from bot.nlu.lexicon import Lexicon
from bot.nlu.menu_company import without_company
from bot.nlu.menu_reader import judged
from bot.nlu.option_meanings import option_about
from bot.nlu.tokens import Tokens
from bot.understanding import Entity, Expecting

_OTHERWISE = frozenset(("count", "rating", "date", "name"))  # questions whose answers look like a line's number


def find_picks(
    tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, expecting: Expecting | None, found: Sequence[Entity]
) -> list[Entity]:
    """Return the option picked; where a number was asked for, only a title in full picks one.

    `words` are the message's words with slips put right, `found` the entities found in it so far.
    """
    if expecting is None or not expecting.options:
        return []
    choice = _choice(tokens, words, lexicon, expecting, found)
    if choice is None:
        return []
    start, end = tokens.span(choice.first, choice.last)
    return [Entity("choice", choice.index, start, end, tokens.text[start:end])]


def _choice(
    tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, expecting: Expecting, found: Sequence[Entity]
) -> Choice | None:
    options = expecting.options
    if expecting.kind in _OTHERWISE:
        return exact_choice(tokens, options)
    dates = [entity for entity in found if entity.kind == "date"]
    if "event" not in expecting.slot:
        return choose(tokens, options, dates, undoing=True) or _about(tokens, lexicon, expecting)
    alone = without_company(tokens, words, options, lexicon, found)
    picked = choose(alone, options, dates) or _about(tokens, lexicon, expecting)
    if expecting.kind != "choice" or expecting.closed or exact_choice(tokens, options):
        return picked
    picked = picked or _reasoned(tokens, lexicon, expecting, found)
    return judged(alone, options, lexicon, dates, picked)


def _about(tokens: Tokens, lexicon: Lexicon, expecting: Expecting) -> Choice | None:
    """Return the option that is about what the message names in other words, where one was to be picked."""
    index = option_about(tokens, expecting.options, lexicon) if expecting.kind == "choice" else None
    return None if index is None else _whole(tokens, index)


def _reasoned(tokens: Tokens, lexicon: Lexicon, expecting: Expecting, found: Sequence[Entity]) -> Choice | None:
    index = option_for_reason(tokens, expecting.options, lexicon, found)
    return None if index is None else _whole(tokens, index)


def _whole(tokens: Tokens, index: int) -> Choice:
    """Return the choice that all of a message says."""
    return Choice(index, 0, len(tokens.words) - 1)
