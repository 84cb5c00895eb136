"""What in a message speaks of the lines of a menu: days, numbers, words of titles, what the lines are about."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.nlu.choice_described import covers
from bot.nlu.choice_hearing import IN_PERSON
from bot.nlu.choice_words import choice_words
from bot.nlu.date_words import date_words
from bot.nlu.lexicon import Lexicon
from bot.nlu.option_meanings import meanings_of
from bot.nlu.option_times import at_number, by_time, in_part_of_day
from bot.nlu.option_words import has_word, is_telling, options_on, options_with_pair, options_with_word
from bot.nlu.pointers import find_pointers
from bot.nlu.tokens import Tokens
from bot.understanding import Entity, Option
from services.core.clock import to_london

_KINDS = frozenset(("need", "cancer_type", "audience", "mode"))
Meant = set[tuple[str, str]]  # kinds of entity with their values

_NUMBERED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_WEEKDAYS = frozenset(("weekday", "vague_weekday"))
_OTHER_WORDS = frozenset(("free", "tree", "too", "tow", "won", "thee"))  # numbers only where little else is said
_FEW = 2
_OTHER = "other"
_EXTREMES = frozenset(("early", "late"))
_EXTREME_DAYS = {
    "nearest": "earliest",
    "closest": "earliest",
    "next": "earliest",
    "furthest": "latest",
    "farthest": "latest",
}
_DAY = (("date",), ("day",), ("time",), ("available",), ("off",), ("away",))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words `first` to `last` of a message, the way in which they speak of lines, and the lines (from 0) they fit."""

    kind: str
    first: int
    last: int
    fits: frozenset[int]


def find_evidence(
    tokens: Tokens, options: Sequence[Option], lexicon: Lexicon, dates: Sequence[Entity]
) -> list[Evidence]:
    """Return all that speaks of lines, from left to right, no word twice; `dates` are the dates of the message."""
    when = [each for date in dates for each in _of_date(tokens, options, date)]
    dated = frozenset(place for each in when for place in range(each.first, each.last + 1))
    every = [
        *(each for each in when if each.fits),
        *_of_bare_days(tokens, options),
        *_of_pointers(tokens, options, dated),
        *(each for each in when if not each.fits),
        *_of_words(tokens, options),
        *_about(tokens, options, lexicon),
        *_of_hints(tokens, options, lexicon),
        *_of_fillers(tokens, options),
    ]
    plain = list(_apart(every))
    return sorted(_apart([*plain, *_compared(tokens, options, plain)]), key=lambda each: each.first)


def _apart(every: Sequence[Evidence]) -> Iterator[Evidence]:
    """Yield what shares no word with anything before it: the surest comes first."""
    taken: set[int] = set()
    for each in every:
        places = range(each.first, each.last + 1)
        if taken.isdisjoint(places):
            taken.update(places)
            yield each


def _of_date(tokens: Tokens, options: Sequence[Option], date: Entity) -> Iterator[Evidence]:
    """Yield what a date says of the lines, unless it is "the 2nd" that may be a line's number."""
    places = [place for place in range(len(tokens.words)) if covers(tokens, date, place)]
    ordinals = choice_words().ordinals
    if not places or (len(places) == 1 and 0 < ordinals.get(tokens.words[places[0]], 0) <= len(options)):
        return
    kind = "no day" if date.value.get("not") else "often" if date.value["grain"] == "recurring" else "day"
    yield Evidence(kind, places[0], places[-1], options_on(date.value, options, frozenset(range(len(options)))))


def _of_bare_days(tokens: Tokens, options: Sequence[Option]) -> Iterator[Evidence]:
    """Yield days that may be something else where no menu is open: "wed", "29th", "the eleventh"."""
    days = [to_london(datetime.fromisoformat(option.starts_at)) for option in options if option.starts_at]
    for place in range(len(tokens.words) if len(days) == len(options) else 0):
        weekday, number = _day_named(tokens, place)
        fits = frozenset(
            at
            for at, day in enumerate(days)
            if (day.weekday() == weekday if weekday is not None else day.day == number > len(options))
        )
        if fits:
            yield Evidence("bare day", place, place, fits)


def _day_named(tokens: Tokens, place: int) -> tuple[int | None, int]:
    """Return the weekday, else the day of the month, that a word may be; "wed" is one, "we'd" is none."""
    word = tokens.words[place]
    section, value = date_words().phrases.single_words.get(word, ("", 0))
    if section in _WEEKDAYS and tokens.text[tokens.starts[place] : tokens.ends[place]].lower() == word:
        return int(value), 0
    numbered = _NUMBERED.fullmatch(word)
    return None, int(numbered[1]) if numbered else int(value) if section == "ordinal_word" else 0


