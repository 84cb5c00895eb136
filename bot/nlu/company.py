"""Counting the sender and those named with them: "me and my wife", "me, mum and my sister", "bringing 2 friends"."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from bot.nlu.lexicon import Lexicon
from bot.nlu.names import is_written_name
from bot.nlu.phrases import Phrases
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts, phrases_of, read_list

Reading = tuple[int, int, int]  # how many, and the first and last word that say so

NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_WORDS = contexts("company")
_REACH = 5  # words after a person in which they are said to come
_NOT_ALONE = (("not", "just"), ("not", "only"))
_EACH = frozenset(("one", "1", "another"))  # "one for me and one for my wife"
_IS = re.compile("['\u2019\u2018`]s$")
_TOO = frozenset(tuple(too.split()) for too in _WORDS["too"])


@dataclass(frozen=True, slots=True)
class _Person:
    """Others named together: how many, from word `first` ("my", "2") to word `last`."""

    count: int
    first: int
    last: int


@cache
def _other_words() -> tuple[Phrases[bool], Phrases[bool]]:
    """Return the words for others (whether for several), and what says before a person that they come along."""
    lists = read_list("counts")
    others = dict.fromkeys(phrases_of(lists["one_other"]), False) | dict.fromkeys(phrases_of(lists["others"]), True)
    return Phrases(others), Phrases(dict.fromkeys(phrases_of(lists["along"]), True))


def is_number(word: str) -> bool:
    """Return whether a word is a small number."""
    return word in NUMBERS or (word.isdecimal() and len(word) < 3)


def number_of(word: str) -> int:
    """Return a small number's value."""
    return NUMBERS[word] if word in NUMBERS else int(word)


def counts_else(tokens: Tokens, place: int) -> bool:
    """Return whether the number at a place counts something that is not people, or money."""
    following = tokens.words[place + 1] if place + 1 < len(tokens.words) else ""
    return following in _WORDS["other_things"] or tokens.gaps[place].endswith("£")


def find_company(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon) -> Reading | None:
    """Return the party that a message names one by one, the sender included."""
    people = _people(tokens, words, lexicon)
    senders = (place for place, word in enumerate(words) if word in _WORDS["sender"])
    groups = (
        _group(tokens, words, [*people, *_by_name(tokens, words, place, lexicon)], place, lexicon) for place in senders
    )
    together = next((group for group in groups if group), None)
    return together or _guests(tokens, words, people, lexicon) or _only(tokens, words, people)


def find_companions(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon) -> Reading | None:
    """Return the sender and those named in answer to "how many?" ("maybe my son"), if little else is said."""
    people = [person for person in _people(tokens, words, lexicon) if not is_number(words[person.last])]
    if not people:
        return None
    named = {place for person in people for place in range(person.first, person.last + 1)}
    if not _WORDS["companions"].issuperset(word for place, word in enumerate(words) if place not in named):
        return None
    return 1 + sum(person.count for person in people), people[0].first, people[-1].last


def _people(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon) -> list[_Person]:
    """Return everyone named in a message apart from the sender, left to right."""
    known = lexicon.relations
    named = {found.first: (found.last, found.meaning) for found in _other_words()[0].find(tokens, words)}
    named |= {
        found.first: (found.last, named.get(found.first) == (found.last, True) or _is_plural(words[found.last], known))
        for found in known.find(tokens, words)
    }
    people = [
        _person(tokens, words, first, last, plural and not _says_is(tokens, words, last))
        for first, (last, plural) in sorted(named.items())
    ]
    named_people = [person for person in people if person]
    return named_people + list(_bare_numbers(tokens, words, named_people))


def _by_name(tokens: Tokens, words: tuple[str, ...], sender: int, lexicon: Lexicon) -> Iterator[_Person]:
    """Yield those whom a sender called "me" names ("me and Dave", "me, Sandra and Bev"; "its me, Tina" names herself).

    "Rose and i" is rather "im Rose and i ...".
    """
    ends = len(words) if words[sender] == "me" else 0
    named = [place for place in range(sender + 1, ends) if is_written_name(tokens, place, lexicon)]
    last = max((place for place in named if words[place - 1] in _WORDS["and"]), default=0)
    yield from (_Person(1, place, place) for place in named if place <= last)


