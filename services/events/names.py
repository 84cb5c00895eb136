"""The names of events: which words of a message name one, and which events some words name.

Brands ("Look Good Feel Better", "HOPE") are told from descriptions ("Eating well after treatment") by their capitals;
a description is a name only when most of it is written out, so that ordinary talk names nothing.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import OSA

from services.core import yaml12
from services.events.taxonomy import load_taxonomy

WORDS = yaml12.load(Path(__file__).with_name("name_words.yml"))
EMPTY = frozenset(WORDS["empty"].split())
KINDS = frozenset(WORDS["kinds"].split())
_KINDS_OF_BRANDS = frozenset(WORDS["kinds_of_brands"].split())
_ABBREVIATIONS = frozenset(WORDS["abbreviations"].split())
_INSTITUTIONS = frozenset(WORDS["institutions"].split())
_SHARED_BY_PROVIDERS = frozenset(WORDS["shared_by_providers"].split())
_SPOKEN_OF = frozenset(WORDS["spoken_of"].split())

# The words of names that one word of a message is, or may be a slip for, likeliest first.
Spelled = tuple[str, ...]


class Phrase(NamedTuple):
    """Words in order that make a name, and how many of them, from the first on, are enough.

    `alone` is how a single word may do: a "brand" beside a word such as "course", an "owner" (Maggie's) anywhere.
    """

    words: tuple[str, ...]
    enough: int
    alone: str = ""


class Mention(NamedTuple):
    """Words of a name, and where they start and end among the words of a message that are not empty."""

    words: tuple[str, ...]
    start: int
    end: int


class Names:
    """The distinct names of events, each a title, a discreet title and a provider, numbered as given.

    `places` are words that say where something is: a provider called no more than that has no name of its own.
    """

    def __init__(self, named: Sequence[tuple[str, str, str]], places: Container[str] = frozenset()) -> None:
        self.count = len(named)
        self._having: dict[str, set[int]] = defaultdict(set)
        for number, parts in enumerate(named):
            for word in {word for part in parts for word in tokens(part)} - EMPTY:
                self._having[word].add(number)
        self._by_initial: dict[str, list[str]] = defaultdict(list)
        for word in self._having.keys() | KINDS:
            self._by_initial[word[0]].append(word)
        self._phrases: dict[str, set[Phrase]] = defaultdict(set)
        for key, phrase in _phrases(named, places):
            self._phrases[key].add(phrase)
        self._spell = lru_cache(maxsize=4096)(self._spelled)

    def meant_by(self, words: str) -> set[int]:
        """Return the numbers of the names that the given words fit best; none when they fit fewer than 3 in 5."""
        said = [(self._spell(token) or (token,))[0] for token in tokens(words) if token not in EMPTY]
        wanted = [word for word in said if word not in KINDS] or said
        score: dict[int, int] = defaultdict(int)
        for word in wanted:
            for number in self._having.get(word, ()):
                score[number] += 1
        best = max(score.values(), default=0)
        return {number for number, reached in score.items() if reached == best} if best >= 0.6 * len(wanted) else set()

    def named_in(self, text: str) -> str | None:
        """Return the words of a message that name an event or its provider, as those are spelled; None if none do."""
        said = tokens(text)
        spelled = [self._spell(token) for token in said if token not in EMPTY]
        kinds = [bool(_KINDS_OF_BRANDS.intersection(self._spell(token))) for token in said]
        beside = [any(kinds[max(place - 1, 0) : place + 2]) for place, token in enumerate(said) if token not in EMPTY]
        may_stand_alone = beside if len(said) > 1 else [True]
        found = max(self._mentions(spelled, may_stand_alone), key=lambda mention: len(mention.words), default=None)
        return " ".join(self._extended(found, spelled)) if found else None

    def _spelled(self, token: str) -> Spelled:
        if token in self._having or token in KINDS or len(token) < 5:
            return (token,)
        near = [word for word in self._by_initial[token[0]] if _is_slip(token, word)]
        return (*sorted(near, key=lambda word: (OSA.distance(token, word), word)), token)

    def _mentions(self, spelled: Sequence[Spelled], beside_a_kind: Sequence[bool]) -> Iterator[Mention]:
        """Yield the names in a message; `beside_a_kind` says which of its words a brand of one word may be."""
        for start, options in enumerate(spelled):
            for phrase in (phrase for word in options for phrase in self._phrases.get(word, ())):
                mention = _followed(phrase, spelled, start)
                is_meant = phrase.alone != "brand" or beside_a_kind[start]
                if len(mention.words) >= phrase.enough and is_meant and not _is_spoken_of(phrase, mention, spelled):
                    yield mention

    def _extended(self, mention: Mention, spelled: Sequence[Spelled]) -> list[str]:
        """The name, and words beside it that say which of its events is meant ("maggies" and "yoga")."""
        meant = set.intersection(*(self._having.get(word, set()) for word in mention.words))
        before: list[str] = []
        behind: list[str] = []
        start, end = mention.start, mention.end
        for more, side in ((before, spelled[max(start - 2, 0) : start]), (behind, spelled[end : end + 3])):
            for word in (options[0] for options in side if options[0] not in KINDS):
                if word not in mention.words and meant & self._having.get(word, set()):
                    meant &= self._having[word]
                    more.append(word)
        return [*before, *mention.words, *behind]


def tokens(text: str) -> list[str]:
    """Return the words of a text in small letters, apostrophes closed up (Maggie's: maggies)."""
    return re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("’", ""))


def _is_slip(token: str, word: str) -> bool:
    """Whether a token may be a misspelling: one slip from 6 letters on, two from 8."""
    slips = 0 if len(word) < 6 else 1 if len(word) < 8 else 2
    return abs(len(token) - len(word)) <= slips and OSA.distance(token, word, score_cutoff=slips) <= slips


def _phrases(named: Iterable[tuple[str, str, str]], places: Container[str]) -> Iterator[tuple[str, Phrase]]:
    """Yield every phrase with the word that it begins with."""
    parts = list(zip(*named, strict=True)) or [(), (), ()]
    for title in {*parts[0], *parts[1]}:
        for run in _capitalised_runs(title):
            yield from _brand(run)
        words = _telling(title.split())
        if len(words) > 2:
            yield words[0], Phrase(words, max(3, -(-3 * len(words) // 4)))
    for provider in set(parts[2]):
        yield from _provider(provider, places)


def _brand(run: Sequence[str]) -> Iterator[tuple[str, Phrase]]:
    """Yield the phrases that a stretch of capitalised words makes: itself and, from four words on, its initials."""
    words = _telling(run)
    if is_common(words):
        return
    if len(words) > 1:
        yield words[0], Phrase(words, _most_of(words))
    elif words and any(map(_is_acronym, run)):
        yield words[0], Phrase(words, 1, "brand")
    if len(words) > 3:
        yield "".join(word[0] for word in words), Phrase(words, 0)


def _most_of(words: Sequence[str]) -> int:
    return len(words) if len(words) < 3 else len(words) - 1


def _capitalised_runs(title: str) -> list[list[str]]:
    """The stretches of two or more capitalised words, and single words all in capitals."""
    runs: list[list[str]] = [[]]
    for word in re.findall(r"[\w'’]+", title):
        if word[0].isupper():
            runs[-1].append(word)
        else:
            runs.append([])
    return [run for run in runs if len(run) > 1 or any(map(_is_acronym, run))]


def _is_acronym(word: str) -> bool:
    return len(word) > 2 and word.isupper() and word not in _ABBREVIATIONS


def _telling(words: Iterable[str]) -> tuple[str, ...]:
    """The words of a name that tell it from others."""
    return tuple(token for word in words for token in tokens(word) if token not in EMPTY | KINDS)


def _provider(provider: str, places: Container[str]) -> Iterator[tuple[str, Phrase]]:
    """Yield what a provider is called by; nothing for one that is a place or has no name of its own."""
    said = _telling(provider.split())
    words = tuple(word for word in said if word not in _SHARED_BY_PROVIDERS and word not in places)
    if not words or _INSTITUTIONS & set(tokens(provider)) or is_common(words):
        return
    if len(words) > 1:
        yield words[0], Phrase(words, _most_of(words))
    elif re.search(r"\w['’]s\b", provider):
        yield words[0], Phrase(words, 1, "owner")
    else:
        yield said[0], Phrase(said, len(said), "brand" if len(said) == 1 else "")


def is_common(words: Sequence[str]) -> bool:
    """Whether words name an illness, a group of people or a kind of access, as everybody may who writes of them."""
    return " ".join(words) in _common() or _common().issuperset(words)


@cache
def _common() -> frozenset[str]:
    terms = (term for term in load_taxonomy().terms() if term.kind in ("cancer_type", "audience", "access"))
    return frozenset(word for term in terms for word in (*term.words, *term.weak))


def _followed(phrase: Phrase, spelled: Sequence[Spelled], start: int) -> Mention:
    """How much of a phrase stands from `start` on; one word of it at a time may be left out."""
    if not phrase.enough:
        return Mention(phrase.words, start, start + 1)
    found: list[str] = []
    place = 0
    for options in spelled[start:]:
        word = next((word for word in phrase.words[place : place + 2] if word in options), None)
        if word is None:
            break
        found.append(word)
        place = phrase.words.index(word, place) + 1
    return Mention(tuple(found), start, start + len(found))


def _is_spoken_of(phrase: Phrase, mention: Mention, spelled: Sequence[Spelled]) -> bool:
    """Whether an owner is named for something else than its events."""
    beside = {word for options in spelled[max(mention.start - 1, 0) : mention.end + 1] for word in options}
    return phrase.alone == "owner" and bool(beside & _SPOKEN_OF)
