"""What counting costs a turn: the five calls that a turn and its reply make, and a scrape without the database."""

import json
import timeit
from datetime import UTC, datetime

from bot.channels.port import Accepted
from bot.exposition import Exposition, Waiting
from bot.metrics import Metrics
from bot.observing import Observers, Turned
from services.people.backlog import Backlog, Queue
from services.people.outbox import OutboxRow
from services.people.tables import Priority

ROUNDS = 100_000
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ROW = OutboxRow(
    *(1, "reply", Priority.REPLY.value, 1, "sms", "", "", {}, None, 7, 1, "", NOW, None, NOW, NOW, NOW, False)
)


def nothing_waits() -> Waiting:
    """A database with nothing in it."""
    return Waiting(Backlog({"1_reply": Queue(0, 0.0)}, {}, Queue(0, 0.0), {}), {})


def main() -> None:
    """Print microseconds for a turn and for a scrape."""
    counted = Metrics()
    told = Observers(counted)
    accepted = Accepted("SM1")

    def turn() -> None:
        told.taken(7, 0.001)
        told.turned(7, Turned.ANSWERED, 0.007)
        told.posted(ROW, "sms", accepted, 0.02)
        told.reported(1, "sms", "sent", 0.001)
        told.reported(1, "sms", "delivered", 0.001)

    exposition = Exposition(counted, nothing_waits)
    figures = {
        "turn_us": round(timeit.timeit(turn, number=ROUNDS) / ROUNDS * 1e6, 2),
        "scrape_us": round(timeit.timeit(exposition.text, number=100) / 100 * 1e6, 1),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
