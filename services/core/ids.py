"""References that a person can read aloud."""

import secrets

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B or U/V: over a poor line these are heard or read for one another.
ALPHABET = "3467ACDEFGHJKMNPQRTWXY"
# New ones have no vowel, so that none spells a word, and no C, which makes a temperature of the figures beside it.
_DRAWN = "3467DFGHJKMNPQRTWXY"


def draw(length: int) -> str:
    """Draw a random code that no word, and nothing that people say of their health, can be read from."""
    return "".join(secrets.choice(_DRAWN) for _ in range(length))


def new_reference() -> str:
    """Return a random booking reference, such as 7KMT4R (19 letters and digits: 47 million of six)."""
    return draw(6)
