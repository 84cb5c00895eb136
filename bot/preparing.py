"""From an outbox row to a message that can be posted: the gate asked, the text rendered, the sender chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.channels import segments
from bot.channels.paths import STATUS_PATH
from bot.channels.port import Button, OutboundMessage, TemplateMessage
from services.core.errors import InvalidPhoneNumber
from services.core.phone import parse_phone
from services.people.deliveries import Outcome
from services.people.failures import BY
from services.people.outbox import TEXT_KINDS, OutboxRow
from services.people.tables import Channel, OutboxStatus, Priority
from services.people.verdicts import Gate, Refuse, Send, SendTemplate, Wait

log = structlog.get_logger(__name__)

_DATABASE_PAUSE = timedelta(seconds=15)


class Rendered(Protocol):
    """A message as it is read."""

    @property
    def text(self) -> str:
        """The words."""
        ...


# Turns a row whose parameters hold no text into words, or says why it makes no sense any more.
Renderer = Callable[[Session, OutboxRow], Rendered | Refuse]
# The approved template that a text is, if any.
Templates = Callable[[Session, str], TemplateMessage | None]


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that can be posted now."""

    row: OutboxRow
    message: OutboundMessage
    segments: int


class Preparer:
    """Prepares rows for sending.

    `senders` holds our own number for each channel, for rows that name none; `public_base_url` is where reports go;
    `templates` finds what may go outside WhatsApp's window (nothing without it).
    """

    def __init__(
        self,
        gate: Gate,
        render: Renderer,
        *,
        public_base_url: str,
        senders: Mapping[str, str],
        templates: Templates | None = None,
    ) -> None:
        self._gate, self._render, self._templates = gate, render, templates
        self._reports_to = public_base_url.rstrip("/") + STATUS_PATH
        self._senders = senders

    def prepare(self, session: Session, row: OutboxRow, now: datetime) -> Ready | Outcome:
        """Make a row ready, or say what becomes of it instead; never raises for what a row holds.

        For kinds that carry their text the session is not used.
        """
        try:
            return self._prepare(session, row, now)
        except Exception as error:
            log.exception("outbox_not_prepared", outbox=row.id, kind=row.kind)
            # The session of the whole batch must go on to serve the other rows.
            session.rollback()
            if row.priority == Priority.SAFETY:
                return self._ready(row, row.channel, str(row.parameters["text"]), now)
            if isinstance(error, DBAPIError):
                due_at = now + _DATABASE_PAUSE
                return Outcome(row.id, row.attempts, OutboxStatus.QUEUED, reason="not_prepared", due_at=due_at)
            return Outcome(row.id, row.attempts, OutboxStatus.FAILED, reason="not_prepared")

    def as_sms(self, ready: Ready, now: datetime) -> Ready | None:
        """The same message as a text message, where WhatsApp will not take it; None where there is no such way."""
        row, message = ready.row, ready.message
        if message.channel != Channel.WHATSAPP or Channel.SMS not in self._senders or not _takes_texts(row.address):
            return None
        return self._ready(row, Channel.SMS, message.text, now)

    def _prepare(self, session: Session, row: OutboxRow, now: datetime) -> Ready | Outcome:
        match self._gate(session, row, now):
            case Wait(until, why):
                return Outcome(row.id, row.attempts, OutboxStatus.QUEUED, reason=why, due_at=until)
            case Refuse(reason):
                return Outcome(row.id, row.attempts, OutboxStatus.REFUSED, reason=reason)
            case verdict:
                return self._written(session, row, verdict, now)

    def _written(
        self, session: Session, row: OutboxRow, verdict: Send | SendTemplate, now: datetime
    ) -> Ready | Outcome:
        text = self._words(session, row)
        if isinstance(text, Refuse):
            return Outcome(row.id, row.attempts, OutboxStatus.REFUSED, reason=text.reason)
        if isinstance(verdict, SendTemplate):
            template = self._templates(session, text) if self._templates is not None else None
            if template is not None:
                return self._ready(row, row.channel, text, now, template)
        way = verdict.otherwise if isinstance(verdict, SendTemplate) else verdict
        if isinstance(way, Refuse):
            return Outcome(row.id, row.attempts, OutboxStatus.REFUSED, reason=way.reason)
        return self._ready(row, way.channel or row.parameters.get(BY) or row.channel, text, now)

    def _words(self, session: Session, row: OutboxRow) -> str | Refuse:
        if row.kind in TEXT_KINDS:
            return str(row.parameters["text"])
        rendered = self._render(session, row)
        return rendered if isinstance(rendered, Refuse) else rendered.text

    def _ready(
        self, row: OutboxRow, channel: str, text: str, now: datetime, template: TemplateMessage | None = None
    ) -> Ready:
        text = folded(text) if channel == Channel.SMS else text
        menu = row.parameters.get("menu") or {}
        tapped = menu.get("options", ()) if channel == Channel.WHATSAPP else ()
        buttons = tuple(Button(each["payload"], each["title"]) for each in tapped)
        # The number that was texted belongs to the identity's own channel.
        own = row.sender if channel == row.channel else ""
        message = OutboundMessage(
            channel=channel,
            address=row.address,
            sender=own or self._senders.get(channel, ""),
            text=text,
            buttons=buttons,
            choose=str(menu.get("choose", "")),
            status_callback=f"{self._reports_to}?outbox={row.id}",
            validity_s=None if row.expires_at is None else int((row.expires_at - now).total_seconds()),
            template=template,
            reference=str(row.id),
        )
        return Ready(row, message, segments.count(text).count if channel == Channel.SMS else 1)


def folded(text: str) -> str:
    """A text with its typography folded, where that is all that keeps it out of the cheaper alphabet."""
    plain = segments.to_gsm(text)
    return plain if segments.GSM.issuperset(plain) else text


def _takes_texts(address: str) -> bool:
    """Whether an address is a number that shows a text message; a landline would read it aloud, at our cost."""
    if not address.startswith("+"):
        return False
    try:
        return not parse_phone(address).is_landline
    except InvalidPhoneNumber:
        return True
