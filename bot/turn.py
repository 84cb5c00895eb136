"""One message in, one unit of work: safety first, then consent, then the dialogue; outbox rows come out."""

import re
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import NamedTuple

import structlog
from sqlmodel import Session

from bot.actions.context import TurnContext, current_turn
from bot.answering import Answers, Dialogue
from bot.besides import with_rest
from bot.dialogue import taps
from bot.dialogue.engine import advance, understand
from bot.dialogue.safety import Hit
from bot.dialogue.state import State
from bot.dialogue.utterance import Utterance
from bot.nlu.pointing import pointed_out
from bot.observing import Observer, Turned
from bot.reading import LONGEST, location, words_of
from bot.red_flags import HUSH, NO_PHONE, RedFlags, set_aside_by
from bot.understanding import Expecting, Understanding
from services.core.clock import Clock
from services.core.database import Database, is_full, is_unreachable
from services.people import consent, conversations, inbox
from services.people.conversations import Stored
from services.people.inbox import Arrival
from services.people.outbox import OutboxRow
from services.people.tables import InboundStatus

log = structlog.get_logger(__name__)

Deliver = Callable[[Sequence[OutboxRow]], None]
_HOUR = timedelta(hours=1)
# Ofcom's premium-rate numbers begin with 09; nobody who looks for an event sends one.
_PREMIUM_RATE = re.compile(r"(?<!\d)(?:\+44 ?|0)9\d(?: ?\d){7,8}(?!\d)")


class _Seen(NamedTuple):
    """A message, its conversation, how many came in the last hour, and which of it come before this one."""

    arrival: Arrival | None
    stored: Stored
    recent: int
    earlier: Sequence[int] = ()


class _Moved(Exception):
    """Another process changed the conversation between reading and writing; read it again."""


