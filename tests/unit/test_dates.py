"""Dates as people text them; the day in these tests is Wednesday 2 December 2026, ten in the morning."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.nlu.dates import find_dates
from bot.nlu.tokens import tokenise

NOW = datetime(2026, 12, 2, 10, 0, tzinfo=UTC)


def dates(text: str, now: datetime = NOW, asked: bool = False) -> list[dict]:
    tokens = tokenise(text)
    return [entity.value for entity in find_dates(tokens, tokens.words, now, asked)]


def brief(value: dict) -> str:
    """A date's value in short: "2026-12-03", "2026-12-03 15:00-16:00", "2026-12-07..2026-12-14", "weekly 1,3"."""
    start, end = (datetime.fromisoformat(value[side]) for side in ("from", "to"))
    words = ["not"] if value.get("not") else []
    hours = [f"{value.get('after', '')}-{value.get('before', '')}"] if "after" in value or "before" in value else []
    if value["grain"] == "day":
        words += [f"{start:%F}"]
    elif value["grain"] in ("time", "part"):
        words += [f"{start:%F %H:%M}-{end:%H:%M}"]
    else:
        span = f"{start:%F}..{end:%F}" if end - start < timedelta(days=360) else f"from {start:%F}"
        words += [span] if value["grain"] == "range" else ["weekly"]
        words += [",".join(map(str, value["weekdays"]))] if "weekdays" in value else []
        words += [value["part"]] if "part" in value else []
        words += hours
    return " ".join(words)


def read(text: str, now: datetime = NOW, asked: bool = False) -> str:
    return " | ".join(brief(value) for value in dates(text, now, asked))


DAYS = [
    ("today", "2026-12-02"),
    ("2day pls", "2026-12-02"),
    ("tomorrow", "2026-12-03"),
    ("tmrw", "2026-12-03"),
    ("2moro", "2026-12-03"),
    ("tomoz", "2026-12-03"),
    ("tommorow", "2026-12-03"),
    ("is there anything on tomorow?", "2026-12-03"),
    ("day after tomorrow", "2026-12-04"),
    ("the day after tmrw", "2026-12-04"),
    ("friday", "2026-12-04"),
    ("fri", "2026-12-04"),
    ("on fri", "2026-12-04"),
    ("this friday", "2026-12-04"),
    ("this coming friday", "2026-12-04"),
    ("coming fri", "2026-12-04"),
    ("wednesday", "2026-12-09"),
    ("this wednesday", "2026-12-02"),
    ("weds", "2026-12-09"),
    ("wensday", "2026-12-09"),
    ("thursdy", "2026-12-03"),
    ("thurs", "2026-12-03"),
    ("monday", "2026-12-07"),
    ("tues", "2026-12-08"),
    ("on sat", "2026-12-05"),
    ("sun", "2026-12-06"),
    ("sunday", "2026-12-06"),
    ("next friday", "2026-12-11"),
    ("nxt fri", "2026-12-11"),
    ("next weds", "2026-12-09"),
    ("next monday", "2026-12-07"),
    ("friday after next", "2026-12-18"),
    ("a week on friday", "2026-12-11"),
    ("week on friday", "2026-12-11"),
    ("friday week", "2026-12-11"),
    ("tuesday week", "2026-12-15"),
    ("a week today", "2026-12-09"),
    ("tomorrow week", "2026-12-10"),
    ("a week tomorrow", "2026-12-10"),
    ("2 weeks on monday", "2026-12-21"),
    ("two weeks today", "2026-12-16"),
    ("a fortnight on friday", "2026-12-18"),
    ("a fortnight tomorrow", "2026-12-17"),
    ("in a fortnight", "2026-12-16"),
    ("in 2 weeks", "2026-12-16"),
    ("in 2wks", "2026-12-16"),
    ("in two weeks time", "2026-12-16"),
    ("in a couple of weeks", "2026-12-16"),
    ("in a week", "2026-12-09"),
    ("in 3 days", "2026-12-05"),
    ("3 days time", "2026-12-05"),
    ("friday next week", "2026-12-11"),
    ("next week friday", "2026-12-11"),
    ("next week, on the tuesday", "2026-12-08"),
    ("fri this week", "2026-12-04"),
    ("the 5th", "2026-12-05"),
    ("the 1st", "2027-01-01"),
    ("on the 21st please", "2026-12-21"),
    ("sat 5th", "2026-12-05"),
    ("saturday the 5th", "2026-12-05"),
    ("5th dec", "2026-12-05"),
    ("5 dec", "2026-12-05"),
    ("dec 5", "2026-12-05"),
    ("dec 5th", "2026-12-05"),
    ("december the 5th", "2026-12-05"),
    ("the fifth of december", "2026-12-05"),
    ("5th of dec", "2026-12-05"),
    ("5dec", "2026-12-05"),
    ("sat 5 dec", "2026-12-05"),
    ("tuesday 8 december", "2026-12-08"),
    ("tues, 8th dec", "2026-12-08"),
    ("5 december 2027", "2027-12-05"),
    ("1 december", "2027-12-01"),
    ("12 jan", "2027-01-12"),
    ("jan 12", "2027-01-12"),
    ("12th of january", "2027-01-12"),
    ("3 feb", "2027-02-03"),
    ("29 feb", "2028-02-29"),
    ("may 5th", "2027-05-05"),
    ("5 may", "2027-05-05"),
    ("march 3rd", "2027-03-03"),
    ("5/12", "2026-12-05"),
    ("05/12", "2026-12-05"),
    ("5/12/26", "2026-12-05"),
    ("05/12/2026", "2026-12-05"),
    ("on 7/1", "2027-01-07"),
    ("5.12.26", "2026-12-05"),
    ("2026-12-15", "2026-12-15"),
    ("7-12-26", "2026-12-07"),
    ("last thurs of the month", "2026-12-31"),
    ("the 5th of next month", "2027-01-05"),
    ("last friday of the month", "2026-12-25"),
    ("first tuesday of january", "2027-01-05"),
    ("2nd tues of jan", "2027-01-12"),
    ("boxing day", "2026-12-26"),
    ("xmas eve", "2026-12-24"),
    ("christmas day", "2026-12-25"),
    ("new years eve", "2026-12-31"),
    ("nye", "2026-12-31"),
    ("new year's day", "2027-01-01"),
    ("good friday", "2027-03-26"),
    ("easter monday", "2027-03-29"),
    ("may day", "2027-05-03"),
    ("the august bank holiday", "2027-08-30"),
    ("bank holiday", "2026-12-25"),
    ("bank holiday monday", "2026-12-28"),
    ("pancake day", "2027-02-09"),
]

