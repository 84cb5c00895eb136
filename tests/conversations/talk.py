"""A phone for tests: texts the bot through the inbox and the turn, and receives what would be sent.

Every turn reads the conversation's state from the database, as JSON, and writes it back; nothing is kept in memory.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import bindparam, case, func, union_all, update
from sqlmodel import Session, col, select

from bot.answering import Dialogue
from bot.broadcasting import Broadcaster
from bot.channels.menus import Menu, fitted
from bot.channels.port import Button
from bot.insight_jobs import insight_jobs
from bot.jobs import Job, event_jobs
from bot.posing import Poser
from bot.preparing import Preparer, Ready
from bot.turn import TurnTaker
from bot.unsolicited import Unsolicited
from services.booking import places, referrals
from services.booking.outcomes import Held
from services.booking.referral_rows import ReferralRow
from services.booking.referrals import Added
from services.booking.tables import LIVE, Booking
from services.campaigns import broadcasts, reminders
from services.campaigns.audience import Audience
from services.campaigns.broadcast_tables import Purpose
from services.campaigns.broadcasts import Draft, Started
from services.campaigns.gate import SendingGate
from services.core.clock import LONDON, FixedClock, to_london
from services.core.database import Database
from services.core.quiet_hours import OPENS
from services.core.types import UtcDateTime
from services.events.search import Named, named_in
from services.events.tables import Event, EventSession, EventStatus, Kind, Mode, Provider, Venue, mark_changed
from services.insight.surveys import SurveyTiming
from services.insight.tables import CheckinRound, FftResponse, InstrumentRule, Survey
from services.migrations.metadata import all_tables
from services.people import deliveries, desk, flags, inbox, outbox
from services.people.conversations import name_person
from services.people.deliveries import Outcome
from services.people.identities import arrive
from services.people.inbox import InboundDraft
from services.people.outbox import OutboxRow
from services.people.tables import AuditEntry, Flag, OutboxMessage, OutboxStatus

_LOOK_EVERY = timedelta(minutes=30)
_MOMENTS = [
    column for table in all_tables().sorted_tables for column in table.c if isinstance(column.type, UtcDateTime)
]
_NOW = bindparam("now", type_=UtcDateTime())
_DAY_BEGINS = (OPENS.hour, SurveyTiming().hour)
_COMING = union_all(*(select(func.min(moment).label("moment")).where(moment > _NOW) for moment in _MOMENTS)).subquery()
_NEXT_MOMENT = select(func.min(_COMING.c.moment))
SPANS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_ID = col(OutboxMessage.id)
OUR_NUMBER = "+447700900000"


@dataclass
class Phone:
    """One person's phone and the service it texts."""

    database: Database
    clock: FixedClock
    taker: TurnTaker
    preparer: Preparer
    poser: Poser
    number: str = "+447700900123"
    channel: str = "sms"
    sent: list[OutboxRow] = field(default_factory=list)
    count: int = 0
    elsewhere: dict[str, list[str]] = field(default_factory=dict)

    def another(self, number: str) -> "Phone":
        """Another phone that texts the same service; what comes to it unasked is in `elsewhere`."""
        return replace(self, number=number, count=0)

    def text(self, body: str, **details: Any) -> list[str]:
        """Send one message and return the texts of the answer."""
        self.count += 1
        draft = InboundDraft(
            f"SM{self.number[-3:]}{self.count:029}", self.channel, self.number, OUR_NUMBER, body, details
        )
        taken = self.database.write(lambda session: inbox.record(session, draft, self.clock.now()))
        assert taken is not None
        self.clock.advance(timedelta(seconds=20))
        texts = self.taker.take(taken.id)
        self.database.write(_deliver_all)
        return texts

    def wait(self, span: timedelta) -> list[str]:
        """Let time pass, doing whatever falls due in each half hour, and return the texts that came unasked."""
        came: list[str] = []
        self.elsewhere.clear()
        until = self.clock.now() + span
        step = _LOOK_EVERY
        while (left := until - self.clock.now()) > timedelta(0):
            self.clock.advance(min(left, step))
            is_busy, texts = self._look()
            came += texts
            step = _LOOK_EVERY if is_busy or texts else self._until_something_is_due()
        return came

    def _look(self) -> tuple[bool, list[str]]:
        """Do what is due; return whether anything was, and the texts that came."""
        broadcaster = Broadcaster(self.database, self.clock, "test")
        jobs = (*event_jobs(self.database), *insight_jobs(self.database, SurveyTiming()), broadcaster.job)
        busy = [job.name for job in jobs if self._run(job)]
        return bool(busy), self.database.write(self._receive)

    def _run(self, job: Job) -> bool:
        """Do what a job finds due, and return whether that was anything; no job may find what it had not seen."""
        is_due = job.is_due is None or self.database.read_once(lambda session: job.is_due(session, self.clock.now()))
        found = {name: count for name, count in job.run(self.clock.now()).items() if count}
        assert is_due or not found, f"{job.name} had nothing to do, and did {found}"
        return bool(found)

    def _until_something_is_due(self) -> timedelta:
        """The half hours until a moment that is written down, or at which a day's texts begin, or questions."""
        now = self.clock.now()
        midnight = to_london(now).replace(hour=0, minute=0)
        stored = self.database.read_once(lambda session: session.execute(_NEXT_MOMENT, {"now": now}).scalar())
        starts = [midnight + timedelta(days=day, hours=hour) for day in (0, 1) for hour in _DAY_BEGINS]
        due = min(moment for moment in (*starts, stored) if moment is not None and moment > now)
        return -((now - due) // _LOOK_EVERY) * _LOOK_EVERY

    def staff(self, what: str) -> list[str]:
        """Have a member of staff see to the gravest open flag, and return the texts that come of it."""
        act, _, words = what.partition(" ")
        self.database.write(lambda session: _staff_act(session, act, words, self.clock.now()))
        return self.database.write(self._receive)

    def tap(self, title: str, back: int = 1) -> list[str]:
        """Tap what a message offers under a title, counting back over the messages that offer it."""
        menus = [menu for message in self._sent() if (menu := menu_of(message.parameters)) is not None]
        found = [item for menu in reversed(menus) for item in menu.items if item.title == title]
        return self.text(title, button={"payload": found[back - 1].payload, "text": title})

    def offered(self) -> list[str]:
        """The titles of what the last message offers to tap, as WhatsApp shows them."""
        menu = menu_of(self._sent()[-1].parameters)
        return [item.title for item in menu.items] if menu is not None else []

    def _sent(self) -> Sequence[OutboxMessage]:
        return self.database.read_once(lambda session: session.exec(select(OutboxMessage).order_by(_ID)).all())

    def flags(self) -> list[str]:
        """The categories of what staff are told, in the order in which it came up."""
        return list(
            self.database.read_once(lambda session: session.exec(select(Flag.category).order_by(col(Flag.id))).all())
        )

    def _receive(self, session: Session) -> list[str]:
        now = self.clock.now()
        prepared = [self.preparer.prepare(session, row, now) for row in outbox.claim(session, now)]
        left = [ready for ready in prepared if isinstance(ready, Ready)]
        deliveries.record(session, [each for each in prepared if isinstance(each, Outcome)], now)
        asking = self.poser.ready(session, [ready.row for ready in left])
        _deliver_all(session)
        self.poser.pose(session, asking, now)
        for ready in left:
            self.elsewhere.setdefault(ready.row.address, []).append(ready.message.text)
        return [ready.message.text for ready in left if ready.row.address == self.number]


def menu_of(parameters: dict[str, Any]) -> Menu | None:
    """What WhatsApp shows of the menu of an outbox row."""
    menu = parameters.get("menu") or {"options": [], "choose": ""}
    buttons = [Button(each["payload"], each["title"]) for each in menu["options"]]
    return fitted(parameters.get("text", ""), buttons, menu["choose"])


def make_phone(database: Database, dialogue: Dialogue, now: datetime, *, number: str, channel: str) -> Phone:
    """A phone that texts the service over a database, with the clock at `now`."""
    clock = FixedClock(now)
    preparer = Preparer(
        SendingGate(only_drama=True),
        Unsolicited(dialogue.flows.responses, clock),
        public_base_url="http://127.0.0.1:8000",
        senders={"sms": OUR_NUMBER},
    )

    def find_named(said: str) -> Named:
        return database.read_once(lambda session: named_in(session, said, now=clock.now()))

    dialogue = replace(dialogue, reader=replace(dialogue.reader, find_named=find_named))
    taker = TurnTaker(database, clock, dialogue, lambda rows: None, replies_per_hour=1000)
    return Phone(database, clock, taker, preparer, Poser(dialogue.flows), number, channel)


def refer(phone: Phone, by: str, key: str, wishes: dict[str, Any]) -> None:
    """Put whoever has a phone forward for an event of the file ("" for none), as Rose."""
    row = ReferralRow(1, phone.number, "Rose", by, phone.clock.now().date(), key, wishes)
    assert isinstance(phone.database.write(lambda session: referrals.add(session, [row], phone.clock.now())), Added)


def broadcast(phone: Phone, audience: dict[str, Any], text: str, about: str = "") -> None:
    """Have staff text many: a service text to those booked on an event, else news of an event to those who want it."""
    purpose = Purpose.SERVICE if "event" in audience else Purpose.MARKETING
    asked = Draft(purpose, text, Audience(**audience), about)
    now = phone.clock.now()
    started = phone.database.write(
        lambda session: broadcasts.start(session, asked, by="Sam", approve_above=100, now=now)
    )
    assert isinstance(started, Started), started


def book(phone: Phone, key: str, count: int = 1) -> None:
    """Book places at an event of the file for whoever has a phone, without a word said."""

    def unit(session: Session) -> None:
        now = phone.clock.now()
        who = arrive(session, phone.channel, phone.number, OUR_NUMBER, now)
        name_person(session, who.person_id, "Ann")
        event_id = session.exec(select(Event.id).where(Event.external_id == key)).one()
        given = {"event_id": event_id, "person_id": who.person_id, "identity_id": who.id, "places": count}
        held = places.hold(session, **given, now=now, hold_for=timedelta(minutes=15))
        assert isinstance(held, Held)
        places.confirm(session, held.booking_id, now, attendee_name="Ann")
        reminders.plan(session, held.booking_id, now=now)

    phone.database.write(unit)


def load_events(path: Path, now: datetime) -> Callable[[Session], None]:
    """A unit of work that puts the events of a file into the store."""
    data = yaml.safe_load(path.read_text())

    def unit(session: Session) -> None:
        venues = {key: _venue(session, row) for key, row in data["venues"].items()}
        for key, row in data["events"].items():
            _event(session, key, row, venues.get(row.get("venue", "")), now)

    return unit


def _venue(session: Session, row: dict[str, Any]) -> int:
    checked = date.fromisoformat(str(row.pop("checked")))
    venue = Venue(**row, travel_checked_on=checked)
    session.add(venue)
    session.flush()
    assert venue.id is not None
    return venue.id


def _event(session: Session, key: str, row: dict[str, Any], venue_id: int | None, now: datetime) -> None:
    starts = [_london(moment) for moment in (row["starts"], *row.get("sessions", ()))]
    length = timedelta(minutes=row["minutes"])
    provider = _provider(session, row.get("provider", "Wellbeing"))
    event = Event(
        external_id=key,
        title=row["title"],
        discreet_title=row["discreet"],
        kind=row.get("kind", Kind.SINGLE),
        mode=row.get("mode", Mode.IN_PERSON),
        status=row.get("status", EventStatus.PUBLISHED),
        venue_id=venue_id,
        provider_id=provider,
        joining_link=row.get("link", ""),
        starts_at=starts[0],
        ends_at=starts[-1] + length,
        capacity=row["capacity"],
        taken=row.get("taken", 0),
        cancer_types=row.get("types", []),
        needs=row.get("needs", []),
        audience=row.get("audience", []),
        access=row.get("access", []),
        cost=row.get("cost", ""),
        referral=row.get("referral", ""),
        contact=row.get("contact", ""),
        bring=row.get("bring", ""),
        updated_at=now,
    )
    session.add(event)
    session.flush()
    for position, start in enumerate(starts):
        session.add(EventSession(event_id=event.id, position=position, starts_at=start, ends_at=start + length))


def _provider(session: Session, name: str) -> int:
    known = session.exec(select(Provider.id).where(Provider.name == name)).first()
    if known is not None:
        return known
    provider = Provider(name=name)
    session.add(provider)
    session.flush()
    assert provider.id is not None
    return provider.id


def become(key: str, change: str) -> Callable[[Session], None]:
    """A unit of work in which something happens to an event meanwhile.

    It becomes "full", "free" (one place is, unless people who text here have them all), "cancelled" or "published".
    """
    theirs = (
        select(func.coalesce(func.sum(Booking.places), 0))
        .where(col(Booking.event_id) == col(Event.id), col(Booking.status).in_(LIVE))
        .scalar_subquery()
    )
    one_less = col(Event.capacity) - 1
    values: dict[str, Any] = {
        "full": {"taken": col(Event.capacity)},
        "free": {"taken": case((theirs > one_less, theirs), else_=one_less)},
        "cancelled": {"status": EventStatus.CANCELLED},
        "published": {"status": EventStatus.PUBLISHED},
    }[change]

    def unit(session: Session) -> None:
        session.execute(update(Event).where(col(Event.external_id) == key).values(**values))
        mark_changed(session)

    return unit


def _staff_act(session: Session, act: str, words: str, now: datetime) -> None:
    number = flags.open_flags(session)[0].id
    if act == "replies":
        assert isinstance(desk.reply(session, number, words, "Sam", now), desk.Replied)
        return
    acts = {"takes": desk.take, "hands-back": desk.hand_back, "closes": desk.close, "releases": desk.release}
    assert acts[act](session, number, "Sam", now)


def ask_with(key: str, instrument: str) -> Callable[[Session], None]:
    """A unit of work that has whoever runs an event use an instrument: "rating", "fft" or "alternate"."""

    def unit(session: Session) -> None:
        provider = session.exec(select(Event.provider_id).where(Event.external_id == key)).one()
        session.add(InstrumentRule(provider_id=provider, instrument=instrument))

    return unit


def noted(session: Session) -> str:
    """What the last survey holds: "yes 9 really helped", "no - was in hospital"."""
    survey = session.exec(select(Survey).order_by(col(Survey.id).desc())).first()
    if survey is None:
        return "nothing"
    said = (survey.attended, survey.rating, survey.comment or survey.reason)
    return _plain(" ".join("-" if part in (None, "") else str(part) for part in said))


def answered_test(session: Session) -> str:
    """What the last answer to the Friends and Family Test holds: "good the leader was kind"."""
    response = session.exec(select(FftResponse).order_by(col(FftResponse.id).desc())).first()
    return "nothing" if response is None else f"{response.answer} {response.comment}".strip()


def scores(session: Session) -> str:
    """The rounds of the check-in: "done 7 - 0 9, planned - - - -, planned - - - -"."""
    rounds = session.exec(select(CheckinRound).order_by(col(CheckinRound.month))).all()
    kept = [(each.status, each.satisfied, each.worthwhile, each.happy, each.anxious) for each in rounds]
    return ", ".join(" ".join("-" if part is None else str(part) for part in parts) for parts in kept)


def _london(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=LONDON)


def _deliver_all(session: Session) -> None:
    """What was handed over to be sent has arrived."""
    under_way = OutboxMessage.status == OutboxStatus.SENDING
    session.execute(update(OutboxMessage).where(under_way).values(status=OutboxStatus.DELIVERED))  # type: ignore[arg-type]


def span_of(said: str) -> timedelta:
    """A stretch of time such as "2 days" or "1 hour"."""
    number, unit = said.split()
    return int(number) * SPANS[unit.rstrip("s")]


def matches(expected: str, said: Sequence[str]) -> bool:
    """Whether what was said is what was expected; "..." in the expectation stands for any words."""
    pattern = ".*".join(re.escape(_plain(part)) for part in expected.split("..."))
    return re.fullmatch(pattern.replace(r"\ ", r"\s*").replace(" ", r"\s*"), _plain("\n".join(said))) is not None


def _plain(text: str) -> str:
    return " ".join(text.split())


def audited(session: Session) -> str:
    """What staff did, in order: "staff_asked broadcast yoga, staff_proved broadcast yoga"."""
    rows = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
    said = [
        " ".join([row.action, *(str(row.details[key]) for key in ("act", "event") if key in row.details)])
        for row in rows
    ]
    return ", ".join(each for each in said if each.startswith(("staff_", "broadcast_")))
