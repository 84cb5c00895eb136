"""A message in outline, as far as it tells who comes: people, numbers and names as signs, other words as they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.nlu.companions import Companions, find_people
from bot.nlu.covered import covered
from bot.nlu.lexicon import Lexicon
from bot.nlu.name_words import is_written_name
from bot.nlu.small_numbers import counts_else, is_number, number_of
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import inverted, word_set
from bot.understanding import Entity

PERSON, SEVERAL, UNCOUNTED, NUMBER, OTHER_NUMBER, NAME, PAUSE = (
    "<person>", "<several>", "<people>", "<number>", "<other number>", "<name>", ",",
)  # fmt: skip
LARGEST = 12  # people: a larger number is no party that is read here
_BEYOND_TEN = {"eleven": 11, "twelve": 12, "dozen": 12}
# Words that stay as they are and are a number of people all the same.
_COUNTING = {
    "foursome": 4, "threesome": 3, "trio": 3, "pair": 2, "couple": 2, "both": 2, "twins": 2, "parents": 2,
    "grandparents": 2, "duo": 2, "twosome": 2, "solo": 1, "alone": 1, "single": 1,
}  # fmt: skip
_BEFORE_AND = frozenset(("me", PERSON, SEVERAL, UNCOUNTED, NAME))
_PAUSES = frozenset(".,;:!?\n-(\u2013\u2014")
_JOINING = word_set("and n with an plus my our") | {PAUSE}
# Words that tell the same of a party, by the one that stands for them.
_ALIKE = inverted(
    {
        "places": "place, seats, seat, spots, spot, tickets, ticket, tix, spaces, space, slots, slot, chairs, names",
        "coming": "come, comes, comin, cum, cumin, attending, attend, attends, joining, join, joins",
        "me": "mi, meself, myself, masel, self",
        "just": "only, jus, jst, ony",
        "and": "n, nd, plus",
    }
)
_AND_TOO = "an"  # "me an me mam", but not "me, an interpreter"


@dataclass(frozen=True, slots=True)
class Outline:
    """The signs and words of a message; the numbers that may count people; how many each of the people are.

    `places` are those of the words at which signs and words begin (a pause has that of the word behind it). `joined`
    counts the names behind "and" or a pause.
    """

    signs: tuple[str, ...]
    places: tuple[int, ...]
    numbers: tuple[int, ...]
    people: tuple[int, ...]
    joined: int
    asks: bool


def outline_of(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, dates: Iterable[Entity]) -> Outline:
    """Return a message in outline; `words` are its words with slips put right, `dates` the dates found in it."""
    dated = covered(tokens, dates)
    people = [person for person in find_people(tokens, words, lexicon) if not is_number(words[person.last])]
    begun = {person.first: person for person in people}
    marks = list(_marks(tokens, words, begun, lexicon, dated))
    signs = tuple(sign for sign, _ in marks)
    return Outline(
        signs=signs,
        places=tuple(place for _, place in marks),
        numbers=tuple(_numbers(words, marks, begun)),
        people=tuple(person.count for person in people),
        joined=_joined(signs),
        asks=tokens.gaps[-1].startswith("?"),
    )


def _marks(
    tokens: Tokens, words: tuple[str, ...], begun: Mapping[int, Companions], lexicon: Lexicon, dated: frozenset[int]
) -> Iterator[tuple[str, int]]:
    """Yield the signs of a message with their places.

    `begun` are the people by the place where each begins, `dated` the words of dates, whose numbers count no people.
    """
    place, sign = 0, ""
    while place < len(words):
        if place and not _PAUSES.isdisjoint(tokens.gaps[place]):
            yield PAUSE, place
        person = begun.get(place)
        joined = words[place] == _AND_TOO and sign in _BEFORE_AND and not tokens.gaps[place]
        sign = "and" if joined else _sign_of(person) if person else _sign_at(tokens, words, place, lexicon)
        yield OTHER_NUMBER if sign == NUMBER and place in dated else sign, place
        place = person.last + 1 if person else place + 1


def _numbers(
    words: tuple[str, ...], marks: Sequence[tuple[str, int]], begun: Mapping[int, Companions]
) -> Iterator[int]:
    """Yield the numbers said, in figures, in words, of several people ("two sons") or by what they are ("parents")."""
    for sign, place in marks:
        if sign == NUMBER:
            yield _number(words[place])
        elif sign == SEVERAL:
            yield begun[place].count
        elif counted := _COUNTING.get(words[begun[place].last] if sign == UNCOUNTED else sign):
            yield counted


def _sign_of(person: Companions) -> str:
    return (UNCOUNTED, PERSON, SEVERAL)[min(person.count, 2)]


def _sign_at(tokens: Tokens, words: tuple[str, ...], place: int, lexicon: Lexicon) -> str:
    """Return the sign for a number ("one" is more often none) or a name, else the word."""
    word = words[place]
    if word in _BEYOND_TEN or (is_number(word) and word != "one"):
        counts = 1 <= _number(word) <= LARGEST and not counts_else(tokens, place)
        return NUMBER if counts else OTHER_NUMBER
    return NAME if is_written_name(tokens, place, lexicon) else _ALIKE.get(word, word)


def _number(word: str) -> int:
    return _BEYOND_TEN.get(word) or number_of(word)


def _joined(signs: Sequence[str]) -> int:
    return sum(sign == NAME and signs[at - 1] in _JOINING for at, sign in enumerate(signs) if at)
