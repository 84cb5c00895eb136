"""Rules that no text of the bot may break, whoever it talks to."""

import re

from bot.settings import DIALOGUES
from services.core import yaml12

_DIAGNOSES = re.compile(
    r"\b(breast|prostate|bowel|lung|ovarian|leukaemia|lymphoma|melanoma|myeloma|chemo\w*|radiotherapy|tumour)\b", re.I
)
_TOO_MUCH = re.compile(r"\b(your|a) (surname|last name|date of birth|nhs number|home address|diagnosis)\b[^.]*\?", re.I)
_INDISCREET = re.compile(
    r"\b(" + "|".join(map(re.escape, yaml12.load(DIALOGUES / "patterns.yml")["indiscreet"])) + r")\b", re.I
)


def names_a_diagnosis(text: str) -> bool:
    """Whether a reply echoes an illness or its treatment."""
    return _DIAGNOSES.search(text) is not None


def asks_too_much(text: str) -> bool:
    """Whether a reply demands what is not needed to book."""
    return _TOO_MUCH.search(text) is not None


def discloses(text: str) -> bool:
    """Whether a text that nobody asked for would tell of an illness from a lock screen."""
    return _INDISCREET.search(text) is not None
