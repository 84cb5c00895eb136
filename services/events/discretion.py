"""Words that would tell a lock screen what someone is being treated for."""

import re
from functools import cache

from services.events.taxonomy import load_taxonomy

_TELLING = (
    "cancer", "cancers", "cancerous", "tumour", "tumours", "tumor", "tumors", "carcinoma", "malignant", "oncology",
    "oncologist", "chemo", "chemotherapy", "radiotherapy", "immunotherapy", "palliative", "terminal", "hospice",
)  # fmt: skip


def telling_words(text: str) -> list[str]:
    """Return the words in a text that name the illness, a kind of it or its treatment, in small letters."""
    return list(dict.fromkeys(match.group().lower() for match in _pattern().finditer(text)))


@cache
def _pattern() -> re.Pattern[str]:
    named = (word for term in load_taxonomy().cancer_types.values() for word in term.words)
    longest_first = sorted({*_TELLING, *named}, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE)
