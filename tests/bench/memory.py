"""Resident memory of the service after 1,000 conversations and after 10,000 turns, beside that of the bare stack."""

import asyncio
import json
import subprocess
import sys

from tests.bench.running import Running, running_service
from tests.bench.start import STACK
from tests.bench.turn import SCRIPT

SIDE_BY_SIDE = 16
PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"


async def _conversations(service: Running, numbers: list[str], texts: tuple[str, ...]) -> None:
    waiting = iter(numbers)

    async def one_after_another() -> None:
        for number in waiting:
            for text in texts:
                await service.turn(number, text)

    await asyncio.gather(*(one_after_another() for _ in range(SIDE_BY_SIDE)))


async def run() -> dict[str, float]:
    """Measure before, after 1,000 conversations, and after 10,000 turns."""
    numbers = [f"+447700900{number:03}" for number in range(1000)]
    async with running_service() as service:
        idle = service.rss_mib()
        await _conversations(service, numbers, SCRIPT[:4])
        thousand = service.rss_mib()
        await _conversations(service, numbers, SCRIPT[4:10])
        ten_thousand_turns = service.rss_mib()
    bare = float(subprocess.run([sys.executable, "-c", f"{STACK}; {PEAK}"], capture_output=True, check=True).stdout)
    return {
        "idle_mib": round(idle, 1),
        "after_1000_conversations_mib": round(thousand, 1),
        "after_10000_turns_mib": round(ten_thousand_turns, 1),
        "reference_bare_imports_mib": round(bare, 1),
        "ratio": round(thousand / bare, 2),
    }


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(asyncio.run(run()), indent=2))


if __name__ == "__main__":
    main()