def _bare_numbers(tokens: Tokens, words: tuple[str, ...], people: Iterable[_Person]) -> Iterator[_Person]:
    """Yield the numbers that stand for more people by themselves ("me plus 2")."""
    taken = {place for person in people for place in range(person.first, person.last + 1)}
    for place, word in enumerate(words):
        is_free = is_number(word) and place not in taken and _is_joined(words, place)
        if is_free and not counts_else(tokens, place) and _ends(tokens, place):
            yield _Person(number_of(word), place, place)


def _is_joined(words: tuple[str, ...], place: int) -> bool:
    """Return whether "and" or the like makes a bare number more people ("me plus 2"); in "me, 12-2" it is none."""
    return words[max(place - 1, 0)] in _WORDS["and"] | {"my", "our"}


def _ends(tokens: Tokens, place: int) -> bool:
    """Return whether a number is the last word, or one follows that leaves it a number of people."""
    after = tokens.words[place + 1 : place + 2]
    return not after or bool(tokens.gaps[place + 1]) or after[0] in _WORDS["may_follow"]


def _is_plural(word: str, relations: Phrases[str]) -> bool:
    return word.endswith("s") and word[:-1] in relations.single_words


def _says_is(tokens: Tokens, words: tuple[str, ...], place: int) -> bool:
    """Return whether the "s" of a word is short for "is" ("my wife's coming", "my brothers gonna come")."""
    written = tokens.text[tokens.starts[place] : tokens.ends[place]]
    return _IS.search(written) is not None or not _WORDS["being"].isdisjoint(words[place + 1 : place + 2])


def _person(tokens: Tokens, words: tuple[str, ...], first: int, last: int, plural: bool) -> _Person | None:
    """Return the others that a word names with their number ("2 friends", "the kids, 2 of them").

    Several without a number cannot be counted.
    """
    start, count = first, None
    while start and not tokens.gaps[start] and _leads(words, start - 1, first):
        start -= 1
        count = number_of(words[start]) if is_number(words[start]) else count
    if count is None and words[last + 2 : last + 4] == ("of", "them") and is_number(words[last + 1]):
        return _Person(number_of(words[last + 1]), start, last + 1)
    if count is None and plural:
        return None
    return _Person(count or 1, start, last)


def _leads(words: tuple[str, ...], place: int, first: int) -> bool:
    """Return whether a word leads to the person at `first`: "my", "2", and next to them "me mum" and "an aunt"."""
    close = place + 1 == first and words[place] in ("me", "an")
    close = close or (words[place] == "of" and place > 0 and is_number(words[place - 1]))
    return close or words[place] in _WORDS["leads"] or is_number(words[place])


def _is_refused(before: tuple[str, ...]) -> bool:
    """Return whether the words before the sender keep them out ("not me", but "not just me" does not)."""
    return "not" in before and before not in _NOT_ALONE


def _group(
    tokens: Tokens, words: tuple[str, ...], people: Iterable[_Person], sender: int, lexicon: Lexicon
) -> Reading | None:
    """Return the party around a word for the sender, as far as names are joined by "and" or a comma."""
    if _is_refused(words[max(sender - 2, 0) : sender]):
        return None
    by_first = {person.first: person for person in people}
    by_last = {person.last: person for person in people}
    count, first, last = 1, sender, sender
    while person := by_first.get(_joined_after(tokens, words, last, lexicon)):
        count, last = count + person.count, person.last
    listing = last == sender
    while person := by_last.get(_joined_before(tokens, words, first, listing and count > 1)):
        count, first = count + person.count, person.first
    comes = count > 1 and _WORDS["not_coming"].isdisjoint(words[last + 1 : last + 2])
    return (count, first, last) if comes and not _is_said_of(words, first) else None


def _is_said_of(words: tuple[str, ...], first: int) -> bool:
    """Return whether the first of a party is spoken of, or is the sender ("im her carer and i ...")."""
    before = words[max(first - 2, 0) : first]
    return any(word in ("im", "am") for word in before) or (
        words[first] not in _WORDS["sender"] and before[-1:] != () and before[-1] in _WORDS["spoken_of"]
    )


