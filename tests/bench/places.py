"""How long a place takes to resolve, to find in a sentence and to load, and how many misspelt names are understood.

The reference, measured in the same run on the same texts, is the plain way: a dictionary of names and a regular
expression for postcodes, tried on every run of up to four words.
"""

import json
import random
import re
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from services.journey.atlas import load_atlas
from services.journey.gazetteer import Gazetteer
from services.journey.place import Place, places_of

ROUNDS = 5
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FRAMES = (
    "{}", "im in {} love", "i live near {} station", "anything 4 my dads bowel cancer near {} weds evening",
    "hello, is there a carers group or yoga around {} on a tuesday or thursday afternoon? my mum uses a wheelchair",
    "{} please", "from {} but i can travel", "cant do mornings. {} or online. what have you got for prostate",
)  # fmt: skip
ORDINARY = (
    "he is barking mad and i was reading the leaflet when the nurse, an angel, rang about parking",
    "can you book 2 places for me and my wife on thursday, i am victoria and she is chelsea",
    "I was told to text this number after my appointment, what is it you do and is there any cost at all?",
)
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?( ?[0-9][A-Z]{2})?", re.IGNORECASE)


def _plain_way() -> Callable[[str], Place | None]:
    atlas = load_atlas()
    names = {place.name.lower(): place for place in (*atlas.stations, *atlas.hospitals, *atlas.areas)}

    def look_up(text: str) -> Place | None:
        words = re.split(r"[^\w']+", text.lower())
        for length in (4, 3, 2, 1):
            for start in range(len(words) - length + 1):
                run = " ".join(words[start : start + length])
                if run in names:
                    return names[run]
                if _POSTCODE.fullmatch(run):
                    code = run.upper().replace(" ", "")
                    found = atlas.sectors.get(code[:-2]) or atlas.outcodes.get(code[:-3]) or atlas.outcodes.get(code)
                    if found:
                        return found
        return None

    return look_up


def _slip(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name))
    other = chance.choice(LETTERS)
    return chance.choice(
        (name[:at] + name[at + 1 :], name[:at] + name[at:][:1] + name[at:], name[:at] + other + name[at + 1 :])
    )


def _timed(read: Callable[[str], Any], texts: list[str]) -> dict[str, float]:
    """Return the median and the 99th centile in microseconds, each text at the best of a few rounds."""
    best = [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        for at, text in enumerate(texts):
            begun = time.perf_counter()
            read(text)
            best[at] = min(best[at], (time.perf_counter() - begun) * 1e6)
    return {"p50_us": round(statistics.median(best), 1), "p99_us": round(statistics.quantiles(best, n=100)[98], 1)}


def _loading() -> dict[str, float]:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        Gazetteer.load()
        times.append((time.perf_counter() - begun) * 1e3)
    tracemalloc.start()
    kept = Gazetteer.load()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept
    return {
        "best_ms": round(min(times), 1),
        "median_ms": round(statistics.median(times), 1),
        "mib": round(held / 2**20, 1),
    }


def _understood(read: Callable[[str], Any], meant: list[tuple[str, Place]]) -> dict[str, float]:
    """Return the shares of misspelt names that were read as what was meant, and as something else."""
    right = wrong = 0
    for text, place in meant:
        found = read(text)
        options = places_of(found) if found else ()
        near = any(option.metres_to(place) < 3_000 for option in options)
        right += near
        wrong += bool(options) and not near
    return {"right": round(right / len(meant), 3), "wrong": round(wrong / len(meant), 3)}


def main() -> None:
    """Measure and print JSON."""
    chance = random.Random(7)
    gazetteer, plain = Gazetteer.load(), _plain_way()
    atlas = load_atlas()
    areas = [area for area in atlas.areas if area.borough]
    postcodes = [f"{code[:-1]} {code[-1]}AB" for code in sorted(atlas.sectors)]
    said = [chance.choice(areas).name for _ in range(250)] + chance.sample(postcodes, 150)
    misspelt = [(_slip(area.name.lower(), chance), area) for area in areas for _ in range(2)]
    answers = [*said, *(f"im in {name} love" for name in said), *(text for text, _ in misspelt[:300])]
    sentences = [chance.choice(FRAMES).format(name) for name in said] + list(ORDINARY) * 50
    print(
        json.dumps(
            {
                "load": _loading(),
                "resolve": _timed(gazetteer.resolve, answers),
                "find_in": _timed(gazetteer.find_in, sentences),
                "one_slip": _understood(gazetteer.resolve, misspelt),
                "reference": {
                    "what": "dictionary of exact names and a postcode expression over every run of four words",
                    "resolve": _timed(plain, answers),
                    "find_in": _timed(plain, sentences),
                    "one_slip": _understood(plain, misspelt),
                },
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
