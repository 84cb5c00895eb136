"""Having templates approved: created and submitted once for the same words, asked about until they are decided.

The database remembers the content of each (`template ...`) and which are approved (`approved ...`), for all processes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.channels.http import Answer, NoAnswer, NotReached
from bot.channels.port import TemplateMessage
from bot.channels.templates import CATEGORY, Template, filled
from bot.channels.twilio_content import PATH
from bot.channels.twilio_http import Transport
from services.core.clock import Clock
from services.core.database import Database
from services.people import contents

log = structlog.get_logger(__name__)

APPROVED, NOT_PUSHED, NOT_SUBMITTED = "approved", "not pushed", "unsubmitted"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a template stands with WhatsApp: Twilio's word for it, and why it was rejected."""

    template: Template
    status: str
    reason: str = ""


class NotTaken(Exception):
    """The provider did not do what it was asked; says what, and what it answered."""


@dataclass(frozen=True, slots=True)
class ApprovedTemplates:
    """Which approved template a text is; `account` is the provider's."""

    account: str
    templates: Sequence[Template]

    def __call__(self, session: Session, text: str) -> TemplateMessage | None:
        """The template to send a text with outside WhatsApp's window, or None if there is no approved one."""
        for template in self.templates:
            variables = template.variables(text)
            if variables is None:
                continue
            sid = contents.find(session, self.account, f"{APPROVED} {template.full_name}")
            if sid is not None:
                return filled(sid, variables)
        return None


@dataclass(frozen=True, slots=True)
class TemplateBook:
    """The templates of one account, at the provider and in the database."""

    transport: Transport
    database: Database
    clock: Clock
    account: str
    templates: Sequence[Template]

    async def push(self) -> list[Standing]:
        """Create and submit what is new; whatever was pushed before, with the same words, is left as it is."""
        known = await self._existing()
        found = []
        for template in self.templates:
            sid = await self._sid(template) or known.get(template.full_name) or await self._create(template)
            await self._keep(f"template {template.full_name}", sid)
            standing = await self._ask(template, sid)
            if standing.status == NOT_SUBMITTED:
                await self._submit(template, sid)
                standing = await self._ask(template, sid)
            found.append(standing)
        return found

    async def status(self) -> list[Standing]:
        """Ask how each template stands, and remember which are approved."""
        found = []
        for template in self.templates:
            sid = await self._sid(template)
            found.append(Standing(template, NOT_PUSHED) if sid is None else await self._ask(template, sid))
        return found

    async def _ask(self, template: Template, sid: str) -> Standing:
        answer = await self._asked("GET", f"{PATH}/{sid}/ApprovalRequests", f"say how {template.name} stands")
        shown = answer.body.get("whatsapp") or {}
        standing = Standing(
            template, str(shown.get("status") or NOT_SUBMITTED), str(shown.get("rejection_reason") or "")
        )
        if standing.status == APPROVED:
            await self._keep(f"{APPROVED} {template.full_name}", sid)
        else:
            await self._forget(f"{APPROVED} {template.full_name}")
        return standing

    async def _create(self, template: Template) -> str:
        answer = await self._asked("POST", PATH, f"create {template.name}", template.content())
        return str(answer.body["sid"])

    async def _submit(self, template: Template, sid: str) -> None:
        wanted = {"name": template.full_name, "category": CATEGORY}
        await self._asked("POST", f"{PATH}/{sid}/ApprovalRequests/whatsapp", f"submit {template.name}", wanted)

    async def _existing(self) -> dict[str, str]:
        """The contents that the account has, by name: another machine, or a database since lost, may have made them."""
        found: dict[str, str] = {}
        path: str | None = f"{PATH}?PageSize=500"
        while path:
            page = (await self._asked("GET", path, "list its contents")).body
            found |= {str(one.get("friendly_name")): str(one["sid"]) for one in page.get("contents", [])}
            following = str((page.get("meta") or {}).get("next_page_url") or "")
            path = following[following.index(PATH) :] if PATH in following else None
        return found

    async def _asked(self, method: str, path: str, what: str, body: Mapping[str, object] | None = None) -> Answer:
        try:
            answer = await (
                self.transport.get(path, []) if method == "GET" else self.transport.post_json(path, dict(body or {}))
            )
        except (NotReached, NoAnswer) as error:
            raise NotTaken(f"Twilio did not {what}: {error}") from error
        if answer.status not in (200, 201):
            raise NotTaken(
                f"Twilio did not {what}: HTTP {answer.status}, {answer.body.get('message', 'no reason given')}"
            )
        return answer

    async def _sid(self, template: Template) -> str | None:
        name = f"template {template.full_name}"
        return await asyncio.to_thread(
            self.database.read_once, lambda session: contents.find(session, self.account, name)
        )

    async def _keep(self, name: str, sid: str) -> None:
        now = self.clock.now()
        unit = self.database.submit(lambda session: contents.keep(session, self.account, name, sid, now))
        await asyncio.wrap_future(unit)

    async def _forget(self, name: str) -> None:
        await asyncio.wrap_future(self.database.submit(lambda session: contents.forget(session, self.account, name)))

    def refresh(self, _now: datetime) -> dict[str, int]:
        """The job: ask about what was pushed, from a thread without an event loop."""

        async def ask() -> list[Standing]:
            try:
                return await self.status()
            finally:
                await self.transport.close()

        if not self.database.read_once(lambda session: contents.count(session, self.account, "template ")):
            return {}
        for one in asyncio.run(ask()):
            if one.status in ("rejected", "paused", "disabled"):
                log.warning("template_unusable", template=one.template.name, status=one.status, reason=one.reason)
        return {}
