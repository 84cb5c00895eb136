"""Commands that run the service: serve, demo, chat, tick."""

import gc
import json
import os
import signal
import socket
import sys
from contextlib import nullcontext, suppress
from datetime import datetime
from ipaddress import ip_address
from typing import Annotated, NoReturn

import typer

from bot.allocator import share_arenas
from bot.cli.session import fail, tells_errors
from bot.processor import stay_on_one_core
from bot.settings import VAR, Role, Settings, load_settings

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]


@tells_errors
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    web_only: Annotated[
        bool, typer.Option("--web-only", help="Leave jobs and the queue to workers (PostgreSQL).")
    ] = False,
) -> None:
    """Serve webhooks, turns, jobs and sending in one process (on SQLite: the only one)."""
    _default_public_url(port)
    _serve(load_settings(), host, port, Role.WEB if web_only else Role.ALL)


@tells_errors
def worker(host: Host = "127.0.0.1", port: Port = 8001) -> None:
    """Run jobs and send the queue, beside any number of other processes on PostgreSQL; answers /health and /ready."""
    _default_public_url(port)
    _serve(load_settings(), host, port, Role.WORKER)


@tells_errors
def demo(
    port: Port = 8000,
    check: Annotated[bool, typer.Option("--check", help="Start on a free port, ask /health, stop.")] = False,
) -> None:
    """Set up the demo (database, demo data, language model) and serve it on 127.0.0.1."""
    os.environ["ENVIRONMENT"] = "development"
    if check:
        from bot.cli.checking import check_demo

        check_demo()
        return
    _default_public_url(port)
    settings = load_settings()
    prepare_demo(settings)
    typer.echo(f"Wellbeing Line demo: http://127.0.0.1:{port}/phone (stop it with Ctrl+C)")
    _serve(settings, "127.0.0.1", port)


@tells_errors
def tick(now: Annotated[str, typer.Option("--now", help="The time to act at, ISO 8601 with an offset.")]) -> None:
    """Development only: run every job, the gate and sending as of a time, and print the counts as JSON."""
    from bot.cli.ticking import run_tick
    from bot.logs import configure

    settings = load_settings()
    if not settings.is_development:
        fail("tick is for ENVIRONMENT=development only.")
    configure(development=True, quiet=True)
    typer.echo(json.dumps(run_tick(settings, _moment(now)), sort_keys=True))


@tells_errors
def chat(
    sender: Annotated[
        str, typer.Option("--from", help="The number to text from (Ofcom's drama numbers).")
    ] = "+447700900123",
    whatsapp: Annotated[bool, typer.Option("--whatsapp", help="Text by WhatsApp instead of SMS.")] = False,
) -> None:
    """Talk to the bot in a terminal, through the signed webhook of a running service (started if there is none)."""
    from bot.cli.chatting import run_chat
    from bot.logs import configure

    configure(development=True, quiet=True)
    run_chat(load_settings(), sender, "whatsapp" if whatsapp else "sms")


def prepare_demo(settings: Settings) -> None:
    """Bring the demo's database, events and language model up to date, saying what is being done."""
    from bot.cli.language import train
    from services.booking.demo_data import load_demo
    from services.core.clock import SystemClock
    from services.core.database import Database
    from services.journey.gazetteer import Gazetteer
    from services.migrations.upgrade import upgrade

    VAR.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database_url)
    database = Database(settings.database_url)
    typer.echo(str(load_demo(database, SystemClock().now(), Gazetteer.load().locate)))
    database.close()
    train(if_needed=True)


def _moment(said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        fail(f"{said!r} is not an ISO 8601 time, such as 2026-12-01T14:00+00:00.")
    if moment.tzinfo is None:
        from services.core.clock import LONDON

        return moment.replace(tzinfo=LONDON)
    return moment


def _default_public_url(port: int) -> None:
    """In development our own address is known from the port."""
    if os.environ.get("ENVIRONMENT") == "development":
        os.environ.setdefault("PUBLIC_BASE_URL", f"http://127.0.0.1:{port}")


def _serve(settings: Settings, host: str, port: int, role: Role = Role.ALL) -> None:
    if settings.is_development and not _is_loopback(host):
        fail("Development serves on this machine only: use --host 127.0.0.1, or set ENVIRONMENT=production.")
    if role is not Role.ALL:
        _require_others(settings)
    from services.core.serving import sole_server

    signal.signal(signal.SIGTERM, _leave)
    with sole_server(settings.database_url), _listening(host, port) as listener:
        _serve_on(listener, settings, role)


def _require_others(settings: Settings) -> None:
    """Refuse to do half of the work where no other process can do the rest."""
    if settings.database_url.startswith("sqlite"):
        fail(
            "On SQLite one process does everything: use `wellbeing serve`, "
            "or set DATABASE_URL to a PostgreSQL database, which several processes may serve."
        )
    if settings.uses_stand_in:
        fail("The stand-in for Twilio lives in one process: set TWILIO_API_BASE_URL to one that all can reach.")


def _serve_on(listener: socket.socket, settings: Settings, role: Role) -> None:
    share_arenas()
    if settings.database_url.startswith("sqlite"):  # PostgreSQL has cores of its own, and several of ours beside it
        stay_on_one_core()
    gc.disable()  # what is loaded here stays: to look through it for garbage costs a fifth of the start
    import uvicorn

    from bot.app import create_app
    from bot.cli.address import announced
    from bot.logs import configure

    configure(development=settings.is_development)
    app = create_app(settings, role)
    gc.freeze()
    gc.enable()
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            loop="uvloop",
            http="httptools",
            ws="none",
            proxy_headers=False,  # nothing here asks who the peer is: the public address is configured
        )
    )
    # Only commands for development look for it; in production the folder of the sources may be read-only.
    note = announced(settings, listener) if settings.is_development and role is not Role.WORKER else nullcontext()
    with note, suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if not server.started:
        fail("The service did not start.")


def _listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections already while the service loads: they wait instead of being refused."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason, _, _ = str(error.strerror).partition(" (")
        fail(f"Cannot listen on {host}, port {port}: {reason}.")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _leave(*_: object) -> NoReturn:
    """End as asked; uvicorn passes the signal on here once it has stopped."""
    sys.exit(0)
