"""The names of contents kept in the database, for the sender's event loop."""

import asyncio

from services.core.clock import Clock
from services.core.database import Database
from services.people import contents


class StoredContentBook:
    """The contents of one account of the provider's; see `twilio_content.ContentBook`."""

    def __init__(self, database: Database, clock: Clock, account: str) -> None:
        self._database, self._clock, self._account = database, clock, account

    async def find(self, name: str) -> str | None:
        """The provider's id of a content, or None."""
        return await asyncio.to_thread(
            self._database.read_once, lambda session: contents.find(session, self._account, name)
        )

    async def keep(self, name: str, sid: str) -> None:
        """Remember a content."""
        now = self._clock.now()
        unit = self._database.submit(lambda session: contents.keep(session, self._account, name, sid, now))
        await asyncio.wrap_future(unit)

    async def forget(self, name: str) -> None:
        """Forget a content."""
        unit = self._database.submit(lambda session: contents.forget(session, self._account, name))
        await asyncio.wrap_future(unit)
