"""What someone needs, read from a message that holds no listed word for it."""

from collections.abc import Iterable

from bot.nlu.covered import covered
from bot.nlu.lexicon import Lexicon
from bot.nlu.mere_needs import COMPANY, asks_for_people
from bot.nlu.tokens import Tokens
from bot.understanding import Entity, Expecting

_SAYS_MORE = 8  # words: an answer to another question that is as long may say what someone needs besides
_TOLD_APART = frozenset(("place", "place_choice", "name", "cancer_type"))  # words that say nothing of needs


def find_told_needs(
    tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, expecting: Expecting | None, found: Iterable[Entity]
) -> list[Entity]:
    """Return the needs that a message tells beside those found in it, if the open question lets one be told.

    `words` are the message's words with slips put right; of those that name a place, a person or a cancer nothing is
    read.
    """
    known = list(found)
    if lexicon.learnt.needs is None or not _may_tell(words, expecting):
        return []
    needs = [one for one in known if one.kind == "need"]
    places = _untold(tokens, known)
    if not places:
        return []
    told = lexicon.learnt.needs.read([words[place] for place in places], {one.value for one in needs})
    read = (_entity(tokens, need.need, places[need.first], places[need.last]) for need in told)
    return [one for one in read if one.value != COMPANY or not needs or asks_for_people(one, needs, tokens)]


def _untold(tokens: Tokens, known: Iterable[Entity]) -> list[int]:
    """Return the places of the words that name no place, person or cancer."""
    apart = covered(tokens, (one for one in known if one.kind in _TOLD_APART))
    return [at for at in range(len(tokens.words)) if at not in apart]


def _entity(tokens: Tokens, need: str, first: int, last: int) -> Entity:
    start, end = tokens.span(first, last)
    return Entity("need", need, start, end, tokens.text[start:end])


def _may_tell(words: tuple[str, ...], expecting: Expecting | None) -> bool:
    """Return whether a message may say what someone needs: not where it only answers another question."""
    if expecting is None or expecting.kind == "need":
        return True
    return expecting.kind != "text" and len(words) >= _SAYS_MORE