TIMES = [
    ("2moro at 3", "2026-12-03 15:00-16:00"),
    ("weds at 10.30", "2026-12-09 10:30-11:30"),
    ("fri @ 2", "2026-12-04 14:00-15:00"),
    ("friday 2pm", "2026-12-04 14:00-15:00"),
    ("2pm fri", "2026-12-04 14:00-15:00"),
    ("fri 5th dec at 2pm", "2026-12-05 14:00-15:00"),
    ("next tues at half 10", "2026-12-08 10:30-11:30"),
    ("tomorrow half two", "2026-12-03 14:30-15:30"),
    ("half two", "2026-12-02 14:30-15:30"),
    ("half 2", "2026-12-02 14:30-15:30"),
    ("half past nine", "2026-12-03 09:30-10:30"),
    ("quarter past 3", "2026-12-02 15:15-16:15"),
    ("quarter to 5", "2026-12-02 16:45-17:45"),
    ("ten to two", "2026-12-02 13:50-14:50"),
    ("twenty past 4", "2026-12-02 16:20-17:20"),
    ("10am", "2026-12-03 10:00-11:00"),
    ("10 a.m.", "2026-12-03 10:00-11:00"),
    ("11am", "2026-12-02 11:00-12:00"),
    ("the 10.30 one", "2026-12-02 10:30-11:30"),
    ("6:30", "2026-12-02 18:30-19:30"),
    ("6.30pm", "2026-12-02 18:30-19:30"),
    ("14:30", "2026-12-02 14:30-15:30"),
    ("at 1430", "2026-12-02 14:30-15:30"),
    ("1430hrs", "2026-12-02 14:30-15:30"),
    ("2 oclock", "2026-12-02 14:00-15:00"),
    ("at one in the afternoon", "2026-12-02 13:00-14:00"),
    ("1 in the afternoon", "2026-12-02 13:00-14:00"),
    ("2 o'clock tomorrow", "2026-12-03 14:00-15:00"),
    ("two thirty", "2026-12-02 14:30-15:30"),
    ("midday on friday", "2026-12-04 12:00-13:00"),
    ("8 in the evening", "2026-12-02 20:00-21:00"),
    ("friday evening at 8", "2026-12-04 20:00-21:00"),
    ("5ish", "2026-12-02 16:30-18:00"),
    ("around 7pm", "2026-12-02 18:30-20:00"),
    ("tomorrow, about 2", "2026-12-03 13:30-15:00"),
    ("friday after 6", "2026-12-04 18:00-00:00"),
    ("thursday, after 6", "2026-12-03 18:00-00:00"),
    ("after 6 on thursday", "2026-12-03 18:00-00:00"),
    ("friday before 4", "2026-12-04 00:00-16:00"),
    ("fri between 2 and 4", "2026-12-04 14:00-16:00"),
    ("2-4pm fri", "2026-12-04 14:00-16:00"),
    ("weds 10-12", "2026-12-09 10:00-12:00"),
    ("fri 10-2", "2026-12-04 10:00-14:00"),
    ("tomorrow 9 to 5", "2026-12-03 09:00-17:00"),
    ("fri eve after 6", "2026-12-04 18:00-00:00"),
    ("after lunch tomorrow", "2026-12-03 13:00-00:00"),
    ("tomorrow before lunch", "2026-12-03 00:00-12:00"),
    ("tonight", "2026-12-02 17:00-00:00"),
    ("this afternoon", "2026-12-02 12:00-17:00"),
    ("this eve", "2026-12-02 17:00-00:00"),
    ("first thing monday", "2026-12-07 00:00-12:00"),
    ("tomorrow morning", "2026-12-03 00:00-12:00"),
    ("fri pm", "2026-12-04 12:00-17:00"),
    ("next tues morning", "2026-12-08 00:00-12:00"),
    ("friday night", "2026-12-04 17:00-00:00"),
    ("the evening of the 5th", "2026-12-05 17:00-00:00"),
    ("boxing day morning", "2026-12-26 00:00-12:00"),
]

