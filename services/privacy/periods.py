"""How long what is held on people is kept; the reasons are in docs/privacy.md."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Periods:
    """How long things are kept once they are over.

    `words`: what was said, and codes, searches and links that have ended. `bookings`: for whom a booking was and what
    they needed, after the event. `answers`: what people wrote in surveys, and their check-ins. `people`: everything
    else, after someone's last text and the end of their last event.
    """

    words: timedelta
    bookings: timedelta
    answers: timedelta
    people: timedelta
