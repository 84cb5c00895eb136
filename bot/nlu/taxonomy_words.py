"""Finding cancer types, needs, audiences, stages, access and how to attend in a message, by listed phrases."""

from collections.abc import Collection, Sequence

from bot.nlu.lexicon import Lexicon, Meaning
from bot.nlu.mere_needs import without_mere_company
from bot.nlu.phrases import Found
from bot.nlu.plain_words import Phrase
from bot.nlu.tokens import Tokens
from bot.nlu.weak_words import is_of_wish, is_plain
from bot.nlu.word_lists import contexts, word_set
from bot.understanding import Entity, Expecting

_WORDS = contexts("terms")
# Kinds of entity that no question has for its kind: they are asked for as a text or a choice.
_KINDS_BY_SLOT = word_set("audience stage access language relation reference mode")
_UNNEEDED = frozenset(tuple(pair.split()) for pair in _WORDS["unneeded"])
_OTHER_MODE = {"online": "in_person", "in_person": "online"}
_LONGEST_REFUSAL = max(len(phrase.split()) for phrase in _WORDS["refusing"])
_SPREAD = ("cancer_type", "secondary")
_SHORT_ANSWER = 5  # words: what answers "which kind of cancer?" with a weak word is no longer


def find_terms(
    tokens: Tokens,
    words: tuple[str, ...],
    lexicon: Lexicon,
    expecting: Expecting | None,
    where_and_when: Collection[int] = (),
) -> list[Entity]:
    """Return the cancer_type, need, audience, stage, access and mode entities of a message; values are ids.

    `where_and_when` are the places of words that say a place or a date.
    """
    phrases = list(lexicon.phrases.find(tokens, words))
    named = [
        _entity(meaning, phrase, tokens)
        for place, phrase in enumerate(phrases)
        for meaning in _mode_instead(tokens, phrase) or _meant(tokens, phrases, place, expecting, where_and_when)
    ]
    told = _told_by_signs(tokens, words, lexicon, phrases)
    named = _without_spread(named, told)
    return without_mere_company(named + _unnamed(told, named), tokens)


def _without_spread(named: list[Entity], told: Sequence[Entity]) -> list[Entity]:
    """Return entities without the types of cancer where one only has spread to ("bowel gone to the lungs")."""
    spread = [entity for entity in told if (entity.kind, entity.value) == _SPREAD]
    return [
        entity
        for entity in named
        if entity.kind != _SPREAD[0]
        or entity.value == _SPREAD[1]
        or not any(sign.start <= entity.start < sign.end for sign in spread)
    ]


def _told_by_signs(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, phrases: Sequence[Phrase]) -> list[Entity]:
    """Return what words near one another tell."""
    ignored = {place for found in phrases if not found.meaning for place in found.places}
    return [
        _entity(Meaning(kind, value), Found(first, last, ()), tokens)
        for (kind, value), first, last in lexicon.signs.find(tokens, words, ignored)
        if not _is_denied(words, first)
    ]


def _unnamed(told: Sequence[Entity], named: Sequence[Entity]) -> list[Entity]:
    """Return what signs tell beside what is named: each need and cancer type once, a mode only if none is named."""
    known = {_told_once(entity) for entity in named}
    new: dict[tuple[str, str], Entity] = {}
    for entity in told:
        if _told_once(entity) not in known:
            new.setdefault(_told_once(entity), entity)
    return list(new.values())


def _told_once(entity: Entity) -> tuple[str, str]:
    return entity.kind, "" if entity.kind == "mode" else entity.value


def _entity(meaning: Meaning, phrase: Phrase, tokens: Tokens) -> Entity:
    start, end = tokens.span(phrase.first, phrase.last)
    return Entity(meaning.kind, meaning.value, start, end, tokens.text[start:end])


def _meant(
    tokens: Tokens, phrases: Sequence[Phrase], place: int, expecting: Expecting | None, where_and_when: Collection[int]
) -> list[Meaning]:
    """Return what a phrase means where it stands: what it surely means, and the first weak meaning that fits."""
    phrase = phrases[place]
    if _is_denied(tokens.words, phrase.first) or _is_unwanted(phrase, tokens.words):
        return []
    sure = [meaning for meaning in phrase.meaning if not meaning.weak]
    weak = [] if is_of_wish(tokens, phrases, place) else [meaning for meaning in phrase.meaning if meaning.weak]
    asked = [meaning for meaning in weak if asks_for(expecting, meaning.kind)]
    if asked:
        return sure + (asked if len(tokens.words) <= _SHORT_ANSWER else [])
    return sure + [meaning for meaning in weak if is_plain(tokens, phrases, place, meaning, where_and_when)][:1]


def _mode_instead(tokens: Tokens, phrase: Phrase) -> list[Meaning]:
    """Return the other way to attend when one is refused ("no zoom please", "rather not online")."""
    modes = [meaning.value for meaning in phrase.meaning if meaning.kind == "mode"]
    if not modes or tokens.words[phrase.first] not in _WORDS["ways"]:
        return []
    if _is_refused_after(tokens, phrase):
        return [Meaning("mode", _OTHER_MODE[modes[0]])]
    begins = phrase.first
    while begins > max(phrase.first - _LONGEST_REFUSAL, 0) and not tokens.gaps[begins]:
        begins -= 1
        if " ".join(tokens.words[begins : phrase.first]) in _WORDS["refusing"]:
            return [Meaning("mode", _OTHER_MODE[modes[0]])]
    return []


def _is_refused_after(tokens: Tokens, phrase: Phrase) -> bool:
    """Return whether "online" is followed by words that refuse it ("online wont work for me")."""
    after = tokens.words[phrase.last + 1 : phrase.last + 1 + _LONGEST_REFUSAL]
    return any(" ".join(after[:length]) in _WORDS["refused"] for length in range(1, len(after) + 1))


def _is_unwanted(found: Phrase, words: tuple[str, ...]) -> bool:
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