RANGES = [
    ("this weekend", "2026-12-05..2026-12-07 5,6"),
    ("at the weekend", "2026-12-05..2026-12-07 5,6"),
    ("next weekend", "2026-12-12..2026-12-14 5,6"),
    ("next wk", "2026-12-07..2026-12-14"),
    ("next week", "2026-12-07..2026-12-14"),
    ("this week", "2026-12-02..2026-12-07"),
    ("the week after next", "2026-12-14..2026-12-21"),
    ("later this week", "2026-12-03..2026-12-07"),
    ("rest of the week", "2026-12-02..2026-12-07"),
    ("end of next week", "2026-12-10..2026-12-14"),
    ("start of next week", "2026-12-07..2026-12-09"),
    ("next week in the evening", "2026-12-07..2026-12-14 evening"),
    ("next week after 6", "2026-12-07..2026-12-14 18:00-"),
    ("evenings next week", "2026-12-07..2026-12-14 evening"),
    ("w/c 7 dec", "2026-12-07..2026-12-14"),
    ("week commencing 7th december", "2026-12-07..2026-12-14"),
    ("week of the 14th", "2026-12-14..2026-12-21"),
    ("first week of december", "2026-12-02..2026-12-08"),
    ("last week of jan", "2027-01-25..2027-02-01"),
    ("end of the month", "2026-12-25..2027-01-01"),
    ("last two weeks of january", "2027-01-18..2027-02-01"),
    ("any time next week", "2026-12-07..2026-12-14"),
    ("between xmas and new years", "2026-12-25..2027-01-02"),
    ("in a week or two", "2026-12-09..2026-12-17"),
    ("wk beg 14th", "2026-12-14..2026-12-21"),
    ("tomorrow or the day after", "2026-12-03..2026-12-05"),
    ("early jan", "2027-01-01..2027-01-11"),
    ("mid january", "2027-01-11..2027-01-21"),
    ("end of january", "2027-01-25..2027-02-01"),
    ("december", "2026-12-02..2027-01-01"),
    ("in jan", "2027-01-01..2027-02-01"),
    ("the january one", "2027-01-01..2027-02-01"),
    ("later this year", "2026-12-02..2027-01-01"),
    ("in may", "2027-05-01..2027-06-01"),
    ("next month", "2027-01-01..2027-02-01"),
    ("this month", "2026-12-02..2027-01-01"),
    ("january 2028", "2028-01-01..2028-02-01"),
    ("dec or jan", "2026-12-02..2027-02-01"),
    ("in the next 2 weeks", "2026-12-02..2026-12-17"),
    ("within a fortnight", "2026-12-02..2026-12-17"),
    ("next few days", "2026-12-02..2026-12-06"),
    ("in the next week or so", "2026-12-02..2026-12-10"),
    ("before christmas", "2026-12-02..2026-12-25"),
    ("over xmas", "2026-12-24..2027-01-02"),
    ("in the new year", "2027-01-01..2027-02-01"),
    ("by friday", "2026-12-02..2026-12-05"),
    ("before the end of the month", "2026-12-02..2026-12-25"),
    ("between the 5th and the 10th", "2026-12-05..2026-12-11"),
    ("5th-10th dec", "2026-12-05..2026-12-11"),
    ("mon or tues", "2026-12-07..2026-12-09 0,1"),
    ("sat/sun", "2026-12-05..2026-12-07 5,6"),
    ("fri, sat or sun", "2026-12-04..2026-12-07 4,5,6"),
    ("tomorrow or friday", "2026-12-03..2026-12-05 3,4"),
    ("the 5th or the 12th", "2026-12-05..2026-12-13 5"),
    ("fridays in january", "2027-01-01..2027-02-01 4"),
    ("easter weekend", "2027-03-26..2027-03-30"),
    ("bank holiday weekend", "2026-12-26..2026-12-29"),
    ("in the spring", "2027-03-01..2027-06-01"),
    ("from january", "from 2027-01-01"),
    ("after christmas", "from 2026-12-26"),
    ("any time after the 10th", "from 2026-12-11"),
    ("not until january", "from 2027-02-01"),
    ("next week onwards", "from 2026-12-07"),
    ("asap", "from 2026-12-02"),
    ("the soonest you have", "from 2026-12-02"),
    ("any time", "from 2026-12-02"),
    ("any day is fine", "from 2026-12-02"),
]

