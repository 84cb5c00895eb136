"""One persona's talk with the bot from the first text to the last, and how it went."""

import re
from collections import Counter
from dataclasses import dataclass, field

from sqlmodel import select

from bot.channels.segments import Encoding, count
from bot.dialogue.engine import expecting
from bot.dialogue.state import State
from services.booking.tables import Booking, BookingStatus
from services.people import conversations
from services.people.tables import Identity, OutboxMessage
from tests.conversations.talk import Phone, become
from tests.personas.persona import Curveball, Persona
from tests.personas.rules import asks_too_much, discloses, names_a_diagnosis

MOST_SEGMENTS = 4
MOST_ASKED = 3


@dataclass
class Played:
    """How a talk went: whether the goal was reached, in how many texts, questions put again, and rules broken."""

    persona: Persona
    reached: bool = False
    turns: int = 0
    repeats: int = 0
    breaches: list[str] = field(default_factory=list)
    talk: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(
            [f"== {self.persona.name}", *self.talk, f"goal {self.persona.goal}: {self.reached}", *self.breaches]
        )


class Talk:
    """A persona texting one phone."""

    def __init__(self, persona: Persona, phone: Phone) -> None:
        self._persona, self._phone = persona, phone
        self.played = Played(persona)
        self._heard = ""
        self._last: Counter[str] = Counter()

    def play(self) -> Played:
        """Talk until they have nothing more to say or lose patience."""
        for text in self._persona.says:
            self._send(text)
        self._converse()
        for span in self._persona.afterwards:
            self._receive(self._phone.wait(span), f"({span} later)")
            self._converse()
        return self.played

    def _converse(self) -> None:
        """Answer what is open, for as long as there is something to say."""
        while self.played.turns < self._persona.patience:
            slot = self._asked()
            ball = self._persona.thrown(slot, self.played.turns)
            if ball is not None:
                self._throw(ball)
                continue
            answer = self._persona.answer(slot, self._heard)
            if answer is None:
                break
            self._send(answer)

    def _throw(self, ball: Curveball) -> None:
        if ball.meanwhile:
            self._phone.database.write(become(*ball.meanwhile.split(" is ")))
        if ball.waits is not None:
            self._receive(self._phone.wait(ball.waits), f"({ball.waits} later)")
        for text in ball.says:
            self._send(text)

    def _send(self, text: str) -> None:
        text = self._persona.types(text)
        before = self._confirmed()
        asked = self._asked()
        said = self._phone.text(text)
        self.played.turns += 1
        self.played.talk.append(f"them: {text}")
        self._heard = "\n".join(said)
        for one in said:
            self.played.talk.append(f"bot:  {one}")
            self._check(one)
        if self._confirmed() - before and not (asked or "").startswith(("confirm", "take_offer", "swap", "accept")):
            self._breach("booked without being asked for a yes")
        self._count_repeats(said)

    def _receive(self, came: list[str], when: str) -> None:
        self.played.talk.append(when)
        for one in came:
            self.played.talk.append(f"bot (unasked): {one}")
            self._check(one)
            if discloses(one):
                self._breach(f"an unasked text discloses: {one}")
        if came:
            self._heard = "\n".join(came)

    def _check(self, text: str) -> None:
        size = count(text)
        if self._phone.channel == "sms" and (size.encoding is not Encoding.GSM7 or size.count > MOST_SEGMENTS):
            self._breach(f"too much for a text: {size}")
        if names_a_diagnosis(text):
            self._breach(f"names a diagnosis: {text}")
        if asks_too_much(text):
            self._breach(f"asks what nobody must ask: {text}")

    def _count_repeats(self, said: list[str]) -> None:
        """Nobody is told or asked the same thing four times."""
        for line in {line for text in said for line in text.strip().split("\n")[:1] + text.strip().split("\n")[-1:]}:
            self._last[line] += 1
            if self._last[line] > 1:
                self.played.repeats += 1
            if self._last[line] == MOST_ASKED + 1:
                self._breach(f"said more than {MOST_ASKED} times: {line}")

    def _breach(self, what: str) -> None:
        self.played.breaches.append(f"BREACH: {what}")

    def _asked(self) -> str | None:
        """The slot of the open question."""
        with self._phone.database.read() as session:
            identity = session.exec(select(Identity).where(Identity.address == self._phone.number)).first()
            if identity is None or identity.id is None:
                return None
            state = State.from_json(conversations.load(session, identity.id).state)
        if state.question is None:
            return None
        awaited = expecting(state)
        return awaited.slot if awaited else None

    def _confirmed(self) -> set[int]:
        with self._phone.database.read() as session:
            found = session.exec(select(Booking.id).where(Booking.status == BookingStatus.CONFIRMED)).all()
        return {one for one in found if one is not None}


def texts_to_others(phone: Phone) -> list[str]:
    """Addresses other than this phone's that anything was written to."""
    with phone.database.read() as session:
        rows = session.exec(
            select(Identity.address).join(OutboxMessage, OutboxMessage.identity_id == Identity.id)  # type: ignore[arg-type]
        ).all()
    return sorted({row for row in rows if row != phone.number})


def mentions(pattern: str, played: Played) -> bool:
    """Whether the bot said something that the pattern finds."""
    said = "\n".join(line for line in played.talk if line.startswith("bot"))
    return re.search(pattern, said, re.I | re.S) is not None
