"""What the options of a menu say: the words of their titles, and when they are."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, time
from functools import lru_cache
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from rapidfuzz.distance import OSA

from bot.nlu.choice_words import choice_words
from bot.nlu.clock_rules import PARTS
from bot.nlu.tokens import tokenise
from bot.nlu.word_lists import word_set
from bot.understanding import Option
from services.core.clock import to_london

# Words of a title too common to single anything out.
_COMMON = word_set(
    "the a an and of for in at on to with by your you after from day cancer event session one is am pm st"
)
_DAY_ONLY = re.compile(r"(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)")
_DAY_SPELT = re.compile(r"(?:on )?(?:the )?(?:twenty |thirty )?[a-z]+(?:th|st|nd|rd)")  # "the fifteenth"
_ONE_SLIP, _TWO_SLIPS, _BEGINNING = 5, 8, 5  # letters from which a word may have slips, or may be only the beginning
_SHORTEST, _SHORTEST_FORM = 4, 3  # letters: a shorter word means only itself; or is one without its vowels
_ENDINGS = ("ing", "ers", "ery", "er", "es", "s")
_VOWELS = re.compile("[aeiou]")


@lru_cache(maxsize=2048)
def _words(option: Option) -> frozenset[str]:
    """Return the telling words of an option, also those that may be written as one ("taichi")."""
    title = title_words(option.title)
    pairs = (one + other for one, other in pairwise(title) if not {one, other} & _COMMON)
    return frozenset((*title, *pairs, *tokenise(option.words).words)) - _COMMON


@lru_cache(maxsize=2048)
def _by_letter(option: Option) -> Mapping[str, Sequence[str]]:
    """Return the telling words of an option by their first letter, which no slip of typing changes."""
    return {letter: tuple(words) for letter, words in groupby(sorted(_words(option)), key=itemgetter(0))}


@lru_cache(maxsize=512)  # every message is compared with the titles of the menu before it
def title_words(title: str) -> tuple[str, ...]:
    """Return the words of a title, in order."""
    return tokenise(title).words


def is_telling(word: str) -> bool:
    """Return whether a word of a title is not too common to tell it."""
    return word not in _COMMON


def has_word(word: str, options: Sequence[Option]) -> bool:
    """Return whether any option has exactly this word."""
    return any(word in _words(option) for option in options)


def options_with_word(word: str, options: Sequence[Option]) -> frozenset[int]:
    """Return the indices of the options that have a word, or nearly that word."""
    lines = [_words(option) for option in options]
    exact = _with_any({word}, lines) or _with_any(_other_number(word), lines)
    exact = exact or _with_any(choice_words().akin.get(word, frozenset()), lines)
    if exact or len(word) < _SHORTEST_FORM:
        return exact
    means = _alike if len(word) >= _SHORTEST else _is_short_for
    own = [_by_letter(option).get(word[0], ()) for option in options]
    return frozenset(index for index, words in enumerate(own) if any(means(word, each) for each in words))


def _with_any(words: AbstractSet[str], lines: Sequence[AbstractSet[str]]) -> frozenset[int]:
    """Return the lines that have one of some words at least."""
    return frozenset(index for index, line in enumerate(lines) if not words.isdisjoint(line))


def _other_number(word: str) -> AbstractSet[str]:
    """Return the word in the singular and the plural ("wigs" for "Wig fitting")."""
    return {f"{word}s", word.removesuffix("s")} - {word} if len(word) >= _SHORTEST_FORM else frozenset()


def options_with_pair(word: str, following: str, options: Sequence[Option]) -> frozenset[int]:
    """Return the options that have two words in a row which two words said are a slip away from ("thai chi")."""
    said = word + following
    if len(said) < _ONE_SLIP:
        return frozenset()
    return frozenset(
        index for index, option in enumerate(options) if any(_is_slip(said, pair) for pair in _pairs(option))
    )


@lru_cache(maxsize=512)
def _pairs(option: Option) -> frozenset[str]:
    """Return the pairs of words in a row of a title, each pair as one word."""
    return frozenset(one + other for one, other in pairwise(title_words(option.title)) if not {one, other} & _COMMON)


def _is_slip(said: str, pair: str) -> bool:
    return said[0] == pair[0] and OSA.distance(said, pair, score_cutoff=2) <= (2 if len(pair) >= _TWO_SLIPS else 1)


def _alike(said: str, own: str) -> bool:
    """Return whether a word as said is another's beginning, or a slip away from it."""
    if (len(said) >= _BEGINNING and own.startswith(said)) or _stem(said) == _stem(own):
        return True
    slips = 2 if len(own) >= _TWO_SLIPS else int(max(len(own), len(said)) >= _ONE_SLIP)
    near = OSA.distance(said, own, score_cutoff=slips) <= slips
    return near or _is_short_for(said, own)


