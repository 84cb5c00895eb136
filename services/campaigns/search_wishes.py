"""The wishes of a search as JSON, so that it can be kept and asked again."""

from dataclasses import asdict, fields
from datetime import datetime, time
from typing import Any

from services.events.query import Query, Window

_MOMENTS, _TIMES = ("starts_from", "starts_before"), ("earliest", "latest")
_DAYS = ("weekdays", "excluded_weekdays")


def to_json(query: Query) -> dict[str, Any]:
    """Return the wishes of a query; when it was asked and what has been shown is no part of them."""
    window = {name: value for name, value in asdict(query.window).items() if name != "starts_from"}
    if query.window.starts_before is not None:
        window["starts_from"] = query.window.starts_from
    wishes = {field.name: getattr(query, field.name) for field in fields(query) if field.name not in ("window", "seen")}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in wishes.items()}
    return plain | {"window": {name: _plain(value) for name, value in window.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | time):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value


def from_json(wishes: dict[str, Any]) -> Query:
    """Return the query whose wishes these are."""
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in wishes.items()}
    return Query(**values | {"window": _window(wishes["window"])})


def _window(stored: dict[str, Any]) -> Window:
    values: dict[str, Any] = {}
    for name, value in stored.items():
        if value is None:
            continue
        if name in _MOMENTS:
            value = datetime.fromisoformat(value)
        elif name in _TIMES:
            value = time.fromisoformat(value)
        values[name] = frozenset(value) if name in _DAYS else value
    return Window(**values)
