"""Keeping a process on one core: only one thread runs Python at a time, and to take turns across cores costs more.

With 16 senders it gives 226 to 263 turns a second instead of 130 to 184 in the same minutes (`tests/bench/turn.py`).
"""

import os


def stay_on_one_core() -> None:
    """Let this thread, and those that it starts from now on, run on one core only, where the system can do that.

    Processes are spread over the cores that they may use by their number.
    """
    if not hasattr(os, "sched_setaffinity"):  # Linux has it
        return
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[os.getpid() % len(cores)]})
