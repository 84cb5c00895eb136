"""The text of a broadcast: the fields that staff may use, and the words that may not stand on a lock screen."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from string import Formatter

from sqlmodel import Session

from services.core.spoken import spoken_date, spoken_time
from services.events.discretion import telling_words
from services.events.tables import Event, Venue

NAME = "first_name"
OF_EVENT = ("event", "date", "time", "venue")
_LONGEST = 480
# Beside the words for the illness and its treatment: what places someone in a hospital.
_WARDS = re.compile(
    r"(?<!\w)(wards?|biops(?:y|ies)|diagnos(?:is|ed|es)|prognosis|metasta\w+|clinic|in-?patients?)(?!\w)", re.I
)


def faults(template: str, event_values: Mapping[str, str] | None) -> list[str]:
    """What is wrong with a text, in sentences for staff; empty when it may be sent.

    `event_values` are those of the event that it is about (see `values_of`), None when it is about none.
    """
    try:
        fields = [
            (name, spec, conversion) for _, name, spec, conversion in Formatter().parse(template) if name is not None
        ]
    except ValueError:
        return ["The braces do not match: a field is written as {first_name}."]
    found = [*_wrong_fields(fields, event_values is not None), *_wrong_length(template)]
    return found or list(_telling(fill(template, {NAME: "", **(event_values or {})})))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into the fields of a text that has no faults."""
    return template.strip().format_map(values)


def values_of(session: Session, event_id: int, now: datetime) -> dict[str, str]:
    """What the fields about an event say; the title is the discreet one, the venue "" when it is online."""
    event = session.get_one(Event, event_id)
    venue = session.get(Venue, event.venue_id) if event.venue_id else None
    return {
        "event": event.discreet_title,
        "date": spoken_date(event.starts_at, now),
        "time": spoken_time(event.starts_at),
        "venue": venue.name if venue else "",
    }


def _wrong_fields(fields: list[tuple[str, str | None, str | None]], about_event: bool) -> Iterator[str]:
    known = (NAME, *OF_EVENT)
    for name, spec, conversion in fields:
        if name not in known or spec or conversion:
            yield f"There is no field {{{name}}}; there are {', '.join(known)}."
        elif name in OF_EVENT and not about_event:
            yield f"The field {{{name}}} needs an event that the text is about."


def _wrong_length(template: str) -> Iterator[str]:
    if not template.strip():
        yield "The text is empty."
    if len(template) > _LONGEST:
        yield f"The text has {len(template)} characters; at most {_LONGEST} are sent."


def _telling(text: str) -> Iterator[str]:
    for word in dict.fromkeys([*telling_words(text), *(found.lower() for found in _WARDS.findall(text))]):
        yield f"The word {word!r} would tell whoever sees the phone about an illness or a hospital; leave it out."
