"""Numbers as small as a party, in figures or words, and what else they may count."""

from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

# In words, and as they slip from the thumb where that is no other word.
NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "fuor": 4, "fiev": 5, "thre": 3, "fve": 5, "fiv": 5, "sevn": 7, "eigth": 8, "eigt": 8,
}  # fmt: skip
_OTHER_THINGS = contexts("company")["other_things"]


def is_number(word: str) -> bool:
    """Return whether a word is a small number."""
    return word in NUMBERS or (word.isdecimal() and len(word) < 3)


def number_of(word: str) -> int:
    """Return a small number's value."""
    return NUMBERS[word] if word in NUMBERS else int(word)


def counts_else(tokens: Tokens, place: int) -> bool:
    """Return whether the number at a place counts something that is not people, or money."""
    following = tokens.words[place + 1] if place + 1 < len(tokens.words) else ""
    return following in _OTHER_THINGS or tokens.gaps[place].endswith("£")
