"""Calendar files: every rule of RFC 5545 that a phone minds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.clock import LONDON
from services.core.icalendar import Entry, calendar_file, escaped, fold

START = datetime(2026, 8, 6, 14, 0, tzinfo=LONDON)  # 1pm in UTC


def entry(**columns):
    given = {
        "uid": "abc-1", "sequence": 3, "changed_at": datetime(2026, 7, 1, tzinfo=UTC), "starts_at": START,
        "ends_at": START + timedelta(hours=2), "summary": "Gentle yoga", "location": "", "is_cancelled": False,
    }  # fmt: skip
    return Entry(**(given | columns))


def lines(*entries):
    return calendar_file(entries).decode().replace("\r\n ", "").split("\r\n")


def test_an_entry_is_in_utc_and_says_no_more_than_it_must():
    assert lines(entry(location="Library, E17")) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Wellbeing Line//Bookings//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "UID:abc-1",
        "DTSTAMP:20260701T000000Z",
        "LAST-MODIFIED:20260701T000000Z",
        "SEQUENCE:3",
        "DTSTART:20260806T130000Z",
        "DTEND:20260806T150000Z",
        "SUMMARY:Gentle yoga",
        "LOCATION:Library\\, E17",
        "STATUS:CONFIRMED",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_several_meetings_and_a_cancelled_one_without_a_place():
    found = lines(entry(), entry(uid="abc-2", is_cancelled=True))
    assert [line for line in found if line.startswith(("UID", "STATUS"))] == [
        "UID:abc-1", "STATUS:CONFIRMED", "UID:abc-2", "STATUS:CANCELLED",
    ]  # fmt: skip
    assert not any(line.startswith("LOCATION") for line in found)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a, b; c", "a\\, b\\; c"),
        ("back\\slash", "back\\\\slash"),
        ("one\r\ntwo\nthree\rfour", "one\\ntwo\\nthree\\nfour"),
        ("bell\x07 and\x7f gone", "bell and gone"),
        ("x\r\nBEGIN:VALARM", "x\\nBEGIN:VALARM"),
    ],
)
def test_texts_cannot_break_out_of_their_line(text, written):
    assert escaped(text) == written


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_folding_keeps_the_text_and_every_letter_whole(text):
    folded = fold(text)
    assert folded.endswith(b"\r\n")
    parts = folded[:-2].split(b"\r\n")
    assert all(len(part) <= 75 for part in parts)
    assert all(part.startswith(b" ") for part in parts[1:])
    assert b"".join([parts[0], *(part[1:] for part in parts[1:])]).decode() == text
    assert all(part.decode() for part in parts) or not text
