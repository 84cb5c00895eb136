"""The hours in which nobody is texted unasked: 9pm to 8am in London."""

from datetime import UTC, datetime, time, timedelta

from services.core.clock import LONDON, to_london

OPENS = time(8)
CLOSES = time(21)


def is_quiet(moment: datetime) -> bool:
    """Whether people are left in peace at that moment."""
    return not OPENS <= to_london(moment).time() < CLOSES


def next_opening(moment: datetime) -> datetime:
    """The moment itself when it is not quiet, else the 8am that follows it."""
    if not is_quiet(moment):
        return moment
    local = to_london(moment)
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, LONDON)


def ends_at(start: datetime, work: timedelta) -> datetime:
    """When sending that takes so long is over if it begins at a moment (aware) and rests in the quiet hours; in UTC."""
    moment = next_opening(start).astimezone(UTC)
    while (left := _closing(moment) - moment) < work:
        work -= left
        moment = next_opening(moment + left).astimezone(UTC)
    return moment + work


def _closing(moment: datetime) -> datetime:
    """The 9pm of a moment's London day, in UTC, where a day on which the clocks change is as long as it is."""
    return datetime.combine(to_london(moment).date(), CLOSES, LONDON).astimezone(UTC)


def evening_before(moment: datetime) -> datetime:
    """Half past eight in the evening before that moment's London day."""
    day = to_london(moment).date() - timedelta(days=1)
    return datetime.combine(day, time(20, 30), LONDON)
