"""`wellbeing chat`: a phone in the terminal, through the signed webhook of a running service."""

import json
import socket
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from bot.channels.handset import Handset, Texted, signature
from bot.channels.paths import MESSAGES_PATH
from bot.cli.address import announced, running_service
from bot.cli.session import fail
from bot.settings import Settings
from services.core.phone import parse_phone

_PATIENCE_S = 10.0


def run_chat(settings: Settings, sender: str, channel: str) -> None:
    """Read lines from the terminal, post each as a text, and print what comes back."""
    if not settings.is_development:
        fail("chat is for ENVIRONMENT=development only.")
    number = parse_phone(sender)
    if not number.is_drama:
        fail("Text from one of Ofcom's drama numbers, 07700 900000 to 900999.")
    with _service(settings) as address:
        phone = _Terminal(settings, address, number.e164, channel)
        typer.echo("Texting Wellbeing Line. Empty line or Ctrl+D ends.")
        phone.show_new()
        while line := _read():
            phone.send(line)


def _read() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""


class _Terminal:
    """The phone: what it has shown, and how it sends."""

    def __init__(self, settings: Settings, address: str, number: str, channel: str) -> None:
        self._settings, self._address = settings, address
        ours = settings.twilio_whatsapp_from if channel == "whatsapp" else settings.twilio_sms_from
        self._handset = Handset(settings.twilio_account_sid, number, ours, channel)
        self._shown: set[str] = set()

    def send(self, line: str) -> None:
        """Post one text and wait for the answer."""
        form = self._handset.form(Texted(line))
        # The signature is over the public address; the post goes to where the service listens.
        signed = self._settings.public_base_url.rstrip("/") + MESSAGES_PATH
        request = urllib.request.Request(  # noqa: S310 - our own service
            self._address + MESSAGES_PATH,
            data=urllib.parse.urlencode(form).encode(),
            headers={"X-Twilio-Signature": signature(self._token, signed, form)},
        )
        urllib.request.urlopen(request, timeout=_PATIENCE_S).close()  # noqa: S310
        deadline = time.monotonic() + _PATIENCE_S
        while not self.show_new() and time.monotonic() < deadline:
            time.sleep(0.05)

    def show_new(self) -> bool:
        """Print what has come since the last look; False if nothing has."""
        came = [message for message in self._messages() if message["key"] not in self._shown]
        self._shown |= {message["key"] for message in came}
        answers = [message["text"] for message in came if message["direction"] == "out" and message["text"]]
        for text in answers:
            typer.secho(text + "\n", fg=typer.colors.GREEN)
        return bool(answers)

    @property
    def _token(self) -> str:
        return self._settings.twilio_auth_token.get_secret_value()

    def _messages(self) -> list[dict[str, Any]]:
        query = urllib.parse.urlencode({"number": self._handset.number, "channel": self._handset.channel})
        with urllib.request.urlopen(f"{self._address}/dev/phone/messages?{query}", timeout=_PATIENCE_S) as answer:  # noqa: S310
            messages: list[dict[str, Any]] = json.load(answer)["messages"]
        return messages


@contextmanager
def _service(settings: Settings) -> Iterator[str]:
    """The address of the running service, or of one that runs only as long as the chat."""
    found = running_service(settings)
    if found is not None:
        yield found
        return
    from services.core.serving import sole_server

    with socket.create_server(("127.0.0.1", 0)) as listener, sole_server(settings.database_url):
        yield from _serving(settings, listener)


def _serving(settings: Settings, listener: socket.socket) -> Iterator[str]:
    import uvicorn

    from bot.app import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    if not server.started:
        fail("The service did not start.")
    try:
        with announced(settings, listener) as address:
            yield address
    finally:
        server.should_exit = True
        thread.join()