RECURRING = [
    ("evenings", "weekly evening"),
    ("evening please", "weekly evening"),
    ("evening online anything", "weekly evening"),
    ("morning yoga", "weekly morning"),
    ("is the wembley one in the evening?", "weekly evening"),
    ("id like one in the evening", "weekly evening"),
    ("can i come to one in the evening", "weekly evening"),
    ("got one in the afternoon", "weekly afternoon"),
    ("in the mornings", "weekly morning"),
    ("mornings are best", "weekly morning"),
    ("i prefer afternoons", "weekly afternoon"),
    ("a weekday evening", "weekly 0,1,2,3,4 evening"),
    ("weekday mornings", "weekly 0,1,2,3,4 morning"),
    ("weeknights", "weekly 0,1,2,3,4 evening"),
    ("weekends", "weekly 5,6"),
    ("weekends only", "weekly 5,6"),
    ("weekdays", "weekly 0,1,2,3,4"),
    ("during the week", "weekly 0,1,2,3,4"),
    ("midweek", "weekly 1,2,3"),
    ("mon-fri", "weekly 0,1,2,3,4"),
    ("mon to thurs", "weekly 0,1,2,3"),
    ("tuesdays", "weekly 1"),
    ("on a tuesday", "weekly 1"),
    ("from friday to monday", "weekly 0,4,5,6"),
    ("any tuesday", "weekly 1"),
    ("every thurs", "weekly 3"),
    ("tuesdays and thursdays", "weekly 1,3"),
    ("tuesday evenings", "weekly 1 evening"),
    ("sat mornings only", "weekly 5 morning"),
    ("anytime between 10 and 3 on a tuesday", "weekly 1 10:00-15:00"),
    ("anything on a sat", "weekly 5"),
    ("thursdays after 6", "weekly 3 18:00-"),
    ("thursdays at 2", "weekly 3 14:00-15:00"),
    ("after 6", "weekly 18:00-"),
    ("after 6 please", "weekly 18:00-"),
    ("after 5.30", "weekly 17:30-"),
    ("before 4", "weekly -16:00"),
    ("from 10", "weekly 10:00-"),
    ("10am onwards", "weekly 10:00-"),
    ("not before 10", "weekly 10:00-"),
    ("nothing before 11", "weekly 11:00-"),
    ("not after 6", "weekly -18:00"),
    ("between 2 and 4", "weekly 14:00-16:00"),
    ("from 10 to 2", "weekly 10:00-14:00"),
    ("before lunch", "weekly -12:00"),
    ("after work", "weekly 17:00-"),
    ("school hours", "weekly 09:15-15:00"),
    ("lunchtime", "weekly 12:00-14:00"),
    ("evenings after 6", "weekly evening 18:00-"),
]

