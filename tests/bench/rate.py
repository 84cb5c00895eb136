"""Do two processes hold one sender's rate together? Prints JSON.

`python -m tests.bench.rate [--seconds 60] [--rate 50] [--sqlite]`: how much of the rate was used over the time, and
the fullest second, wherever it begins. To reach: within 2% over a minute, no second above by more than 10%.
SQLite has one serving process; on PostgreSQL there are two.
"""

import argparse
import json
import time
from bisect import bisect_left

from tests.bench.outboxes import SendingProcess, StandInProcess, filled_database

_WARM_UP_S = 2.0


def measure(seconds: float, rate: float, processes: int) -> dict[str, float]:
    """Send for so long and look at when the messages came."""
    with filled_database(int((seconds + 3 * _WARM_UP_S) * rate * 1.2), postgres=processes > 1) as url:
        stand_in = StandInProcess(0.02)
        senders = [SendingProcess(url, stand_in.url, rate) for _ in range(processes)]
        time.sleep(_WARM_UP_S)
        begun = time.time()
        time.sleep(seconds)
        ended, moments = time.time(), sorted(stand_in.moments())
        for sender in senders:
            sender.stop()
        stand_in.stop()
    counted = [moment for moment in moments if begun <= moment < ended]
    fullest = max(bisect_left(moments, moment + 1) - at for at, moment in enumerate(moments))
    return {
        "processes": processes,
        "rate": rate,
        "seconds": round(ended - begun, 2),
        "messages": len(counted),
        "part_of_rate": round(len(counted) / (rate * (ended - begun)), 4),
        "fullest_second": fullest,
        "fullest_second_part_of_rate": round(fullest / rate, 3),
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--sqlite", action="store_true", help="One process on SQLite.")
    given = parser.parse_args()
    print(json.dumps(measure(given.seconds, given.rate, 1 if given.sqlite else 2)))


if __name__ == "__main__":
    main()
