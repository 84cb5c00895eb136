"""Whether a word with several meanings ("skin", "work", "food") means a term where it stands."""

from collections.abc import Collection, Sequence

from bot.nlu.lexicon import Meaning
from bot.nlu.phrases import Found
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

Phrase = Found[tuple[Meaning, ...]]

_WORDS = contexts("terms")
_ILL_LEADS = frozenset(tuple(lead.split()) for lead in _WORDS["ill_leads"])
_JOINING = frozenset(("and", "or"))
_POLITE = _WORDS["polite"] | _JOINING
_SITED = _POLITE | _WORDS["sites"]
_ANY = "any"  # a cancer type whose weak words ("all") mean it only beside "cancer"
_REACH = 5  # words before a weak one that may ask for help with it


def is_plain(
    tokens: Tokens, phrases: Sequence[Phrase], place: int, meaning: Meaning, where_and_when: Collection[int] = ()
) -> bool:
    """Return whether the words beside a weak phrase (at `place` among those found) settle that it has a meaning.

    `where_and_when` are the places of words that say a place or a date.
    """
    if meaning.kind not in ("cancer_type", "need"):
        return False
    beside = _is_site if meaning.kind == "cancer_type" else _is_wanted
    if beside(tokens, phrases[place]):
        return True
    if meaning.value == _ANY:
        return False
    return _is_all(tokens, phrases, where_and_when) or _is_listed(tokens, phrases, place, meaning.kind)


def is_of_wish(tokens: Tokens, phrases: Sequence[Phrase], place: int) -> bool:
    """Return whether a phrase only names the gathering of the need before it ("yoga group")."""
    phrase, before = phrases[place], phrases[place - 1] if place else None
    if before is None or before.last + 1 != phrase.first or tokens.words[phrase.first] not in _WORDS["gatherings"]:
        return False
    return not tokens.gaps[phrase.first] and any(meaning.kind == "need" for meaning in before.meaning)


def _is_all(tokens: Tokens, phrases: Sequence[Phrase], where_and_when: Collection[int]) -> bool:
    """Return whether a message is nothing but terms, a place and a date ("money and work please", "sleep near E17")."""
    named = {word for phrase in phrases for word in range(phrase.first, phrase.last + 1)}
    others = {word for place, word in enumerate(tokens.words) if place not in named and place not in where_and_when}
    return others <= (_SITED if where_and_when else _POLITE)


def _is_listed(tokens: Tokens, phrases: Sequence[Phrase], place: int, kind: str) -> bool:
    """Return whether a weak phrase is joined to one that surely is of its kind ("tiredness and sleep")."""
    neighbours = ((place - 1, place), (place, place + 1))
    return any(
        _are_joined(tokens, phrases[left], phrases[right])
        and any(meaning.kind == kind and not meaning.weak for meaning in phrases[left + right - place].meaning)
        for left, right in neighbours
        if left >= 0 and right < len(phrases)
    )


def _are_joined(tokens: Tokens, left: Phrase, right: Phrase) -> bool:
    """Return whether "and", "or" or a comma is all that stands between two phrases."""
    between = tokens.words[left.last + 1 : right.first]
    return set(between) <= _JOINING and bool(between or tokens.gaps[right.first])


def _is_site(tokens: Tokens, phrase: Phrase) -> bool:
    """Return whether a part of the body is said to have cancer: "skin or lung cancer", "cancer of the skin"."""
    after = tokens.words[phrase.last + 1 : phrase.last + 4]
    joined = after[:1] in (("and",), ("or",), ("cell",)) and not _WORDS["cancer"].isdisjoint(after)
    if joined or not _WORDS["cancer"].isdisjoint(after[:1]):
        return True
    return _is_in(tokens, phrase) or _is_ill(tokens, phrase)


def _is_in(tokens: Tokens, phrase: Phrase) -> bool:
    """Return whether "cancer of the" or the like stands before a part of the body."""
    before = list(tokens.words[max(phrase.first - 3, 0) : phrase.first])
    led = len(before)
    while before and before[-1] in _WORDS["leads_site"]:
        before.pop()
    return len(before) < led and bool(before) and before[-1] in _WORDS["cancer"]


def _is_ill(tokens: Tokens, phrase: Phrase) -> bool:
    """Return whether a part of the body ends what someone says they have ("its in my throat")."""
    before = tokens.words[: phrase.first]
    ends = phrase.last + 1 == len(tokens.words) or bool(tokens.gaps[phrase.last + 1])
    said = [length for length in range(1, 4) if before[-length:] in _ILL_LEADS]
    return ends and bool(said) and _WORDS["hurting"].isdisjoint(before[-max(said) - 1 :])


def _is_wanted(tokens: Tokens, phrase: Phrase) -> bool:
    """Return whether help is asked with something: "help with work", "a food workshop", "something for sleep"."""
    words, first = tokens.words, phrase.first
    if phrase.last + 1 < len(words) and words[phrase.last + 1] in _WORDS["gatherings"]:
        return True
    before = list(words[max(first - _REACH, 0) : first])
    led = len(before)
    while before and before[-1] in _WORDS["joining"]:
        before.pop()
    return len(before) < led and bool(before) and before[-1] in _WORDS["wanting"]
