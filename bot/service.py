"""The running service, put together from its settings: what is loaded once and shared by every turn and job."""

import asyncio
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text
from sqlmodel import Session

from bot.answering import Dialogue
from bot.broadcasting import Broadcaster
from bot.channels.content_book import StoredContentBook
from bot.channels.developer import DeveloperChannel
from bot.channels.govuk_notify import channel_of
from bot.channels.port import OutboundChannel
from bot.channels.simulator import FakeTwilio, LocalTransport
from bot.channels.templates import load_templates
from bot.channels.twilio_content import Contents
from bot.channels.twilio_http import API, CONTENT_API, HttpTransport, Transport
from bot.channels.twilio_outbound import TwilioChannel
from bot.dialogue.responses import Responses
from bot.durable import DurableTicks
from bot.insight_jobs import insight_jobs
from bot.jobs import Job, Jobs, event_jobs
from bot.keeping import retention_job
from bot.loading import load_dialogue
from bot.metrics import Metrics
from bot.observing import Observer, Observers
from bot.orphans import Orphans
from bot.outbound import Sender
from bot.posing import Poser
from bot.preparing import Preparer
from bot.reconciling import Reconciler
from bot.settings import DIALOGUES, MODEL, Role, Settings
from bot.templating import ApprovedTemplates, TemplateBook
from bot.turn import TurnTaker
from bot.turn_queue import TurnQueue
from bot.unsolicited import Unsolicited
from services.campaigns.gate import SendingGate
from services.core.clock import SystemClock
from services.core.database import Database
from services.core.presence import Presence
from services.events.search import Named, named_in
from services.insight.surveys import SurveyTiming
from services.migrations.upgrade import is_current, require_current
from services.people import backlog, outbox
from services.people.rates import Rates
from services.people.spending import Budget
from services.people.tables import Channel

if TYPE_CHECKING:
    from bot.exposition import Exposition, Waiting
    from bot.tracing import Traces

log = structlog.get_logger(__name__)

_HEALTHY_WITHIN_S = 2.0


