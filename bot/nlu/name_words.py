"""Words that are names: which words of a message may be one, where it ends, and how it is written."""

import re

from bot.nlu.lexicon import Lexicon
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

_WORDS = contexts("names")
_MOST_WORDS = 3
_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2018\u2019\u0300-\u036f\u0900-\u0dff])*")
_OWNING = re.compile("['\u2019\u2018]s$")  # "Fran's husband"
_CAPITALS = re.compile(r"(^|['\u2018\u2019-])(\w)")
_MC = re.compile(r"^(Mc)([a-z])(?=[a-z]{2})")
JOINS = frozenset(("", "-"))  # what may stand between the words of a name; also a dot behind a title or one letter


def name_cased(name: str) -> str:
    """Return a name in a name's capitals, as typed where its own capitals are deliberate ("DeShawn", "McDonald")."""
    return " ".join(_word_cased(word, place) for place, word in enumerate(name.split()))


def _word_cased(word: str, place: int) -> str:
    if place and word.lower() in _WORDS["particles"] and not word.isupper():
        return word.lower()
    if not (word.islower() or (word.isupper() and len(word) > 2)):
        return word
    cased = _CAPITALS.sub(lambda match: match[1] + match[2].upper(), word.lower())
    return _MC.sub(lambda match: match[1] + match[2].upper(), cased)


def is_written_as_name(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """Return whether a word that is a name and another word too ("will", "rich") is written as a name."""
    word = tokens.words[first]
    if word not in lexicon.not_names and word not in _WORDS["also_words"]:
        return True
    return tokens.text[tokens.starts[first]].isupper() and not tokens.text.isupper()


def name_end(tokens: Tokens, first: int, lexicon: Lexicon) -> int | None:
    """Return the last word of the name that begins at a word, or None if no name does."""
    last, room = first - 1, _MOST_WORDS
    while room and last + 1 < len(tokens.words) and belongs(tokens, last + 1, first, lexicon):
        last += 1
        room -= tokens.words[last] not in _WORDS["titles"] | _WORDS["particles"]
    if last < first or (last == first and tokens.words[first] in _WORDS["titles"]):
        return None
    return last


def belongs(tokens: Tokens, place: int, first: int, lexicon: Lexicon) -> bool:
    """Return whether a word can be part of a name that begins at `first`."""
    word = tokens.words[place]
    if place > first and not _is_joined(tokens, place):
        return False
    if word in _WORDS["titles"]:
        return place == first
    if place > first and word in _WORDS["tails"] - lexicon.first_names:
        return False
    written = tokens.text[tokens.starts[place] : tokens.ends[place]]
    if _OWNING.search(written):
        return False
    return bool(_LETTERS.fullmatch(written)) and (word in lexicon.first_names or word not in lexicon.not_names)


def _is_joined(tokens: Tokens, place: int) -> bool:
    """Return whether a word goes with the word before it: "Jean Carter", "J. Carter", but not "Mo. yoga please"."""
    before = tokens.words[place - 1]
    return tokens.gaps[place] in JOINS or (
        tokens.gaps[place] == "." and (len(before) == 1 or before in _WORDS["titles"])
    )


def is_written_name(tokens: Tokens, place: int, lexicon: Lexicon) -> bool:
    """Return whether a word in the midst of a message is a first name as written: known, or else with a capital."""
    if not belongs(tokens, place, place, lexicon) or tokens.words[place] in _WORDS["titles"]:
        return False
    if tokens.words[place] in lexicon.first_names:
        return is_written_as_name(tokens, place, lexicon)
    return tokens.text[tokens.starts[place]].isupper() and not tokens.text.isupper() and bool(place)
