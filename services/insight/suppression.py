"""Small numbers: figures about fewer than five people are not shown, nor to be worked out from those beside them."""

from collections.abc import Sequence

SMALL = 5
HIDDEN = "under 5"


def is_small(number: int) -> bool:
    """Whether so few people are behind a figure that it could tell who they are; nobody is nobody."""
    return 0 < number < SMALL


def shown(parts: Sequence[int]) -> list[str]:
    """The parts of a whole as they may be shown beside their sum.

    Small ones are hidden, and where only one is, the next smallest with it, since it would be the rest of the sum.
    When the sum is small itself all parts are hidden.
    """
    hidden = {place for place, part in enumerate(parts) if is_small(part) or is_small(sum(parts))}
    if len(hidden) == 1:
        others = [place for place, part in enumerate(parts) if part and place not in hidden]
        hidden |= {min(others, key=lambda place: parts[place])} if others else set()
    return [HIDDEN if place in hidden else str(part) for place, part in enumerate(parts)]


def mean(total: int | None, number: int) -> str:
    """A mean to one place, empty when too few people are behind it; `total` is the sum of their scores."""
    return f"{total / number:.1f}" if total is not None and number >= SMALL else ""
