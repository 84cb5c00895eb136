"""Whether a word with several meanings ("skin", "work", "food") means a term where it stands."""

from collections.abc import Collection, Sequence

from bot.nlu.cancer_sites import is_type
from bot.nlu.lexicon import Meaning
from bot.nlu.plain_words import Phrase, are_all, is_listed
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

_WORDS = contexts("terms")
_REACH = 5  # words before a weak one that may ask for help with it


def is_plain(
    tokens: Tokens, phrases: Sequence[Phrase], place: int, meaning: Meaning, where_and_when: Collection[int] = ()
) -> bool:
    """Return whether the words beside a weak phrase (at `place` among those found) settle that it has a meaning.

    `where_and_when` are the places of words that say a place or a date.
    """
    if meaning.kind == "cancer_type":
        return is_type(tokens, phrases, place, meaning, where_and_when)
    if meaning.kind != "need":
        return False
    if _is_wanted(tokens, phrases[place]):
        return True
    return are_all(tokens, phrases, where_and_when) or is_listed(tokens, phrases, place, meaning.kind)


def is_of_wish(tokens: Tokens, phrases: Sequence[Phrase], place: int) -> bool:
    """Return whether a phrase only names the gathering of the need before it ("yoga group")."""
    phrase, before = phrases[place], phrases[place - 1] if place else None
    if before is None or before.last + 1 != phrase.first or tokens.words[phrase.first] not in _WORDS["gatherings"]:
        return False
    return not tokens.gaps[phrase.first] and any(meaning.kind == "need" for meaning in before.meaning)


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
