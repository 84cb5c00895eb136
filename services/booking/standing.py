"""Where a booking stands, as conditions of queries.

They are written out, since SQLite uses a partial index only where it reads the index's own condition: what is
narrower ("confirmed") stands beside it.
"""

from sqlalchemy import ColumnElement, literal_column
from sqlmodel import SQLModel

from services.booking.tables import CURRENT, PENDING, BookingStatus

booking = SQLModel.metadata.tables["booking"]


def status_in(*statuses: BookingStatus) -> ColumnElement[bool]:
    """That a booking has one of these."""
    return booking.c.status.in_([_written(status) for status in statuses])


def _written(status: BookingStatus) -> ColumnElement[str]:
    return literal_column(f"'{status}'")


# The conditions of `booking_live` (by person), `booking_deadline` and `booking_waiting` (by event).
IS_CURRENT = status_in(*CURRENT)
IS_PENDING = status_in(*PENDING)
IS_WAITING: ColumnElement[bool] = booking.c.status == _written(BookingStatus.WAITING)
