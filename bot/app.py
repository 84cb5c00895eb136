"""The web application: wires routes to the service, nothing else."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from bot import webhook
from bot.channels.paths import RECEIPTS_PATH
from bot.channels.simulator_web import poster_to
from bot.service import Service
from bot.settings import Role, Settings
from bot.web import calendar, health, metrics

# A turn lets go of the interpreter at every statement, and gets it back from a busy thread after this long.
_SWITCH_S = 0.0005
# FastAPI's own would record what exceptions say, which may be what a patient said; ours is `bot.tracing`.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def create_app(settings: Settings, role: Role = Role.ALL) -> FastAPI:
    """The application of one process; everything is loaded before the first request is taken.

    A worker answers only whether it works, and what it has counted.
    """
    service = Service(settings, role)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if service.fake_twilio is not None:
            service.fake_twilio.poster = poster_to(app)
        sys.setswitchinterval(_SWITCH_S)
        await service.start()
        yield
        await service.stop()

    app = FastAPI(
        title="Wellbeing Line",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=_NO_TELEMETRY,
    )
    app.state.service = service
    app.add_route("/health", health.health, methods=["GET"], include_in_schema=False)
    app.add_route("/ready", health.ready, methods=["GET"], include_in_schema=False)
    app.add_route("/metrics", metrics.metrics, methods=["GET"], include_in_schema=False)
    if role is not Role.WORKER:
        _add_pages(app, settings)
    return app


def _add_pages(app: FastAPI, settings: Settings) -> None:
    app.include_router(webhook.router)
    if settings.texts_by_notify:
        app.add_route(RECEIPTS_PATH, webhook.receive_receipt, methods=["POST"], include_in_schema=False)
    app.include_router(calendar.router)
    if settings.is_development:
        from bot.web import development, phone

        app.include_router(development.router)
        app.include_router(phone.router)
