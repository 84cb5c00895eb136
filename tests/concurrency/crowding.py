"""Doing the same from many threads that start together."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Given, Answer = TypeVar("Given"), TypeVar("Answer")


def at_once(function: Callable[[Given], Answer], arguments: Sequence[Given], threads: int = 24) -> list[Answer]:
    """Call `function` with each of `arguments`; the answers are in no order that means anything."""
    start = threading.Barrier(threads)

    def work(mine: Sequence[Given]) -> list[Answer]:
        start.wait(30)
        return [function(argument) for argument in mine]

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(work, [arguments[number::threads] for number in range(threads)]))
    return [answer for part in parts for answer in part]
