"""Words compared without regard to case and punctuation."""

import re
from collections.abc import Iterable

_NOT_WORD = re.compile(r"[^\w+&]+")


def as_phrase(text: str) -> str:
    """Return a text as whole messages are compared: its words folded, or its signs where it has no words ("?")."""
    return folded(text) or text.strip()


def trimmed(phrase: str, before: Iterable[str], after: Iterable[str]) -> str:
    """Return a folded text without the fillers ("oh", "please") that begin and end it, unless it is nothing else."""
    left = phrase
    while True:
        shorter = next((left.removeprefix(f"{word} ") for word in before if left.startswith(f"{word} ")), left)
        shorter = next((shorter.removesuffix(f" {word}") for word in after if shorter.endswith(f" {word}")), shorter)
        if shorter == left:
            return left
        left = shorter


def says_any(text: str, phrases: Iterable[str]) -> bool:
    """Say whether a text has any of these folded phrases among its words."""
    words = f" {folded(text)} "
    return any(f" {phrase} " in words for phrase in phrases)


def folded(text: str) -> str:
    """Return the words of a text in lower case, without apostrophes, parted by single spaces."""
    return _NOT_WORD.sub(" ", text.casefold().replace("'", "").replace("’", "")).strip()