NEGATED = [
    ("not tuesdays", "not weekly 1"),
    ("not a monday", "not weekly 0"),
    ("no mornings", "not weekly morning"),
    ("not in the morning", "not weekly morning"),
    ("cant do mondays", "not weekly 0"),
    ("i cant make friday", "not 2026-12-04"),
    ("mondays are no good", "not weekly 0"),
    ("any day but thursday", "not weekly 3"),
    ("anytime except weekends", "not weekly 5,6"),
    ("weekdays except friday", "weekly 0,1,2,3,4 | not weekly 4"),
    ("not this week", "not 2026-12-02..2026-12-07"),
    ("i have chemo on mondays", "not weekly 0"),
    ("im away next week", "not 2026-12-07..2026-12-14"),
    ("not tomorrow, friday", "not 2026-12-03 | 2026-12-04"),
    ("not fri, sat", "not 2026-12-04 | 2026-12-05"),
    ("evening not morning", "weekly evening | not weekly morning"),
    ("not morning, afternoon please", "not weekly morning | weekly afternoon"),
    ("not monday or tuesday", "not 2026-12-07..2026-12-09 0,1"),
    ("no, thursday", "2026-12-03"),
    ("no thursday", "2026-12-03"),
    ("any evening but not fridays", "weekly evening | not weekly 4"),
    ("any evening but friday", "weekly evening | not weekly 4"),
    ("any night", "weekly evening"),
    ("satdy", "2026-12-05"),
    ("moday morning", "2026-12-07 00:00-12:00"),
    ("on the sixteenth", "2026-12-16"),
    ("skin cancer talk, 12-2", "weekly 12:00-14:00"),
    ("mornings bar mondays", "weekly morning | not weekly 0"),
]

NO_DATES = """
hello | thanks love | i sat down | sat in the car | sun cream | sun protection | in the sun | mon ami | march on
may i bring my dog | we may be late | you may | second one | the second one | one of them | 2 of us
there are 3 of us | for two | 07700 900123 | 020 7450 4000 | SE5 | N1 | e17 4qr | 24/7 | £5 | £10.50 | is it £5?
9/10 | 9/10 really helped | 10/10 | the 2nd one please | no 3 | number 2 | bus 25 | the number 38 bus | stage 3
stage 4 breast | good morning | good evening all | morning | morning, are you free | evening all | at 2 high street
after 6 chemos | after 6 weeks | before 2 ops | every day | each morning | i feel sick every morning | 2 weeks ago
i had chemo 3 weeks ago | last friday | last week | yesterday | since monday | since january | for 3 weeks
6 weeks course | a course of 6 weeks | half price | half of us | any more | once a week | first time | next time
one day | morning sickness | cant sleep at night | up all night | i am 65 | im 62 years old | 5 miles
within 5 miles | too far | difference between 1 and 2 | as soon as there is one | one am i on | she passed away
over 50 | under 40s | room 5 | 100% | got wed | 2.5 miles | 7
passed away in September | lost my husband in march | diagnosed in june | finished treatment in may
i had surgery in july | she died on tuesday | diagnosed with bowel cancer in june | i finished all my chemo on friday
starting chemo in june | my op is on the 5th | lost my mum to cancer in early march
my names june | April here | on the second | 2-3 people | chapters 12 to 14
31st wedding anniversary party | 32/13 | 99/99/99 | the 35th | 0/0 | 1.2.3.4
"""


@pytest.mark.parametrize(("text", "meant"), [*DAYS, *TIMES, *RANGES, *RECURRING, *NEGATED])
def test_reads_dates_as_people_text_them(text, meant):
    assert read(text) == meant


@pytest.mark.parametrize("text", NO_DATES.strip().replace("\n", " | ").split(" | "))
def test_takes_nothing_else_for_a_date(text):
    assert read(text) == ""


