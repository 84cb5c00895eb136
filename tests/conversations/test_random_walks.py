"""Whatever people text, in whatever order, no turn fails: walks through pieces of all transcripts, out of their order.

WALKS is how many walks are made, each by its own seed, so that a walk that failed can be made again.
"""

import os
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from bot.answering import Dialogue
from services.core.clock import LONDON
from services.core.database import Database
from services.people.tables import InboundMessage
from tests.conversations.talk import Phone, become, load_events, make_phone
from tests.conversations.test_transcripts import TRANSCRIPTS, read_transcripts

NOW = datetime(2026, 11, 23, 10, tzinfo=LONDON)
WALKS = range(int(os.environ.get("WALKS", "24")))
STEPS = 40
PHONES = 3
LINES = [
    lines
    for path in TRANSCRIPTS
    for transcript in read_transcripts(path)
    if (lines := [turn["patient"] for turn in transcript["turns"] if "patient" in turn])
]
SHORT = "yes|no|1|2|3|4|skip|just me|more|back|cancel|my bookings|ok|Ann|none|change|book|stop|start|help|online|any"
EVENTS = ("yoga", "walking", "fatigue", "money", "art", "full_pilates", "tai_chi", "carers")


class Walk:
    """Three phones that text what their owners say, some of it out of turn, while places come and go."""

    def __init__(self, phone: Phone, seed: int) -> None:
        self.chance = random.Random(seed)
        self.phones = [phone, *(phone.another(f"+44770090030{n}") for n in range(1, PHONES))]
        self.lines = [self.some_lines() for _ in self.phones]

    def some_lines(self) -> Iterator[str]:
        """What somebody says in one of the transcripts, from anywhere on."""
        lines = self.chance.choice(LINES)
        return iter(lines[self.chance.randrange(len(lines)) if self.chance.random() < 0.4 else 0 :])

    def step(self) -> str:
        """Do one thing; return what it was."""
        which, kind = self.chance.randrange(PHONES), self.chance.random()
        phone = self.phones[which]
        if kind < 0.05:
            happens = f"{self.chance.choice(EVENTS)} is {self.chance.choice(['full', 'free', 'free', 'published'])}"
            phone.database.write(become(*happens.split(" is ")))
            return happens
        if kind < 0.1:
            hours = self.chance.choice([1, 3, 26])
            phone.wait(timedelta(hours=hours))
            return f"{hours} hours later"
        said = self.says(which)
        phone.text(said)
        return f"{which}: {said}"

    def says(self, which: int) -> str:
        """The next line, or a short word out of turn; now and then a line is left out or another tale begun."""
        kind = self.chance.random()
        if kind < 0.25:
            return self.chance.choice(SHORT.split("|"))
        if kind < 0.35:
            self.lines[which] = self.some_lines()
        elif kind < 0.45:
            next(self.lines[which], None)
        said = next(self.lines[which], None)
        if said is None:
            self.lines[which] = self.some_lines()
        return said or next(self.lines[which])


def failures(phone: Phone) -> list[str]:
    """The traces of the turns that failed."""
    failed = select(InboundMessage.failure).where(InboundMessage.status == "failed")
    return list(phone.database.read_once(lambda session: session.exec(failed).all()))


@pytest.mark.parametrize("seed", WALKS)
def test_no_turn_fails(seed: int, chosen_database: Database, dialogue: Dialogue) -> None:
    chosen_database.write(load_events(Path(__file__).parent / "events.yml", NOW))
    phone = make_phone(chosen_database, dialogue, NOW, number="+447700900300", channel="sms")
    walk = Walk(phone, seed)
    with capture_logs():
        done = [walk.step() for _ in range(STEPS)]
    assert failures(phone) == [], "\n".join(done)
