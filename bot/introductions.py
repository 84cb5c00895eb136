"""A message in which somebody only says who they are ("Margaret", "Ron here")."""

from dataclasses import replace

from bot.nlu.tokens import tokenise
from bot.nlu.word_lists import contexts
from bot.understanding import Expecting, Understanding

_INTENT, _CERTAIN = "introduction", 0.95
_NAMES = frozenset({"name", "own_name"})
_AROUND = contexts("names")["introducing"]


def introduced(understood: Understanding, expecting: Expecting | None) -> Understanding:
    """Take nothing but a name that nobody asked for as an introduction: a classifier may take it for anything."""
    if expecting is not None and expecting.kind != "choice":
        return understood
    names = [entity for entity in understood.entities if entity.kind in _NAMES]
    if len(names) != 1 or len(understood.entities) != 1:
        return understood
    around = understood.text[: names[0].start] + " " + understood.text[names[0].end :]
    if not _AROUND.issuperset(tokenise(around).words):
        return understood
    return replace(understood, intent=_INTENT, confidence=_CERTAIN, ranking=((_INTENT, _CERTAIN),))