def _joined_after(tokens: Tokens, words: tuple[str, ...], place: int, lexicon: Lexicon) -> int:
    """Return where what is joined to a word (and the name behind it: "my mate Kev and ...") begins, or -1."""
    after = place + 2 if _is_named(tokens, place, lexicon) else place + 1
    joined = after < len(words) and "," in tokens.gaps[after]
    while after < len(words) and words[after] in _WORDS["and"]:
        after, joined = after + 1, True
    if joined and words[after + 1 : after + 2] == ("for",) and words[after] in _EACH:
        after += 2
    joined = joined or (after < len(words) and words[after] in ("my", "our"))
    return after if joined else -1


def _is_named(tokens: Tokens, place: int, lexicon: Lexicon) -> bool:
    """Return whether a name stands right behind a word, with more after it."""
    after = place + 1
    return after + 1 < len(tokens.words) and not tokens.gaps[after] and is_written_name(tokens, after, lexicon)


def _joined_before(tokens: Tokens, words: tuple[str, ...], place: int, listing: bool) -> int:
    """Return the last word of what is joined before a word, or -1; a list has one "and" ("mum dad and me")."""
    before = place - 1
    joined = listing or "," in tokens.gaps[place]
    while before >= 0 and words[before] in _WORDS["and"]:
        before, joined = before - 1, True
    return before if joined else -1


def _guests(tokens: Tokens, words: tuple[str, ...], people: Sequence[_Person], lexicon: Lexicon) -> Reading | None:
    """Return the sender and those they bring ("can i bring my wife and son", "my husband is coming too")."""
    along = {found.last + 1: found.first for found in _other_words()[1].find(tokens, words)}
    by_first = {person.first: person for person in people}
    for person in people:
        if words[person.first] == "no" or (person.first and words[person.first - 1] == "no"):
            continue
        count, last = person.count + 1, person.last
        while other := by_first.get(_joined_after(tokens, words, last, lexicon)):
            count, last = count + other.count, other.last
        if person.first in along:
            return count, along[person.first], last
        if _comes(tokens, words, person.first, last):
            return count, person.first, last
    return None


def _comes(tokens: Tokens, words: tuple[str, ...], first: int, last: int) -> bool:
    """Return whether people are said to come too, or whoever texts to be with them."""
    return comes_too(words[:first], words[last + 1 :]) or _is_with(tokens, words, first, last)


def _only(tokens: Tokens, words: tuple[str, ...], people: Iterable[_Person]) -> Reading | None:
    """Return those who come without the sender ("just him", "only my dad please"), when that is all that is said."""
    only = next((place for place, word in enumerate(words) if word in _WORDS["only"]), len(words))
    begins = only + 2 if words[only + 1 : only + 2] == ("for",) else only + 1
    by_first = {person.first: person for person in people if not is_number(words[person.last])}
    count, last = 0, begins - 1
    while person := by_first.get(last + 2 if count and words[last + 1 : last + 2] == ("and",) else last + 1):
        count, last = count + person.count, person.last
    ends = bool(tokens.gaps[min(last, len(words) - 1) + 1]) or _WORDS["after_only"].issuperset(words[last + 1 :])
    return (count, only, last) if count and ends and _WORDS["before_only"].issuperset(words[:only]) else None


def _is_with(tokens: Tokens, words: tuple[str, ...], first: int, last: int) -> bool:
    """Return whether "with" and people is all that is said between two pauses ("yes, with my husband")."""
    place = first - 1
    begins = place == 0 or (place > 0 and bool(tokens.gaps[place]))
    return begins and words[place] == "with" and _ends(tokens, last)


def comes_too(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Return whether a person comes as well as the sender: "is coming too" follows, or "room for" them "as well"."""
    if before[-1:] == ("for",) and not _WORDS["room"].isdisjoint(before[-2:-1]):
        return any(after == too for too in _TOO)
    verb = next((place for place, word in enumerate(after[:_REACH]) if word in _WORDS["coming"]), None)
    return verb is not None and any(after[verb + 1 : verb + 1 + len(too)] == too for too in _TOO)
