"""References that a person can read aloud."""

import secrets

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B or U/V: over a poor line these are heard or read for one another.
ALPHABET = "3467ACDEFGHJKMNPQRTWXY"


def new_reference(length: int = 6) -> str:
    """Return a random booking reference, such as 7KMT4R (22 letters and digits: 113 million of six)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
