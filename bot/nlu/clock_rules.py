"""The grammar of times of day: "half two", "weds at 10.30", "after 6", "between 2 and 4", "in the evening"."""

from dataclasses import dataclass, replace
from datetime import date, time

from bot.nlu.date_words import Clock, read_time
from bot.nlu.rewriting import Match, Read, Rules

# A bare number is an hour only where no word follows that it could count.
COUNTED = "word|of|day|week|fortnight|month_unit|year_unit|hour|ordinal|month|time|and count|or count|to count"
MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"
# From when to when a part of the day lasts; midnight ends the evening.
PARTS = {MORNING: (None, time(12)), AFTERNOON: (time(12), time(17)), EVENING: (time(17), None)}
# An hour said without am or pm: events begin between 8 in the morning and 7 in the evening.
_LAST_PM_HOUR = 7
_FIRST_HOUR, _NOON = 8, 12
_LAST_PM_HOUR_BEFORE = 8


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the day: from `after` until `before` (None: open), or the moment `at`; `part` when named as one.

    `loose` when only about that moment is meant, `explicit` when a clock time was said, `negative` for "not mornings".
    """

    after: time | None = None
    before: time | None = None
    at: time | None = None
    part: str = ""
    loose: bool = False
    explicit: bool = False
    negative: bool = False
    repeats: bool = False


def part_window(part: str, repeats: bool = False) -> Window:
    """Return a part of the day."""
    return Window(part=part, repeats=repeats)


def hour_window(hour: int) -> Window | None:
    """Return the time about an hour said without am or pm, None when there is no such hour."""
    return Window(at=_time(Clock(hour)), loose=True, explicit=True) if 1 <= hour <= 12 else None


def _read(window: Window | None) -> Read | None:
    return Read("window", window) if window else None


def _clock(hour: int, minute: int = 0, fixed: bool = False, loose: bool = False) -> Read | None:
    """Return a clock time, None when there is no such time."""
    if not 0 <= hour <= (23 if fixed else 12):
        return None
    return Read("clock", Clock(hour, minute, fixed, loose))


def _of(match: Match) -> Clock | None:
    """Return the first time in a stretch: a clock time, or a number that can be an hour."""
    said = match.value("clock", "noon", "number", "numeral", "hhmm", "dotted")
    return _as_clock(said)


def _as_clock(said: Clock | int | str | None) -> Clock | None:
    if isinstance(said, int):
        return Clock(said) if 1 <= said <= 12 else None
    if isinstance(said, str):
        noon = read_time(said)
        return Clock(noon.hour, noon.minute, fixed=True)
    return said


def _time(clock: Clock, last_pm: int = _LAST_PM_HOUR) -> time:
    """Return the time of day meant, with am or pm guessed when unsaid."""
    pm = not clock.fixed and clock.hour <= last_pm
    return time((clock.hour + 12 * pm) % 24, clock.minute)


def _with_meridiem(match: Match, _: date) -> Read | None:
    clock = _of(match)
    if not clock or clock.hour > 12:
        return Read("clock", clock) if clock else None
    hour = clock.hour % 12 + 12 * (match.value("meridiem") == "pm")
    return _clock(hour, clock.minute, fixed=True, loose=match.has("ish", "about"))


def _with_part(match: Match, _: date) -> Read | None:
    """Read "8 in the evening": the part says whether it is am or pm."""
    clock = _of(match)
    if not clock or clock.fixed or clock.hour > 12:
        return None
    pm = match.value("part", "night") != MORNING
    return _clock(clock.hour % 12 + 12 * pm, clock.minute, fixed=True)


def _plain(match: Match, _: date) -> Read | None:
    clock = _of(match)
    return Read("clock", replace(clock, loose=match.has("ish", "about"))) if clock else None


def _half(match: Match, _: date) -> Read | None:
    return _clock(match.value("number", "numeral"), 30)


def _past_or_to(match: Match, _: date) -> Read | None:
    """Read "quarter past 3", "ten to two"."""
    numbers = match.values("number", "numeral")
    minutes = 15 if match.has("quarter") else numbers[0]
    hour = numbers[-1]
    if minutes not in (5, 10, 15, 20, 25) or not 1 <= hour <= 12:
        return None
    if match.has("to"):
        return _clock((hour - 2) % 12 + 1, 60 - minutes)
    return _clock(hour, minutes)


def _hour_and_minutes(match: Match, _: date) -> Read | None:
    return _clock(match.value("number", "numeral"), match.value("minutes"))


def _spaced(match: Match, _: date) -> Read | None:
    """Read "10 30"."""
    hour, minute = match.values("number", "numeral")
    return _clock(hour, minute) if minute in (15, 30, 45) else None


CLOCKS = Rules(
    [
        ("about? (count|clock|dotted) meridiem ish?", _with_meridiem),
        ("about? count oclock", _plain),
        ("count oclock meridiem", _with_meridiem),
        ("(count|clock) oclock? in the? (part|night)", _with_part),
        ("(count|clock) oclock? at night", _with_part),
        ("hhmm hour", _plain),
        ("half past? count", _half),
        ("quarter (past|to) count", _past_or_to),
        ("(?<!from|between) count (past|to) count", _past_or_to),
        ("count minutes", _hour_and_minutes),
        (f"count count (?!{COUNTED})", _spaced),
        ("(count|clock) ish", _plain),
        ("about clock", _plain),
    ]
)


def _exact(match: Match, _: date) -> Read | None:
    clock = _of(match)
    if not clock:
        return None
    return _read(Window(at=_time(clock), loose=clock.loose or match.has("about"), explicit=True))


def _after(match: Match, _: date) -> Read | None:
    clock = _of(match)
    return _read(Window(after=_time(clock), explicit=True)) if clock else None


def _before(match: Match, _: date) -> Read | None:
    clock = _of(match)
    return _read(Window(before=_time(clock, _LAST_PM_HOUR_BEFORE), explicit=True)) if clock else None


def _between(match: Match, _: date) -> Read | None:
    """Read "between 2 and 4": the end settles am or pm of the beginning ("10-2", "2-4pm", "9 to 5")."""
    said = [_as_clock(value) for value in match.values("number", "numeral", "clock", "noon", "dotted")]
    if len(said) != 2 or not said[0] or not said[1]:
        return None
    end = _time(said[1], last_pm=_LAST_PM_HOUR_BEFORE)
    start = _time(said[0])
    if not said[0].fixed:
        choices = [time(said[0].hour % 12 + shift, said[0].minute) for shift in (12, 0)]
        start = next((choice for choice in choices if choice < end), start)
    return _read(Window(after=start, before=end, explicit=True)) if start < end else None


def _over_noon(match: Match, today: date) -> Read | None:
    """Read "12-2", which counts nothing: the first number is the larger."""
    start, end = match.values("number", "numeral")
    return _between(match, today) if _FIRST_HOUR <= start <= _NOON and start > end else None


def _around_meal(match: Match, _: date) -> Read | None:
    """Read "before lunch", "after work"."""
    start, end = (read_time(part) for part in match.value("lunch").split("-"))
    return _read(Window(after=end) if match.has("after") else Window(before=start))


def _stretch(match: Match, _: date) -> Read | None:
    start, end = (read_time(part) for part in match.value("meal", "hours").split("-"))
    return _read(Window(after=start, before=end))


def _part(match: Match, _: date) -> Read | None:
    return _read(part_window(match.value("part", "parts", "night"), repeats=match.has("parts", "every")))


def _gone(*_: object) -> Read | None:
    """Read what looks like a time and is none ("good morning")."""
    return Read("gone", None)


_HOUR = f"(clock|noon|count (?!{COUNTED}))"

WINDOWS = Rules(
    [
        ("good (part|night)", _gone),
        ("about? (clock|noon)", _exact),
        ("at (hhmm|dotted)", _exact),
        (f"at about? {_HOUR}", _exact),
        (f"(after|past|from) about? ({_HOUR}|hhmm)", _after),
        (f"(after|past|from) about? {_HOUR} onwards", _after),
        ("(clock|noon) onwards", _after),
        (f"(before|until|by) about? ({_HOUR}|hhmm)", _before),
        ("(clock|noon) earlier", _before),
        ("between (count|clock|noon) (and|to|dash) (count|clock|noon)", _between),
        ("from (count|clock|noon) (to|until|dash) (count|clock|noon)", _between),
        ("(clock|noon) (to|until|dash) (count|clock|noon)", _between),
        ("count (to|until|dash) (clock|noon)", _between),
        ("(?<=weekday|weekdays|relative) count (to|until|dash) count", _between),
        (f"count (to|until|dash) count (?!{COUNTED})", _over_noon),
        ("(after|before) lunch", _around_meal),
        ("(at|in|about)? the? (meal|hours)", _stretch),
        ("(in|at)? (the|a|every) edge? part", _part),
        ("(in|at|on)? the? edge? parts", _part),
        ("edge part", _part),
        ("at night", _gone),
    ]
)
