"""Telling which line of a menu a message picks: "2", "no 3", "b)", "the second one dear", "the thursday one"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from bot.nlu.dates import find_dates
from bot.nlu.option_words import options_on, options_with_word
from bot.nlu.tokens import Tokens, tokenise
from bot.nlu.word_lists import inverted, phrases_of, read_list
from bot.understanding import Entity, Option

_NUMBERED = ("numbers", "ordinals")
_LETTERS = "abcdefghij"
_WORDS_OF_TITLE = 2  # as many fillers ("look", "good") that are words of a title mean it
_SIDE_WORDS = 4  # words beside "the second one" that still leave it a choice


@dataclass(frozen=True, slots=True)
class ChoiceWords:
    """The words by which people pick."""

    numbers: dict[str, int]
    ordinals: dict[str, int]
    fillers: frozenset[str]
    last: frozenset[str]
    middle: frozenset[str]
    earliest: frozenset[str]
    latest: frozenset[str]
    named: frozenset[str]
    against: frozenset[str]
    asking: frozenset[str]


@cache
def choice_words() -> ChoiceWords:
    """Return the words, read once."""
    lists = read_list("choices")
    numbers, ordinals = (
        {word: int(number) for word, number in inverted(lists.pop(name)).items()} for name in _NUMBERED
    )
    return ChoiceWords(numbers, ordinals, **{name: frozenset(phrases_of(listed)) for name, listed in lists.items()})


@dataclass(frozen=True, slots=True)
class Choice:
    """The option picked (counted from 0), and the words that pick it."""

    index: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Pointer:
    """A word that points at a line by its place; a firm one ("the second one") stands among other words too."""

    index: int
    word: int
    firm: bool
    ordinal: bool = False


def find_choice(text: str, options: Sequence[Option], now: datetime) -> int | None:
    """Return the index of the one option that a message picks, or None when it picks none or could mean several."""
    tokens = tokenise(text)
    choice = choose(tokens, options, find_dates(tokens, tokens.words, now))
    return choice.index if choice else None


def choose(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity]) -> Choice | None:
    """Return what a message picks; `dates` are the date entities found in it."""
    exact = exact_choice(tokens, options)
    if exact or not tokens.words or not options:
        return exact
    if choice_words().against.intersection(tokens.words):
        return None
    dates = [date for date in dates if _tells_when(date)]
    dated = {place for date in dates for place in _places(tokens, date, len(options))}
    pointers = _pointers(tokens, options, dated)
    if pointers:
        spoken = [date for date in dates if not any(_covers(tokens, date, pointer.word) for pointer in pointers)]
        return _pointed_at(tokens, options, pointers, spoken)
    return _described(tokens, options, dates, dated)


def exact_choice(tokens: Tokens, options: Sequence[Option]) -> Choice | None:
    """Return the option whose payload or whole title the message is."""
    said = tokens.text.strip()
    found = [index for index, option in enumerate(options) if said == option.payload]
    found = found or [index for index, option in enumerate(options) if tokenise(option.title).words == tokens.words]
    return Choice(found[0], 0, max(len(tokens.words) - 1, 0)) if len(found) == 1 else None


def _tells_when(date: Entity) -> bool:
    """Return whether a date singles a moment out: not "any time" or "the earliest", nor "not tuesday"."""
    value = date.value
    return not value.get("not") and ("any_day" not in value or "after" in value or "before" in value or "part" in value)


def _covers(tokens: Tokens, date: Entity, place: int) -> bool:
    return date.start <= tokens.starts[place] < date.end


def _places(tokens: Tokens, date: Entity, count: int) -> list[int]:
    """Return the words of a date; none when it is one bare ordinal that points at a line ("the 2nd")."""
    places = [place for place in range(len(tokens.words)) if _covers(tokens, date, place)]
    told = [tokens.words[place] for place in places if tokens.words[place] not in choice_words().fillers]
    return [] if len(told) == 1 and choice_words().ordinals.get(told[0], count + 1) <= count else places


def _pointers(tokens: Tokens, options: Sequence[Option], dated: set[int]) -> list[_Pointer]:
    found = (_pointer(tokens, place, len(options)) for place in range(len(tokens.words)) if place not in dated)
    pointers = [pointer for pointer in found if pointer]
    firm = [pointer for pointer in pointers if pointer.firm]
    return firm or pointers


def _pointer(tokens: Tokens, place: int, count: int) -> _Pointer | None:
    """Return the line that a word points at, if it does."""
    word, known = tokens.words[place], choice_words()
    if word.isdecimal() or word in known.numbers:
        if tokens.words[place + 1 : place + 2] == ("of",):
            return None
        number = int(word) if word.isdecimal() else known.numbers[word]
        return _number_pointer(number, word, place, _is_marked(tokens, place), len(tokens.words))
    if len(word) == 1 and word in _LETTERS[:count]:
        marked = _is_marked(tokens, place)
        return _Pointer(_LETTERS.index(word), place, marked) if marked or _is_bare(tokens.words, place) else None
    index = _ordinal(word, count)
    return None if index is None else _Pointer(index, place, _is_pointed(tokens.words, place), ordinal=True)


def _is_marked(tokens: Tokens, place: int) -> bool:
    """Return whether a number or letter is marked as a choice: "number 2", "b)", "#3"."""
    before = tokens.words[place - 1] if place else ""
    closed, hashed = tokens.gaps[place + 1].startswith(")"), tokens.gaps[place].endswith("#")
    return before in choice_words().named or closed or hashed


def _is_pointed(words: tuple[str, ...], place: int) -> bool:
    """Return whether an ordinal stands as in "the second" or "second one"."""
    return words[max(place - 1, 0)] == "the" or words[place + 1 : place + 2] in (("one",), ("option",))


def _number_pointer(number: int, word: str, place: int, marked: bool, length: int) -> _Pointer | None:
    """Return the line of a number; "one" and "too" in words are more often no number ("that one", "me too")."""
    if not word.isdecimal() and not marked and length > 1 and (word in ("one", "too", "won", "to", "tow") and place):
        return None
    return _Pointer(number - 1, place, marked)


def _is_bare(words: tuple[str, ...], place: int) -> bool:
    """Return whether a letter is all, or (no article or pronoun) stands among words that say nothing ("b please")."""
    others = words[:place] + words[place + 1 :]
    return not others or (words[place] not in ("a", "i") and choice_words().fillers.issuperset(others))


def _ordinal(word: str, count: int) -> int | None:
    known = choice_words()
    if word in known.ordinals:
        return known.ordinals[word] - 1
    if word in known.last:
        return count - 1
    return count // 2 if word in known.middle and count % 2 else None


def _pointed_at(
    tokens: Tokens, options: Sequence[Option], pointers: list[_Pointer], dates: Sequence[Entity]
) -> Choice | None:
    """Return the one line that a message points at, if nothing else in it speaks against a choice.

    Beside a date the place is that among the options of the date: "the second tuesday".
    """
    pointer = pointers[0]
    index = _line(pointer, options, dates)
    if index is None or len({each.index for each in pointers}) > 1:
        return None
    places = {each.word for each in pointers}
    content = [tokens.words[place] for place in _content(tokens, dates) if place not in places]
    if content and not (pointer.firm and _is_aside(tokens, content)):
        return None
    return Choice(index, min(places), max(places))


def _content(tokens: Tokens, dates: Sequence[Entity]) -> list[int]:
    """Return the words that are no fillers and no part of a date."""
    dated = {place for date in dates for place in range(len(tokens.words)) if _covers(tokens, date, place)}
    fillers = choice_words().fillers
    return [place for place, word in enumerate(tokens.words) if word not in fillers and place not in dated]


def _line(pointer: _Pointer, options: Sequence[Option], dates: Sequence[Entity]) -> int | None:
    """Return the index of the line pointed at; an ordinal counts among those that fit the dates beside it."""
    lines = frozenset(range(len(options)))
    for date in dates:
        lines &= options_on(date.value, options, lines)
    if not pointer.ordinal:
        return pointer.index if pointer.index in lines else None
    return sorted(lines)[pointer.index] if 0 <= pointer.index < len(lines) else None


def _is_aside(tokens: Tokens, content: list[str]) -> bool:
    """Return whether the other words of a message only go along with a choice, and ask nothing."""
    asks = tokens.gaps[-1].startswith("?") or choice_words().asking.intersection(tokens.words)
    return not asks and len(content) <= _SIDE_WORDS


def _described(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], dated: set[int]) -> Choice | None:
    """Return the one option that words of a title, a day or a time single out."""
    free = [place for place in range(len(tokens.words)) if place not in dated]
    content = [place for place in free if tokens.words[place] not in choice_words().fillers]
    telling = _telling(tokens, options, content)
    if not telling and not dates:
        telling = _telling(tokens, options, free)
        content = list(telling)
        if len(telling) < _WORDS_OF_TITLE:
            return None
    unexplained = len(content) - len(telling)
    if unexplained > len(telling) + len(dates):
        return None
    if unexplained and not _is_aside(tokens, [tokens.words[place] for place in content]):
        return None
    return _one_left(tokens, options, telling, dates)


def _telling(tokens: Tokens, options: Sequence[Option], places: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return the words, by their place, that some options fit, with those options."""
    found = {place: _options_meant(tokens.words[place], options) for place in places}
    return {place: fitting for place, fitting in found.items() if fitting}


def _options_meant(word: str, options: Sequence[Option]) -> frozenset[int]:
    """Return the options that a word fits: by their words, or as the earliest or latest."""
    found = options_with_word(word, options)
    moments = [option.starts_at for option in options]
    if found or not all(moments):
        return found
    known = choice_words()
    if word in known.earliest:
        return frozenset((moments.index(min(moments)),))
    return frozenset((moments.index(max(moments)),)) if word in known.latest else frozenset()


def _one_left(
    tokens: Tokens, options: Sequence[Option], telling: dict[int, frozenset[int]], dates: Sequence[Entity]
) -> Choice | None:
    """Return the only option that everything said fits, with the words that said it."""
    left = frozenset(range(len(options)))
    for found in telling.values():
        left &= found
    for date in dates:
        left &= options_on(date.value, options, left)
    if len(left) != 1 or not (telling or dates):
        return None
    places = list(telling)
    places += [place for date in dates for place in range(len(tokens.words)) if _covers(tokens, date, place)]
    return Choice(next(iter(left)), min(places), max(places))
