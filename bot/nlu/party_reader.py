"""How many come, the sender included, judged by a model of all that a message says where no rule is sure."""

from collections.abc import Iterable

from bot.nlu.covered import covered
from bot.nlu.lexicon import Lexicon
from bot.nlu.party_features import SENDER, told_by
from bot.nlu.party_outline import NUMBER, PERSON, SEVERAL, Outline, outline_of
from bot.nlu.tokens import Tokens
from bot.understanding import Entity, Expecting

_SURE = 0.6  # the share over which a number is meant: found by cross-validation, one author left out at a time
_SAYS_MORE = 8  # words: an answer to one of these that is as long may say besides who comes
_BESIDE = frozenset(("place", "need", "cancer_type"))
_TOLD_APART = frozenset(("place", "place_choice", "date", "name", "language", "rating", "reference"))
_TELLING = (frozenset((NUMBER,)), frozenset((PERSON, SEVERAL)), SENDER)  # what tells how many, the plainest first


def find_told_party(
    tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, expecting: Expecting | None, found: Iterable[Entity]
) -> list[Entity]:
    """Return how many come, where no rule found it, the open question lets it be told and the model is sure of it.

    `words` are the message's words with slips put right, `found` the entities found so far: what tells a place, a day
    or a name tells no number.
    """
    known = list(found)
    model = lexicon.learnt.parties
    if model is None or not _may_tell(words, expecting) or any(one.kind == "count" for one in known):
        return []
    outline = outline_of(tokens, words, lexicon, [one for one in known if one.kind == "date"])
    told = told_by(outline)
    shares = model.shares(told)
    best = int(shares.argmax())
    size = told.sizes[best]
    place = _told_at(tokens, outline, known)
    if size is None or shares[best] < _SURE or place is None:
        return []
    start, end = tokens.span(place, place)
    return [Entity("count", size, start, end, tokens.text[start:end])]


def _may_tell(words: tuple[str, ...], expecting: Expecting | None) -> bool:
    """Return whether a message may say who comes: not where it only answers another question, or is only a figure."""
    if expecting is None or expecting.kind == "count":
        return expecting is not None or not all(map(str.isdecimal, words))
    return expecting.kind in _BESIDE and len(words) >= _SAYS_MORE


def _told_at(tokens: Tokens, outline: Outline, known: Iterable[Entity]) -> int | None:
    """Return the word that stands for the number: the first of those that tell most and tell nothing else."""
    apart = covered(tokens, (one for one in known if one.kind in _TOLD_APART))
    free = [(sign, place) for sign, place in zip(outline.signs, outline.places, strict=True) if place not in apart]
    telling = (place for signs in _TELLING for sign, place in free if sign in signs)
    return next(telling, free[0][1] if free else None)
