"""Names that nothing leads to: at the end of a message, by themselves ahead of it, or before "here" or "speaking"."""

import re
from itertools import pairwise

from bot.nlu.lexicon import Lexicon
from bot.nlu.name_words import JOINS, belongs, is_written_as_name, name_end
from bot.nlu.phrases import Phrases
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

_WORDS = contexts("names")
_BEHIND = Phrases(dict.fromkeys(_WORDS["behind"], False) | dict.fromkeys(_WORDS["behind_at_end"], True))
_POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]?")  # its first half: "Jerome, SE5, ..."
_LITTLE = 4  # words behind a name that heads a message
_SAYING = frozenset(("its", "for", "from", "we", "are", "names"))
_NO_LETTER = 2  # words of "no h"
_MOST_OF_TWO = 5  # words of "Sue and Ron Baker"
_REACH_OF_GREETING = 7  # words in which someone says who is there: "good morning to you all, Maureen Okafor here"


def signed(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return a name that stands by itself: in full ahead ("Jean Carter, two places"), or at the end."""
    count = len(tokens.words)
    parted = [0, *(place for place in range(1, count) if _is_parted(tokens, place)), count]
    ahead, ending = range(parted[0], parted[1]), range(parted[-2], count)
    between = (range(*bounds) for bounds in pairwise(parted[1:-1]) if tokens.words[bounds[0]] in _WORDS["titles"])
    for part in (ahead, ending, *between):
        if part and "?" not in tokens.text and _is_signature(tokens, part, lexicon):
            return part[0], part[-1]
    return None


def _is_parted(tokens: Tokens, place: int) -> bool:
    """Return whether a pause stands before a word; a dash with spaces around it ("thanks - Nasreen") is one."""
    gap = tokens.gaps[place]
    return gap not in JOINS or (gap == "-" and tokens.starts[place] - tokens.ends[place - 1] > 1)


def _is_signature(tokens: Tokens, part: range, lexicon: Lexicon) -> bool:
    """Return whether a part of a message is a name and nothing else."""
    named = [place for place in part if tokens.words[place] not in _WORDS["titles"]]
    if not named or name_end(tokens, part[0], lexicon) != part[-1]:
        return False
    known = tokens.words[named[0]] in lexicon.first_names or len(named) < len(part)
    written = all(tokens.text[tokens.starts[place]].isupper() for place in part) and not tokens.text.isupper()
    told = written if len(named) > 1 else _is_own(tokens, named[0], lexicon, written)
    start, end = tokens.span(part[0], part[-1])
    return known and told and lexicon.resolve_place(tokens.text[start:end]) is None


def _is_own(tokens: Tokens, place: int, lexicon: Lexicon, written: bool) -> bool:
    """Return whether a first name alone is the sender's: it ends a message, or a postcode or little follows."""
    rest = tokens.words[place + 1 :]
    if " ".join(rest) in _WORDS["own_name"]:
        return written or tokens.words[place] not in _WORDS["also_words"]
    if tokens.words[place] in _WORDS["also_words"] or tokens.words[place] in lexicon.not_names:
        return False
    if rest and "," in tokens.gaps[place + 1] and _POSTCODE.fullmatch(rest[0]):
        return True
    while rest[-1:] != () and rest[-1] in _WORDS["polite_end"] and len(rest) > 1:
        rest = rest[:-1]
    return len(rest) <= _LITTLE and _WORDS["addressing"].isdisjoint(rest)


def announced(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the name in "Maureen here" or "Gurdeep speaking", at the beginning, or behind a greeting or a pause."""
    for here, word in enumerate(tokens.words[1:_REACH_OF_GREETING], start=1):
        if word not in _WORDS["present"] or tokens.gaps[here]:
            continue
        first = here - 1
        while first and tokens.words[first - 1] not in _WORDS["leads"] and tokens.gaps[first] in JOINS:
            first -= 1
        if name_end(tokens, first, lexicon) == here - 1 and _is_announced(tokens, first, here, lexicon):
            return first, here - 1
    return None


def _is_announced(tokens: Tokens, first: int, here: int, lexicon: Lexicon) -> bool:
    """Return whether what stands before "here" is a name: a known one, or with a capital and nothing else."""
    if tokens.words[first] in lexicon.first_names:
        told = first == 0 and here + 1 == len(tokens.words) and tokens.words[first] in _WORDS["after_im"]
        return told or is_written_as_name(tokens, first, lexicon)
    if tokens.words[first] in _WORDS["titles"]:
        return True
    ends = here + 1 == len(tokens.words) or bool(tokens.gaps[here + 1])
    return ends and "?" not in tokens.text and is_unknown_name(tokens, first, lexicon)


def is_unknown_name(tokens: Tokens, place: int, lexicon: Lexicon) -> bool:
    """Return whether a word with a capital is nothing that the lexicon or the gazetteer knows."""
    phrases = (lexicon.phrases, lexicon.relations, lexicon.languages, lexicon.answers, lexicon.skips)
    if any(known.at(tokens, tokens.words, place) for known in phrases) or not belongs(tokens, place, place, lexicon):
        return False
    written = tokens.text[tokens.starts[place] : tokens.ends[place]]
    capital = written[0].isupper() and not tokens.text.isupper() and tokens.words[place] not in _WORDS["peoples"]
    return capital and len(written) > 1 and lexicon.resolve_place(written) is None


def is_new_name(tokens: Tokens, place: int, lexicon: Lexicon) -> bool:
    """Return whether an unknown word with a capital behind "I'm" is a name, and not "Scottish" or "diabetic"."""
    word, after = tokens.words[place], tokens.words[place + 1 : place + 2]
    ends = not after or bool(tokens.gaps[place + 1]) or after[0] in _WORDS["after_name"] | {"from"}
    plain = not word.endswith(tuple(_WORDS["no_name_endings"]))
    written = tokens.text[tokens.starts[place] : tokens.ends[place]]
    return ends and plain and not written.isupper() and is_unknown_name(tokens, place, lexicon)


def told_behind(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the known name that a message begins with when what follows speaks of it ("Jean spelt J E A N")."""
    first = _behind_greeting(tokens.words, _WORDS["greeting"])
    if not _is_known_name(tokens, first, lexicon):
        return None
    for last in range(first, min(first + 2, len(tokens.words) - 1)):
        goes_on = tokens.gaps[last] in JOINS and is_written_as_name(tokens, last, lexicon)
        if (last == first or goes_on) and _is_spoken_of(tokens, last + 1):
            return first, last
    return None


def _behind_greeting(words: tuple[str, ...], greeting: frozenset[str]) -> int:
    return next((place for place, word in enumerate(words) if word not in greeting), 0)


def _is_known_name(tokens: Tokens, place: int, lexicon: Lexicon) -> bool:
    return tokens.words[place] in lexicon.first_names and is_written_as_name(tokens, place, lexicon)


def _is_spoken_of(tokens: Tokens, place: int) -> bool:
    """Return whether what begins at a word speaks of a name before it: "spelt ...", "no h", "will do" and no more."""
    after = tokens.words[place:]
    if after[0] == "no" and len(after) == len(after[-1]) + 1 == _NO_LETTER:
        return True
    found = _BEHIND.at(tokens, tokens.words, place)
    return found is not None and (not found.meaning or found.last + 1 == len(tokens.words))


def both_named(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the first of two names that are nearly all of a message: "Sue and Ron", "its Mr and Mrs Patel"."""
    words = tokens.words
    first = _behind_greeting(words, _WORDS["greeting"] | _SAYING)
    second = first + 2
    if words[first + 1 : second] not in (("and",), ("n",)) or not second < len(words) <= first + _MOST_OF_TWO:
        return None
    last = name_end(tokens, second, lexicon)
    if {words[first], words[second]} <= _WORDS["titles"]:
        return (second, last) if last is not None else None
    known = _is_known_name(tokens, first, lexicon) and _is_known_name(tokens, second, lexicon)
    return (first, first) if known and last == len(words) - 1 else None
