"""An export is the inverse of an import, and no cell of it is ever run as a formula."""

import csv
import io
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.clock import LONDON
from services.core.database import Database
from services.events.changes import Imported
from services.events.discretion import telling_words
from services.events.exports import csv_line, export_events, london_text
from services.events.imports import import_events
from services.events.sheet import COLUMNS
from services.events.taxonomy import load_taxonomy

NOW = datetime(2026, 11, 23, 10, tzinfo=LONDON)
TERMS = load_taxonomy()


@dataclass(frozen=True)
class Spot:
    lat: float = 51.58
    lon: float = -0.02
    borough: str = ""


@contextmanager
def fresh(template):
    """An empty database that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.db"
        shutil.copyfile(template, path)
        database = Database(f"sqlite:///{path}")
        yield database
        database.close()


def bring_in(database, source):
    outcome = database.write(lambda session: import_events(session, source, locate=lambda _: Spot(), now=NOW))
    assert isinstance(outcome, Imported), [str(error) for error in outcome.errors]
    return outcome


def export(database):
    with database.read() as session:
        return "".join(export_events(session))


def table(events):
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(events)
    return text.getvalue()


# Text that tells of an illness is refused where reminders show it, which is tested with the import.
words = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
    .map(str.strip)
    .filter(lambda text: not telling_words(text))
)
blocks = st.lists(words, max_size=2).map("\n".join)
formulas = st.sampled_from(["=1+1", "+44 20", "-", "@x", "'=1", "''=1", "'quoted'", "a;b,c", 'say "hi"', "\ufeffx"])
times = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)


def terms(kind):
    return st.lists(st.sampled_from(sorted(getattr(TERMS, kind))), max_size=3).map(";".join)


@st.composite
def rows(draw):
    number = draw(st.integers(1, 10**6))
    starts, length = draw(times), timedelta(minutes=draw(st.sampled_from([30, 61, 1440])))
    sessions = [starts + timedelta(days=7 * week) for week in range(draw(st.sampled_from([1, 1, 3])))]
    online = draw(st.booleans())
    return {
        "external_id": f"e{number}",
        "title": f"Yoga {draw(words | formulas)}",
        "discreet_title": draw(st.sampled_from(["Yoga", "=Yoga", "+Plus"])),
        "kind": "course" if len(sessions) > 1 else draw(st.sampled_from(["single", "one_to_one", "drop_in", ""])),
        "provider": draw(words),
        "alliance": draw(words),
        "venue": draw(st.sampled_from(["Hall", "Library", "=Hut", ""])),
        "address": draw(words),
        "postcode": "" if online else draw(st.sampled_from(["E17 4QJ", "N11AA"])),
        "mode": "online" if online else draw(st.sampled_from(["", "in person", "both"])),
        "starts_at": ";".join(moment.isoformat() for moment in sessions),
        "ends_at": ";".join((moment + length).isoformat() for moment in sessions),
        "capacity": str(draw(st.integers(1, 500))),
        "cancer_types": draw(terms("cancer_types")),
        "needs": draw(terms("needs")),
        "audience": draw(terms("audience")),
        "stage": draw(terms("stage")),
        "access": draw(terms("access")),
        "language": draw(st.sampled_from(["", "Polish", "english;Bengali"])),
        "cost": draw(words | formulas),
        "contact": draw(words | formulas),
        "bring": draw(blocks),
        "travel": draw(blocks | formulas),
        "parking": draw(st.sampled_from(["", "Free", "£4 an hour"])),
        "travel_checked_on": draw(st.sampled_from(["", "2026-10-01", "2026-11-01"])),
        "status": draw(st.sampled_from(["", "draft", "cancelled"])),
    }


@settings(max_examples=60, deadline=None)
@given(events=st.lists(rows(), max_size=6, unique_by=lambda row: row["external_id"]))
def test_importing_an_export_changes_nothing(sqlite_template, events):
    with fresh(sqlite_template) as first, fresh(sqlite_template) as second:
        bring_in(first, table(events))
        exported = export(first)
        again = bring_in(first, exported)
        assert (again.created, again.updated, again.unchanged) == (0, 0, len(events))
        assert export(first) == exported
        bring_in(second, exported)
        assert export(second) == exported


def test_the_table_has_every_column_and_says_how_many_places_are_taken(database, make_event, make_venue):
    venue = make_venue(name="Hall", address="1 High Street", travel="Bus 58", parking="Free")
    event = make_event(venue_id=venue.id, taken=3, title="Moving Forward after breast cancer", parking="£4 an hour")
    cells = next(csv.DictReader(io.StringIO(export(database))))
    assert tuple(cells) == COLUMNS
    assert (cells["external_id"], cells["places_taken"], cells["capacity"]) == (event.external_id, "3", "10")
    assert (cells["venue"], cells["address"], cells["postcode"]) == ("Hall", "1 High Street", "E17 4QJ")
    assert (cells["travel"], cells["parking"]) == ("Bus 58", "£4 an hour"), "the event's own word goes first"
    assert (cells["starts_at"], cells["ends_at"]) == ("2026-12-03T10:00", "2026-12-03T12:00")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 7, 1, 13, 30, tzinfo=UTC), "2026-07-01T14:30"),
        (datetime(2026, 12, 1, 13, 0, 5, tzinfo=UTC), "2026-12-01T13:00:05"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "2027-10-31T01:30+01:00"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "2027-10-31T01:30+00:00"),
    ],
)
def test_times_are_unmistakable(moment, expected):
    assert london_text(moment) == expected


def test_no_cell_is_a_formula():
    line = csv_line(["=HYPERLINK(1)", "+44", "-1", "@SUM(A1)", "\tx", "plain", "'=1", 3])
    assert next(csv.reader([line])) == ["'=HYPERLINK(1)", "'+44", "'-1", "'@SUM(A1)", "'\tx", "plain", "''=1", "3"]
