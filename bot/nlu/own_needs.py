"""Whose need it is when someone else is named beside it: carers, parents and the bereaved speak of others a lot."""

from collections.abc import Sequence

from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts
from bot.understanding import Entity

_WORDS = contexts("own_needs")
_OF_SENDER = _WORDS["of_sender"]
_SHORT = 6  # words: "i look after my mum" alone says whom it is about
_REACH = 10  # words behind a person in which they are said to need something


def without_cared_for(tokens: Tokens, found: list[Entity]) -> list[Entity]:
    """Return entities without whom it is for where a need is the sender's own ("my wife is ill, a group for carers").

    A place asked "for my son", or for one who "needs" it, stays theirs.
    """
    needs = {entity.value for entity in found if entity.kind == "need"}
    if len(tokens.words) <= _SHORT or needs.isdisjoint(_OF_SENDER) or not _WORDS["booking"].isdisjoint(tokens.words):
        return found
    return [entity for entity in found if entity.kind != "relation" or _is_theirs(tokens, entity)]


def _is_theirs(tokens: Tokens, entity: Entity) -> bool:
    """Return whether a place is asked for a person: "for my son", "my dad needs someone", or it is for no relative."""
    if entity.value["relation"] in _WORDS["no_relatives"]:
        return True
    places = [place for place, start in enumerate(tokens.starts) if entity.start <= start < entity.end]
    return _is_asked_for(tokens.words, places[0]) or _has_need(tokens.words[places[-1] + 1 :])


def _is_asked_for(words: Sequence[str], place: int) -> bool:
    while place and words[place - 1] in _WORDS["leads"]:
        place -= 1
    before = words[max(place - 2, 0) : place]
    return before[-1:] in (("for",), ("fi",)) and _WORDS["caring"].isdisjoint(before)


def _has_need(after: Sequence[str]) -> bool:
    """Return whether a person is said to need or want something, before anyone else is spoken of."""
    for word in after[:_REACH]:
        if word in _WORDS["sender"]:
            return False
        if word in _WORDS["needing"]:
            return True
    return False
