"""Logs say what went wrong and where, and nothing that a patient wrote."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECRET = "a lump in my neck"
SCRIPT = """
import sys
import structlog
from bot.logs import configure

def fail_over(message):
    raise ValueError(f"cannot read {message!r}")

configure(development=False, quiet="quiet" in sys.argv)
log = structlog.get_logger("test")
log.info("as_usual")
try:
    fail_over(sys.argv[1])
except ValueError:
    log.exception("it_failed", **{sys.argv[2]: 7})
"""


def logged(*arguments):
    command = [sys.executable, "-c", SCRIPT, SECRET, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)


@pytest.mark.parametrize("named", ["inbound_id", "outbox"])
def test_the_trace_of_a_message_keeps_its_words_to_itself(named):
    usual, failed = [json.loads(line) for line in logged(named).stdout.splitlines()]
    assert (usual["level"], usual["event"]) == ("info", "as_usual")
    assert (failed["level"], failed["event"], failed[named]) == ("error", "it_failed", 7)
    assert "fail_over" in failed["exception"]
    assert failed["exception"].endswith("ValueError")
    assert SECRET not in str(failed)


def test_any_other_trace_says_what_was_wrong():
    [_, failed] = [json.loads(line) for line in logged("job").stdout.splitlines()]
    assert failed["exception"].endswith(f"ValueError: cannot read '{SECRET}'")


def test_a_quiet_command_keeps_standard_output_for_its_answer():
    done = logged("job", "quiet")
    assert done.stdout == ""
    assert "it_failed" in done.stderr
    assert "as_usual" not in done.stderr


NO_RICH = """
import sys
import bot.logs
assert not any(name.partition(".")[0] == "rich" for name in sys.modules)
import rich.console
bot.logs.configure(development=True)
import structlog
try:
    raise ValueError("told")
except ValueError:
    structlog.get_logger().exception("failed")
"""


def test_logs_are_written_without_loading_rich_and_leave_it_to_be_loaded_by_others():
    said = subprocess.run([sys.executable, "-c", NO_RICH], check=True, capture_output=True, text=True).stdout
    assert "ValueError: told" in said
