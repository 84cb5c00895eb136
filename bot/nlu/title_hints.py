"""What people say of a kind of event that no title says: "bendy" and "mat" of yoga, "hands in clay" of pottery.

Too loose for a rule, they are only some of what a model weighs (`menu_evidence`).
"""

from collections.abc import Iterator, Sequence
from functools import cache

from bot.nlu.option_words import has_word
from bot.nlu.phrases import Phrases
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import phrases_of, read_list
from bot.understanding import Option

Hint = tuple[int, int, frozenset[int]]  # its first and last word, and the lines (from 0) that it may mean


@cache
def _hints() -> Phrases[frozenset[str]]:
    """Return the words of titles that each word or phrase hints at."""
    titles: dict[str, frozenset[str]] = {}
    for entry in read_list("hints")["hints"]:
        words = frozenset(phrases_of(entry["titles"]))
        for hint in phrases_of(entry["hints"]):
            titles[hint] = titles.get(hint, frozenset()) | words
    return Phrases(titles)


def find_hints(tokens: Tokens, options: Sequence[Option]) -> Iterator[Hint]:
    """Yield the hints in a message at lines of a menu, from left to right."""
    for found in _hints().find(tokens, tokens.words):
        fits = frozenset(
            at for at, option in enumerate(options) if any(has_word(word, (option,)) for word in found.meaning)
        )
        if fits:
            yield found.first, found.last, fits
