"""Features of a message: its words, pairs of words, kinds of words, and the pieces of 2 to 5 letters inside its words.

Training and serving build vectors with this one module; it needs numpy only.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from bot.nlu.feature_index import FeatureIndex, Indices
from bot.nlu.normalise import Words

_SHORTEST_PIECE, _LONGEST_PIECE = 2, 5
_START, _END = "^", "$"
_REMEMBERED = 1024  # words whose pieces are looked up once
_REACH = 3  # words: how far apart two words of content still make a pair
# Words that say little beside another: they make pairs with their neighbours only.
_LIGHT = frozenset(
    (
        "a", "an", "the", "to", "is", "am", "are", "do", "i", "my", "of", "it", "on", "you", "we", "me", "can", "for",
        "in", "at", "and", "have", "has", "be", "will", "would", "was", "please", "just", "so", "that", "this", "with",
        "there",
    )
)  # fmt: skip

Floats = NDArray[np.float32]
Concepts = Mapping[str, Sequence[str]]


def word_features(words: Sequence[str], concepts: Concepts) -> list[str]:
    """What the words say: each word and its kinds, neighbours as pairs, and pairs of content within reach.

    The message's start and end count as neighbours. In pairs a word also stands as its (first) kind: "my <family>".
    """
    kinds = [concepts.get(word, ()) for word in words]
    general = [f"<{kind[0]}>" if kind else word for word, kind in zip(words, kinds, strict=True)]
    return [
        *words,
        *(f"<{kind}>" for several in kinds for kind in several),
        *_neighbours(words),
        *(pair for pair in _neighbours(general) if "<" in pair),
        *_within_reach([word for word in general if word not in _LIGHT]),
    ]


def letter_features(words: Sequence[str]) -> list[str]:
    """The pieces of 2 to 5 characters inside each word, where a space marks the word's start and end."""
    return list(chain.from_iterable(map(_pieces, words)))


def _neighbours(words: Sequence[str]) -> list[str]:
    edged = [_START, *words, _END]
    return [f"{first} {second}" for first, second in pairwise(edged)]


def _within_reach(words: Sequence[str]) -> Iterator[str]:
    for position, first in enumerate(words):
        for second in words[position + 1 : position + 1 + _REACH]:
            yield f"{first}&{second}" if first < second else f"{second}&{first}"


def _pieces(word: str) -> Iterator[str]:
    padded = f" {word} "
    length = len(padded)
    for size in range(_SHORTEST_PIECE, min(_LONGEST_PIECE, length) + 1):
        for start in range(length - size + 1):
            yield padded[start : start + size]


@dataclass(frozen=True)
class Vectoriser:
    """Turns a message into a sparse vector: TF-IDF, the words as meant and the letters as typed each of length one.

    `words` and `letters` are the features kept, `rarity` is the inverse document frequency of each, words first.
    """

    concepts: Concepts
    words: FeatureIndex
    letters: FeatureIndex
    rarity: Floats

    def vector(self, message: Words) -> tuple[Indices, Floats]:
        """The positions of a message's features, each once, and their values."""
        words = self._block(self.words.positions(word_features(message.meant, self.concepts)))
        pieces = [self._pieces_of(word) for word in message.typed] or [self.letters.positions(())]
        letters = self._block(np.concatenate(pieces) + np.int32(len(self.words)))
        return np.concatenate((words[0], letters[0])), np.concatenate((words[1], letters[1]))

    @cached_property
    def _pieces_of(self) -> Callable[[str], Indices]:
        """The positions of one word's letter features; those of words used lately are remembered."""
        return lru_cache(_REMEMBERED)(lambda word: self.letters.positions(_pieces(word)))

    def _block(self, found: Indices) -> tuple[Indices, Floats]:
        positions, counts = np.unique(found, return_counts=True)
        values = (1 + np.log(counts.astype(np.float32))) * self.rarity[positions]
        length = float(np.sqrt(values @ values))
        return positions, values / np.float32(length or 1.0)


def fit(messages: Sequence[Words], concepts: Concepts, rarest: int) -> Vectoriser:
    """The vectoriser of a body of messages, keeping the features found in at least `rarest` of them."""
    words = _frequencies(word_features(message.meant, concepts) for message in messages)
    letters = _frequencies(letter_features(message.typed) for message in messages)
    kept_words, kept_letters = _kept(words, rarest), _kept(letters, rarest)
    frequency = np.array([words[name] for name in kept_words] + [letters[name] for name in kept_letters])
    rarity = np.log((1 + len(messages)) / (1 + frequency)) + 1
    index = FeatureIndex.of(kept_words), FeatureIndex.of(kept_letters)
    return Vectoriser(concepts, *index, rarity.astype(np.float32))


def _frequencies(documents: Iterable[Iterable[str]]) -> Counter[str]:
    return Counter(name for document in documents for name in set(document))


def _kept(frequencies: Counter[str], rarest: int) -> tuple[str, ...]:
    return tuple(sorted(name for name, count in frequencies.items() if count >= rarest))
