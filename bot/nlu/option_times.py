"""Which lines of a menu a word of time picks: "the earliest", "afternoon", "the pm one", "11" or "26" for a day."""

from collections.abc import Sequence
from datetime import datetime

from bot.nlu.choice_words import choice_words
from bot.understanding import Option
from services.core.clock import to_london

_PARTS = {
    "am": (0, 12),
    "morning": (0, 12),
    "mornin": (0, 12),
    "pm": (12, 24),
    "afternoon": (12, 17),
    "arvo": (12, 17),
    "evening": (17, 24),
    "eve": (17, 24),
    "evenin": (17, 24),
    "night": (17, 24),
}
_HOUR = 100  # what 5.30 written as 530 counts for each hour


def by_time(word: str, moments: Sequence[str]) -> frozenset[int]:
    """Return the option that is "the earliest" or "the latest", or the only "early" or "late" one."""
    known = choice_words()
    if word in known.earliest:
        return frozenset((moments.index(min(moments)),))
    if word in known.latest:
        return frozenset((moments.index(max(moments)),))
    hours = [to_london(datetime.fromisoformat(moment)).time() for moment in moments]
    extreme = {"early": min(hours), "late": max(hours)}.get(word)
    return frozenset((hours.index(extreme),)) if extreme and hours.count(extreme) == 1 else frozenset()


def in_part_of_day(word: str, moments: Sequence[str]) -> frozenset[int]:
    """Return the options in the part of the day that a word is ("afternoon", "pm")."""
    if word not in _PARTS:
        return frozenset()
    hours = [to_london(datetime.fromisoformat(moment)).hour for moment in moments]
    return frozenset(index for index, hour in enumerate(hours) if hour in range(*_PARTS[word]))


def at_number(number: int, options: Sequence[Option], among: frozenset[int]) -> int | None:
    """Return the one option, among some, that a number beyond the menu is the hour ("11"), time ("530") or day of."""
    starts = {
        index: to_london(datetime.fromisoformat(option.starts_at))
        for index, option in enumerate(options)
        if option.starts_at and index in among
    }
    found = [index for index, start in starts.items() if number > len(options) and _is_said(number, start)]
    return found[0] if len(found) == 1 else None


def _is_said(number: int, start: datetime) -> bool:
    if number >= _HOUR:
        hour, minute = divmod(number, _HOUR)
        return minute == start.minute and hour in (start.hour, start.hour - 12)
    return number in (start.hour, start.hour - 12) or number == start.day
