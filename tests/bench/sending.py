"""How fast does one process send, and at what price in processor time? Prints JSON.

`python -m tests.bench.sending [--messages 6000] [--kinds reply reminder broadcast]`: a full outbox on SQLite for each
kind, a stand-in in a process of its own that answers after 20 ms, and one sender without a rate to keep. A reply
carries its words; reminders and broadcasts go through the whole gate and are worded as they leave. To reach: 300
messages a second at no more than 3 ms of the processor each. Beside it the same posts by aiohttp alone, as many at a
time, through the same stand-in.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from urllib.parse import urlencode

import aiohttp
import uvloop

from bot.judging import Pace
from tests.bench.outboxes import WORDS, SendingProcess, StandInProcess, filled_database
from tests.bench.running import OURS, SID

_NO_LIMIT = 1e6
_LONGEST_S = 60.0
KINDS = ("reply", "reminder", "broadcast")


def send(messages: int, kinds: Sequence[str]) -> dict[str, float]:
    """Send so many messages with the product's sender, of these kinds in turn."""
    with filled_database(messages, kinds=kinds) as database_url:
        stand_in = StandInProcess(0.02)
        sender, moments = SendingProcess(database_url, stand_in.url, _NO_LIMIT), []
        begun = time.time()
        while len(moments) < messages and time.time() - begun < _LONGEST_S:
            time.sleep(0.2)
            moments += stand_in.moments()
        cpu = sender.stop()
        stand_in.stop()
    return _figures("_and_".join(kinds), len(moments), max(moments) - min(moments), cpu)


def post_bare(messages: int) -> dict[str, float]:
    """Post so many messages with aiohttp and nothing else."""
    stand_in = StandInProcess(0.02)
    form = {"To": "+447700900000", "From": OURS, "StatusCallback": "https://text.example.org/status", "Body": WORDS}
    body, path = urlencode(form).encode(), f"{stand_in.url}/2010-04-01/Accounts/{SID}/Messages.json"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    async def worker(session: aiohttp.ClientSession, left: list[int]) -> None:
        while left:
            left.pop()
            async with session.post(path, data=body, headers=headers) as answer:
                json.loads(await answer.read())

    async def run() -> None:
        left = list(range(messages))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*(worker(session, left) for _ in range(Pace().posts)))

    begun, cpu = time.time(), time.process_time()
    uvloop.run(run())
    taken, cpu = time.time() - begun, time.process_time() - cpu
    stand_in.stop()
    return _figures("bare_posts", messages, taken, cpu)


def _figures(name: str, messages: int, seconds: float, cpu: float) -> dict[str, float]:
    return {
        f"{name}_messages": messages,
        f"{name}_per_second": round(messages / seconds, 1),
        f"{name}_cpu_ms": round(cpu / messages * 1000, 3),
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=6000)
    parser.add_argument(
        "--kinds", nargs="+", choices=KINDS, default=KINDS, help="One run for each, and the bare posts."
    )
    given = parser.parse_args()
    figures: dict[str, float] = {}
    for each in given.kinds:
        figures |= send(given.messages, (each,))
    print(json.dumps(figures | post_bare(given.messages), indent=2))


if __name__ == "__main__":
    main()
