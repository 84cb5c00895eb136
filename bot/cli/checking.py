"""`scripts/demo --check`: does a fresh demo start and say that it is healthy?"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import typer

from bot.cli.session import fail

_PATIENCE_S = 120


def check_demo() -> None:
    """Serve a fresh demo from a folder of its own on a free port, ask /health, and stop it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DATABASE_URL": f"sqlite:///{Path(folder) / 'check.db'}"}
        command = [sys.executable, "-m", "bot.cli", "demo", "--port", str(port)]
        with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - our own command
            healthy = _becomes_healthy(process, f"http://127.0.0.1:{port}/health")
            process.send_signal(signal.SIGTERM)
    if not healthy:
        fail("The demo did not become healthy.")
    typer.echo("The demo started, /health said ok, and it stopped.")


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _becomes_healthy(process: "subprocess.Popen[bytes]", url: str) -> bool:
    deadline = time.monotonic() + _PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False
