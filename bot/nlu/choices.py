"""Telling which line of a menu a message picks: "2", "no 3", "b)", "the second one dear", "the thursday one"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.nlu.choice_hearing import as_heard
from bot.nlu.choice_parts import corrected_from, first_part_ends, kept_and_refused
from bot.nlu.choice_words import choice_words
from bot.nlu.option_words import has_word, is_telling, options_on, options_with_word, title_words
from bot.nlu.pointers import Pointer, find_pointers
from bot.nlu.title_parts import part_of_title
from bot.nlu.tokens import Tokens, tokenise
from bot.nlu.word_lists import word_set
from bot.understanding import Entity, Option
from services.core.clock import to_london

_WORDS_OF_TITLE = 2  # as many fillers ("look", "good") that are words of a title mean it
_OWNED = re.compile("['\u2019\u2018`]s$")
_SAYING_WHY = word_set("near nearby from")
_TURNING = word_set("also too well another no wait actually sorry but or hang hold instead rather and then")
_SIDE_WORDS = 4  # words beside "the second one" that still leave it a choice


@dataclass(frozen=True, slots=True)
class Choice:
    """The option picked (counted from 0), and the words that pick it."""

    index: int
    first: int
    last: int


def choose(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], undoing: bool = False) -> Choice | None:
    """Return what a message picks; `dates` are the date entities found in it.

    `undoing` when the menu asks what to cancel or change: else "cancel the yoga" picks nothing.
    """
    exact = exact_choice(tokens, options)
    if exact or not tokens.words or not options:
        return exact
    part = part_of_title(tokens.words, options)
    if part is not None:
        return Choice(part, 0, len(tokens.words) - 1)
    tokens = replace(tokens, words=as_heard(tokens.words, options))
    begins = corrected_from(tokens)
    if begins:
        return _choose_within(tokens, options, dates, (begins, len(tokens.words)), undoing)
    if _is_against(tokens, undoing):
        return _not_the_other(tokens, options, dates, undoing)
    return _meant(tokens, options, dates) or _meant_at_first(tokens, options, dates)


def _meant(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity]) -> Choice | None:
    """Return the line that a message points at or describes."""
    dates = [date for date in dates if _tells_when(tokens, date)]
    dated = frozenset(place for date in dates for place in _places(tokens, date, len(options)))
    pointers = [each for each in find_pointers(tokens, len(options), dated) if _points(each, tokens, options)]
    if pointers:
        if _is_either(tokens, options, pointers[0], dates):
            return None
        spoken = [date for date in dates if not any(_covers(tokens, date, pointer.word) for pointer in pointers)]
        return _pointed_at(tokens, options, pointers, spoken)
    return _described(tokens, options, dates, dated)


def _points(pointer: Pointer, tokens: Tokens, options: Sequence[Option]) -> bool:
    """Return whether a word points: "the royal free" is no slip of "three"; "1" is a line, whatever title has a 1."""
    word = tokens.words[pointer.word]
    return pointer.firm or not (word.isalpha() and has_word(word, options))


def _is_either(tokens: Tokens, options: Sequence[Option], pointer: Pointer, dates: Sequence[Entity]) -> bool:
    """Return whether "the 1st" may be the first line or another line's day."""
    spoken = (date for date in dates if pointer.ordinal and _covers(tokens, date, pointer.word))
    lines = frozenset(range(len(options)))
    return any(options_on(date.value, options, lines) - {pointer.index} for date in spoken)


def _meant_at_first(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity]) -> Choice | None:
    """Return the line of "the singing, my lungs could do with it": what follows a pause or "cos" only says why."""
    ends = first_part_ends(tokens)
    if not ends or tokens.gaps[-1].startswith("?"):
        return None
    first = tokenise(tokens.text[:ends])
    rest = tokens.words[len(first.words) :]
    if not _TURNING.isdisjoint(rest) or any(map(str.isdecimal, rest)) or _asks_of(tokens, options):
        return None
    return _meant(first, options, [date for date in dates if date.end <= ends])


def _asks_of(tokens: Tokens, options: Sequence[Option]) -> bool:
    """Return whether a word asks something, and is no word of a line ("near" after "cos" asks nothing)."""
    asking = choice_words().asking - _SAYING_WHY
    return any(word in asking and not has_word(word, options) for word in tokens.words)