def _is_short_for(said: str, own: str) -> bool:
    """Return whether a word is another without its vowels ("tlk", "grp")."""
    bare = own[0] + _VOWELS.sub("", own[1:])
    if said == bare:
        return True
    kept = iter(own)
    return (
        len(bare) <= len(said) < len(own)
        and said[0] + _VOWELS.sub("", said[1:]) == bare
        and all(letter in kept for letter in said)
    )


def _stem(word: str) -> str:
    """Return a word without its ending: "walk" for "walking", "walkers" and "walks"."""
    ending = next((ending for ending in _ENDINGS if word.endswith(ending)), "")
    return word[: len(word) - len(ending)] if len(word) - len(ending) >= _SHORTEST else word


def options_on(date: dict[str, Any], options: Sequence[Option], among: frozenset[int]) -> frozenset[int]:
    """Return the options, among some, that a date entity's value fits.

    The very day and minute decide first; "thursday" alone is any Thursday, "at 2" else about 2.
    """
    starts = {index: options[index].starts_at for index in among}
    moments = {index: to_london(datetime.fromisoformat(start)) for index, start in starts.items() if start}
    for fits in (_is_at, _is_like) if _is_weekday(date) else (_is_at, _is_within, _is_like):
        if found := frozenset(index for index, moment in moments.items() if fits(date, moment)):
            return found
    return frozenset()


def _is_weekday(date: dict[str, Any]) -> bool:
    """Return whether a weekday is all that was said: of two Saturdays in a menu it is either."""
    return bool(date.get("weekdays")) and len(date["words"].split()) == 1


def _is_at(date: dict[str, Any], moment: datetime) -> bool:
    """Return whether a moment is the very time said, on the day or weekday said."""
    on_time = bool(date["explicit_time"]) and date.get("after") == f"{moment:%H:%M}"
    return on_time and (_is_inside(date, moment) or moment.weekday() in date.get("weekdays", ()))


def _is_within(date: dict[str, Any], moment: datetime) -> bool:
    """Return whether a moment lies in the stretch said, at its hours and on its weekdays."""
    weekdays = date.get("weekdays")
    return _is_inside(date, moment) and _in_hours(date, moment) and (weekdays is None or moment.weekday() in weekdays)


def _is_like(date: dict[str, Any], moment: datetime) -> bool:
    """Return whether a moment has the weekday and hours, or the day of the month, that were all that was said."""
    if date.get("weekdays"):
        return moment.weekday() in date["weekdays"] and _in_hours(date, moment)
    said = _DAY_ONLY.fullmatch(date["words"].lower())
    if said is None:
        spelt = date["grain"] == "day" and _DAY_SPELT.fullmatch(date["words"].lower())
        return bool(spelt) and to_london(datetime.fromisoformat(date["from"])).day == moment.day
    return int(said[1]) == moment.day


def _is_inside(date: dict[str, Any], moment: datetime) -> bool:
    inside = datetime.fromisoformat(date["from"]) <= moment < datetime.fromisoformat(date["to"])
    return inside or "any_day" in date


def _in_hours(date: dict[str, Any], moment: datetime) -> bool:
    after, before = PARTS.get(date.get("part", ""), (None, None))
    after = time.fromisoformat(date["after"]) if "after" in date else after
    before = time.fromisoformat(date["before"]) if "before" in date else before
    return (after is None or moment.time() >= after) and (before is None or moment.time() < before)
