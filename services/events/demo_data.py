"""Demo data: believable events at real London venues over the coming eight weeks.

The venues are real; the events, their charges and their contacts are invented (`demo/venues.yml`, `demo/events.yml`).
"""

import csv
import io
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from services.core import yaml12
from services.core.clock import LONDON, to_london
from services.core.errors import WellbeingError
from services.core.spoken import WEEKDAYS
from services.events.changes import Rejected
from services.events.imports import import_events
from services.events.sheet import COLUMNS
from services.events.venues import Locate

_FOLDER = Path(__file__).with_name("demo")
_EVENT = SQLModel.metadata.tables["event"]
_STORED = select(_EVENT.c.external_id, _EVENT.c.starts_at).where(_EVENT.c.external_id.like("demo-%"))
_WEEKS = 8
_NOTICE = timedelta(hours=3)
_DAYS = tuple(day[:3] for day in WEEKDAYS)
_A_MONDAY = date(2026, 1, 5)  # series every second week meet in weeks counted from here
# Columns that a template says in a word of its own.
_SAID_AS = {
    "title": "title", "kind": "kind", "provider": "by", "cancer_types": "types", "needs": "needs", "audience": "for",
    "stage": "stage", "language": "language", "referral": "referral", "bring": "bring", "capacity": "places",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """An event that was made: its external id, and how many places shall be taken to begin with."""

    external_id: str
    taken: int


def load_demo_events(session: Session, now: datetime, locate: Locate) -> list[DemoEvent]:
    """Make the demo's events that are missing and return them; doing so again makes nothing twice.

    What is stored already stays as it is. Once an event is over, the next load puts it into the weeks to come.
    """
    stored = {row.external_id: row.starts_at for row in session.connection().execute(_STORED)}
    made: list[DemoEvent] = []
    rows: list[dict[str, Any]] = []
    for template in _read("events"):
        for taken, start in _dates(template, now, stored):
            external_id = f"demo-{template['key']}-{start:%Y-%m-%d}"
            if external_id not in stored:
                made.append(DemoEvent(external_id, taken))
                rows.append(_row(template, external_id, start, to_london(now).date()))
    outcome = import_events(session, _table(rows), locate=locate, now=now)
    if isinstance(outcome, Rejected):
        raise WellbeingError(f"the demo data does not fit: {'; '.join(map(str, outcome.errors))}")
    return made


def demo_venue_count() -> int:
    """Return how many venues the demo has."""
    return len(_read("venues"))


@cache
def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml12.load(_FOLDER / f"{name}.yml")
    return rows


def _dates(
    template: Mapping[str, Any], now: datetime, stored: Mapping[str, datetime]
) -> Iterator[tuple[int, datetime]]:
    """Yield the starts that a template has in the weeks to come, with the places taken at each."""
    monday = to_london(now).date() - timedelta(days=to_london(now).weekday())
    if "every" in template:
        met = (week for week in range(_WEEKS) if (_weeks_since(_A_MONDAY, monday) + week) % template["every"] == 0)
        starts = [start for week in met if (start := _start(template, monday, week)) and start > now + _NOTICE]
        yield from zip(template["taken"], starts, strict=False)
    elif not _is_to_come(template["key"], now, stored):
        later = (template["week"] + shift for shift in (0, 1, -1, 2))
        yield template["taken"], next(start for week in later if (start := _start(template, monday, week)))


def _weeks_since(first: date, later: date) -> int:
    return (later - first).days // 7


def _is_to_come(key: str, now: datetime, stored: Mapping[str, datetime]) -> bool:
    prefix = f"demo-{key}-"
    dated = len(prefix) + len("2026-12-03")
    return any(
        external_id.startswith(prefix) and len(external_id) == dated and starts_at > now
        for external_id, starts_at in stored.items()
    )


def _start(template: Mapping[str, Any], monday: date, week: int) -> datetime | None:
    """When a template starts in some week after that of `monday`; None on a day when nothing takes place."""
    day = monday + timedelta(weeks=week, days=_DAYS.index(template["day"]))
    if _is_holiday(day):
        return None
    return datetime.combine(day, time.fromisoformat(template["at"]), tzinfo=LONDON)


def _is_holiday(day: date) -> bool:
    """Whether hospitals and halls run no groups: bank holidays, and from Christmas Eve to New Year's Day."""
    return (day.month == 12 and day.day >= 24) or day in _bank_holidays()


@cache
def _bank_holidays() -> Container[date]:
    from holidays import country_holidays  # takes long to import, and only the demo asks

    return country_holidays("GB", subdiv="ENG")


def _sessions(template: Mapping[str, Any], start: datetime) -> list[datetime]:
    """The starts of a course, week by week at the same hour, holidays left out."""
    starts: list[datetime] = []
    while len(starts) < template.get("sessions", 1):
        if not _is_holiday(start.date()):
            starts.append(start)
        start += timedelta(weeks=1)  # London's wall clock: the hour stays when the clocks change
    return starts


def _row(template: Mapping[str, Any], external_id: str, start: datetime, today: date) -> dict[str, Any]:
    """A row of an event table."""
    starts = _sessions(template, start)
    ends = [each + timedelta(minutes=template["minutes"]) for each in starts]
    row = {column: template.get(said, "") for column, said in _SAID_AS.items()} | {
        "external_id": external_id,
        "discreet_title": template.get("discreet", template["title"]),
        "starts_at": ";".join(each.isoformat() for each in starts),
        "ends_at": ";".join(each.isoformat() for each in ends),
        "cost": template.get("cost", "Free"),
        "contact": "Demo contact: 020 7946 0100",
        "access": template.get("more", ""),
    }
    if template["venue"] == "online":
        return row | {"mode": "online", "alliance": template["alliance"], "joining_link": _link(template)}
    return row | {"mode": template.get("mode", "in person")} | _place(template, today)


def _place(template: Mapping[str, Any], today: date) -> dict[str, Any]:
    venue = next(venue for venue in _read("venues") if venue["key"] == template["venue"])
    said = {column: venue[column] for column in ("address", "postcode", "alliance", "travel", "parking")}
    return said | {
        "venue": venue["name"],
        "travel_checked_on": today - timedelta(days=venue["checked"]),
        "access": "; ".join(filter(None, (venue["access"], template.get("more", "")))),
        "joining_link": _link(template) if template.get("mode") == "both" else "",
    }


def _link(template: Mapping[str, Any]) -> str:
    """An address that is nobody's, and says nothing about what is behind it."""
    return f"https://online.example.org/{crc32(template['key'].encode()) % 1_000_000:06}"


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
