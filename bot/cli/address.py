"""Where a running service is to be found by the other commands of the same deployment."""

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from bot.settings import VAR, Settings

_TIMEOUT_S = 5


@contextmanager
def announced(settings: Settings, listener: socket.socket) -> Iterator[str]:
    """Leave a note of the address at which `listener` is reached, while the service runs."""
    note, address = _note(settings), _address(listener)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(address)
    try:
        yield address
    finally:
        note.unlink(missing_ok=True)


def running_service(settings: Settings) -> str | None:
    """The address of the service that is running for this database, or None; a dead one's note is not believed."""
    note = _note(settings)
    if not note.exists():
        return None
    address = note.read_text()
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=_TIMEOUT_S) as answer:  # noqa: S310 - our own note
            return address if answer.status == 200 else None
    except (urllib.error.URLError, OSError):
        return None


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _note(settings: Settings) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(f"{url.database}.address")
    return VAR / "serving.address"
