"""How long a search over 100,000 events takes, and whether it always finds what looking at every event finds.

The reference, measured in the same run, is the plain way: a bounding box and need and type tests in SQL.
"""

import json
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, text
from sqlmodel import Session

from services.core.database import Database
from services.events.index import current_index
from services.events.search import search, title_words_in
from services.events.tables import Event, Provider, Venue, mark_changed
from services.migrations.metadata import all_tables
from tests.search_oracle import PROVIDERS, Oracle, random_query, random_rows

EVENTS, QUERIES, CHECKED = 100_000, 1_500, 60
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_BOX = text(
    "SELECT event.id, lat, lon, starts_at FROM event JOIN venue ON venue.id = venue_id WHERE status = 'published'"
    " AND starts_at > :now AND lat BETWEEN :lat - 0.072 AND :lat + 0.072 AND lon BETWEEN :lon - 0.116 AND :lon + 0.116"
    " AND (cancer_types = '[]' OR cancer_types LIKE :type) AND taken < capacity"
)
MESSAGES = ("something for my dad near e17", "do you do the moving foward corse in camden", "maggies yoga on a tuesday")


def store(session: Session, rows: list) -> None:
    """Write the random events into an empty database."""
    session.execute(insert(Provider), [{"id": n, "name": name} for n, name in enumerate(PROVIDERS, 1) if name])
    venues = {row.venue for row in rows if row.venue}
    session.execute(
        insert(Venue),
        [
            {"id": n, "name": f"Hall {n}", "postcode": "E1 1AA", "lat": lat, "lon": lon, "address": "", "borough": ""}
            | {"travel": "", "parking": ""}
            for n, lat, lon in venues
        ],
    )
    session.execute(insert(Event), [_columns(row) for row in rows])
    mark_changed(session)


def _columns(row) -> dict:
    same = ("id", "title", "starts_at", "status", "mode", "capacity", "taken", "language", "referral")
    lists = ("cancer_types", "needs", "audience", "stage", "access")
    return (
        {name: getattr(row, name) for name in same}
        | {name: list(getattr(row, name)) for name in lists}
        | {
            "external_id": f"event-{row.id}",
            "discreet_title": row.title,
            "ends_at": row.starts_at,
            "kind": "single",
            "venue_id": row.venue and row.venue[0],
            "provider_id": row.provider and row.provider[0],
            "joining_link": "",
            "cost": "",
            "contact": "",
            "bring": "",
            "updated_at": NOW,
        }
    )


def timed(work) -> tuple[float, object]:
    """How many milliseconds some work took, and its result."""
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1000, result


def spread(times: list[float]) -> dict[str, float]:
    """The median and the 99th percentile, in milliseconds."""
    return {"p50_ms": round(statistics.median(times), 3), "p99_ms": round(statistics.quantiles(times, n=100)[98], 3)}


def measure(database: Database, rows: list) -> dict:
    """Time searches one after another, and check some against the oracle."""
    chance = random.Random(7)
    queries = [random_query(chance, NOW) for _ in range(QUERIES)]
    oracle = Oracle(rows).prepare(NOW)
    with database.read() as session:
        loading, _ = timed(lambda: current_index(session, NOW))
        measured = [timed(lambda query=query: search(session, query, limit=3, now=NOW)) for query in queries]
        plain = [timed(lambda query=query: _boxed(session, query))[0] for query in queries[:100] if query.lat]
        named = [timed(lambda n=n: title_words_in(session, f"{MESSAGES[n % 3]} {n}", now=NOW))[0] for n in range(300)]
    wrong = sum(_differs(oracle.search(queries[n], 3, NOW), measured[n][1]) for n in range(CHECKED))
    return {
        "events": len(rows),
        "search": spread([each for each, _ in measured]),
        "widened": sum(bool(result.widened) for _, result in measured) / QUERIES,
        "reference_bounding_box": spread(plain),
        "title_words": spread(named),
        "reading_the_events_again_ms": round(loading),
        "checked_against_brute_force": CHECKED,
        "different_from_brute_force": wrong,
    }


def _boxed(session: Session, query) -> list:
    values = {"now": NOW.replace(tzinfo=None), "lat": query.lat, "lon": query.lon, "type": f"%{query.cancer_type}%"}
    return session.execute(_BOX, values).all()


def _differs(expected, found) -> bool:
    same = (expected.ids, expected.has_more, expected.widened) == (
        [match.event_id for match in found.matches],
        found.has_more,
        found.widened,
    )
    return not same


def main() -> None:
    """Print the figures as JSON."""
    rows = random_rows(random.Random(1), EVENTS, NOW, venues=2000)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'events.db'}")
        all_tables().create_all(database.engine)
        database.write(lambda session: store(session, rows))
        print(json.dumps(measure(database, rows), indent=2))
        database.close()


if __name__ == "__main__":
    main()