def test_a_word_alone_is_a_date_when_the_question_was_when():
    assert read("morning", asked=True) == "weekly morning"
    assert read("may", asked=True) == "2027-05-01..2027-06-01"
    assert read("9/10", asked=True) == "2027-10-09"
    assert read("the 24", asked=True) == "2026-12-24"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("diagnosed in october, something in january?", "2027-01-01..2027-02-01"),
        ("finished chemo now looking for something in june", "2027-06-01..2027-07-01"),
        ("newly diagnosed group on friday", "2026-12-04"),
        ("newly diagnosed on friday evening", "2026-12-04 17:00-00:00"),
        ("finished treatment e17 on friday", "2026-12-04"),
        ("lost the link for friday", "2026-12-04"),
    ],
)
def test_what_happened_hides_no_wish(text, meant):
    assert read(text) == meant


def test_what_is_over_is_no_date():
    assert read("this morning", NOW.replace(hour=15)) == ""
    assert read("today at 9", NOW) == ""


def test_the_words_of_a_date_are_given_back():
    assert [value["words"] for value in dates("can i come Next Tues morning, or on the 5th")] == [
        "Next Tues morning",
        "the 5th",
    ]


def test_a_time_without_a_day_says_so():
    value = dates("half two")[0]
    assert value["any_day"] is True
    assert value["explicit_time"] is True
    assert (value["after"], value["before"]) == ("14:30", "15:30")


def test_a_named_weekday_keeps_its_weekday():
    assert dates("thursday at 2")[0]["weekdays"] == [3]
    assert "weekdays" not in dates("the 5th")[0]


@pytest.mark.parametrize(
    ("now", "text", "start", "end"),
    [
        # the clocks go forward at 1am on 28 March 2027, back at 2am on 31 October 2027
        (datetime(2027, 3, 27, 12, tzinfo=UTC), "tomorrow", "2027-03-28T00:00:00+00:00", "2027-03-29T00:00:00+01:00"),
        (
            datetime(2027, 3, 27, 12, tzinfo=UTC),
            "tomorrow at 2pm",
            "2027-03-28T14:00:00+01:00",
            "2027-03-28T15:00:00+01:00",
        ),
        (
            datetime(2027, 3, 26, 12, tzinfo=UTC),
            "in 2 days at 10am",
            "2027-03-28T10:00:00+01:00",
            "2027-03-28T11:00:00+01:00",
        ),
        (datetime(2027, 10, 30, 12, tzinfo=UTC), "tomorrow", "2027-10-31T00:00:00+01:00", "2027-11-01T00:00:00+00:00"),
        (datetime(2027, 10, 30, 12, tzinfo=UTC), "mon 9.30", "2027-11-01T09:30:00+00:00", "2027-11-01T10:30:00+00:00"),
        (
            datetime(2027, 10, 25, 12, tzinfo=UTC),
            "this weekend",
            "2027-10-30T00:00:00+01:00",
            "2027-11-01T00:00:00+00:00",
        ),
        (datetime(2027, 6, 30, 23, 30, tzinfo=UTC), "today", "2027-07-01T00:00:00+01:00", "2027-07-02T00:00:00+01:00"),
        (
            datetime(2027, 3, 27, 12, tzinfo=UTC),
            "tomorrow at 1.30am",
            "2027-03-28T01:30:00+00:00",
            "2027-03-28T03:30:00+01:00",
        ),
    ],
)
def test_days_and_times_are_londons(now, text, start, end):
    value = dates(text, now)[0]
    assert datetime.fromisoformat(value["from"]) == datetime.fromisoformat(start)
    assert datetime.fromisoformat(value["to"]) <= datetime.fromisoformat(end)
    assert value["from"].endswith(("+00:00", "+01:00"))


def test_next_means_the_week_that_begins_next_monday():
    friday, sunday = datetime(2026, 12, 4, 9, tzinfo=UTC), datetime(2026, 12, 6, 9, tzinfo=UTC)
    assert read("next friday", friday) == "2026-12-11"
    assert read("friday", friday) == "2026-12-11"
    assert read("this friday", friday) == "2026-12-04"
    assert read("next tues", sunday) == "2026-12-08"
    assert read("tues", sunday) == "2026-12-08"
    assert read("next weekend", sunday) == "2026-12-12..2026-12-14 5,6"
    assert read("this weekend", sunday) == "2026-12-06"


def test_a_day_of_the_month_that_is_past_is_next_months():
    assert read("the 1st") == "2027-01-01"
    assert read("the 31st", datetime(2027, 2, 3, tzinfo=UTC)) == "2027-03-31"
    assert read("29th feb", datetime(2026, 12, 2, tzinfo=UTC)) == "2028-02-29"
