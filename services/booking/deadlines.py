"""How long an offered place is kept for an answer: a day, less when the event is near, and never to end at night."""

from datetime import UTC, datetime, timedelta

from services.core.quiet_hours import evening_before, is_quiet, next_opening

LONGEST = timedelta(hours=24)
SHORTEST = timedelta(minutes=30)
# Of the time that is left before the event, so that the next on the list and the one after can still be asked.
_SHARE = 3
# What must be left between an answer in the morning and the event.
_TO_PASS_ON = timedelta(hours=3)
_FULL_HOURS_FROM = timedelta(hours=3)


def offer_deadline(now: datetime, starts_at: datetime) -> datetime | None:
    """When an offer made at `now` for an event at `starts_at` lapses; None when no time is left for one.

    Counted from when the text can go. On the full hour, or on a quarter when it is short, outside quiet hours.
    """
    sent = next_opening(now).astimezone(UTC)
    end = _outside_quiet_hours(sent + min(LONGEST, (starts_at - sent) / _SHARE), starts_at)
    end = _rounded(end, end - sent)
    return end if end - sent >= SHORTEST else None


def _outside_quiet_hours(end: datetime, starts_at: datetime) -> datetime:
    """The moment itself, else an hour into the next morning, else the evening before when the event is too near."""
    if not is_quiet(end):
        return end
    morning = next_opening(end).astimezone(UTC) + timedelta(hours=1)
    return morning if starts_at - morning >= _TO_PASS_ON else evening_before(morning).astimezone(UTC)


def _rounded(moment: datetime, span: timedelta) -> datetime:
    """The last full hour (of a short span the last quarter) that is not after a moment."""
    minute = 0 if span >= _FULL_HOURS_FROM else moment.minute - moment.minute % 15
    return moment.replace(minute=minute, second=0, microsecond=0)
