"""Prism from npm: a proxy that holds requests and answers against an OpenAPI description, and fails what breaks it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.cli.checking import free_port
from tests.stand_in import wait_until

VERSION = "5.14.2"
# What it depends on is taken as it was then, so that the same Prism runs everywhere.
_AS_OF = "2026-06-01"
_PROGRAM = Path("node_modules/@stoplight/prism-cli/dist/index.js")
_FETCHING_S = 120.0


def installed() -> Path:
    """Prism's program, fetched once and kept in the user's cache; skips the test where it cannot be had."""
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("Prism needs Node.js, and npm is not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wellbeing-line"
    folder = cache / f"prism-{VERSION}"
    if not (folder / _PROGRAM).exists():
        cache.mkdir(parents=True, exist_ok=True)
        # Another process may be fetching it too: whoever has it first puts it in its place, whole.
        with tempfile.TemporaryDirectory(dir=cache) as fetched:
            _fetch(Path(fetched))
            if not folder.exists():
                os.rename(fetched, folder)
                Path(fetched).mkdir()
    return folder / _PROGRAM


def _fetch(folder: Path) -> None:
    package = [f"@stoplight/prism-cli@{VERSION}", f"--before={_AS_OF}"]
    quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=20000"]
    try:
        done = subprocess.run(
            ["npm", "install", "--prefix", str(folder), *quietly, *package],
            capture_output=True,
            text=True,
            timeout=_FETCHING_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"Prism {VERSION} could not be fetched from npm within {_FETCHING_S:.0f} s")
    if done.returncode:
        why = next((line for line in done.stderr.splitlines() if line.startswith("npm error")), "no reason given")
        pytest.skip(f"Prism {VERSION} could not be fetched: {why}")


@contextmanager
def proxy(description: Path, upstream: str, log: Path) -> Iterator[str]:
    """Run Prism before a server for the length of a block, which is given Prism's address."""
    port = free_port()
    command = ["node", str(installed()), "proxy", "-h", "127.0.0.1", "-p", str(port), "--errors"]
    with log.open("w") as said:
        process = subprocess.Popen([*command, str(description), upstream], stdout=said, stderr=said)
    try:
        wait_until(lambda: process.poll() is not None or "Prism is listening" in log.read_text())
        assert process.poll() is None, log.read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
