"""Dates, times, lengths, distances and lists as the NHS writes them for patients."""

from datetime import datetime, timedelta

from services.core.clock import to_london

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_METRES_PER_MILE = 1609.344


def spoken_time(moment: datetime) -> str:
    """The London time of day: 5pm, 5:30pm, midday, midnight."""
    local = to_london(moment)
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour == 12 else "midnight"
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{hour}{minutes}{'am' if local.hour < 12 else 'pm'}"


def spoken_date(moment: datetime, now: datetime) -> str:
    """The London date: Wednesday 6 August, with the year only when it is not that of `now`."""
    local = to_london(moment)
    year = "" if local.year == to_london(now).year else f" {local.year}"
    return f"{WEEKDAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}{year}"


def spoken_weekday(moment: datetime) -> str:
    """The London day of the week: Wednesday."""
    return WEEKDAYS[to_london(moment).weekday()]


def spoken_range(starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    """A stretch of time: Wednesday 6 August, 2pm to 4pm; over several days the dates first, then the hours."""
    start, end = to_london(starts_at), to_london(ends_at)
    hours = f"{spoken_time(start)} to {spoken_time(end)}"
    if start.date() == end.date():
        return f"{spoken_date(start, now)}, {hours}"
    return f"{spoken_date(start, now)} to {spoken_date(end, now)}, {hours}"


def spoken_moment(moment: datetime, now: datetime) -> str:
    """A moment seen from `now`: "3:15pm" today, else with its date."""
    if to_london(moment).date() == to_london(now).date():
        return spoken_time(moment)
    return f"{spoken_time(moment)} on {spoken_date(moment, now)}"


def spoken_until(moment: datetime, now: datetime) -> str:
    """A moment to come as one tells a deadline: "6pm today", "6pm tomorrow", else with its date."""
    days = (to_london(moment).date() - to_london(now).date()).days
    day = {0: "today", 1: "tomorrow"}.get(days)
    return f"{spoken_time(moment)} {day}" if day else f"{spoken_time(moment)} on {spoken_date(moment, now)}"


def spoken_length(span: timedelta) -> str:
    """A length of time: "2 hours", "1 hour and 30 minutes", "45 minutes"."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    parts = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in ((hours, "hour"), (minutes, "minute"))]
    return spoken_list([part for part, count in zip(parts, (hours, minutes), strict=True) if count])


def spoken_distance(metres: float) -> str:
    """A distance in miles to one place, as people in London say it."""
    miles = metres / _METRES_PER_MILE
    if miles < 0.15:
        return "under 0.2 miles"
    shown = f"{miles:.1f}" if miles < 9.95 else f"{miles:.0f}"
    return "1 mile" if shown == "1.0" else f"{shown.removesuffix('.0')} miles"


def spoken_list(parts: list[str], last: str = "and") -> str:
    """Words joined as in speech: "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"
