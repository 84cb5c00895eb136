"""A stand-in for a provider on a port of this machine, and waiting for what another thread or process does."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from bot.channels.simulator import FakeTwilio
from bot.channels.simulator_web import create_app


def on_a_port(fake: FakeTwilio) -> AbstractContextManager[str]:
    """Serve the stand-in for Twilio on a port of its own for the length of a block, which is given its address."""
    return app_on_a_port(create_app(fake))


@contextmanager
def app_on_a_port(app: ASGIApp) -> Iterator[str]:
    """Serve an application on a port of its own for the length of a block, which is given its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def wait_until(condition: Callable[[], bool], seconds: float = 90, tell: Callable[[], object] | None = None) -> None:
    """Wait until a condition holds; fails when it never does, with what `tell` says of how things stand."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it never came to be: {tell() if tell else ''}"
        time.sleep(0.02)
