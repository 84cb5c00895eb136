"""A service under measurement: its own process and database, and a stand-in for Twilio that answers at once."""

import asyncio
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import aiohttp
import psutil

from bot.channels.handset import Handset, Texted, signature
from bot.channels.paths import MESSAGES_PATH

SID, TOKEN = "AC" + "0" * 31 + "2", "bench"
OURS = "+442079460000"  # for drama too, and none of those that text
_CREATED = b'{"sid":"SM%s","status":"queued"}'
_BUSY = 600
_ENGINE_AFTER_S = 3.0
_AT_REST_S = 0.1


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def fsync_ms(folder: Path) -> float:
    """The median time of a 4 KiB write and fdatasync, in milliseconds."""
    times = []
    with (folder / "fsync.test").open("wb", buffering=0) as file:
        for _ in range(200):
            file.write(b"x" * 4096)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def percentile(values: list[float], part: float) -> float:
    """The value below which that part (0 to 1) of the values lie."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


class StandIn:
    """Answers every request to send a message at once, and tells when one for an address came."""

    def __init__(self) -> None:
        self.port = free_port()
        self.count = 0
        self._waiting: dict[str, asyncio.Future[float]] = {}

    def expect(self, address: str) -> "asyncio.Future[float]":
        """A future that holds the moment (perf_counter) at which the next message to an address came."""
        future = asyncio.get_running_loop().create_future()
        self._waiting[address] = future
        return future

    async def serve(self) -> asyncio.Server:
        """Listen."""
        return await asyncio.start_server(self._handle, "127.0.0.1", self.port)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
                )
                form = dict(parse_qsl((await reader.readexactly(length)).decode()))
                body = _CREATED % secrets.token_hex(16).encode()
                writer.write(
                    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
                self.count += 1
                waiting = self._waiting.pop(form.get("To", ""), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(time.perf_counter())
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()


@dataclass
class Running:
    """The service: where it is, its process, and the stand-in that it sends to."""

    url: str
    process: psutil.Process
    stand_in: StandIn
    session: aiohttp.ClientSession
    folder: Path
    started_in_s: float
    numbers: dict[str, Handset] = field(default_factory=dict)

    async def turn(self, number: str, text: str) -> float:
        """Text the service and wait for its answer at the stand-in; the time between, in milliseconds."""
        handset = self.numbers.setdefault(number, Handset(SID, number, OURS))
        form = handset.form(Texted(text))
        url = self.url + MESSAGES_PATH
        answered = self.stand_in.expect(number)
        headers = {"X-Twilio-Signature": signature(TOKEN, url, form)}
        start = time.perf_counter()
        async with self.session.post(url, data=form, headers=headers) as answer:
            if answer.status != 200:
                raise RuntimeError(f"the webhook answered {answer.status}")
        return (await asyncio.wait_for(answered, 30) - start) * 1000

    async def settle(self) -> None:
        """Wait until what begins after the first turn can be served (the durable engine) has begun."""
        await asyncio.sleep(_ENGINE_AFTER_S)
        for _ in range(_BUSY):
            before = sum(self.process.cpu_times()[:2])
            await asyncio.sleep(1)
            if sum(self.process.cpu_times()[:2]) - before < _AT_REST_S:
                return
        raise RuntimeError("the service did not come to rest")

    def rss_mib(self) -> float:
        """The resident memory of the service's process, in MiB."""
        return float(self.process.memory_info().rss / 2**20)


@asynccontextmanager
async def running_service(command: Callable[[int], list[str]] | None = None) -> AsyncIterator[Running]:
    """The service with demo data on SQLite (synchronous FULL), ready to be texted; stopped at the end."""
    stand_in = StandIn()
    server = await stand_in.serve()
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        environment = os.environ | {
            "ENVIRONMENT": "development",
            "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_SMS_FROM": OURS,
            "TWILIO_API_BASE_URL": f"http://127.0.0.1:{stand_in.port}",
            "REPLIES_PER_HOUR": "1000000",
        }
        cli = [sys.executable, "-m", "bot.cli"]
        for preparation in (["db", "upgrade"], ["demo-data"], ["nlu", "train", "--if-needed"]):
            subprocess.run([*cli, *preparation], env=environment, check=True, stdout=subprocess.DEVNULL)
        serve = command(port) if command else [*cli, "serve", "--port", str(port)]
        start = time.perf_counter()
        process = subprocess.Popen(serve, env=environment, stdout=subprocess.DEVNULL)
        try:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
                url = f"http://127.0.0.1:{port}"
                await _healthy(session, url, process)
                taken = time.perf_counter() - start
                yield Running(url, psutil.Process(process.pid), stand_in, session, folder, taken)
        finally:
            process.terminate()
            process.wait(30)
            server.close()


async def _healthy(session: aiohttp.ClientSession, url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(_BUSY):
        if process.poll() is not None:
            raise RuntimeError("the service did not start")
        try:
            async with session.get(f"{url}/health") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.02)
    raise RuntimeError("the service did not become healthy")
