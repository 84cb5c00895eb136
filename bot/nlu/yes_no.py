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
            return found if _holds(tokens, words, found, asked) else None
    return None


def _holds(tokens: Tokens, words: tuple[str, ...], found: Found[tuple[str, str]], asked: bool) -> bool:
    """Return whether a phrase of an answer is one where it stands."""
    sense, strength = found.meaning
    gap = tokens.gaps[found.last + 1]
    after = words[found.last + 1] if found.last + 1 < len(words) else ""
    if sense == "neither" or gap.startswith("?"):
        return False
    if strength == "mild":
        return asked and (not after or bool(gap) or after in _WORDS["polite"])
    return bool(gap) or not after or not _turns(words[found.first : found.last + 1], after, asked)


def _turns(said: tuple[str, ...], after: str, asked: bool) -> bool:
    """Return whether the next word makes something else of a firm answer: "no 3" picks a line, "no dairy" is no no."""
    if len(said) > 1:
        return False
    if _NUMBER.fullmatch(after):
        return True
    return said == ("no",) and not asked and after not in _WORDS["after_no"] and after.isalpha()
