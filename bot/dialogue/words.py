"""Words compared without regard to case and punctuation."""

import re

_NOT_WORD = re.compile(r"[^\w+&]+")


def folded(text: str) -> str:
    """Return the words of a text in lower case, without apostrophes, parted by single spaces."""
    return _NOT_WORD.sub(" ", text.casefold().replace("'", "").replace("’", "")).strip()
