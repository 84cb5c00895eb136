"""A durable turn on SQLite: from the post of a signed webhook until its reply reaches a stand-in that answers at once.

Beside it, in the same minute, the same load on a bare FastAPI skeleton: 2 ms of work, one commit for what came in and
one for what goes out (synchronous FULL), a pooled client.
"""

import asyncio
import itertools
import json
import statistics
import sys
import time
from pathlib import Path

from tests.bench.running import Running, fsync_ms, percentile, running_service

SCRIPT = ("hello", "E17", "skip", "exercise", "1", "Maureen", "just me", "no", "no", "my bookings", "thanks")
ALONE, TOGETHER, SENDERS = 400, 1600, 16
SKELETON = Path(__file__).with_name("skeleton.py")


async def _talk(service: Running, number: str, turns: int) -> list[float]:
    return [await service.turn(number, text) for text in itertools.islice(itertools.cycle(SCRIPT), turns)]


async def _measure(service: Running) -> dict[str, float]:
    await service.settle()
    await _talk(service, "+447700900200", 3 * len(SCRIPT))
    alone = await _talk(service, "+447700900201", ALONE)
    start = time.perf_counter()
    numbers = [f"+4477009003{sender:02}" for sender in range(SENDERS)]
    together = await asyncio.gather(*(_talk(service, number, TOGETHER // SENDERS) for number in numbers))
    taken = time.perf_counter() - start
    times = [one for talk in together for one in talk]
    return {
        "one_sender_p50_ms": round(statistics.median(alone), 2),
        "one_sender_p99_ms": round(percentile(alone, 0.99), 2),
        "sixteen_senders_turns_per_s": round(len(times) / taken, 1),
        "sixteen_senders_p50_ms": round(statistics.median(times), 2),
        "sixteen_senders_p99_ms": round(percentile(times, 0.99), 2),
    }


async def run() -> dict[str, object]:
    """Measure the service, then the skeleton."""
    async with running_service() as service:
        fsync = fsync_ms(service.folder)
        ours = await _measure(service)
    async with running_service(lambda port: [sys.executable, str(SKELETON), str(port)]) as skeleton:
        reference = await _measure(skeleton)
    ratio = ours["sixteen_senders_turns_per_s"] / reference["sixteen_senders_turns_per_s"]
    return {"fsync_ms": round(fsync, 3), "service": ours, "reference": reference, "throughput_ratio": round(ratio, 2)}


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(asyncio.run(run()), indent=2))


if __name__ == "__main__":
    main()
