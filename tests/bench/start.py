"""Cold start until /health answers, beside the bare import of the stack that the service stands on."""

import asyncio
import json
import subprocess
import sys
import time

from tests.bench.running import fsync_ms, running_service

STACK = "import fastapi, uvicorn, sqlmodel, sqlalchemy, rasa_sdk.executor, aiohttp, twilio.request_validator, numpy"


async def run() -> dict[str, float]:
    """Measure both three times and keep the medians."""
    starts, imports = [], []
    for _ in range(3):
        async with running_service() as service:
            fsync = fsync_ms(service.folder)
            starts.append(service.started_in_s)
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", STACK], check=True)
        imports.append(time.perf_counter() - begun)
    start, bare = sorted(starts)[1], sorted(imports)[1]
    return {
        "fsync_ms": round(fsync, 3),
        "cold_start_s": round(start, 2),
        "reference_bare_imports_s": round(bare, 2),
        "ratio": round(start / bare, 2),
    }


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(asyncio.run(run()), indent=2))


if __name__ == "__main__":
    main()