class Service:
    """One process of the service; `start` and `stop` belong to its event loop."""

    def __init__(self, settings: Settings, role: Role = Role.ALL) -> None:
        self.settings, self.role = settings, role
        self.clock = SystemClock()
        self.database = Database(settings.database_url)
        require_current(self.database)
        self.fake_twilio = self._stand_in() if settings.uses_stand_in else None
        self.metrics = Metrics()
        self.traces = self._traces()
        self.budget = Budget(settings.prices, settings.daily_spend_limit)
        self.templates = self._template_book()
        self.observer: Observer = Observers(self.metrics, self.traces) if self.traces else self.metrics
        channels = self._channels()
        dialogue = load_dialogue(
            MODEL,
            self._find_named,
            hold_for=settings.hold_for,
            public_base_url=settings.public_base_url,
            staff_key=settings.staff_key.get_secret_value(),
            approve_above=settings.broadcast_approval_above,
        )
        self.poser = Poser(dialogue.flows)
        self.sender = Sender(
            self.database,
            self.clock,
            channels,
            self._preparer(dialogue.flows.responses),
            poser=self.poser,
            observer=self.observer,
            rates=self._rates(),
            budget=self.budget,
        )
        self.reconciler = Reconciler(self.database, self.clock, channels, self.sender)
        self.turns = TurnQueue(self._turn_taker(dialogue).take)
        self.orphans = Orphans(self.database, self.clock, self.turns.submit)
        self.presence = None if self.database.is_sqlite else Presence(self.database, self.orphans.take_over)
        name = str(self.database.process)
        self.broadcaster = Broadcaster(self.database, self.clock, name)
        self.jobs = Jobs(self.database, name, self._jobs(), self.observer)
        self.ticks = DurableTicks(settings.database_url, name, lambda: self.jobs.run_due(self.clock.now()))
        self._ticking = asyncio.Lock()
        self._state = "starting"
        self._checking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Settle what a dead process left, then begin to send, to take turns, and last to run jobs."""
        if self.role is not Role.WEB:
            await self.reconciler.recover()
        await self.sender.start(claims=self.role is not Role.WEB)
        if self.presence is not None:
            await asyncio.to_thread(self.presence.start)
        else:
            await asyncio.to_thread(self.orphans.take_over, ())
        if self.role is not Role.WEB:
            self.broadcaster.start()
            self.ticks.start()
        if not self.settings.is_development:
            self._checking = asyncio.create_task(self._check_account())
        self._state = ""

    async def stop(self) -> None:
        """Finish what is under way and let go of everything."""
        self._state = "stopping"
        if self._checking is not None:
            self._checking.cancel()
        await asyncio.to_thread(self.ticks.stop)
        await asyncio.to_thread(self.broadcaster.stop)
        await asyncio.to_thread(self.turns.close)
        await self.sender.stop()
        if self.presence is not None:
            await asyncio.to_thread(self.presence.stop)
        if self.traces is not None:
            await asyncio.to_thread(self.traces.close)
        await asyncio.to_thread(self.database.close)

    def on_recorded(self, inbound_id: int, identity_id: int) -> None:
        """Take the turn of a message that is in the inbox."""
        self.turns.submit(inbound_id, identity_id)

    async def is_healthy(self) -> bool:
        """Whether a turn can be served: the database can be written within two seconds."""
        check = self.database.submit(lambda session: session.execute(text("SELECT 1")).scalar())
        try:
            return await asyncio.wait_for(asyncio.wrap_future(check), _HEALTHY_WITHIN_S) == 1
        except Exception:
            return False

    async def unready(self) -> dict[str, str]:
        """The parts of this process that do not do their work now, and why; empty when all do."""
        found = {"process": self._state}
        if not await self.is_healthy():
            found["database"] = "cannot be written"
        elif not await asyncio.to_thread(is_current, self.database):
            found["tables"] = "are not up to date: run wellbeing db upgrade"
        if self.presence is not None and not self.presence.is_present:
            found["presence"] = "not known to the other processes"
        if not self.sender.is_running:
            found["sender"] = "not running"
        if self.role is not Role.WEB and not self.ticks.is_running:
            found["engine"] = "not running"
        return {part: why for part, why in found.items() if why}

    @cached_property
    def exposition(self) -> "Exposition":
        """What answers Prometheus; made with its first question."""
        from bot.exposition import Exposition

        return Exposition(self.metrics, self._waiting)

    async def tick(self, now: datetime) -> dict[str, int]:
        """Run every job, the gate and sending as of `now`, until nothing is left to do; return the counts."""
        async with self._ticking:
            await self.sender.drain()  # what is on its way is no work of this tick
            sent_before = await asyncio.to_thread(self.database.read_once, outbox.count_sent)
            with self.clock.standing_in_for(now):
                counts = await asyncio.to_thread(self.jobs.run_all, now)
                await asyncio.to_thread(self.turns.wait_until_idle)
                await self.sender.drain()
            # The sender wakes at each commit, so it may have sent before it was asked to.
            counts["messages_sent"] = await asyncio.to_thread(self.database.read_once, outbox.count_sent) - sent_before
            if self.fake_twilio is not None:
                await self.fake_twilio.settle()
        return counts

    async def _check_account(self) -> None:
        """Log what is wrong with how the provider's account is set up, once, in nobody's way."""
        from bot import account

        try:
            account.log_findings(await account.check(self.settings, self.database))
        except Exception:
            log.exception("account_not_checked")

    def _waiting(self) -> "Waiting":
        from bot.exposition import Waiting

        now = self.clock.now()
        return self.database.read_once(
            lambda session: Waiting(backlog.read(session, now), self.jobs.lags(session, now))
        )

    def _traces(self) -> "Traces | None":
        """Traces, if a collector is named; without one their library is never imported."""
        settings = self.settings
        if not settings.otel_exporter_otlp_endpoint:
            return None
        from bot import tracing

        return tracing.Traces(
            tracing.over_otlp(settings.otel_exporter_otlp_endpoint),
            settings.public_base_url,
            lambda outbox_id: self.database.read_once(lambda session: outbox.answered(session, outbox_id)),
            settings.otel_traces_sampler_arg,
        )

    def _stand_in(self) -> FakeTwilio:
        settings = self.settings
        return FakeTwilio(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value(), self.clock.now)

    def _transport(self, api: str = API) -> Transport:
        settings = self.settings
        token = settings.twilio_auth_token.get_secret_value()
        if self.fake_twilio is not None:
            return LocalTransport(self.fake_twilio, settings.twilio_account_sid, token)
        return HttpTransport(settings.twilio_account_sid, token, settings.twilio_api_base_url or api)

    def _channels(self) -> dict[str, OutboundChannel]:
        settings = self.settings
        book = StoredContentBook(self.database, self.clock, settings.twilio_account_sid)
        twilio = TwilioChannel(
            self._transport(),
            settings.twilio_account_sid,
            settings.twilio_messaging_service_sid,
            Contents(self._transport(CONTENT_API), book),
        )
        channels: dict[str, OutboundChannel] = {Channel.SMS: channel_of(settings) or twilio, Channel.WHATSAPP: twilio}
        return channels | ({"dev": DeveloperChannel()} if settings.is_development else {})

    def _template_book(self) -> TemplateBook:
        templates = load_templates(DIALOGUES / "templates.yml")
        transport = self._transport(CONTENT_API)
        return TemplateBook(transport, self.database, self.clock, self.settings.twilio_account_sid, templates)

    def _preparer(self, responses: Responses) -> Preparer:
        return Preparer(
            SendingGate(only_drama=self.settings.is_development, budget=self.budget),
            Unsolicited(responses, self.clock),
            public_base_url=self.settings.public_base_url,
            senders=self._senders(),
            templates=ApprovedTemplates(self.settings.twilio_account_sid, self.templates.templates),
        )

    def _rates(self) -> Rates:
        settings = self.settings
        per_second: dict[str, float] = {
            Channel.SMS: settings.sms_per_second,
            Channel.WHATSAPP: settings.whatsapp_per_second,
        }
        return Rates(per_second, self._senders())

    def _senders(self) -> dict[str, str]:
        settings = self.settings
        senders = {Channel.SMS: settings.sms_sender, Channel.WHATSAPP: settings.twilio_whatsapp_from}
        return {channel: number for channel, number in senders.items() if number}

    def _turn_taker(self, dialogue: Dialogue) -> TurnTaker:
        return TurnTaker(
            self.database,
            self.clock,
            dialogue,
            self.sender.deliver,
            replies_per_hour=self.settings.replies_per_hour,
            observer=self.observer,
        )

    def _find_named(self, said: str) -> Named:
        return self.database.read_once(lambda session: named_in(session, said, now=self.clock.now()))

    def _jobs(self) -> tuple[Job, ...]:
        timing = SurveyTiming(self.settings.survey_days, self.settings.survey_hour)

        def resume(_now: datetime) -> dict[str, int]:
            # On PostgreSQL `presence` calls for it, in every process, and as soon as there is anything to resume.
            return {"turns_resumed": self.orphans.take_turns(()) if self.presence is None else 0}

        def has_turns(session: Session, now: datetime) -> bool:
            return self.presence is None and self.orphans.has_turns(session, now)

        return (
            Job("resume_turns", timedelta(seconds=10), resume, has_turns),
            *event_jobs(self.database),
            *insight_jobs(self.database, timing),
            Job("template_approvals", timedelta(hours=1), self.templates.refresh),
            retention_job(self.database, self.settings.retention),
            self.broadcaster.job,
            Job("settle_messages", timedelta(seconds=10), self.reconciler.tick, self.reconciler.is_due),
        )
