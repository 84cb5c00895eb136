"""Processes under measurement on PostgreSQL: web processes and a worker, a stand-in for Twilio, and who used what."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

from tests.bench.running import OURS, SID, TOKEN, Running, StandIn, free_port
from tests.postgres_server import PostgresServer

_CLI = [sys.executable, "-m", "bot.cli"]
_TRIES = 600


@dataclass
class Deployed:
    """The web processes, each to be texted, the worker, and the server of their database."""

    webs: list[Running]
    worker: psutil.Process
    server: psutil.Process

    def used(self) -> dict[str, float]:
        """Seconds of the processor that each part has used so far; the load and the stand-in are this process."""
        return {
            "web": sum(seconds(web.process) for web in self.webs),
            "worker": seconds(self.worker),
            "postgresql": sum(seconds(one) for one in (self.server, *self.server.children())),
            "load_and_stand_in": seconds(psutil.Process()),
        }


def seconds(process: psutil.Process) -> float:
    """Seconds of the processor that a process has used, with those of its children that have ended."""
    return float(sum(process.cpu_times()[:4]))


@asynccontextmanager
async def deployed(webs: int) -> AsyncIterator[Deployed]:
    """So many web processes and a worker on a durable PostgreSQL with demo data, all ready; stopped at the end."""
    stand_in, server = StandIn(), PostgresServer(durable=True)
    listening = await stand_in.serve()
    started: list[subprocess.Popen[bytes]] = []
    try:
        url = server.url(server.create())
        ports = [free_port() for _ in range(webs + 1)]
        environments = [_environment(url, port, stand_in.port) for port in ports]
        for preparation in (["db", "upgrade"], ["demo-data"], ["nlu", "train", "--if-needed"]):
            subprocess.run([*_CLI, *preparation], env=environments[0], check=True, stdout=subprocess.DEVNULL)
        for port, environment in zip(ports, environments, strict=True):
            role = ["worker"] if port == ports[-1] else ["serve", "--web-only"]
            command = [*_CLI, *role, "--port", str(port)]
            started.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
            urls = [f"http://127.0.0.1:{port}" for port in ports]
            await _ready(session, urls)
            running = [
                Running(url, psutil.Process(process.pid), stand_in, session, Path(), 0.0)
                for url, process in zip(urls, started, strict=True)
            ]
            yield Deployed(running[:-1], running[-1].process, psutil.Process(server.pid))
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)
        listening.close()
        server.stop()


def _environment(url: str, port: int, stand_in: int) -> dict[str, str]:
    return os.environ | {
        "ENVIRONMENT": "development",
        "DATABASE_URL": url,
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_SMS_FROM": OURS,
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{stand_in}",
        "REPLIES_PER_HOUR": "1000000",
    }


async def _ready(session: aiohttp.ClientSession, urls: Sequence[str]) -> None:
    for url in urls:
        for _ in range(_TRIES):
            try:
                async with session.get(f"{url}/ready") as answer:
                    if answer.status == 200:
                        break
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
        else:
            raise RuntimeError(f"{url} did not become ready")
