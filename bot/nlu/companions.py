"""Who is named in a message beside the sender, and how many they are: "my wife", "2 friends", "a lady from church"."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from bot.nlu.kin import find_kin
from bot.nlu.lexicon import Lexicon
from bot.nlu.name_words import is_written_name
from bot.nlu.phrases import Phrases
from bot.nlu.small_numbers import counts_else, is_number, number_of
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts, phrases_of, read_list

_WORDS = contexts("company")
_OWN = frozenset(("my", "me", "mi", "our"))
_TWO = ("both", "couple", "pair")
_OF_THEM = (("of", "them"), ("of", "em"), ("of", "dem"))
_IS = re.compile("['\u2019\u2018`]s$")


@dataclass(frozen=True, slots=True)
class Companions:
    """Others named together: how many (0: more than one, nobody knows how many), from word `first` to word `last`."""

    count: int
    first: int
    last: int


@cache
def _others() -> Phrases[bool]:
    """Return the words for others beside relations; whether they are several."""
    lists = read_list("counts")
    return Phrases(
        dict.fromkeys(phrases_of(lists["one_other"]), False) | dict.fromkeys(phrases_of(lists["others"]), True)
    )


def find_people(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon) -> list[Companions]:
    """Return everyone named in a message apart from the sender, left to right; the bare numbers of people last."""
    known = lexicon.relations
    named = {found.first: (found.last, found.meaning) for found in _others().find(tokens, words)}
    named |= {
        found.first: (found.last, _is_plural(words[found.last], known))
        for found in find_kin(tokens, words, known)
        if words[found.first] != "patient" or words[max(found.first - 1, 0)] not in _WORDS["kindly"]
    }
    people = [
        _person(tokens, words, (first, last), plural and not _says_is(tokens, words, last), frozenset(named))
        for first, (last, plural) in sorted(named.items())
    ]
    people = _with_number(words, people)
    return people + list(_bare_numbers(tokens, words, people))


def find_by_name(tokens: Tokens, words: tuple[str, ...], sender: int, lexicon: Lexicon) -> Iterator[Companions]:
    """Yield those whom a sender names ("me and Dave", "me, Sandra and my nan", "Sandra and I will come").

    "its me, Tina" names the sender; "Rose and i" is rather "im Rose and i ...".
    """
    joins = [place for place in range(sender + 1, len(words)) if words[place] in _WORDS["and"]]
    if words[sender] in _WORDS["me"] and joins and not _names_oneself(words, sender):
        named = (place for place in range(sender + 1, len(words)) if is_written_name(tokens, place, lexicon))
        yield from (_called(words, place) for place in named if _is_among(words, place, joins[-1]))
    before = sender - 2
    if _is_named_before(tokens, words, sender, lexicon):
        yield Companions(1, before, before)
        while before and "," in tokens.gaps[before] and is_written_name(tokens, before - 1, lexicon):
            before -= 1
            yield Companions(1, before, before)


def _called(words: tuple[str, ...], place: int) -> Companions:
    return Companions(1, _begins(words, place), place)


def _is_among(words: tuple[str, ...], place: int, join: int) -> bool:
    """Return whether a name stands before the last "and", or right behind it."""
    return place < join or _begins(words, place) == join + 1


def _is_named_before(tokens: Tokens, words: tuple[str, ...], sender: int, lexicon: Lexicon) -> bool:
    """Return whether someone is named before "and I" or "and me", ahead of what both want."""
    before = sender - 2
    if before < 0 or words[sender - 1] not in _WORDS["and"] or not is_written_name(tokens, before, lexicon):
        return False
    ahead = before == 0 or words[before - 1] in _WORDS["before_named"] or "," in tokens.gaps[before]
    return ahead and (
        not words[sender + 1 :] or bool(tokens.gaps[sender + 1]) or words[sender + 1] in _WORDS["after_us"]
    )


def _names_oneself(words: tuple[str, ...], sender: int) -> bool:
    """Return whether a name behind "me" is the sender's own: "its me, Tina and ...", but not "its me and Dave"."""
    return words[sender - 1] in _WORDS["naming_oneself"] and sender > 0 and words[sender + 1] not in _WORDS["and"]


def _begins(words: tuple[str, ...], place: int) -> int:
    """Return where a name begins with what may stand before it ("big Dave", "our Susan", "Mrs Patel")."""
    return place - 1 if words[place - 1] in _WORDS["before_name"] else place


