"""Telling which line of a menu words describe: by its title, its day, its time, or what is akin to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.nlu.choice_hearing import IN_PERSON, POLITE
from bot.nlu.choice_words import choice_words
from bot.nlu.option_times import by_time, in_part_of_day
from bot.nlu.option_words import has_word, is_telling, options_on, options_with_pair, options_with_word
from bot.nlu.tokens import Tokens
from bot.understanding import Entity, Option

_WORDS_OF_TITLE = 2  # as many fillers ("look", "good") that are words of a title mean it
_SIDE_WORDS = 4  # words beside "the second one" that still leave it a choice


@dataclass(frozen=True, slots=True)
class Choice:
    """The option picked (counted from 0), and the words that pick it."""

    index: int
    first: int
    last: int


Telling = Mapping[int, frozenset[int]]  # words, by their place, with the options that each fits


def covers(tokens: Tokens, date: Entity, place: int) -> bool:
    """Return whether a word is part of a date."""
    return date.start <= tokens.starts[place] < date.end


def is_aside(tokens: Tokens, content: Sequence[str], options: Sequence[Option]) -> bool:
    """Return whether the other words of a message only go along with a choice, and ask nothing."""
    known = choice_words()
    asks = tokens.gaps[-1].startswith("?") or tokens.words[0] in known.asking_first
    asking = [word for word in tokens.words if word in known.asking and not has_word(word, options)]
    return not asks and not asking and len(content) <= _SIDE_WORDS


def described(
    tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], dated: frozenset[int]
) -> Choice | None:
    """Return the one option that words of a title, a day or a time single out."""
    free = [place for place in range(len(tokens.words)) if place not in dated]
    content = [place for place in free if tokens.words[place] not in choice_words().fillers]
    telling = _telling(tokens, options, content, dates)
    if not telling and not dates:
        telling = _telling(tokens, options, free, dates)
        content = list(telling)
        if len(telling) < _WORDS_OF_TITLE and not _is_only(tokens, telling):
            return None
    unexplained = _unexplained(tokens, content, telling)
    if unexplained and not _may_stay(tokens, options, unexplained, telling, len(dates)):
        return None
    return _one_left(tokens, options, telling, dates)


def _is_only(tokens: Tokens, telling: Telling) -> bool:
    """Return whether a filler that also names a kind of event ("will please") is all that is said but "please"."""
    if len(telling) != 1 or tokens.words[min(telling)] not in choice_words().akin:
        return False
    return POLITE.issuperset(word for place, word in enumerate(tokens.words) if place not in telling)


def _telling(
    tokens: Tokens, options: Sequence[Option], places: Sequence[int], dates: Sequence[Entity]
) -> dict[int, frozenset[int]]:
    """Return the words that some options fit, with those options."""
    found = {place: _options_meant(tokens, place, options) for place in places}
    left = frozenset(range(len(options)))
    for fitting in filter(None, found.values()):
        left &= fitting
    for date in dates:
        left &= options_on(date.value, options, left)
    return {place: fits for place in places if (fits := found[place] or _by_time(tokens, place, options, left))}


def _options_meant(tokens: Tokens, place: int, options: Sequence[Option]) -> frozenset[int]:
    """Return the options that a word fits: by their words, how one attends, or the part of the day."""
    word, known = tokens.words[place], choice_words()
    before = tokens.words[place - 1] if place else ""
    if word in known.generic and before == "of":
        return frozenset()
    if word == IN_PERSON:
        return frozenset(at for at, option in enumerate(options) if not has_word("online", (option,)))
    found = options_with_word(word, options)
    following = "".join(tokens.words[place + 1 : place + 2])
    found = found or options_with_pair(word, following, options) or options_with_pair(before, word, options)
    moments = [option.starts_at for option in options]
    return found if found or not all(moments) else in_part_of_day(word, moments)


def _by_time(tokens: Tokens, place: int, options: Sequence[Option], among: frozenset[int]) -> frozenset[int]:
    """Return the option that is "the earliest" or "the later" of those that all else fits."""
    left = sorted(among)
    moments = [options[at].starts_at for at in left]
    if not all(moments) or not left or (place and tokens.words[place - 1] != "the"):
        return frozenset()
    return frozenset(left[at] for at in by_time(tokens.words[place], moments))


def _may_stay(
    tokens: Tokens, options: Sequence[Option], unexplained: Sequence[str], telling: Telling, dates: int
) -> bool:
    """Return whether words that no option has may stand beside those that tell: few, and nothing vague or asked."""
    known = choice_words()
    unexplained = [word for word in unexplained if is_telling(word) and word not in known.venues | known.generic]
    if not unexplained:
        return is_aside(tokens, unexplained, options)
    vague = any(tokens.words[place] in known.generic or not has_word(tokens.words[place], options) for place in telling)
    most = len(telling) + dates - ("one" not in tokens.words and tokens.words[0] != "the")
    return not vague and len(unexplained) <= most and is_aside(tokens, unexplained, options)


def _unexplained(tokens: Tokens, content: Sequence[int], telling: Telling) -> list[str]:
    """Return the words that tell no line, and count to none."""
    return [tokens.words[at] for at in content if at not in telling and not _counts_to(tokens, at, telling)]


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
        *(place for date in dates for place in range(len(tokens.words)) if covers(tokens, date, place)),
    ]
    return Choice(next(iter(left)), min(places), max(places))
