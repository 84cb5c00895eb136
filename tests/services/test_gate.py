"""The sending gate: who may be texted now, and the reason when not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from services.booking import outcomes, places
from services.campaigns.gate import SendingGate
from services.core.clock import FixedClock
from services.core.database import Database
from services.events.tables import EventSession
from services.people import consent, outbox
from services.people.outbox import OutboxRow
from services.people.verdicts import Refuse, Send, SendTemplate, Verdict, Wait

London = Callable[..., datetime]
Maker = Callable[..., Any]
GATE = SendingGate(only_drama=False)
MOBILE, LANDLINE, DRAMA = "+447400123456", "+442079460123", "+447700900123"


def row(now: datetime, kind: str = "broadcast", **changes: Any) -> OutboxRow:
    plain = OutboxRow(
        id=1,
        kind=kind,
        priority="3_reminder",
        identity_id=1,
        channel="sms",
        address=DRAMA,
        sender="+447700900000",
        parameters={},
        booking_id=None,
        in_reply_to=None,
        attempts=1,
        text="",
        due_at=now,
        expires_at=None,
        claimed_at=None,
        created_at=now,
        last_inbound_at=now - timedelta(days=9),
        opted_out=False,
    )
    return plain._replace(**changes)


@pytest.fixture
def decide(chosen_database: Database) -> Callable[[OutboxRow, datetime], Verdict]:
    def ask(message: OutboxRow, now: datetime, gate: SendingGate = GATE) -> Verdict:
        with chosen_database.read() as session:
            return gate(session, message, now)

    return ask


def test_a_phone_that_never_texted_us_gets_nothing_but_an_invitation(decide: Maker, clock: FixedClock) -> None:
    stranger = {"last_inbound_at": None}
    assert decide(row(clock.now(), **stranger), clock.now()) == Refuse("never_texted")
    assert decide(row(clock.now(), "referral_invitation", **stranger), clock.now()) == Send()


def test_by_day_it_goes(decide: Maker, clock: FixedClock) -> None:
    assert decide(row(clock.now()), clock.now()) == Send()


def test_by_night_it_waits_until_8am(decide: Maker, london: London) -> None:
    night = london(2026, 12, 1, 22)
    assert decide(row(night), night) == Wait(london(2026, 12, 2, 8), "quiet_hours")


@pytest.mark.parametrize("kind", ["reply", "safety", "consent"])
def test_answers_go_at_any_hour(decide: Maker, london: London, kind: str) -> None:
    night = london(2026, 12, 1, 3)
    assert decide(row(night, kind), night) == Send()


def test_what_would_come_too_late_by_morning_is_refused_at_night(decide: Maker, london: London) -> None:
    night = london(2026, 12, 1, 22)
    assert decide(row(night, expires_at=london(2026, 12, 2, 7)), night) == Refuse("too_late")
    assert decide(row(night, expires_at=night), night) == Refuse("too_late")


@pytest.mark.parametrize(
    ("kind", "goes"), [("safety", True), ("consent", True), ("reply", False), ("broadcast", False)]
)
def test_someone_who_opted_out(decide: Maker, clock: FixedClock, kind: str, goes: bool) -> None:
    verdict = decide(row(clock.now(), kind, opted_out=True), clock.now())
    assert verdict == (Send() if goes else Refuse("opted_out"))


def test_landlines_are_not_texted(decide: Maker, clock: FixedClock) -> None:
    assert decide(row(clock.now(), address=LANDLINE), clock.now()) == Refuse("landline")
    assert decide(row(clock.now(), address=MOBILE), clock.now()) == Send()


def test_development_texts_nobody_real(decide: Maker, clock: FixedClock) -> None:
    gate = SendingGate(only_drama=True)
    assert decide(row(clock.now(), "safety", address=MOBILE), clock.now(), gate) == Refuse("not_a_drama_number")
    assert decide(row(clock.now(), "safety", address=DRAMA), clock.now(), gate) == Send()


def test_outside_whatsapps_window_it_goes_as_a_template_or_else_by_sms(decide: Maker, clock: FixedClock) -> None:
    now = clock.now()
    fresh = row(now, channel="whatsapp", last_inbound_at=now - timedelta(hours=23))
    stale = row(now, channel="whatsapp", last_inbound_at=now - timedelta(hours=25))
    assert decide(fresh, now) == Send()
    assert decide(stale, now) == SendTemplate(Send(channel="sms"))
    assert decide(stale._replace(address="GB.4566546130240823"), now) == SendTemplate(Refuse("whatsapp_window"))
    assert decide(stale._replace(address=LANDLINE), now) == SendTemplate(Refuse("landline"))
    # What WhatsApp could not deliver once does not go there again.
    assert decide(stale._replace(parameters={"by": "sms"}), now) == Send(channel="sms")


class TestAboutABooking:
    @pytest.fixture
    def message(
        self, chosen_database: Database, clock: FixedClock, make_event: Maker, make_identity: Maker
    ) -> OutboxRow:
        event, identity = make_event(starts_at=clock.now() + timedelta(hours=5)), make_identity()

        def unit(session: Session) -> OutboxRow:
            held = places.hold(
                session,
                event_id=event.id,
                person_id=identity.person_id,
                identity_id=identity.id,
                places=1,
                now=clock.now(),
                hold_for=timedelta(minutes=15),
            )
            assert isinstance(held, outcomes.Held)
            places.confirm(session, held.booking_id, now=clock.now())
            meeting = session.exec(select(EventSession)).one()
            return row(clock.now(), "reminder", booking_id=held.booking_id, parameters={"session_id": meeting.id})

        return chosen_database.write(unit)

    def test_a_valid_one_goes(self, decide: Maker, message: OutboxRow, clock: FixedClock) -> None:
        assert decide(message, clock.now()) == Send()

    def test_not_after_it_was_given_up(
        self, chosen_database: Database, decide: Maker, message: OutboxRow, clock: FixedClock
    ) -> None:
        assert message.booking_id is not None
        booking_id = message.booking_id
        chosen_database.write(lambda session: places.cancel(session, booking_id, clock.now()))
        assert decide(message, clock.now()) == Refuse("booking_cancelled")

    def test_not_once_it_has_begun(self, decide: Maker, message: OutboxRow, clock: FixedClock) -> None:
        assert decide(message, clock.now() + timedelta(hours=5)) == Refuse("event_begun")

    def test_not_about_nothing(self, decide: Maker, message: OutboxRow, clock: FixedClock) -> None:
        assert decide(message._replace(booking_id=999), clock.now()) == Refuse("booking_gone")


def test_a_row_of_the_outbox_can_be_judged(
    database: Database, clock: FixedClock, make_identity: Maker, london: London
) -> None:
    identity = make_identity()

    def unit(session: Session) -> Verdict:
        consent.opt_out(session, identity.address, source="keyword", now=clock.now())
        outbox.enqueue(
            session,
            kind="reminder",
            identity_id=identity.id,
            parameters={},
            priority="3_reminder",
            due_at=clock.now(),
            now=clock.now(),
        )
        claimed = outbox.claim(session, clock.now())
        return GATE(session, claimed[0], clock.now())

    assert database.write(unit) == Refuse("opted_out")
