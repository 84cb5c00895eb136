"""The words of a message as red-flag rules see them: slips mended, endings dropped, phrases found across fillers."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise, product
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

Span = tuple[int, int]
END = "|"

_WORD = re.compile(r"£?\d+(?:[.,]\d+)?|[^\W\d_]+|[.!?;\n]+")
_APOSTROPHE = re.compile(r"['’`´‘]")
_PLAIN = re.compile(r"(?:([a-z ])(?!\1\1))*")
_DRAWN_OUT = re.compile(r"([^\W\d])\1{2,}")
_CHOICE = re.compile(r"\(([^()]*)\)")
_VOWEL = re.compile("[aeiouy]")
_ENDING = re.compile(r"(?<=..)(?:ing|in|ed|es|s|e)$")
_LONGEST_FILL = 3
_NAMES = ""
_SWAPPED, _LONG = 4, 7


def plain(text: str) -> list[str]:
    """Lower-case words without apostrophes or drawn-out letters, figures, and a mark where a sentence ends."""
    if _PLAIN.fullmatch(text):  # so are the rules, of which there are thousands
        return text.split()
    folded = _APOSTROPHE.sub("", unicodedata.normalize("NFKC", text).casefold())
    folded = _DRAWN_OUT.sub(r"\1\1", folded)
    return [word if word[0].isalnum() or word[0] == "£" else END for word in _WORD.findall(folded)]


def stem(word: str) -> str:
    """A word without its ending: "bleeding", "bleeds" and "bleed" are one; short and odd words stay whole."""
    if len(word) < 4 or word.endswith(("ss", "us", "is", "eed", "ein")):
        return word
    bare = _ENDING.sub("", word)
    if len(bare) < 3 or not _VOWEL.search(bare):
        return word
    doubled = len(bare) > 3 and bare[-1] == bare[-2] and bare[-1] not in "lsz" and bare != word
    return bare[:-1] if doubled else bare


_Words = tuple[str, ...]
Heard = Callable[[str], _Words]


def choices(phrase: str, heard: Heard, fillers: frozenset[str]) -> Iterable[_Words]:
    """The words of every phrase that "cant (get|catch) breath" stands for; a choice may be empty.

    Of choices that are `heard` alike ("leave" and "leaves") there is one, since several in a row would make thousands;
    and where there may be nothing, `fillers` within the phrase need not be named: they are passed over anyway.
    """
    if "(" not in phrase:
        return (heard(phrase),)
    parts = _CHOICE.split(phrase)
    within = range(1 if parts[0].strip() else 2, len(parts) - 1 if parts[-1].strip() else len(parts) - 2)
    options = [
        _unlike(part.split("|"), heard, fillers if place in within else frozenset()) if place % 2 else [heard(part)]
        for place, part in enumerate(parts)
    ]
    return (tuple(chain.from_iterable(picked)) for picked in product(*options))


def _unlike(options: Sequence[str], heard: Heard, fillers: frozenset[str]) -> Iterable[_Words]:
    passed = fillers if "" in options else frozenset()
    alike = dict.fromkeys(map(heard, options))
    return [words for words in alike if not words or not passed.issuperset(words)]


def figure(word: str) -> str:
    """A figure as what it would be in degrees Celsius, if it is written like one or is as high as one."""
    amount = float(word.replace(",", "."))
    written_exactly = word[-2] in ".," if len(word) > 3 else False
    if 37.5 <= amount < 43:
        return "feverfigure" if written_exactly else "highfigure"
    if 1900 <= amount < 2000:
        return "oldyear"
    if 33 <= amount < 36:
        return "chillfigure" if written_exactly else word
    return "lowoxygen" if 70 <= amount <= 91 and len(word) == 2 else word


# Most phrases share only their first words with others: what is left of one is kept as it is, not word by word.
_Rest = tuple[_Words, _Words]
_Node = dict[str, Any]


class Phrases:
    """Phrases by name; they are found in words, and up to three fillers may stand between two words of a phrase."""

    def __init__(self, named: Iterable[tuple[Sequence[str], str]], fillers: frozenset[str]) -> None:
        self._fillers = fillers
        self._tree: _Node = {}
        shared: dict[_Words, _Words] = {}
        for words, name in named:
            if words:
                self._add(words, shared.setdefault((name,), (name,)), shared)

    def find(self, words: Sequence[str]) -> dict[str, list[Span]]:
        """Where the phrases of each name stand, in order."""
        found: dict[str, list[Span]] = {}
        if self._tree.keys().isdisjoint(words):
            return found
        for start, word in enumerate(words):
            node = self._tree.get(word)
            if node is not None:
                for name, end in self._ends(words, start + 1, node):
                    found.setdefault(name, []).append((start, end))
        return found

    def _add(self, words: Sequence[str], names: _Words, shared: dict[_Words, _Words]) -> None:
        node = self._tree
        for place, word in enumerate(words, 1):
            below = node.get(word)
            if below is None:
                rest = tuple(words[place:])
                node[word] = (shared.setdefault(rest, rest), names)
                return
            if isinstance(below, tuple):
                node[word] = below = _as_node(below)
            node = below
        node[_NAMES] = tuple(dict.fromkeys((*node.get(_NAMES, ()), *names)))

    def _ends(self, words: Sequence[str], place: int, node: _Node | _Rest) -> Iterator[tuple[str, int]]:
        """The phrases that go on from a node, each with the place where it ends."""
        if isinstance(node, tuple):
            rest, names = node
            yield from product(names, self._past(words, place, rest))
            return
        for name in node.get(_NAMES, ()):
            yield name, place
        for next_place in range(place, min(place + _LONGEST_FILL + 1, len(words))):
            word = words[next_place]
            if word in node:
                yield from self._ends(words, next_place + 1, node[word])
            if word not in self._fillers:
                return

    def _past(self, words: Sequence[str], place: int, rest: _Words) -> Iterator[int]:
        """The places where the rest of a phrase ends."""
        if not rest:
            yield place
            return
        for next_place in range(place, min(place + _LONGEST_FILL + 1, len(words))):
            word = words[next_place]
            if word == rest[0]:
                yield from self._past(words, next_place + 1, rest[1:])
            if word not in self._fillers:
                return


def _as_node(below: _Rest) -> _Node:
    rest, names = below
    return {rest[0]: (rest[1:], names)} if rest else {_NAMES: names}


class Vocabulary:
    """Turns texts into words: `slips` maps what people type to the word meant, `keys` are mended when misspelt.

    A long `known` word is mended too. Known words are never taken for a slip of another, nor are their other endings.
    """

    def __init__(
        self, slips: Mapping[str, str], keys: Sequence[str], known: Iterable[str], whole: Iterable[str]
    ) -> None:
        self._whole = frozenset(whole)
        single = {slip: word for slip, word in slips.items() if " " not in slip}
        self._slips = {stem(slip): word for slip, word in single.items()} | single
        known = {*known, *keys}
        self._keys = _by_first_letter(keys)
        self._long = _by_first_letter(sorted(word for word in known | {*single} if len(word) >= _SWAPPED))
        self._known = {self._ending_dropped(word) for word in known} | set(self._slips) | known
        self._word = lru_cache(maxsize=20_000)(self._meant)
        several = [(self._words(plain(slip)), word) for slip, word in slips.items() if " " in slip]
        self._joined = Phrases(several, frozenset())
        self._begun_joined = {(words[0], words[1]) for words, _ in several}

    def read(self, text: str) -> list[str]:
        """The words meant in a message."""
        return self.joined(self._words(plain(text)))

    def joined(self, heard: Iterable[str]) -> list[str]:
        """Words with those made one that are written as two or more."""
        words = list(heard)
        if self._begun_joined.isdisjoint(pairwise(words)):
            return words
        for word, spans in self._joined.find(words).items():
            for start, end in spans:
                words[start:end] = [self._ending_dropped(word)] + [""] * (end - start - 1)
        return [word for word in words if word]

    def heard(self, part: str) -> tuple[str, ...]:
        """The words of a part of a phrase, each by itself."""
        return tuple(self._words(plain(part)))

    def _words(self, words: Iterable[str]) -> list[str]:
        return list(chain.from_iterable(map(self._word, words)))

    def _meant(self, word: str) -> tuple[str, ...]:
        if word[0].isdigit():
            return (figure(word),)
        word = self._slips.get(word) or self._slips.get(stem(word), word)
        if len(word) >= _SWAPPED and not self._is_known(word):
            mended = self._nearest(word)
            parts = self._split(word) if mended == word else ()
            if parts:
                return tuple(self._ending_dropped(self._slips.get(part, part)) for part in parts)
            word = self._slips.get(mended, mended)
        return (self._ending_dropped(word),)

    def _ending_dropped(self, word: str) -> str:
        return word if word in self._whole else stem(word)

    def _is_known(self, word: str) -> bool:
        return word in self._known or self._ending_dropped(word) in self._known

    def _nearest(self, word: str) -> str:
        """The word that this one is a slip of; else itself.

        A key is mended by one edit (two from eight letters on), any long word by one, a shorter one by two letters
        changed round, since a changed letter easily makes another word of it.
        """
        most = 1 if len(word) < 8 else 2
        keys = self._keys.get(word[0], ()) if len(word) > _SWAPPED else ()
        best = process.extractOne(word, keys, scorer=OSA.distance, score_cutoff=most)
        if best is None:
            best = process.extractOne(word, self._long.get(word[0], ()), scorer=OSA.distance, score_cutoff=1)
            if best and len(word) < _LONG and sorted(word) != sorted(best[0]):
                best = None
        return best[0] if best else word

    def _split(self, word: str) -> tuple[str, ...]:
        """The two known words that were typed as one, if it is so."""
        places = range(3, len(word) - 2) if len(word) < 24 else range(0)
        halves = ((word[:place], word[place:]) for place in places)
        return next((pair for pair in halves if all(self._is_known(half) for half in pair)), ())


def _by_first_letter(words: Iterable[str]) -> dict[str, list[str]]:
    letters: dict[str, list[str]] = {}
    for word in words:
        letters.setdefault(word[0], []).append(word)
    return letters
