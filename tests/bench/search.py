"""How long a search over 100,000 events takes, and whether it always finds what looking at every event finds.

References, measured in the same run: the plain way, a bounding box in SQL (which does less: no needs, no order, nothing
given up), and reading one row by its primary key.
"""

import gc
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
from services.events.search import named_in, search
from services.events.tables import Event, Provider, Venue, mark_changed
from services.migrations.metadata import all_tables
from tests.search_oracle import PROVIDERS, Oracle, random_query, random_rows

EVENTS, QUERIES, ROUNDS, BOXES = 100_000, 200, 8, 25
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_BOX = text(
    "SELECT event.id, lat, lon, starts_at FROM event JOIN venue ON venue.id = venue_id WHERE status = 'published'"
    " AND starts_at > :now AND lat BETWEEN :lat - 0.072 AND :lat + 0.072 AND lon BETWEEN :lon - 0.116 AND :lon + 0.116"
    " AND (cancer_types = '[]' OR cancer_types LIKE :type) AND taken < capacity"
)
_ROW = text("SELECT id, capacity, taken FROM event WHERE id = :id")
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
    """Time the queries, round after round, and check each of them against the oracle."""
    chance = random.Random(7)
    queries = [random_query(chance, NOW) for _ in range(QUERIES)]
    oracle = Oracle(rows).prepare(NOW)
    with database.read() as session:
        loading, _ = timed(lambda: current_index(session, NOW))
        results = [search(session, query, limit=3, now=NOW) for query in queries]
        gc.collect()
        gc.freeze()  # the oracle's 100,000 rows are the benchmark's, not the service's
        searches = [
            timed(lambda query=query: search(session, query, limit=3, now=NOW))[0]
            for _ in range(ROUNDS)
            for query in queries
        ]
        boxes = [timed(lambda query=query: _boxed(session, query))[0] for query in queries[:BOXES] if query.lat]
        rows_read = [timed(lambda n=n: session.execute(_ROW, {"id": n}).all())[0] for n in range(1, 1000)]
        named = [timed(lambda n=n: named_in(session, f"{MESSAGES[n % 3]} {n}", now=NOW))[0] for n in range(1000)]
    different = sum(
        _differs(oracle.search(query, 3, NOW), found) for query, found in zip(queries, results, strict=True)
    )
    return {
        "events": len(rows),
        "queries": QUERIES,
        "search": spread(searches),
        "share_widened": sum(bool(result.widened) for result in results) / QUERIES,
        "what_a_message_names": spread(named),
        "different_from_brute_force": different,
        "reading_the_events_again_ms": round(loading),
        "reference_bounding_box": spread(boxes),
        "reference_row_by_primary_key": spread(rows_read),
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
