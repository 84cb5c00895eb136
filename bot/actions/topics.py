"""Telling which of a few topics a message is about, by the words it has of them; no menu of them was shown."""

import re
from collections.abc import Sequence

from bot.understanding import Option

_WORD = re.compile(r"[a-z]+")


def topic_of(text: str, topics: Sequence[Option]) -> str | None:
    """The payload of the one topic that a message has words of; None when it has of none, or of several."""
    said = set(_WORD.findall(text.lower()))
    named = [topic.payload for topic in topics if not said.isdisjoint(topic.words.split())]
    return named[0] if len(named) == 1 else None
