"""Whom it is for when the sender says what they are to someone: "im his wife", "this is her son texting"."""

from bot.nlu.phrases import Found
from bot.nlu.word_lists import contexts

_WORDS = contexts("relations")
# "im his wife": what the sender is to someone, and who that is then to the sender.
_WHOSE = {"him": "his", "he": "his", "hes": "his", "her": "her", "she": "her", "shes": "her"}
_MIRRORED: dict[str, dict[str, str]] = {
    whose: {pair.split()[0]: pair.split()[1] for pair in _WORDS[whose]} for whose in ("his", "her")
}


def mirrored(words: tuple[str, ...], found: Found[str]) -> str | None:
    """Return whom it is for when the sender says what they are to that person ("im her daughter": the mother)."""
    before = words[: found.first]
    whose = before[-1] if before else ""
    texts = before[-3:-1] == ("this", "is") or (before[-2:-1] == ("its",) and _texts(words[found.last + 1 :]))
    if not (texts or before[-2:-1] == ("im",) or before[-3:-1] == ("i", "am")):
        return None
    if whose == "the":
        whose = next((_WHOSE[word] for word in words[found.last + 1 :] if word in _WHOSE), whose)
    if whose not in _MIRRORED:
        return None
    return found.meaning if found.meaning in _WORDS["alike"] else _MIRRORED[whose].get(found.meaning, "other")


def _texts(after: tuple[str, ...]) -> bool:
    """Return whether a person is said to be the one who texts ("its his wife texting")."""
    return after[:1] != () and after[0] in _WORDS["texting"]
