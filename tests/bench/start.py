"""Cold start until /health answers, beside the bare import of the stack that the service stands on."""

import asyncio
import json
import resource
import subprocess
import sys
import time
from statistics import median

from tests.bench.running import fsync_ms, running_service

STACK = "import fastapi, uvicorn, sqlmodel, sqlalchemy, rasa_sdk.executor, aiohttp, twilio.request_validator, numpy"


async def run() -> dict[str, float]:
    """Measure both three times and keep the medians; processor time tells more than the clock on a busy machine."""
    starts, imports, ours, theirs = [], [], [], []
    for _ in range(3):
        async with running_service() as service:
            fsync = fsync_ms(service.folder)
            ours.append(sum(service.process.cpu_times()[:2]))
            starts.append(service.started_in_s)
        begun, before = time.perf_counter(), _processor_s()
        subprocess.run([sys.executable, "-c", STACK], check=True)
        imports.append(time.perf_counter() - begun)
        theirs.append(_processor_s() - before)
    start, bare = median(starts), median(imports)
    return {
        "fsync_ms": round(fsync, 3),
        "cold_start_s": round(start, 2),
        "cold_start_processor_s": round(median(ours), 2),
        "reference_bare_imports_s": round(bare, 2),
        "reference_processor_s": round(median(theirs), 2),
        "ratio": round(start / bare, 2),
    }


def _processor_s() -> float:
    """The processor time of all processes that this one has started and seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(asyncio.run(run()), indent=2))


if __name__ == "__main__":
    main()