def _bare_numbers(tokens: Tokens, words: tuple[str, ...], people: Iterable[Companions]) -> Iterator[Companions]:
    """Yield the numbers that stand for more people by themselves ("me plus 2")."""
    taken = {place for person in people for place in range(person.first, person.last + 1)}
    for place, word in enumerate(words):
        is_free = is_number(word) and place not in taken and _is_joined(words, place)
        if is_free and not counts_else(tokens, place) and _ends(tokens, place):
            yield Companions(number_of(word), place, place)


def _is_joined(words: tuple[str, ...], place: int) -> bool:
    """Return whether "and" or the like makes a bare number more people ("me plus 2"); in "me, 12-2" it is none."""
    return words[max(place - 1, 0)] in _WORDS["and"] | {"my", "our", "bringing", "bring"}


def _ends(tokens: Tokens, place: int) -> bool:
    """Return whether a word is the last, or one follows that leaves a number before it a number of people."""
    after = tokens.words[place + 1 : place + 2]
    return not after or bool(tokens.gaps[place + 1]) or after[0] in _WORDS["may_follow"]


def _is_plural(word: str, relations: Phrases[str]) -> bool:
    """Return whether a word is of several people ("sons", "boys")."""
    return _others().single_words.get(word, False) or (word.endswith("s") and word[:-1] in relations.single_words)


def _says_is(tokens: Tokens, words: tuple[str, ...], place: int) -> bool:
    """Return whether the "s" of a word is short for "is" ("my wife's coming", "my brothers gonna come")."""
    written = tokens.text[tokens.starts[place] : tokens.ends[place]]
    return _IS.search(written) is not None or not _WORDS["being"].isdisjoint(words[place + 1 : place + 2])


def _person(
    tokens: Tokens, words: tuple[str, ...], place: tuple[int, int], plural: bool, named: frozenset[int]
) -> Companions:
    """Return the others whom the words from one place to another name, with their number ("2 friends").

    Several without a number cannot be counted. `named` are the places where others are named.
    """
    (first, last), start, count = place, place[0], None
    while start and not tokens.gaps[start] and (step := _leads(words, start, first, named)):
        start -= step
        count = _told(words[start], count)
    return Companions(count if count is not None else int(not plural), start, last)


def _with_number(words: tuple[str, ...], people: list[Companions]) -> list[Companions]:
    """Return people with the number that "2 of them" tells of the only ones who could not be counted."""
    uncounted = [person for person in people if not person.count]
    told = (at for at in range(1, len(words) - 2) if words[at + 1 : at + 3] in _OF_THEM and is_number(words[at]))
    at = next(told, None)
    if at is None or not uncounted or any(person.first != uncounted[0].first for person in uncounted):
        return people
    close = at == uncounted[0].last + 1
    return [
        person if person.count else Companions(number_of(words[at]), person.first, at if close else person.last)
        for person in people
    ]


def _told(word: str, count: int | None) -> int | None:
    """Return how many others "2", "two", "both" or "a couple" says they are."""
    if word in _TWO:
        return 2
    return number_of(word) if is_number(word) else count


def _leads(words: tuple[str, ...], start: int, first: int, named: frozenset[int]) -> int:
    """Return how many words before `start` lead to the person at `first`: 1 for "my" and "2", 2 for "my chemo" buddy.

    Next to the person "me mum" and "an aunt" lead too.
    """
    before = words[start - 1]
    if before == "an" and words[start] in _OWN:  # "me an me mam": no article stands there
        return 0
    close = start == first and before in _WORDS["leads_close"] and words[max(start - 2, 0) : start] != ("me", "an")
    close = close or (before == "of" and start > 1 and _told(words[start - 2], None) is not None)
    if close or before in _WORDS["leads"] or _told(before, None) is not None:
        return 1
    return 2 if start == first > 1 and first - 1 not in named and _is_kind(words, start) else 0


def _is_kind(words: tuple[str, ...], first: int) -> bool:
    """Return whether the word before a person tells what kind of person: "chemo" in "my chemo buddy"."""
    kind, owner = words[first - 1], words[first - 2]
    is_kind = owner in _WORDS["determiners"] and kind.isalpha() and kind not in _WORDS["no_kind"]
    return is_kind and words[first] not in _WORDS["no_kind_of"]