class TurnTaker:
    """Takes the turn of one message; `deliver` is handed the outbox rows of each commit.

    `replies_per_hour` is how many messages of one address are answered in an hour; red flags always are.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        dialogue: Dialogue,
        deliver: Deliver,
        *,
        replies_per_hour: int,
        observer: Observer | None = None,
    ) -> None:
        self._database, self._clock, self._dialogue, self._deliver = database, clock, dialogue, deliver
        self._observer = observer or Observer()
        self._replies_per_hour = replies_per_hour
        self._answers = Answers(clock, dialogue, replies_per_hour)
        self._red_flags = RedFlags(dialogue.safety)

    def take(self, inbound_id: int) -> list[str]:
        """Answer one message of the inbox and return the texts of the answer; a message answered before gets none.

        What came before it in the same conversation, and waits in another process, is answered first.
        """
        started = perf_counter()
        seen = self._database.read_once(lambda session: self._look(session, inbound_id))
        if seen.earlier:
            for earlier in seen.earlier:
                self._take_earlier(earlier)
            seen = self._database.read_once(lambda session: self._look(session, inbound_id))
        if seen.arrival is None or seen.arrival.status != InboundStatus.RECEIVED:
            return []
        how, texts = self._take(seen.arrival, seen.stored, seen.recent)
        self._observer.turned(inbound_id, how, perf_counter() - started)
        return texts

    def _take_earlier(self, inbound_id: int) -> None:
        try:
            self.take(inbound_id)
        except Exception:  # it stays in the inbox, and must not keep this one from being answered
            log.exception("turn_lost", inbound_id=inbound_id)

    def _take(self, arrival: Arrival, stored: Stored, recent: int) -> tuple[Turned, list[str]]:
        hits = self._red_flags.find(arrival)
        if hits:
            texts = self._commit(lambda session: self._red_flag(session, arrival, stored, hits))
            self._set_aside(arrival, hits)
            return Turned.RED_FLAG, texts
        try:
            texts = self._answer(arrival, stored, recent)
        except Exception as error:
            if is_unreachable(error) or is_full(error):
                raise  # it stays in the inbox until the database is back, or has room
            log.exception("turn_failed", inbound_id=arrival.id)
            trace = traceback.format_exc()
            return Turned.FAILED, self._commit(lambda session: self._answers.apologise(session, arrival, trace))
        return (Turned.ANSWERED if texts else Turned.SILENT), texts

    def _look(self, session: Session, inbound_id: int) -> "_Seen":
        arrival = inbox.load(session, inbound_id)
        if arrival is None:
            return _Seen(None, Stored({}, None, None), 0)
        now = self._clock.now()
        recent = conversations.messages_since(session, arrival.identity_id, now, _HOUR)
        stored = conversations.load(session, arrival.identity_id)
        # On SQLite one process serves, and keeps their order in its memory.
        earlier = [] if self._database.is_sqlite else inbox.earlier(session, arrival)
        return _Seen(arrival, stored, recent, earlier)

    def _commit(self, unit: Callable[[Session], list[OutboxRow]]) -> list[str]:
        rows = self._database.write(unit)
        self._deliver(rows)
        return [row.parameters["text"] for row in rows]

    def _answer(self, arrival: Arrival, stored: Stored, recent: int) -> list[str]:
        keyword = consent.keyword_of(arrival.body, arrival.details.get("opt_out_type"))
        if keyword is not None:
            texts = self._commit(lambda session: self._answers.keyword(session, arrival, keyword))
            if keyword is consent.Keyword.STOP:
                self._set_aside(arrival)
            return texts
        if stored.is_with_staff(self._clock.now()) and not arrival.opted_out:
            return self._commit(lambda session: self._answers.leave_to_staff(session, arrival))
        if arrival.opted_out or arrival.is_unsafe or _is_spam(arrival.body):
            return self._commit(lambda session: self._answers.stay_silent(session, arrival))
        if recent > self._replies_per_hour:
            slots = stored.state.get("slots", {})
            return self._commit(lambda session: self._answers.slow_down(session, arrival, recent, slots))
        to_staff = self._answer_staff(arrival)
        return self._converse(arrival, stored) if to_staff is None else to_staff

    def _answer_staff(self, arrival: Arrival) -> list[str] | None:
        """Answer what a member of staff asks for by text; None when the message is nothing of the kind."""
        staff = self._dialogue.staff
        if staff is None or not staff.concerns(arrival.body):
            return None
        now = self._clock.now()
        if self._database.read_once(lambda session: staff.whose(session, arrival, now)) is None:
            return None

        def unit(session: Session) -> list[OutboxRow]:
            member = staff.whose(session, arrival, now)
            if member is None or not inbox.mark_processed(session, arrival.id):
                return []
            text = self._dialogue.composer.text(staff.answer(session, member, arrival, now), arrival.channel, {})
            return [self._answers.reply(session, arrival, "reply", now, text=text)]

        return self._commit(unit)

    def _converse(self, arrival: Arrival, stored: Stored) -> list[str]:
        now = self._clock.now()
        unread = _unreadable(arrival)
        state = State.from_json(stored.state)
        if unread is not None:
            return self._commit(lambda session: self._answers.say(session, arrival, [unread], now))
        said = self._as_said(arrival, state)
        read = partial(self._read, said, now=now)
        understood = understand(self._dialogue.flows, state, read, said.received_at)
        understood = with_rest(self._dialogue.flows, state, understood, partial(self._read_part, said, now))
        try:
            texts = self._commit(lambda session: self._advance(session, said, stored, understood, now))
        except _Moved:
            moved = self._database.read_once(lambda session: conversations.load(session, arrival.identity_id))
            return self._converse(arrival, moved)
        log.info("turn", inbound_id=arrival.id, intent=understood.intent, confidence=round(understood.confidence, 2))
        return texts

    def _as_said(self, arrival: Arrival, state: State) -> Arrival:
        """A message with the words of the button that was tapped, if it is one of the question that is open.

        It counts as come when the question was put, so that it is no answer to one put since.
        """
        words = taps.opened(state, words_of(arrival))
        if words is None or state.question is None:
            return arrival
        return arrival._replace(details={}, body=words, received_at=datetime.fromisoformat(state.question.asked_at))

    def _read(self, arrival: Arrival, expecting: Expecting | None, now: datetime) -> Understanding:
        if self._dialogue.flows.is_payload(words_of(arrival)):
            return taps.alone(words_of(arrival))
        return self._dialogue.reader.read(arrival, expecting, now)

    def _read_part(self, arrival: Arrival, now: datetime, part: str, expecting: Expecting | None) -> Understanding:
        return self._read(arrival._replace(body=part, details={}), expecting, now)

    def _advance(
        self, session: Session, arrival: Arrival, read: Stored, understood: Understanding, now: datetime
    ) -> list[OutboxRow]:
        """Advance the dialogue and write everything that comes of it."""
        if not inbox.mark_processed(session, arrival.id):
            return []
        stored = conversations.load(session, arrival.identity_id, lock=True)
        if stored.updated_at != read.updated_at:
            raise _Moved
        state = State.from_json(stored.state)
        context = TurnContext(
            session,
            now,
            arrival.identity_id,
            arrival.person_id,
            arrival.id,
            arrival.address,
            arrival.channel,
            arrival.body,
            lambda options: pointed_out(words_of(arrival), options, now),
            understood.entities,
            lambda said, options: pointed_out(said, options, now),
            is_first=not state.version,
        )
        token = current_turn.set(context)
        try:
            if self._red_flags.never_phones(arrival, state.slots):
                state.slots[NO_PHONE] = True
            state.slots.pop(HUSH, None)
            run = self._dialogue.composer.runner(self._dialogue.actions)
            advanced = advance(
                self._dialogue.flows, state, understood, run, now, pick=context.pick, came_at=arrival.received_at
            )
        finally:
            current_turn.reset(token)
        said: Sequence[Utterance] = () if advanced.state.slots.get(HUSH) else advanced.replies
        if stored.with_staff_until is not None and conversations.take_back(session, arrival.identity_id):
            said = [Utterance("utter_back_from_staff"), *said]
        return self._answers.store(session, arrival, advanced.state, said, now, is_first=not state.version)

    def _red_flag(self, session: Session, arrival: Arrival, stored: Stored, hits: Sequence[Hit]) -> list[OutboxRow]:
        """Store the hits and send the fixed reply."""
        if not inbox.mark_processed(session, arrival.id):
            return []
        now = self._clock.now()
        inbox.mark_safety_checked(session, arrival.id)
        text = self._red_flags.answer(session, arrival, stored.state.get("slots", {}), hits, now)
        return [self._answers.reply(session, arrival, "safety", now, text=text)]

    def _set_aside(self, arrival: Arrival, hits: Sequence[Hit] = ()) -> None:
        """Leave what was in progress until the person asks for it; the reply is already safe if this fails."""

        def unit(session: Session) -> None:
            stored = conversations.load(session, arrival.identity_id, lock=True)
            state = set_aside_by(self._dialogue.flows, State.from_json(stored.state), arrival, hits, self._clock.now())
            if stored.state or state.posed:
                conversations.save(session, arrival.identity_id, state.to_json(), self._clock.now())

        try:
            self._database.write(unit)
        except Exception:
            log.exception("set_aside_failed", inbound_id=arrival.id)


def _is_spam(text: str) -> bool:
    """Whether a message asks to be answered at a premium rate."""
    return _PREMIUM_RATE.search(text) is not None


def _unreadable(arrival: Arrival) -> Utterance | None:
    """What is said to a message without words, or with too many."""
    text = words_of(arrival)
    if location(arrival) is None and not text.strip():
        return Utterance("utter_media_declined" if arrival.details.get("media") else "utter_blank")
    return Utterance("utter_too_long") if len(text) > LONGEST else None
