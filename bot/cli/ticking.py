"""`wellbeing tick`: asks the running service to act as of a time, or does so itself when none runs."""

import asyncio
import json
import urllib.request
from datetime import datetime
from typing import Any

from bot.cli.address import running_service
from bot.settings import Settings

_LONGEST_S = 600


def run_tick(settings: Settings, now: datetime) -> dict[str, int]:
    """Run every job, the gate and sending as of `now` and return the counts."""
    address = running_service(settings)
    if address is None:
        return asyncio.run(_alone(settings, now))
    body = json.dumps({"now": now.isoformat()}).encode()
    request = urllib.request.Request(  # noqa: S310 - the address is our own note
        f"{address}/dev/tick", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=_LONGEST_S) as answer:  # noqa: S310
        counts: dict[str, Any] = json.load(answer)
    return counts


async def _alone(settings: Settings, now: datetime) -> dict[str, int]:
    from bot.service import Service
    from services.core.serving import sole_server

    with sole_server(settings.database_url):
        service = Service(settings)
        await service.start()
        try:
            return await service.tick(now)
        finally:
            await service.stop()
