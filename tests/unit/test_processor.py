"""A process that stays on one core, and takes the threads along that it starts."""

import os
import subprocess
import sys

import pytest

_PROGRAM = """
import os
from threading import Thread
from bot.processor import stay_on_one_core
before = os.sched_getaffinity(0)
stay_on_one_core()
found = []
thread = Thread(target=lambda: found.append(os.sched_getaffinity(0)))
thread.start()
thread.join()
assert found == [os.sched_getaffinity(0)]
assert len(found[0]) == 1 and found[0] <= before, found
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux keeps a process on a core")
def test_a_process_and_its_threads_stay_on_one_core() -> None:
    subprocess.run([sys.executable, "-c", _PROGRAM], check=True)
