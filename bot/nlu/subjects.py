"""Whether a message speaks of a person and of no one else: "my gran in Hendon, walks slowly", "can my wife do it"."""

from collections.abc import Iterable
from itertools import pairwise

from bot.nlu.lexicon import Lexicon
from bot.nlu.name_words import is_written_name
from bot.nlu.phrases import Phrases
from bot.nlu.said_of import meanings_at, tells_else
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

_WORDS = contexts("subjects")
_WISHES = Phrases(dict.fromkeys(_WORDS["wishes"], True))
_ASKED_OF = 2  # words behind "can my wife" that tell what she may do: "please join", "be allowed"
_NEAR = 4  # words behind a person in which something else is told of them


def is_asked_for(tokens: Tokens, words: tuple[str, ...], owner: int, last: int, lexicon: Lexicon) -> bool:
    """Return whether "can my wife do it" or the like asks for a person, and not for who comes or helps too."""
    named = last + 1 < len(words) and is_written_name(tokens, last + 1, lexicon)
    after = words[last + 1 + named :]
    if not owner or words[owner - 1] not in _WORDS["asking"] or _has_company(after):
        return False
    if not _WORDS["doing"].isdisjoint(after[:_ASKED_OF]):
        return True
    has = not _WORDS["having"].isdisjoint(after[:_ASKED_OF])
    return has and _tells_need(tokens, words, range(last + 1, len(words)), lexicon)


def is_only_subject(tokens: Tokens, words: tuple[str, ...], owner: int, last: int, lexicon: Lexicon) -> bool:
    """Return whether a message begins with a person, tells what they have or wish, and never speaks of the sender."""
    after = words[last + 1 :]
    if not _opens(words, owner) or not _WORDS["sender"].isdisjoint(words[:owner] + after):
        return False
    return (
        _tells_of_them(after)
        and not tells_else(after)
        and _tells_need(tokens, words, range(last + 1, len(words)), lexicon)
    )


def is_ill_by_name(tokens: Tokens, words: tuple[str, ...], owner: int, last: int, lexicon: Lexicon) -> bool:
    """Return whether an illness is a person's ("my mums lymphoma is back"), and not what troubles the sender."""
    ends = next((place for place in range(last + 1, len(words)) if tokens.gaps[place]), len(words))
    said = words[last + 1 : ends]
    if not _opens(words, owner) or not (_WORDS["sender"] | _WORDS["over"]).isdisjoint(said):
        return False
    ill = not _WORDS["illness"].isdisjoint(said)
    return ill or "cancer_type" in _kinds(tokens, words, range(last + 1, ends), lexicon)


def is_wished_after(words: tuple[str, ...], last: int) -> bool:
    """Return whether a later "can she join" or "he needs" asks for a person, and not for who comes too."""
    after = words[last + 1 :]
    wishes = (place for place in range(len(after) - 1) if _asks_for_them(after[place : place + 3]))
    wished = next(wishes, None)
    return wished is not None and not _has_company(after[wished:])


def _has_company(after: tuple[str, ...]) -> bool:
    """Return whether a person only comes or helps beside someone ("come with her"; not "get help with bills")."""
    if not _WORDS["besides"].isdisjoint(after):
        return True
    return any(word == "with" and then in _WORDS["someone"] for word, then in pairwise(after))


def _asks_for_them(said: tuple[str, ...]) -> bool:
    """Return whether three words are "can she join" or begin with "she needs"."""
    if said[0] in _WORDS["they"]:
        return said[1] in _WORDS["needing"] and said[-1] != "me"
    return said[0] in _WORDS["asking"] and said[1] in _WORDS["they"] and said[-1] in _WORDS["doing"] | _WORDS["having"]


def _opens(words: tuple[str, ...], owner: int) -> bool:
    """Return whether nothing but a greeting stands before a person."""
    return _WORDS["openers"].issuperset(words[:owner])


def _tells_of_them(after: tuple[str, ...]) -> bool:
    """Return whether a person is more than named with others, quoted, mourned or said to come along."""
    return len(after) > 1 and _WORDS["else"].isdisjoint(after[:_NEAR]) and after[0] not in _WORDS["joining"]


def _tells_need(tokens: Tokens, words: tuple[str, ...], places: range, lexicon: Lexicon) -> bool:
    wished = any(place in places for place in (found.first for found in _WISHES.find(tokens, words)))
    return wished or not {"need", "cancer_type"}.isdisjoint(_kinds(tokens, words, places, lexicon))


def _kinds(tokens: Tokens, words: tuple[str, ...], places: Iterable[int], lexicon: Lexicon) -> set[str]:
    return {meaning.kind for place in places for meaning in meanings_at(tokens, words, place, lexicon)}
