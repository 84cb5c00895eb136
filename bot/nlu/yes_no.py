"""Telling a yes from a no at the start of a message: "yes but can i bring my dog", "no, SE5", "go on then", a thumb."""

import re

from bot.nlu.lexicon import Lexicon
from bot.nlu.phrases import Found
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts
from bot.understanding import Entity

_THUMB = re.compile(r"\s*(?:(?P<yes>[👍👌✅✔🙂😀💯🆗])|(?P<no>[👎❌🚫🙅]))")
_WORDS = contexts("yes_no")
_NUMBER = re.compile(r"\d+")


def find_yes_no(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, asked: bool) -> list[Entity]:
    """Return whether a message begins with a yes (true) or a no (false); `asked` when the bot asked for one."""
    thumb = _THUMB.match(tokens.text)
    if thumb:
        return [Entity("yes_no", bool(thumb["yes"]), thumb.start(), thumb.end(), thumb.group())]
    found = _answer(tokens, words, lexicon, asked)
    if not found:
        return []
    start, end = tokens.span(found.first, found.last)
    return [Entity("yes_no", found.meaning[0] == "affirm", start, end, tokens.text[start:end])]


def _answer(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, asked: bool) -> Found[tuple[str, str]] | None:
    """Return the answer at the beginning, behind an opener if there is one ("oh go on then")."""
    for first in range(min(2, len(words))):
        if first and words[0] not in _WORDS["openers"]:
            break
        found = lexicon.answers.at(tokens, words, first)
        if found:
            return found if _holds(tokens, words, found, lexicon, asked) else None
    return None


def _holds(
    tokens: Tokens, words: tuple[str, ...], found: Found[tuple[str, str]], lexicon: Lexicon, asked: bool
) -> bool:
    """Return whether a phrase of an answer is one where it stands."""
    sense, strength = found.meaning
    gap = tokens.gaps[found.last + 1]
    after = words[found.last + 1] if found.last + 1 < len(words) else ""
    if sense == "neither" or gap.startswith("?"):
        return False
    if strength == "mild":
        return asked and (not after or bool(gap) or after in _WORDS["polite"])
    return bool(gap) or not after or found.first < found.last or not _turns(tokens, words, found.first, lexicon, asked)


def _turns(tokens: Tokens, words: tuple[str, ...], place: int, lexicon: Lexicon, asked: bool) -> bool:
    """Return whether the next word makes something else of a firm answer: "no 3" picks a line, "no dairy" is no no."""
    if _NUMBER.fullmatch(words[place + 1]):
        return True
    return words[place] == "no" and _is_without(tokens, words, place, lexicon, asked)


def _is_without(tokens: Tokens, words: tuple[str, ...], place: int, lexicon: Lexicon, asked: bool) -> bool:
    """Return whether the "no" at a place belongs to the next word ("no dairy", "no stairs please", "no rush").

    Where the bot asked, any word that is not known for a thing to be without leaves it an answer ("no Maureen").
    """
    after = words[place + 1]
    if not asked:
        return after not in _WORDS["after_no"] and after.isalpha()
    listed, wish = lexicon.phrases.at(tokens, words, place), lexicon.phrases.at(tokens, words, place + 1)
    wished = any(meaning.kind in ("need", "mode") and not meaning.weak for meaning in wish.meaning) if wish else False
    return wished or after in _WORDS["without"] or (listed is not None and listed.last > place)
