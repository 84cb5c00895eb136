"""The words of a message as atoms for the date grammar: weekdays, numbers, clock times, the small words between."""

import re
from dataclasses import dataclass
from datetime import time
from functools import cache

from bot.nlu.phrases import Phrases
from bot.nlu.rewriting import Atom
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import inverted, phrases_of, read_list, word_set

_CONTEXTS = ("follows_part", "leads_part", "small")
_NUMERIC = re.compile(r"(\d+(?:[.:/]\d+)*)([a-z]*)")
_CLOCK = re.compile(r"(\d{1,2})[.:]([0-5]\d)")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?|(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")
_MONEY = tuple("£$€#")
_ENDINGS = frozenset(("st", "nd", "rd", "th"))
# Only these begin a date.
_TELLING = word_set(
    "weekday vague_weekday weekdays month vague_month ordinal ordinal_word relative tonight part parts night meal "
    "lunch hours noon oclock clock date score number numeral hhmm fortnight week day weekend weekends workday "
    "weeknight midweek month_unit bank_holiday holiday season any_day week_commencing year year_unit again"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as said: `fixed` when am or pm is known, `loose` when about that time is meant."""

    hour: int
    minute: int = 0
    fixed: bool = False
    loose: bool = False


@dataclass(frozen=True, slots=True)
class DateWords:
    """The vocabulary of dates, and the contexts that `dates.yml` lists beside it."""

    phrases: Phrases[tuple[str, int | str]]
    contexts: dict[str, frozenset[str]]


@cache
def date_words() -> DateWords:
    """Return the vocabulary of dates, read once."""
    sections = read_list("dates")
    contexts = {name: frozenset(phrases_of(sections.pop(name)[0])) for name in _CONTEXTS}
    meanings = {
        phrase: (section, value) for section, lists in sections.items() for phrase, value in inverted(lists).items()
    }
    return DateWords(Phrases(meanings), contexts)


def read_atoms(tokens: Tokens, words: tuple[str, ...]) -> list[Atom]:
    """Return a message as atoms, or none at all when no word of it begins a date."""
    vocabulary = date_words()
    atoms: list[Atom] = []
    place = 0
    while place < len(words):
        _add_gap(atoms, tokens, place)
        found = vocabulary.phrases.at(tokens, words, place)
        if found:
            atoms.append(Atom(*found.meaning, found.first, found.last))
        elif words[place][0].isdigit():
            atoms += _numeric(tokens, words, place, vocabulary)
        else:
            small = words[place] in vocabulary.contexts["small"]
            atoms.append(Atom("small" if small else "word", None, place, place))
        place = atoms[-1].last + 1
    return atoms if any(atom.name in _TELLING for atom in atoms) else []


def _add_gap(atoms: list[Atom], tokens: Tokens, place: int) -> None:
    """Add what parts a word from the word before it: the end of a sentence, a pause, a dash or a slash."""
    gap = tokens.gaps[place]
    if not gap or not place:
        return
    if any(mark in gap for mark in ".?!\n"):
        name = "stop"
    elif gap in "-\u2013\u2014":
        name = "dash"
    elif gap == "/":
        name = "slash"
    else:
        name = "pause"
    atoms.append(Atom(name, None, place, place - 1))


def _numeric(tokens: Tokens, words: tuple[str, ...], place: int, vocabulary: DateWords) -> list[Atom]:
    """Return the atoms of a word that begins with a digit: "5", "2nd", "10.30am" (two atoms), "5/12"."""
    match = _NUMERIC.fullmatch(words[place])
    if not match or tokens.gaps[place].endswith(_MONEY) or tokens.gaps[place + 1].startswith("%"):
        return [Atom("word", None, place, place)]
    digits, ending = match.groups()
    if ending in _ENDINGS and digits.isdigit() and len(digits) < 3:
        return [Atom("ordinal", int(digits), place, place)]
    number = _number(digits, place)
    if not ending:
        return [number]
    known = vocabulary.phrases.at(tokens, (*words[:place], ending, *words[place + 1 :]), place)
    if not known or number.name == "word":
        return [Atom("word", None, place, place)]
    return [number, Atom(*known.meaning, place, known.last)]


def _number(digits: str, place: int) -> Atom:
    """Return the atom of a number: a small number, a clock time, a numeric date, a year, four digits of a clock."""
    if clock := _CLOCK.fullmatch(digits):
        return _clock_atom(int(clock[1]), int(clock[2]), ":" in digits, place)
    if day := _DATE.fullmatch(digits):
        return _written_date(*(int(part) for part in day.groups() if part), place=place)
    if digits.isdigit() and len(digits) < 3:
        return Atom("number", int(digits), place, place)
    if digits.isdigit() and len(digits) == 4:
        return _four_digits(digits, place)
    return Atom("word", None, place, place)


def _written_date(day: int, month: int, year: int | None = None, *, place: int) -> Atom:
    """Return a date written in digits, day first; "9/10" is more often a score, "24/7" always."""
    if (day, month, year) == (24, 7, None):
        return Atom("word", None, place, place)
    name = "score" if month == 10 and day <= 10 and not year else "date"
    return Atom(name, (day, month, year % 100 + 2000 if year is not None else None), place, place)


def _clock_atom(hour: int, minute: int, colon: bool, place: int) -> Atom:
    """Return a clock time; "5.12" is one only beside words of time, "10.30" always."""
    if hour > 23:
        return Atom("word", None, place, place)
    clock = Clock(hour, minute, fixed=hour > 12 or hour == 0)
    return Atom("clock" if colon or minute % 5 == 0 else "dotted", clock, place, place)


def _four_digits(digits: str, place: int) -> Atom:
    """Return a year of this century ("2027"), or what may be a time on the 24-hour clock ("1430")."""
    hour, minute = int(digits[:2]), int(digits[2:])
    if hour == 20 and minute > 23:
        return Atom("year", int(digits), place, place)
    if hour > 23 or minute > 59:
        return Atom("word", None, place, place)
    return Atom("hhmm", Clock(hour, minute, fixed=True), place, place)


def read_time(text: str) -> time:
    """Return a time of day written as HH:MM."""
    return time.fromisoformat(text)