def _of_pointers(tokens: Tokens, options: Sequence[Option], dated: frozenset[int]) -> Iterator[Evidence]:
    lines = frozenset(range(len(options)))
    for pointer in find_pointers(tokens, len(options), dated):
        if not pointer.firm and tokens.words[pointer.word] in _OTHER_WORDS and len(tokens.words) > _FEW:
            continue
        at = pointer.index if pointer.index in lines else at_number(pointer.index + 1, options, lines)
        kind = ("ordinal" if pointer.ordinal else "number") + (" firm" if pointer.firm else "")
        fits = frozenset[int]() if at is None else frozenset((at,)) & lines
        yield Evidence(kind if fits else "beyond", pointer.word, pointer.word, fits)


def _of_words(tokens: Tokens, options: Sequence[Option]) -> Iterator[Evidence]:
    """Yield the words that titles have, or nearly have, and words of time."""
    known = choice_words()
    moments = [option.starts_at for option in options]
    for place, word in enumerate(tokens.words):
        if word in known.fillers or not is_telling(word):
            continue
        if fits := _in_person(options) if word == IN_PERSON else options_with_word(word, options):
            yield Evidence(_kind_of_word(word, options), place, place, fits)
        elif fits := options_with_pair(word, "".join(tokens.words[place + 1 : place + 2]), options):
            yield Evidence("pair", place, place + 1, fits)
        elif all(moments) and (fits := in_part_of_day(word, moments)):
            yield Evidence("part", place, place, fits)


def _compared(tokens: Tokens, options: Sequence[Option], plain: Sequence[Evidence]) -> Iterator[Evidence]:
    """Yield "the earlier" of the lines that all else speaks of, and "the other" than those that anything speaks of."""
    lines = frozenset(range(len(options)))
    telling = [each.fits for each in plain if 0 < len(each.fits) < len(lines)]
    among = lines.intersection(*telling)
    among = among if len(among) > 1 else lines
    for place in range(len(tokens.words)):
        if fits := _extreme(tokens, place, options, sorted(among)):
            yield Evidence("time", place, place, fits)
        if tokens.words[place] == _OTHER and telling:
            yield Evidence("other", place, place, lines.difference(*telling))


def _extreme(tokens: Tokens, place: int, options: Sequence[Option], among: Sequence[int]) -> frozenset[int]:
    """Return the line that is "the earlier", "the late" or "the nearest date" of some."""
    known = choice_words()
    moments = [options[at].starts_at for at in among]
    word = tokens.words[place]
    word = _EXTREME_DAYS.get(word, word) if tokens.words[place + 1 : place + 2] in _DAY else word
    if not all(moments) or word not in known.earliest | known.latest | _EXTREMES:
        return frozenset()
    return frozenset(among[at] for at in by_time(word, moments))


def _in_person(options: Sequence[Option]) -> frozenset[int]:
    return frozenset(at for at, option in enumerate(options) if not has_word("online", (option,)))


def _kind_of_word(word: str, options: Sequence[Option]) -> str:
    known = choice_words()
    if word in known.generic or word in known.venues:
        return "generic"
    if has_word(word, options):
        return "word"
    return "akin" if word in known.akin else "near"


def _about(tokens: Tokens, options: Sequence[Option], lexicon: Lexicon) -> Iterator[Evidence]:
    """Yield what is named or told that lines are about, and what is named that none is about."""
    about = [meanings_of(option, lexicon) for option in options]
    for phrase in lexicon.phrases.find(tokens, tokens.words):
        if meant := {(one.kind, one.value) for one in phrase.meaning if one.kind in _KINDS}:
            fits = _lines_about(about, meant)
            yield Evidence("about" if fits else "else", phrase.first, phrase.last, fits)
    for told in lexicon.learnt.needs.read(tokens.words) if lexicon.learnt.needs else ():
        if fits := _lines_about(about, {("need", told.need)}):
            yield Evidence("told", told.first, told.last, fits)


def _of_hints(tokens: Tokens, options: Sequence[Option], lexicon: Lexicon) -> Iterator[Evidence]:
    if lexicon.learnt.hints:
        yield from (Evidence("hint", *hint) for hint in lexicon.learnt.hints.find(tokens, options))


def _lines_about(about: Sequence[Meant], meant: Meant) -> frozenset[int]:
    return frozenset(at for at, own in enumerate(about) if not meant.isdisjoint(own))


def _of_fillers(tokens: Tokens, options: Sequence[Option]) -> Iterator[Evidence]:
    """Yield the words of titles that mostly say nothing ("will", "look")."""
    fillers = choice_words().fillers
    for place, word in enumerate(tokens.words):
        if word in fillers and has_word(word, options):
            yield Evidence("filler", place, place, options_with_word(word, options))
