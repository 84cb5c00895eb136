"""Words compared without regard to case and punctuation."""

import re

_NOT_WORD = re.compile(r"[^\w+&]+")


def as_phrase(text: str) -> str:
    """Return a text as whole messages are compared: its words folded, or its signs where it has no words ("?")."""
    return folded(text) or text.strip()


def folded(text: str) -> str:
    """Return the words of a text in lower case, without apostrophes, parted by single spaces."""
    return _NOT_WORD.sub(" ", text.casefold().replace("'", "").replace("’", "")).strip()
