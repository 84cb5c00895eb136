"""What a turn writes: the answer as outbox rows, the state it leaves, and what is noted of the message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.actions.executor import Actions
from bot.composing import Composer
from bot.dialogue.flows import Flows
from bot.dialogue.safety import Safety
from bot.dialogue.state import State
from bot.dialogue.utterance import Utterance
from bot.reading import Reader
from bot.staff_texts import StaffTexts
from bot.stopping import answer_keyword, begun_afresh
from services.core.clock import Clock
from services.people import consent, conversations, desk, flags, inbox, outbox
from services.people.identities import Recipient
from services.people.inbox import Arrival
from services.people.outbox import OutboxRow
from services.people.tables import Priority


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The parts of the conversation that are the same for everybody: loaded once, shared by all turns."""

    flows: Flows
    safety: Safety
    reader: Reader
    actions: Actions
    composer: Composer
    staff: StaffTexts | None = None


class Answers:
    """Writes within a turn's unit of work, and returns the rows to send; `replies_per_hour` as for the turn."""

    def __init__(self, clock: Clock, dialogue: Dialogue, replies_per_hour: int) -> None:
        self._clock, self._dialogue, self._replies_per_hour = clock, dialogue, replies_per_hour

    def say(self, session: Session, arrival: Arrival, said: Sequence[Utterance], now: datetime) -> list[OutboxRow]:
        """Say something beside the dialogue, which stays as it is."""
        if not inbox.mark_processed(session, arrival.id):
            return []
        state = State.from_json(conversations.load(session, arrival.identity_id, lock=True).state)
        return self.store(session, arrival, state, said, now, is_first=not state.version)

    def store(
        self,
        session: Session,
        arrival: Arrival,
        state: State,
        said: Sequence[Utterance],
        now: datetime,
        *,
        is_first: bool,
    ) -> list[OutboxRow]:
        """Save the state and write the answer; the first, if any, says who we are, unless it ends all texts."""
        stopped = consent.is_opted_out(session, arrival.address)
        greets = is_first and not stopped and bool(said)
        messages = self._dialogue.composer.messages(said, arrival.channel, state, now, welcome=greets)
        # The engine marks what it has advanced; a state of older files has yet to be adopted by it.
        state.version = state.version or self._dialogue.flows.version
        conversations.save(session, arrival.identity_id, state.to_json(), now)
        kind = "consent" if stopped else "reply"
        return [self.reply(session, arrival, kind, now, **message) for message in messages]

    def reply(self, session: Session, arrival: Arrival, kind: str, now: datetime, **parameters: Any) -> OutboxRow:
        """Write an answer, claimed already, so that it is sent without another look at the outbox."""
        return outbox.enqueue_claimed(
            session,
            _recipient(arrival),
            kind=kind,
            parameters=parameters,
            priority=Priority.SAFETY if kind == "safety" else Priority.REPLY,
            now=now,
            in_reply_to=arrival.id,
        )

    def keyword(self, session: Session, arrival: Arrival, keyword: consent.Keyword) -> list[OutboxRow]:
        """Do what STOP, START, HELP or NEWS asks for and confirm it, unless Twilio has."""
        if not inbox.mark_processed(session, arrival.id):
            return []
        now = self._clock.now()
        arrival = begun_afresh(session, arrival, keyword, now)
        said = answer_keyword(session, arrival, keyword, now)
        if not said or arrival.details.get("opt_out_type"):
            return []
        text = self._dialogue.composer.text(said, arrival.channel, {})
        return [self.reply(session, arrival, "consent", now, text=text)]

    def stay_silent(self, session: Session, arrival: Arrival) -> list[OutboxRow]:
        """Note that the message rightly gets no answer."""
        inbox.mark_silent(session, arrival.id)
        return []

    def leave_to_staff(self, session: Session, arrival: Arrival) -> list[OutboxRow]:
        """Leave the message to whoever of staff has the conversation."""
        if inbox.mark_silent(session, arrival.id):
            desk.note_answer(session, arrival.identity_id, arrival.id, self._clock.now())
        return []

    def slow_down(self, session: Session, arrival: Arrival, recent: int, slots: Mapping[str, Any]) -> list[OutboxRow]:
        """Say once that answers pause, then say nothing: two machines must not talk for ever."""
        if recent > self._replies_per_hour + 1:
            return self.stay_silent(session, arrival)
        if not inbox.mark_processed(session, arrival.id):
            return []
        text = self._dialogue.composer.text(Utterance("utter_slow_down"), arrival.channel, slots)
        return [self.reply(session, arrival, "reply", self._clock.now(), text=text)]

    def apologise(self, session: Session, arrival: Arrival, trace: str) -> list[OutboxRow]:
        """Keep the message as failed, with its trace, and say sorry with a way to a person."""
        if not inbox.mark_failed(session, arrival.id, trace):
            return []
        now = self._clock.now()
        flags.raise_flag(
            session,
            identity_id=arrival.identity_id,
            inbound_id=arrival.id,
            category="failed_turn",
            severity=2,
            now=now,
        )
        if arrival.opted_out:
            return []
        text = self._dialogue.composer.text(Utterance("utter_apology"), arrival.channel, {})
        return [self.reply(session, arrival, "reply", now, text=text)]


def _recipient(arrival: Arrival) -> Recipient:
    return Recipient(
        arrival.identity_id,
        arrival.person_id,
        arrival.channel,
        arrival.address,
        arrival.recipient,
        arrival.last_inbound_at,
        arrival.opted_out,
    )
