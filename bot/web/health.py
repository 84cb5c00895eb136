"""How this process is: `/health` for whoever restarts it, `/ready` for whoever sends it work."""

from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse


class Service(Protocol):
    """What `app.state.service` must offer."""

    async def is_healthy(self) -> bool:
        """Whether a turn can be served."""
        ...

    async def unready(self) -> dict[str, str]:
        """The parts that do not do their work, and why."""
        ...


async def health(request: Request) -> JSONResponse:
    """Say 200 only when a turn can be served."""
    service: Service = request.app.state.service
    healthy = await service.is_healthy()
    return JSONResponse({"status": "ok" if healthy else "unavailable"}, 200 if healthy else 503)


async def ready(request: Request) -> JSONResponse:
    """Say 200 only when every part of this process works; else 503, with the parts that do not and why."""
    service: Service = request.app.state.service
    found = await service.unready()
    return JSONResponse({"status": "unavailable" if found else "ready", "problems": found}, 503 if found else 200)
