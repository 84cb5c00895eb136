"""Contents of Twilio's Content API: found by name, created when they are missing, never waited for long."""

import asyncio
from typing import Protocol

import structlog

from bot.channels.http import NoAnswer, NotReached
from bot.channels.menus import Menu
from bot.channels.twilio_http import Transport

log = structlog.get_logger(__name__)

PATH = "/v1/Content"


class ContentBook(Protocol):
    """Remembers which content has which name, for all processes."""

    async def find(self, name: str) -> str | None:
        """Twilio's id of a content, or None."""
        ...

    async def keep(self, name: str, sid: str) -> None:
        """Remember a content."""
        ...

    async def forget(self, name: str) -> None:
        """Forget a content that is not there any more."""
        ...


class Contents:
    """The contents that menus are sent with.

    A message waits at most `patience_s` for a new content, and creating one goes on meanwhile for the next; after a
    failure none of that shape is tried for `pause_s`. Seconds.
    """

    def __init__(
        self, transport: Transport, book: ContentBook, *, patience_s: float = 1.5, pause_s: float = 60
    ) -> None:
        self._transport, self._book = transport, book
        self._patience_s, self._pause_s = patience_s, pause_s
        self._known: dict[str, str] = {}
        self._creating: dict[str, asyncio.Task[str | None]] = {}
        self._failed_at: dict[str, float] = {}

    async def sid_of(self, menu: Menu) -> str | None:
        """Twilio's id of the content for a menu's shape; None when it cannot be had now, and the text must do."""
        name = menu.shape
        if name in self._known:
            return self._known[name]
        if self._now() - self._failed_at.get(name, float("-inf")) < self._pause_s:
            return None
        task = self._creating.get(name)
        if task is None:
            task = self._creating[name] = asyncio.create_task(self._find_or_create(menu))
            task.add_done_callback(lambda _: self._creating.pop(name, None))
        try:
            return await asyncio.wait_for(asyncio.shield(task), self._patience_s)
        except TimeoutError:
            log.warning("content_takes_long", shape=name)
            return None

    async def forget(self, menu: Menu) -> None:
        """Take note that Twilio does not have, or does not like, the content of a shape; the text goes in any case."""
        self._known.pop(menu.shape, None)
        self._failed_at[menu.shape] = self._now()
        try:
            await self._book.forget(menu.shape)
        except Exception:
            log.exception("content_not_forgotten", shape=menu.shape)

    async def close(self) -> None:
        """Let creating end, and let go of connections."""
        await asyncio.gather(*self._creating.values(), return_exceptions=True)
        await self._transport.close()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _find_or_create(self, menu: Menu) -> str | None:
        try:
            sid = await self._book.find(menu.shape) or await self._create(menu)
        except Exception:
            log.exception("content_not_had", shape=menu.shape)
            sid = None
        if sid is None:
            self._failed_at[menu.shape] = self._now()
        else:
            self._known[menu.shape] = sid
        return sid

    async def _create(self, menu: Menu) -> str | None:
        try:
            answer = await self._transport.post_json(PATH, menu.content())
        except (NotReached, NoAnswer) as error:
            log.warning("content_not_created", shape=menu.shape, why=str(error))
            return None
        sid = answer.body.get("sid")
        if answer.status != 201 or not sid:
            log.warning("content_not_created", shape=menu.shape, status=answer.status, code=answer.body.get("code"))
            return None
        await self._book.keep(menu.shape, str(sid))
        return str(sid)
