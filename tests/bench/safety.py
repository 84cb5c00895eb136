"""How long the red-flag detector reads an ordinary message, and the worst of 5,000 characters made to be hard for it.

The reference, in the same run, is Python's own regular expressions taking the same messages apart into words.
"""

import json
import re
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.dialogue.safety import load_safety
from services.core import yaml12

ROOT = Path(__file__).parents[2]
HARD = ("chest pain ", "cant ", "the my so very ", "no not never any ", "temp 38 ", "leg swollen hot ", "a", "x1 ")
WORD = re.compile(r"\w+")


def _microseconds(read: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    times = []
    for text in texts:
        start = time.perf_counter()
        read(text)
        times.append((time.perf_counter() - start) * 1e6)
    return times


def run() -> dict[str, float]:
    """Measure the messages of the open safety list, then the hard ones."""
    safety = load_safety(ROOT / "dialogues" / "safety.yml")
    listed = yaml12.load(ROOT / "tests" / "safety" / "messages_open.yml")
    ordinary = [each["text"] for each in listed["negative"]]
    hard = [(words * 5000)[:5000] for words in HARD]
    safety.check(ordinary[0])
    ours, words = _microseconds(safety.check, ordinary), _microseconds(WORD.findall, ordinary)
    return {
        "message_p50_us": round(statistics.median(ours), 1),
        "worst_of_5000_characters_us": round(max(_microseconds(safety.check, hard)), 1),
        "reference_words_p50_us": round(statistics.median(words), 2),
        "ratio": round(statistics.median(ours) / statistics.median(words), 1),
    }


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(run(), indent=2))


if __name__ == "__main__":
    main()