def _choose_within(
    tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], part: tuple[int, int], undoing: bool
) -> Choice | None:
    """Return what the words from the first of a part up to (not with) its last pick."""
    begins, start, end = part[0], tokens.starts[part[0]], (*tokens.starts, len(tokens.text))[part[1]]
    inside = [date for date in dates if date.start >= start and date.end <= end]
    left = [replace(date, start=date.start - start, end=date.end - start) for date in inside]
    choice = choose(tokenise(tokens.text[start:end].rstrip()), options, left, undoing)
    return Choice(choice.index, choice.first + begins, choice.last + begins) if choice else None


def _not_the_other(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], undoing: bool) -> Choice | None:
    """Return the line of "the walk not the yoga" or "not the yoga the walk", where both parts pick one."""
    parts = kept_and_refused(tokens)
    if parts is None or tokens.gaps[-1].startswith("?"):
        return None
    kept, refused = (_choose_within(tokens, options, dates, part, undoing) for part in parts)
    return kept if kept and refused and kept.index != refused.index else None


def _is_against(tokens: Tokens, undoing: bool) -> bool:
    """Return whether a message takes a choice back or leaves it open ("not 2", "either")."""
    known = choice_words()
    return not (known.against if undoing else known.against | known.undoing).isdisjoint(tokens.words)


def exact_choice(tokens: Tokens, options: Sequence[Option]) -> Choice | None:
    """Return the option whose payload or whole title the message is."""
    said = tokens.text.strip()
    found = [index for index, option in enumerate(options) if said == option.payload]
    found = found or [index for index, option in enumerate(options) if title_words(option.title) == tokens.words]
    return Choice(found[0], 0, max(len(tokens.words) - 1, 0)) if len(found) == 1 else None


def _tells_when(tokens: Tokens, date: Entity) -> bool:
    """Return whether a date singles a moment out: not "any time" or "evenings", but "the evening one", "friday's"."""
    value = date.value
    owned = _OWNED.search(date.words) is not None
    if value["grain"] == "recurring" and not owned and {"one", "the"}.isdisjoint(tokens.words):
        return False
    return not value.get("not") and ("any_day" not in value or not {"after", "before", "part"}.isdisjoint(value))


def _covers(tokens: Tokens, date: Entity, place: int) -> bool:
    return date.start <= tokens.starts[place] < date.end


def _places(tokens: Tokens, date: Entity, count: int) -> list[int]:
    """Return the words of a date; none when it is a bare ordinal that points ("the 2nd", not "on the 2nd")."""
    places = [place for place in range(len(tokens.words)) if _covers(tokens, date, place)]
    told = [tokens.words[place] for place in places if tokens.words[place] not in choice_words().fillers]
    if places and places[0] and tokens.words[places[0] - 1] == "on":
        return places
    return [] if len(told) == 1 and choice_words().ordinals.get(told[0], count + 1) <= count else places


def _pointed_at(
    tokens: Tokens, options: Sequence[Option], pointers: Sequence[Pointer], dates: Sequence[Entity]
) -> Choice | None:
    """Return the one line that a message points at, if nothing else in it speaks against a choice.

    Beside a date an ordinal counts along the options of the date: "the second tuesday".
    """
    index = _line(pointers[0], options, dates)
    if index is None or len({pointer.index for pointer in pointers}) > 1:
        return None
    places = {pointer.word for pointer in pointers}
    content = [tokens.words[place] for place in _content(tokens, dates) if place not in places]
    if content and not (pointers[0].firm and _is_aside(tokens, content, options)):
        return None
    return Choice(index, min(places), max(places))


def _line(pointer: Pointer, options: Sequence[Option], dates: Sequence[Entity]) -> int | None:
    """Return the index of the line pointed at; an ordinal counts among those that fit the dates beside it."""
    lines = frozenset(range(len(options)))
    for date in dates:
        lines &= options_on(date.value, options, lines)
    if not pointer.ordinal:
        return pointer.index if pointer.index in lines else _at_hour(pointer.index + 1, options)
    return sorted(lines)[pointer.index] if 0 <= pointer.index < len(lines) else None


def _at_hour(hour: int, options: Sequence[Option]) -> int | None:
    """Return the one line at an hour ("11" of a menu of three)."""
    starts = [to_london(datetime.fromisoformat(option.starts_at)).hour if option.starts_at else 0 for option in options]
    found = [index for index, start in enumerate(starts) if hour in (start, start - 12) and hour > len(options)]
    return found[0] if len(found) == 1 else None


def _content(tokens: Tokens, dates: Sequence[Entity]) -> list[int]:
    """Return the words that are no fillers and no part of a date."""
    dated = {place for date in dates for place in range(len(tokens.words)) if _covers(tokens, date, place)}
    fillers = choice_words().fillers
    return [place for place, word in enumerate(tokens.words) if word not in fillers and place not in dated]


