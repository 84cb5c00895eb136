"""What people say of a kind of event that no title says: "bendy" and "mat" of yoga, "hands in clay" of pottery.

Too loose for a rule, they are only some of what a model weighs (`menu_evidence`). They are kept in the model's file:
reading their YAML and keeping lists of strings took 7 MiB, as arrays they take 0.2.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.feature_index import FeatureIndex
from bot.nlu.option_words import has_word
from bot.nlu.stored_arrays import packed, unpacked
from bot.nlu.tokens import Tokens, words_of
from bot.nlu.training_data import read_yaml
from bot.understanding import Option

FILE = Path("lexicon") / "hints.yml"
_LONGEST = 4  # words of a hint

Hint = tuple[int, int, frozenset[int]]  # its first and last word, and the lines (from 0) that it may mean


@dataclass(frozen=True)
class TitleHints:
    """Hints, and what they hint at: those of hint i are `groups[starts[i]:starts[i + 1]]`, each a group of `titles`.

    A group is words of titles that mean much the same, with spaces between.
    """

    hints: FeatureIndex
    starts: NDArray[np.int32]
    groups: NDArray[np.int16]
    titles: tuple[str, ...]

    def find(self, tokens: Tokens, options: Sequence[Option]) -> Iterator[Hint]:
        """Yield the hints in a message at lines of a menu, from left to right, the longest that begins at a word."""
        place = 0
        while place < len(tokens.words):
            length, fits = self._at(tokens.words[place : place + _LONGEST], options)
            if fits:
                yield place, place + length - 1, fits
            place += length

    def _at(self, words: Sequence[str], options: Sequence[Option]) -> tuple[int, frozenset[int]]:
        """Return how many words the hint has that words begin with (1 without a hint), and the lines it may mean."""
        for length in range(len(words), 0, -1):
            found = self.hints.positions([" ".join(words[:length])])
            if len(found):
                return length, frozenset(at for at, option in enumerate(options) if self._means(found[0], option))
        return 1, frozenset()

    def _means(self, hint: np.int32, option: Option) -> bool:
        groups = self.groups[self.starts[hint] : self.starts[hint + 1]]
        return any(has_word(word, (option,)) for group in groups for word in self.titles[group].split())


def read(data_folder: Path) -> TitleHints | None:
    """The hints of a data folder, in a list of `titles` and `hints` written with commas; None if it has none."""
    path = data_folder / FILE
    if not path.is_file():
        return None
    entries = read_yaml(path)["hints"]
    groups: dict[str, list[int]] = {}
    for group, entry in enumerate(entries):
        for hint in dict.fromkeys(" ".join(words_of(each)) for each in entry["hints"].split(",")):
            groups.setdefault(hint, []).append(group)
    return TitleHints(
        FeatureIndex.of(groups),
        np.cumsum([0, *map(len, groups.values())], dtype=np.int32),
        np.array([group for each in groups.values() for group in each], dtype=np.int16),
        tuple(" ".join(words_of(entry["titles"].replace(",", " "))) for entry in entries),
    )


def arrays(hints: TitleHints) -> dict[str, Any]:
    """The hints as arrays by their names in a model's file."""
    return {
        "hints": packed(hints.hints),
        "hint_starts": hints.starts,
        "hint_groups": hints.groups,
        "hint_titles": packed(hints.titles),
    }


def from_arrays(stored: Mapping[str, NDArray[Any]]) -> TitleHints | None:
    """The hints in a model's file; None if it has none."""
    if "hints" not in stored:
        return None
    titles = unpacked(stored["hint_titles"])
    return TitleHints(FeatureIndex.found_only(stored["hints"]), stored["hint_starts"], stored["hint_groups"], titles)
