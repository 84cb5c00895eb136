"""Finding cancer types, needs, audiences, stages, access and how to attend in a message, by listed phrases."""

from collections.abc import Iterator

from bot.nlu.lexicon import Lexicon, Meaning
from bot.nlu.phrases import Found
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts, word_set
from bot.understanding import Entity, Expecting

_WORDS = contexts("terms")
# Kinds of entity that no question has for its kind: they are asked for as a text or a choice.
_KINDS_BY_SLOT = word_set("audience stage access language relation reference mode")
_UNNEEDED = frozenset(tuple(pair.split()) for pair in _WORDS["unneeded"])
_SHORT_ANSWER = 5  # words: what answers "which kind of cancer?" with a weak word is no longer


def find_terms(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, expecting: Expecting | None) -> list[Entity]:
    """Return the cancer_type, need, audience, stage, access and mode entities of a message; values are ids."""
    return [
        _entity(meaning, found, tokens)
        for found in lexicon.phrases.find(tokens, words)
        for meaning in _meant(found, words, expecting)
    ]


def _entity(meaning: Meaning, found: Found[tuple[Meaning, ...]], tokens: Tokens) -> Entity:
    start, end = tokens.span(found.first, found.last)
    return Entity(meaning.kind, meaning.value, start, end, tokens.text[start:end])


def _meant(found: Found[tuple[Meaning, ...]], words: tuple[str, ...], expecting: Expecting | None) -> Iterator[Meaning]:
    """Yield what a phrase means where it stands."""
    if _is_denied(words, found.first) or _is_unwanted(found, words):
        return
    asked = any(asks_for(expecting, meaning.kind) for meaning in found.meaning)
    for meaning in found.meaning:
        if asked and meaning.weak:
            plain = asks_for(expecting, meaning.kind) and len(words) <= _SHORT_ANSWER
        else:
            plain = not meaning.weak or _is_plain(meaning, found.first, found.last, words)
        if plain:
            yield meaning


def _is_unwanted(found: Found[tuple[Meaning, ...]], words: tuple[str, ...]) -> bool:
    """Return whether an access need is denied with a plain no ("no wheelchair")."""
    before = words[found.first - 1] if found.first else ""
    return before == "no" and {meaning.kind for meaning in found.meaning} == {"access"}


def asks_for(expecting: Expecting | None, kind: str) -> bool:
    """Return whether the open question is about a kind: by its own kind, or (where it has none) by its slot's name."""
    if expecting is None:
        return False
    return kind == expecting.kind or (kind in _KINDS_BY_SLOT and kind in expecting.slot)


def _is_denied(words: tuple[str, ...], first: int) -> bool:
    """Return whether "not" stands before a phrase ("its not breast, its lung", "dont need a wheelchair")."""
    before = words[max(first - 3, 0) : first]
    while before and before[-1] in _WORDS["articles"]:
        before = before[:-1]
    return bool(before) and (before[-1] in _WORDS["denying"] or tuple(before[-2:]) in _UNNEEDED)


def _is_plain(meaning: Meaning, first: int, last: int, words: tuple[str, ...]) -> bool:
    """Return whether the words beside a weak phrase settle what it means."""
    if meaning.kind == "cancer_type":
        return _is_site(first, last, words)
    if meaning.kind == "need":
        return _is_wanted(first, last, words)
    return False


def _is_site(first: int, last: int, words: tuple[str, ...]) -> bool:
    """Return whether a part of the body is said to have cancer: "skin or lung cancer", "cancer of the skin"."""
    after = words[last + 1 : last + 4]
    if after and (
        after[0] in _WORDS["cancer"] or (after[0] in ("and", "or", "cell") and _WORDS["cancer"].intersection(after[1:]))
    ):
        return True
    before = list(words[max(first - 3, 0) : first])
    led = False
    while before and before[-1] in _WORDS["leads_site"]:
        led = True
        before.pop()
    return led and bool(before) and before[-1] in _WORDS["cancer"]


def _is_wanted(first: int, last: int, words: tuple[str, ...]) -> bool:
    """Return whether help is asked with something: "help with work", "a food workshop", "struggling with sleep"."""
    if last + 1 < len(words) and words[last + 1] in _WORDS["gatherings"]:
        return True
    before = list(words[max(first - 5, 0) : first])
    while before and before[-1] in _WORDS["joining"]:
        before.pop()
    return bool(before) and len(before) < min(first, 5) and before[-1] in _WORDS["wanting"]
