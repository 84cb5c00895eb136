"""Lines of a menu as they are written in files: "Fri 27 Nov, 2pm: Gentle yoga, Maggie's Barts"."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.understanding import Option
from services.core.clock import LONDON

_LINE = re.compile(
    r"\w+ (?P<day>\d{1,2} \w{3})\w*, (?P<hour>\d{1,2})(?::(?P<minute>\d\d))?(?P<half>[ap]m): (?P<title>.+)"
)
_NOON = re.compile(r", (?:12 ?(?:noon|midday)|noon|midday):", re.IGNORECASE)


def option_of(number: int, line: str, now: datetime) -> Option:
    """A line as the search would make it: the event of that number, at the next such day and time after `now`."""
    match = _LINE.fullmatch(_NOON.sub(", 12pm:", line))
    if match is None:
        return Option(f"event:{number}", line)
    return Option(f"event:{number}", match["title"], starts_at=_next_moment(match.groupdict(), now).isoformat())


def _next_moment(when: Mapping[str, str | None], now: datetime) -> datetime:
    local_now = now.astimezone(LONDON)
    clock = f"{when['day']} {local_now.year} {when['hour']}:{when['minute'] or '00'}{when['half']}"
    moment = datetime.strptime(clock, "%d %b %Y %I:%M%p").replace(tzinfo=LONDON)
    return (moment if moment >= local_now else moment.replace(year=moment.year + 1)).astimezone(UTC)
