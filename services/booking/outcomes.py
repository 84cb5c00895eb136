"""What can come of asking for places: every outcome that is expected, as a value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ClosingReason = Literal["unknown", "draft", "cancelled", "started", "course_begun"]


@dataclass(frozen=True, slots=True)
class Held:
    """Places are kept for the person until `deadline` (aware UTC)."""

    booking_id: int
    reference: str
    deadline: datetime
    places: int


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The places are booked."""

    booking_id: int
    reference: str
    places: int


@dataclass(frozen=True, slots=True)
class Resized:
    """The booking now is for `places` places."""

    booking_id: int
    places: int


@dataclass(frozen=True, slots=True)
class Released:
    """The hold was let go of before it was confirmed."""

    booking_id: int


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The booking was given up and its places are free again."""

    booking_id: int


@dataclass(frozen=True, slots=True)
class Swapped:
    """`old_id` was given up and the places at the other event are booked under `booking_id`, with a new reference."""

    old_id: int
    booking_id: int
    reference: str
    places: int


@dataclass(frozen=True, slots=True)
class Full:
    """Fewer places are left than were asked for; `left` (0 or more) could be had, beside any held already."""

    left: int


@dataclass(frozen=True, slots=True)
class AlreadyBooked:
    """The person has a live booking for this event and attendee; `status` is a BookingStatus."""

    booking_id: int
    status: str
    reference: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The event takes no bookings; `reason` says why."""

    reason: ClosingReason


@dataclass(frozen=True, slots=True)
class Lapsed:
    """The hold ran out before the answer came; `places.renew` may bring it back."""

    booking_id: int


@dataclass(frozen=True, slots=True)
class Gone:
    """The booking is past what was asked; `status` is where it stands, None when there is no such booking."""

    status: str | None


@dataclass(frozen=True, slots=True)
class CapacitySet:
    """The event's capacity was changed; `left` places can be had now."""

    left: int


@dataclass(frozen=True, slots=True)
class BelowTaken:
    """The capacity asked for is less than the `taken` places that people have."""

    taken: int


@dataclass(frozen=True, slots=True)
class Joined:
    """The person is on the waiting list for `places` places, with `ahead` parties before them.

    `is_new` is False for someone who was on it already.
    """

    booking_id: int
    places: int
    ahead: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Room:
    """There is no need to wait: `left` places can be had now."""

    left: int


@dataclass(frozen=True, slots=True)
class TooMany:
    """The event never has room for that many: it has `capacity` places in all."""

    capacity: int


@dataclass(frozen=True, slots=True)
class Left:
    """The person is off the waiting list; `was_offered` says whether a place kept for them was given up with it."""

    booking_id: int
    was_offered: bool
