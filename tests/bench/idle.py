"""What the service uses of a core while nobody texts: one process on SQLite, web and worker on PostgreSQL."""

import asyncio
import json
import os

from tests.bench.deployed import deployed, seconds
from tests.bench.running import running_service

SPAN_S = float(os.environ.get("BENCH_SECONDS", "60"))


async def run() -> dict[str, object]:
    """Let both rest for the same minute and return the percentages of one core."""
    async with running_service() as alone, deployed(1) as several:
        await alone.settle()
        before = several.used() | {"sqlite": seconds(alone.process)}
        await asyncio.sleep(SPAN_S)
        after = several.used() | {"sqlite": seconds(alone.process)}
    used = {part: round(100 * (after[part] - before[part]) / SPAN_S, 2) for part in after}
    return {
        "seconds": SPAN_S,
        "percent_of_a_core_sqlite": used["sqlite"],
        "percent_of_a_core_postgresql": {part: used[part] for part in ("web", "worker", "postgresql")},
    }


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(asyncio.run(run()), indent=2))


if __name__ == "__main__":
    main()
