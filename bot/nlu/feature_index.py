"""The features of a model by their position, in a tenth of the memory that a dictionary of strings takes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int32]
Packed = NDArray[np.uint8]

_AT_ONCE = 1 << 16  # bytes of the text that become strings at one time


class FeatureIndex(Sequence[str]):
    """Features in their order: one text, a line each, and the sorted hashes by which a feature is found.

    Two of 75,000 features share one of 2**64 hashes about never; training would not notice, nor would anybody else.
    """

    def __init__(self, packed: Packed) -> None:
        self.packed = packed
        hashes = np.fromiter(map(hash, self), dtype=np.int64)
        self._places = np.argsort(hashes, kind="stable").astype(np.int32)
        self._hashes = hashes[self._places]

    @classmethod
    def found_only(cls, packed: Packed) -> "FeatureIndex":
        """The index without its text, in a third of the memory: features are found in it, but it cannot be listed."""
        index = cls(packed)
        index.packed = packed[:0].copy()
        return index

    @classmethod
    def of(cls, features: Iterable[str]) -> "FeatureIndex":
        """The index of features that hold no line break."""
        return cls(np.frombuffer("\n".join(features).encode(), dtype=np.uint8))

    def positions(self, named: Iterable[str]) -> Indices:
        """The positions of those named that are features, as often as they are named."""
        hashes = np.fromiter(map(hash, named), dtype=np.int64)
        if not len(self._hashes):
            return np.empty(0, dtype=np.int32)
        places = np.minimum(self._hashes.searchsorted(hashes), len(self._hashes) - 1)
        found: Indices = self._places[places[self._hashes[places] == hashes]]
        return found

    def __len__(self) -> int:
        return len(self._hashes)

    def __iter__(self) -> Iterator[str]:
        text, start = self.packed.tobytes(), 0
        while start < len(text):
            end = text.find(b"\n", start + _AT_ONCE)
            end = len(text) if end < 0 else end
            yield from text[start:end].decode().split("\n")
            start = end + 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        return tuple(self)[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FeatureIndex) and np.array_equal(self._hashes, other._hashes)

    def __hash__(self) -> int:
        return hash(self._hashes.tobytes())
