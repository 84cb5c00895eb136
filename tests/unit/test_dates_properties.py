"""What holds for every date found in any text, at any time of any year."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.calendar_days import bank_holidays, day_named, day_of_month, easter_sunday, month_named, nth_weekday
from bot.nlu.dates import find_dates
from bot.nlu.tokens import tokenise
from bot.nlu.word_lists import inverted, read_list

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))
# Hours around the nights in which the clocks change, where wrong arithmetic shows.
CHANGES = st.sampled_from([datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)])
AROUND_CHANGES = st.builds(lambda change, hours: change + timedelta(hours=hours), CHANGES, st.integers(-400, 400))
WORDS = sorted({word for lists in read_list("dates").values() for phrase in inverted(lists) for word in phrase.split()})
TALK = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.integers(0, 99).map(str),
        st.integers(0, 33).map(lambda number: f"{number}th"),
        st.tuples(st.integers(0, 25), st.integers(0, 70)).map(lambda time: f"{time[0]}.{time[1]:02}"),
        st.tuples(st.integers(0, 40), st.integers(0, 14)).map(lambda day: f"{day[0]}/{day[1]}"),
        st.sampled_from(["pm", "am", "ish", ",", "-", ".", "yoga", "for"]),
    ),
    min_size=1,
    max_size=8,
).map(" ".join)


def check(text: str, now: datetime) -> None:
    tokens = tokenise(text)
    entities = find_dates(tokens, tokens.words, now)
    for entity in entities:
        start, end = (datetime.fromisoformat(entity.value[side]) for side in ("from", "to"))
        assert start.utcoffset() is not None
        assert start < end
        assert end > now
        assert 0 <= entity.start < entity.end <= len(text)
        assert entity.words == text[entity.start : entity.end] == entity.value["words"]
        assert entity.value["grain"] in ("day", "part", "time", "range", "recurring")
        assert set(entity.value.get("weekdays", [])) <= set(range(7))
    assert all(one.end <= other.start for one, other in pairwise(entities))


@settings(deadline=None)
@given(st.text(max_size=200), MOMENTS)
def test_any_text_is_read_without_harm(text, now):
    check(text, now)


@settings(max_examples=400, deadline=None)
@given(TALK, MOMENTS)
def test_any_words_of_time_are_read_without_harm(text, now):
    check(text, now)


@settings(max_examples=200, deadline=None)
@given(TALK, AROUND_CHANGES)
def test_nights_in_which_the_clocks_change_do_no_harm(text, now):
    check(text, now)


@settings(deadline=None)
@given(st.dates(datetime(2020, 1, 1).date(), datetime(2040, 1, 1).date()), st.integers(1, 31), st.integers(1, 12))
def test_named_days_are_never_past_and_have_their_number(today, number, month):
    day = day_of_month(number, today)
    assert day is not None
    assert day >= today
    assert day.day == number
    assert day - today < timedelta(days=62)
    named = day_named(number, month, today)
    assert named is None or (named.day, named.month) == (number, month)
    assert (named is None) == (number > {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31))


@settings(deadline=None)
@given(st.dates(datetime(2020, 1, 1).date(), datetime(2040, 1, 1).date()), st.integers(0, 6), st.integers(1, 12))
def test_the_last_weekday_of_a_month_is_in_its_last_week(today, weekday, number):
    month = month_named(number, today)
    day = nth_weekday(month, weekday, -1)
    assert day is not None
    assert day.weekday() == weekday
    assert timedelta(0) < month.end - day <= timedelta(days=7)


@pytest.mark.parametrize("year", range(2024, 2041))
def test_bank_holidays_are_those_that_england_keeps(year):
    kept = holidays.country_holidays("GB", subdiv="ENG", years=year)
    assert bank_holidays(year) == sorted(day for day in kept if day.weekday() < 5)
    assert easter_sunday(year) + timedelta(days=1) in kept
