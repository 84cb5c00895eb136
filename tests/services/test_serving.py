"""Only one process serves an SQLite file."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from services.core.errors import DatabaseBusy
from services.core.serving import sole_server

PROGRAM = """
import os, sys, time
from services.core.serving import sole_server
with sole_server(sys.argv[1]):
    child = os.fork() if len(sys.argv) > 2 else None
    if child == 0:
        time.sleep(30)
        os._exit(0)
    print(child or "serving", flush=True)
    sys.stdin.read()
print("stopped", flush=True)
"""


@contextmanager
def serving(url, *more):
    command = [sys.executable, "-c", PROGRAM, url, *more]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.said = process.stdout.readline().strip()
        yield process
        process.kill()


def test_a_second_server_is_refused_with_what_to_do(sqlite_url):
    with (
        serving(sqlite_url),
        pytest.raises(DatabaseBusy, match=r"already serves .*wellbeing\.db: stop it first, or set DATABASE_URL"),
        sole_server(sqlite_url),
    ):
        pass


def test_another_may_serve_once_the_first_has_stopped(sqlite_url):
    with serving(sqlite_url) as process:
        process.stdin.close()
        assert process.stdout.readline() == "stopped\n"
        with sole_server(sqlite_url):
            pass


def test_a_killed_server_lets_go_even_when_a_child_of_its_lives_on(sqlite_url):
    with serving(sqlite_url, "child") as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with sole_server(sqlite_url):
            pass
        os.kill(int(process.said), signal.SIGKILL)


def test_an_error_while_serving_lets_go(sqlite_url):
    with pytest.raises(RuntimeError), sole_server(sqlite_url):
        raise RuntimeError
    with serving(sqlite_url) as process:
        assert process.said == "serving"


def test_two_files_have_two_servers(sqlite_url, tmp_path):
    with serving(sqlite_url), sole_server(f"sqlite:///{tmp_path / 'other.db'}"):
        pass


def test_any_number_serve_postgresql(postgres_url):
    with serving(postgres_url), sole_server(postgres_url):
        pass
