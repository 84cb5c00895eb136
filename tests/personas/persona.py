"""Simulated people: what they want, what they know, how they text, and what they do to a conversation.

A persona answers the question that is open, by its slot (`knows`), reacts to words (`hears`), and throws what the file
says into the talk (`curveballs`). The same file always gives the same talk: slips of the thumb are drawn from its name.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.conversations.talk import span_of

# What someone says who was asked for something that their file does not foresee: each in turn.
AT_A_LOSS = ("i dont know", "skip", "no")
# So often they say their last answer again before they are at a loss.
_SAID_AGAIN = 2
_WORD = re.compile(r"[a-zA-Z]{5,}")


@dataclass
class Curveball:
    """Something thrown into the talk once: before the answer to a question (`at`), or after so many turns (`after`)."""

    at: str = ""
    after: int = 0
    says: tuple[str, ...] = ()
    waits: timedelta | None = None
    meanwhile: str = ""


@dataclass
class Persona:
    """One simulated person."""

    name: str
    says: list[str]
    goal: dict[str, Any]
    knows: dict[str, list[str]] = field(default_factory=dict)
    hears: list[tuple[re.Pattern[str], list[str]]] = field(default_factory=list)
    curveballs: list[Curveball] = field(default_factory=list)
    channel: str = "sms"
    slips: float = 0.0
    patience: int = 16
    afterwards: list[timedelta] = field(default_factory=list)
    now: str = ""

    def __post_init__(self) -> None:
        self._thumb = random.Random(self.name)
        self._given: dict[str, int] = {}
        self._lost = iter(AT_A_LOSS)

    def types(self, text: str) -> str:
        """What arrives of a text: some long words lose or swap a letter."""
        return _WORD.sub(lambda word: self._slip(word.group()), text)

    def answer(self, slot: str | None, heard: str) -> str | None:
        """What they text next: a reaction to the words, the answer to the open question, None when they have done."""
        for pattern, answers in self.hears:
            if answers and pattern.search(heard):
                return answers.pop(0)
        if slot is None:
            return None
        known = self.knows.get(slot)
        if not known:
            return next(self._lost, None)
        given = self._given.get(slot, 0)
        self._given[slot] = given + 1
        if given >= len(known) + _SAID_AGAIN:
            return next(self._lost, None)
        return known[min(given, len(known) - 1)]

    def thrown(self, slot: str | None, turn: int) -> Curveball | None:
        """The next curveball that is due, which is then spent."""
        for ball in self.curveballs:
            if (ball.at and ball.at == slot) or (ball.after and turn >= ball.after):
                self.curveballs.remove(ball)
                return ball
        return None

    def _slip(self, word: str) -> str:
        if self._thumb.random() >= self.slips:
            return word
        at = self._thumb.randrange(1, len(word) - 1)
        if self._thumb.random() < 0.5:
            return word[:at] + word[at + 1 :]
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def people(folder: Path) -> Iterator[Persona]:
    """Every persona of the files in a folder, several to a file."""
    for path in sorted(folder.glob("*.yml")):
        for data in yaml.load_all(path.read_text(), Loader=yaml.BaseLoader):
            if data:
                yield _persona(data)


def _persona(data: dict[str, Any]) -> Persona:
    return Persona(
        name=data["name"],
        says=_texts(data["says"]),
        goal=data["goal"],
        knows={slot: _texts(answers) for slot, answers in data.get("knows", {}).items()},
        hears=[(re.compile(one["words"], re.I | re.S), _texts(one["says"])) for one in data.get("hears", [])],
        curveballs=[_curveball(one) for one in data.get("curveballs", [])],
        channel=data.get("channel", "sms"),
        slips=float(data.get("slips", 0)),
        patience=int(data.get("patience", 16)),
        afterwards=[span_of(span) for span in _texts(data.get("afterwards", []))],
        now=data.get("now", ""),
    )


def _curveball(data: dict[str, Any]) -> Curveball:
    return Curveball(
        at=data.get("at", ""),
        after=int(data.get("after", 0)),
        says=tuple(_texts(data.get("says", []))),
        waits=span_of(data["waits"]) if "waits" in data else None,
        meanwhile=data.get("meanwhile", ""),
    )


def _texts(said: Any) -> list[str]:
    return [said] if isinstance(said, str) else list(said)
