"""What a message may tell of how many come: plain data between those who find it and the model that judges it."""

from collections.abc import Iterable
from dataclasses import dataclass

CROSSED = "|"
SIZE, ALWAYS = "size ", "always"  # a way that is only the number itself goes with nothing but `ALWAYS`


@dataclass(frozen=True, slots=True)
class Told:
    """How many people a message may mean (None first: it tells nothing), and the ways in which it may mean each.

    Each way goes with everything that is `around`.
    """

    sizes: list[int | None]
    ways: list[frozenset[str]]
    around: frozenset[str]


def crossed(ways: Iterable[str], around: Iterable[str]) -> frozenset[str]:
    """Return each way with each of what is around as one feature."""
    around = tuple(around)
    return frozenset(
        f"{way}{CROSSED}{each}" for way in ways for each in ((ALWAYS,) if way.startswith(SIZE) else around)
    )
