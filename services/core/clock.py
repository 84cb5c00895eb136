"""The one source of the present moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        ...


class SystemClock:
    """The machine's clock, moved by an offset that the demo and `wellbeing tick` may set."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        """Return the machine's time plus the offset, aware UTC."""
        return datetime.now(UTC) + self.offset

    def move_to(self, moment: datetime) -> None:
        """Make `now` continue from `moment` (aware)."""
        self.offset = moment.astimezone(UTC) - datetime.now(UTC)

    @contextmanager
    def standing_in_for(self, moment: datetime) -> Iterator[None]:
        """Tell the time from `moment` (aware) for a while, then go back to what it was."""
        before = self.offset
        self.move_to(moment)
        try:
            yield
        finally:
            self.offset = before


class FixedClock:
    """A clock that stands still until it is moved; for tests."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment the clock was last set to."""
        return self.moment

    def move_to(self, moment: datetime) -> None:
        """Set the clock to `moment` (aware)."""
        self.moment = moment.astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        """Move the clock on by `step`."""
        self.moment += step


def to_london(moment: datetime) -> datetime:
    """Return an aware moment as Europe/London wall-clock time."""
    return moment.astimezone(LONDON)
