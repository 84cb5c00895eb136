"""The words by which people pick a line of a menu, as `choices.yml` lists them."""

from dataclasses import dataclass
from functools import cache

from bot.nlu.word_lists import inverted, phrases_of, read_list

_NUMBERED = ("numbers", "ordinals")


@dataclass(frozen=True, slots=True)
class ChoiceWords:
    """The lists of `choices.yml`, numbers by word; `people` is what a number counts when it is a party's size.

    `akin` are the words that mean much the same as each word that has such.
    """

    numbers: dict[str, int]
    ordinals: dict[str, int]
    people: frozenset[str]
    fillers: frozenset[str]
    last: frozenset[str]
    middle: frozenset[str]
    earliest: frozenset[str]
    latest: frozenset[str]
    named: frozenset[str]
    against: frozenset[str]
    refusing: frozenset[str]
    sizing: frozenset[str]
    undoing: frozenset[str]
    venues: frozenset[str]
    asking: frozenset[str]
    asking_first: frozenset[str]
    generic: frozenset[str]
    at_home: frozenset[str]
    in_person: frozenset[str]
    hedges: frozenset[str]
    going_with: frozenset[str]
    timely: frozenset[str]
    akin: dict[str, frozenset[str]]


@cache
def choice_words() -> ChoiceWords:
    """Return the words, read once."""
    lists = read_list("choices")
    numbers, ordinals = (
        {word: int(number) for word, number in inverted(lists.pop(name)).items()} for name in _NUMBERED
    )
    akin: dict[str, frozenset[str]] = {}
    for alike in map(phrases_of, lists.pop("akin")):
        akin |= {word: akin.get(word, frozenset()) | frozenset(alike) for word in alike}
    people = frozenset(phrases_of(read_list("counts")["people"]))
    return ChoiceWords(
        numbers, ordinals, people, akin=akin, **{name: frozenset(phrases_of(each)) for name, each in lists.items()}
    )