def _is_aside(tokens: Tokens, content: Sequence[str], options: Sequence[Option]) -> bool:
    """Return whether the other words of a message only go along with a choice, and ask nothing."""
    known = choice_words()
    asks = tokens.gaps[-1].startswith("?") or tokens.words[0] in known.asking_first
    asking = [word for word in tokens.words if word in known.asking and not has_word(word, options)]
    return not asks and not asking and len(content) <= _SIDE_WORDS


def _described(
    tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], dated: frozenset[int]
) -> Choice | None:
    """Return the one option that words of a title, a day or a time single out."""
    free = [place for place in range(len(tokens.words)) if place not in dated]
    content = [place for place in free if tokens.words[place] not in choice_words().fillers]
    telling = _telling(tokens, options, content)
    if not telling and not dates:
        telling = _telling(tokens, options, free)
        content = list(telling)
        if len(telling) < _WORDS_OF_TITLE:
            return None
    unexplained = [
        tokens.words[place] for place in content if place not in telling and not _counts_to(tokens, place, telling)
    ]
    if unexplained and not _may_stay(tokens, options, unexplained, telling, len(dates)):
        return None
    return _one_left(tokens, options, telling, dates)


Telling = Mapping[int, frozenset[int]]  # words, by their place, with the options that each fits


def _telling(tokens: Tokens, options: Sequence[Option], places: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return the words that some options fit, with those options."""
    found = {place: _options_meant(tokens, place, options) for place in places}
    return {place: fitting for place, fitting in found.items() if fitting}


def _options_meant(tokens: Tokens, place: int, options: Sequence[Option]) -> frozenset[int]:
    """Return the options that a word fits: by their words, or as "the earliest" or "the latest"."""
    word, known = tokens.words[place], choice_words()
    before = tokens.words[place - 1] if place else ""
    if word in known.generic and before == "of":
        return frozenset()
    found = options_with_word(word, options)
    moments = [option.starts_at for option in options]
    return _by_time(word, moments) if not found and all(moments) and before in ("the", "") else found


def _by_time(word: str, moments: Sequence[str]) -> frozenset[int]:
    """Return the option that is "the earliest" or "the latest", or the only "early" or "late" one."""
    known = choice_words()
    if word in known.earliest:
        return frozenset((moments.index(min(moments)),))
    if word in known.latest:
        return frozenset((moments.index(max(moments)),))
    hours = [to_london(datetime.fromisoformat(moment)).time() for moment in moments]
    extreme = {"early": min(hours), "late": max(hours)}.get(word)
    return frozenset((hours.index(extreme),)) if extreme and hours.count(extreme) == 1 else frozenset()


def _may_stay(
    tokens: Tokens, options: Sequence[Option], unexplained: Sequence[str], telling: Telling, dates: int
) -> bool:
    """Return whether words that no option has may stand beside those that tell: few, and nothing vague or asked."""
    known = choice_words()
    unexplained = [word for word in unexplained if is_telling(word) and word not in known.venues]
    vague = any(tokens.words[place] in known.generic or not has_word(tokens.words[place], options) for place in telling)
    most = len(telling) + dates - ("one" not in tokens.words and tokens.words[0] != "the")
    return not vague and len(unexplained) <= most and _is_aside(tokens, unexplained, options)


def _counts_to(tokens: Tokens, place: int, telling: Telling) -> bool:
    return tokens.words[place] in choice_words().ordinals and place + 1 in telling


def _counted_along(tokens: Tokens, telling: Telling, left: frozenset[int]) -> frozenset[int]:
    """Return the one of several lines that an ordinal before a telling word counts to ("the second sleep one")."""
    ordinals = choice_words().ordinals
    counted = {ordinals[tokens.words[place - 1]] for place in telling if place and tokens.words[place - 1] in ordinals}
    number = counted.pop() if len(counted) == 1 else 0
    return frozenset(sorted(left)[number - 1 : number]) if number and len(left) > 1 else left


def _one_left(tokens: Tokens, options: Sequence[Option], telling: Telling, dates: Sequence[Entity]) -> Choice | None:
    """Return the only option that everything said fits, with the words that said it."""
    left = frozenset(range(len(options)))
    for found in telling.values():
        left &= found
    for date in dates:
        left &= options_on(date.value, options, left)
    left = _counted_along(tokens, telling, left)
    if len(left) != 1 or not (telling or dates):
        return None
    places = [
        *telling,
        *(place for date in dates for place in range(len(tokens.words)) if _covers(tokens, date, place)),
    ]
    return Choice(next(iter(left)), min(places), max(places))
