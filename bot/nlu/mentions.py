"""People who are only mentioned: addressed ("thanks bro"), lived with, or those whose illness children are told of."""

from bot.nlu.phrases import Found, Phrases
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

_WORDS = contexts("relations")
_AMONG_CARERS = Phrases(dict.fromkeys(_WORDS["among_carers"], True))
_BETWEEN_US = Phrases(dict.fromkeys(_WORDS["between_us"], True))


def is_title(words: tuple[str, ...], found: Found[str]) -> bool:
    """Return whether "mrs" is how someone is addressed ("mrs ahmed"), and nobody's wife."""
    return words[found.first] == "mrs" and words[max(found.first - 1, 0)] not in _WORDS["owners"]


def is_spoken_to(tokens: Tokens, words: tuple[str, ...], found: Found[str]) -> bool:
    """Return whether the sender calls someone so, and speaks of nobody ("thanks mate", "oh brother", "bro i need")."""
    if found.first == 1 and words[0] in _WORDS["calls"] and words[1] in _WORDS["called_upon"]:
        return True
    if found.first != found.last or words[found.last] not in _WORDS["called"]:
        return False
    after = words[found.last + 1 : found.last + 2]
    if found.first == 0:
        return after != () and after[0] in _WORDS["said_to"]
    leads = _WORDS["own"] | _WORDS["adjectives"] | _WORDS["meant_for"]
    parted = not after or bool(tokens.gaps[found.first] and tokens.gaps[found.last + 1])
    return parted and words[found.first - 1] not in leads


def is_whereabouts(before: tuple[str, ...], is_possessive: bool) -> bool:
    """Return whether it is where the sender is: "im at my daughters", "living with my mum"."""
    if before[-1:] == () or before[-1] not in _WORDS["staying_at"]:
        return False
    return is_possessive or not _WORDS["staying"].isdisjoint(before)


def is_told_of(before: tuple[str, ...]) -> bool:
    """Return whether children are told of a person ("explain to the kids that dad has cancer"), or they are "whose"."""
    if before[-1:] == ("whose",):
        return True
    return not _WORDS["telling"].isdisjoint(before) and not _WORDS["children"].isdisjoint(before)


def is_among_carers(tokens: Tokens, words: tuple[str, ...], before: tuple[str, ...]) -> bool:
    """Return whether who cares for someone looks for other carers ("i look after my wife, any carers groups")."""
    is_for_them = before[-1:] == ("for",) and _WORDS["cares"].isdisjoint(before[-2:-1])
    return not is_for_them and any(_AMONG_CARERS.find(tokens, words))


def is_like_sender(words: tuple[str, ...], owner: int, found: Found[str]) -> bool:
    """Return whether a person is what the sender is: "other husbands", "for mums with cancer", "support a partner"."""
    if words[max(found.first - 1, 0)] in _WORDS["fellows"] and words[found.last].endswith("s"):
        return True
    if owner == found.first and words[owner].endswith("s") and words[max(owner - 1, 0)] == "for":
        return words[found.last + 1 : found.last + 2] != () and words[found.last + 1] in _WORDS["plainly"]
    return words[owner] in _WORDS["anyones"] and words[max(owner - 1, 0)] in _WORDS["supporting"]


def is_between_us(tokens: Tokens, words: tuple[str, ...], found: Found[str]) -> bool:
    """Return whether a message tells how a person is with the sender ("my wife wont touch me"), not what they need."""
    return any(told.first > found.last for told in _BETWEEN_US.find(tokens, words))
