"""Turns a second of one and of two web processes on PostgreSQL, and what each part uses of the processor for a turn.

The load, the stand-in for Twilio, PostgreSQL and the worker run on the same cores as the web processes. Where those are
few, turns a second say how many cores there are; the processor's time for a turn says what a web process would do on
cores of its own.
"""

import asyncio
import json
import os
import time

from tests.bench.deployed import Deployed, deployed
from tests.bench.turn import SCRIPT

SENDERS = 16
TURNS = int(os.environ.get("BENCH_TURNS", "1600"))
_WARM_UP = 2


async def _talk(found: Deployed, sender: int, turns: int) -> None:
    number = f"+4477009003{sender:02}"
    for turn in range(turns):
        # As a load balancer would, whoever answered before.
        await found.webs[(sender + turn) % len(found.webs)].turn(number, SCRIPT[turn % len(SCRIPT)])


async def _all(found: Deployed, turns: int) -> None:
    await asyncio.gather(*(_talk(found, sender, turns) for sender in range(SENDERS)))


async def measure(webs: int) -> dict[str, object]:
    """Turns a second, and milliseconds of the processor for a turn by part, of so many web processes."""
    async with deployed(webs) as found:
        await _all(found, _WARM_UP * len(SCRIPT))
        before, began = found.used(), time.perf_counter()
        await _all(found, TURNS // SENDERS)
        taken = time.perf_counter() - began
        used = {part: seconds - before[part] for part, seconds in found.used().items()}
    turns = TURNS // SENDERS * SENDERS
    return {
        "turns_per_s": round(turns / taken, 1),
        "cpu_ms_per_turn": {part: round(1000 * seconds / turns, 2) for part, seconds in used.items()},
        "cores_busy": round(sum(used.values()) / taken, 2),
        "cores_busy_per_web_process": round(used["web"] / taken / webs, 2),
    }


async def run() -> dict[str, object]:
    """Measure one web process, then two."""
    one, two = await measure(1), await measure(2)
    rates = [float(str(each["turns_per_s"])) for each in (one, two)]
    return {"cores": os.cpu_count(), "one": one, "two": two, "ratio": round(rates[1] / rates[0], 2)}


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(asyncio.run(run()), indent=2))


if __name__ == "__main__":
    main()
