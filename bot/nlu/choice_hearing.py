"""Reading the words of an answer to a menu as they are meant: "the last 1", "number for", "how about the walk"."""

from collections.abc import Sequence

from bot.nlu.choice_words import choice_words
from bot.nlu.option_words import options_with_word
from bot.understanding import Option

_SOUNDING = {"for": "four", "fore": "four", "to": "two", "too": "two", "won": "one", "ate": "eight"}
_POLITE = frozenset(("please", "pls", "plz", "thanks", "thank", "ta", "thx", "love", "dear", "x"))


def as_heard(words: tuple[str, ...], options: Sequence[Option]) -> tuple[str, ...]:
    """Return words with "1" for "one" and "for" for "four" as meant: "the last 1", "yoga 1", "number for".

    "how about" that a message begins with only proposes what follows.
    """
    if words[:2] == ("how", "about"):
        words = ("ok", "ok", *words[2:])
    return tuple(
        "one" if word == "1" and place and _has_one_after(words, place - 1, options) else _heard(words, place)
        for place, word in enumerate(words)
    )


def _has_one_after(words: tuple[str, ...], place: int, options: Sequence[Option]) -> bool:
    """Return whether "one" after a word stands for what the word tells ("last one", "yoga one", "7 oclock one")."""
    word, known = words[place], choice_words()
    if word in ("oclock", "pm", "am"):
        return True
    if word in known.ordinals or word in known.last | known.middle | known.earliest | known.latest:
        return True
    return word not in known.fillers and bool(options_with_word(word, options))


def _heard(words: tuple[str, ...], place: int) -> str:
    """Return a word, or behind "number" and before nothing else the number that it sounds like."""
    ends = place + 1 == len(words) or words[place + 1] in _POLITE
    named = place > 0 and words[place - 1] in choice_words().named
    return _SOUNDING.get(words[place], words[place]) if ends and named else words[place]
