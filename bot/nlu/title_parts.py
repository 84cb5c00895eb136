"""Telling a line of a menu by part of its title, word for word: "not this one", "north mid", "me" for "For me"."""

from collections.abc import Callable, Sequence

from bot.nlu.option_words import is_telling, title_words
from bot.understanding import Option

_POLITE = frozenset(("please", "pls", "plz", "thanks", "ta", "thx"))
_IN_A_ROW = 3  # words of one title in a row that mean it
_LEAST_LETTERS = 3  # of a word that stands for a longer one

Words = tuple[str, ...]


def part_of_title(words: Words, options: Sequence[Option]) -> int | None:
    """Return the index of the one option whose title the words of a message are part of, in one of three ways."""
    while words and words[-1] in _POLITE:
        words = words[:-1]
    titles = [title_words(option.title) for option in options]
    ways: tuple[Callable[[Words, Words], bool], ...] = (_tells_all, _is_within, _begins_words)
    for is_part in ways:
        found = [index for index, title in enumerate(titles) if is_part(words, title)]
        if len(found) == 1:
            return found[0]
    return None


def _tells_all(words: Words, title: Words) -> bool:
    """Return whether all words of a title but the common ones are said, and nothing else."""
    telling = tuple(filter(is_telling, title))
    return bool(telling) and tuple(filter(is_telling, words)) == telling


def _is_within(words: Words, title: Words) -> bool:
    return len(words) >= _IN_A_ROW and any(title[at : at + len(words)] == words for at in range(len(title)))


def _begins_words(words: Words, title: Words) -> bool:
    """Return whether words in a row of a title begin with those said, the first of them in full."""
    rows = (title[at : at + len(words)] for at, word in enumerate(title) if word == words[0]) if words[1:] else ()
    return any(len(row) == len(words) and row != words and all(map(_stands_for, words[1:], row[1:])) for row in rows)


def _stands_for(said: str, word: str) -> bool:
    return len(said) >= _LEAST_LETTERS and word.startswith(said)
