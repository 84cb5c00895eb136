"""Telling which part of a message picks: "3" in "not that, 3", "the walk" in "the walk not the yoga"."""

import re

from bot.nlu.choice_words import choice_words
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import word_set

PAUSE = re.compile(r"[.,;:!?\n\u2026]|\s[-\u2013\u2014]\s")
_REASONS = word_set("cos coz cuz because becos bcos bc cause since as its im ive i if assuming providing")
_IF = (
    ("as", "long", "as"),
    ("so", "long", "as"),
    ("but", "only", "if"),
    ("only", "if"),
    ("provided",),
    ("if",),
    ("as", "i"),
)
_SELF_CORRECTING = word_set("sorry wait actually oops meant scrap")
_NOT_MINDING = word_set("dont not no i im me are ok or really honestly one way of them either")
_HEDGE_WITH_BUT = 2  # words: "any but the walk" refuses the walk
_FOR_WHOM = (("for", "my"), ("for", "me"), ("for", "mum"), ("for", "dad"), ("me", "and"), ("me", "n"))


def first_part_ends(tokens: Tokens) -> int:
    """Return where in the text the first thing said ends: at a pause, or before "cos" or "for my"; 0 if nowhere."""
    pause = PAUSE.search(tokens.text, tokens.ends[0])
    reasons = (
        tokens.starts[place]
        for place in range(1 + (tokens.words[0] == "one"), len(tokens.words))  # "one i can do from the sofa"
        if tokens.words[place] in _REASONS or tokens.words[place : place + 2] in _FOR_WHOM
    )
    return min((pause.start() if pause else len(tokens.text)), next(reasons, len(tokens.text))) % len(tokens.text)


def condition_from(words: tuple[str, ...]) -> int:
    """Return where "as long as its not far" or "only if ..." begins behind what is picked, else 0."""
    places = (place for place in range(1, len(words)) if any(words[place : place + len(it)] == it for it in _IF))
    return next(places, 0)


def corrected_from(tokens: Tokens) -> int:
    """Return where the last part of a message begins after one that refuses something ("not that, 3"), else 0."""
    pauses = (
        place
        for place in range(len(tokens.words) - 1, 0, -1)
        if PAUSE.search(tokens.text, tokens.ends[place - 1], tokens.starts[place])
    )
    begins = next(pauses, 0)
    refuses = choice_words().refusing | {"cant", "cannot"}
    if begins and (not refuses.isdisjoint(tokens.words[:begins]) or _is_no_good(tokens.words[:begins])):
        return begins
    so = tokens.words.index("so") + 1 if "so" in tokens.words[1:-1] else 0
    return 0 if refuses.isdisjoint(tokens.words[:so]) else so


def hedged_from(tokens: Tokens) -> int:
    """Return where the pick begins behind words that mind nothing ("either is fine but go with the early"), else 0."""
    known, words = choice_words(), tokens.words
    for begins in range(1, len(words)):
        but = words[begins - 1] == "but" and (begins > _HEDGE_WITH_BUT or _goes_for(words[begins:]))
        if (but or PAUSE.search(tokens.gaps[begins])) and not known.hedges.isdisjoint(words[:begins]):
            minds_nothing = known.fillers | known.hedges | _NOT_MINDING
            return begins if minds_nothing.issuperset(words[:begins]) else 0
    return 0


def _goes_for(words: tuple[str, ...]) -> bool:
    """Return whether words begin with "ill go for" or the like."""
    return any(" ".join(words[:length]) in choice_words().going_with for length in (1, 2, 3))


def mended_from(words: tuple[str, ...]) -> int:
    """Return where the second of two picks begins, behind "sorry" or "i meant" ("2 sorry 3"), else 0."""
    return next((place + 1 for place in range(1, len(words) - 1) if words[place] in _SELF_CORRECTING), 0)


def _is_no_good(words: tuple[str, ...]) -> bool:
    """Return whether what was said ends by refusing ("tuesday is no good")."""
    return words[-2:] in (("no", "good"), ("no", "use"), ("is", "out"))


def kept_and_refused(tokens: Tokens) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the parts kept and refused, each as first and last-but-one word, of "A not B" and of "not A the B"."""
    words = tokens.words
    if words.count("not") != 1 or words[-1] == "not":
        return None
    place, end = words.index("not"), len(words)
    if not choice_words().fillers.issuperset(words[:place]):
        return (0, place), (place + 1, end)
    again = end - 1 - words[::-1].index("the") if "the" in words[place + 2 :] else 0
    return ((again, end), (place + 1, again)) if again else None
