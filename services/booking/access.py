"""Access needs of a booking: known ones by the taxonomy's id, a language, the rest in words; what must be arranged.

A language that an event is not held in is written "language:Polish" among the needs, and needs an interpreter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from services.core import yaml12
from services.core.clock import to_london
from services.events.taxonomy import load_taxonomy
from services.people.staff_hours import load_staff_hours

_FILE = Path(__file__).with_name("lead_times.yml")
_LANGUAGE = "language:"
_INTERPRETER = "interpreter"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Something that staff have to arrange for a booking, how many working days it takes, and whether there is time."""

    need: str
    working_days: int
    is_late: bool


def as_needs(ids: Iterable[str], language: str | None, held_in: str, words: str) -> list[str]:
    """Return what a booking records: ids, a language that the event is not `held_in` (several with ";"), words."""
    needs = list(dict.fromkeys(ids))
    offered = {each.strip().casefold() for each in held_in.split(";")}
    if language and language.casefold() not in offered:
        needs.append(f"{_LANGUAGE}{language}")
    return [*needs, words] if words else needs


def labels(needs: Iterable[str]) -> list[str]:
    """Return needs as people say them; the person's own words stay as they are."""
    taxonomy = load_taxonomy()
    return [_spoken(need) or taxonomy.label("access", need) for need in needs]


def known(needs: Iterable[str]) -> list[str]:
    """Return the needs that are not in the person's own words."""
    taxonomy = load_taxonomy()
    return [need for need in needs if need in taxonomy.access or _spoken(need)]


def to_arrange(needs: Sequence[str], starts_at: datetime, now: datetime) -> list[Arrangement]:
    """Return what has to be arranged for these needs before an event, each once."""
    days = working_days(now, starts_at)
    wanted = dict.fromkeys(_INTERPRETER if _spoken(need) else need for need in needs)
    times = _lead_times()
    return [Arrangement(need, times[need], days < times[need]) for need in wanted if need in times]


def working_days(now: datetime, starts_at: datetime) -> int:
    """Return how many working days lie between today and the day of an event, neither counted."""
    hours = load_staff_hours()
    first, last = to_london(now).date() + timedelta(days=1), to_london(starts_at).date()
    days = (first + timedelta(days=number) for number in range(max((last - first).days, 0)))
    return sum(day.weekday() in hours.days and day not in hours.bank_holidays for day in days)


def _spoken(need: str) -> str:
    """The language of a need for one, "" when it is something else."""
    return need.removeprefix(_LANGUAGE) if need.startswith(_LANGUAGE) else ""


@cache
def _lead_times() -> dict[str, int]:
    return {need: int(days) for need, days in yaml12.load(_FILE).items()}
