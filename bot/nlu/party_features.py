"""How many may come, as far as a message tells: each number with the ways in which it may be meant, as features."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.nlu.party_outline import LARGEST, Outline
from bot.nlu.party_told import ALWAYS, SIZE, Told
from bot.nlu.word_lists import word_set

SENDER = word_set("me i im ill id myself us we were well weve meself mi masel")
_NOTHING = "nothing"
_MANY, _MANY_NAMES = 3, 2
_WORDS_A_STEP, _LONGEST = 4, 4


def told_by(outline: Outline) -> Told:
    """Return what a message may tell of who comes."""
    ways: dict[int, set[str]] = {}
    for number, way in _ways(outline):
        if 1 <= number <= LARGEST:
            ways.setdefault(number, set()).add(way)
    sizes = sorted(ways)
    told = (frozenset((*ways[size], f"{SIZE}{size}")) for size in sizes)
    return Told([None, *sizes], [frozenset((_NOTHING,)), *told], frozenset((ALWAYS, *_around(outline))))


def _around(outline: Outline) -> Iterator[str]:
    """Yield the outline in ones and pairs, how much of each kind is in it, and how long it is."""
    signs = outline.signs
    yield from signs
    yield from (f"{one} {other}" for one, other in pairwise(("^", *signs, "$")))
    yield f"numbers {min(len(outline.numbers), _MANY)}"
    yield f"people {min(len(outline.people), _MANY)}"
    yield f"joined {min(outline.joined, _MANY_NAMES)}"
    yield f"long {min(len(signs) // _WORDS_A_STEP, _LONGEST)}"
    yield f"asks {outline.asks}"
    yield f"sender {not SENDER.isdisjoint(signs)}"


def _ways(outline: Outline) -> Iterator[tuple[int, str]]:
    """Yield the numbers of people that a message may mean, each with the way in which it does."""
    yield from ((1, "one"), (2, "two"))
    yield from _from_numbers(outline.numbers)
    yield from _from_people(outline.people, outline.joined)


def _from_numbers(numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    for number in numbers:
        yield from ((number, "number"), (number + 1, "number+1"), (number - 1, "number-1"))
    if numbers:
        yield from ((numbers[0], "first number"), (numbers[-1], "last number"), (max(numbers), "most"))
    if len(numbers) > 1:
        yield from ((sum(numbers), "numbers"), (sum(numbers) + 1, "numbers+1"), (numbers[0] - numbers[1], "rest"))


def _from_people(people: Sequence[int], joined: int) -> Iterator[tuple[int, str]]:
    total = sum(people)
    if people:
        yield from ((total, "people"), (total + 1, "people+1"), (total - 1, "people-1"))
        yield from ((max(people), "most people"), (people[-1] + 1, "last people+1"))
    if joined:
        yield from ((total + joined, "people and names"), (total + joined + 1, "people and names+1"))
