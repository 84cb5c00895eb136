"""Picking a line of a menu; the day in these tests is Wednesday 2 December 2026."""

from datetime import UTC, datetime

import pytest

from bot.nlu.choices import choose
from bot.nlu.dates import find_dates
from bot.nlu.tokens import tokenise
from bot.understanding import Option

NOW = datetime(2026, 12, 2, 10, 0, tzinfo=UTC)
EVENTS = (
    Option("event:41", "Moving Forward course, Tuesday 8 December, 10:30am", "st barts", "2026-12-08T10:30:00+00:00"),
    Option(
        "event:57", "Yoga for beginners, Thursday 10 December, 6pm", "maggies hampstead", "2026-12-10T18:00:00+00:00"
    ),
    Option("event:63", "Fear of recurrence workshop, Thursday 10 December, 2pm", "online", "2026-12-10T14:00:00+00:00"),
)
SERIES = tuple(
    Option(f"event:{70 + week}", "Gentle exercise class", "walthamstow", f"2027-01-{day:02}T11:00:00+00:00")
    for week, day in enumerate((5, 12, 20, 28))
)
PLACES = (Option("place:1", "Barking"), Option("place:2", "Barnet"), Option("place:3", "Barnes"))
HALLS = (
    Option("a", "Walking group", "Selby Centre"),
    Option("b", "Gentle yoga", "Wembley Library"),
    Option("c", "Sleep well", "Online"),
    Option("d", "Art class", "Bernie Grant Arts Centre"),
    Option("e", "Choir", "Ilford Hall"),
)
TALKS = (
    Option("event:1", "Tai chi in Ilford", "", "2026-12-04T09:30:00+00:00"),
    Option("event:2", "Choir at North Middlesex Hospital", "", "2026-12-05T10:00:00+00:00"),
    Option("event:3", "Online fatigue talk", "", "2026-12-12T10:00:00+00:00"),
)
ANSWERS = (Option("a", "Yes, book it"), Option("b", "No, not this one"), Option("c", "For me"))
TITLES = (Option("a", "Look Good Feel Better"), Option("b", "Sleep well"), Option("c", "Money advice"))

PICKED = """
0: 1 | option 1 | number one | go for 1 | one | a | letter a | first | the first | 1st one | top one
0: i'll take the first | frist one | moving forward | moving foward | the moving forward course please | barts
0: 1st 1 | the 1st of them | moving forward 1 | furst one
0: tuesday | the tuesday one | tues please | 8th december | the 8th | dec 8 | 8/12 | the 10.30 one | 10 30 on tues
0: the morning one | next tuesday | the earliest | the soonest please
1: 2 | 2. | 2 please | 2 pls love | number 2 | num 2 | 2) | two | ill have 2 | id like number 2 please | yes 2
1: ok 2 then thanks | book me on 2 | number 2 for me and my wife | 2 is fine | tell me more about 2 | choose 2
1: i meant 2 | b | B | b) | option b | 2nd | the 2nd one | the second one dear | second one pls | the middle one
1: the 2nd one as its closest | the second option please | yoga | the yoga one | the yogga one pls
1: id like the yoga | the one at maggies | beginners yoga | thurs evening | the evening one | 6pm | thursday yoga
1: event:57 | Yoga for beginners, Thursday 10 December, 6pm
2: last 1 | the larst one | numba 3 | the third date | details of number free please
1: sekond one | yoga 1 | number to please | second to last | the last but one
2: 3 | no 3 | no. 3 | #3 | Three please | can i have 3 | i want to book number 3 | no, 3 | c please
2: third one thanks | the last one | last | the bottom one | fear of recurrence | recurrance workshop
2: no wait not that, 3 | not that one, the 3rd | not that - 3 | not 1, 3 | not 2. number 3 please
2: 3, not 2 | number 3 not 2 | fear not yoga | not the yoga the fear one
2: details of 3 | make it the third | make it number 3
2: recurrences please | fear one cos i worry | online pls its easier for me
1: put me down for the thursday evening slot | on the 10th at 6 | 6
1: how about the yoga | the evening one then | the beginners yoga sounds right up my street | one at maggies
1: yoga for my mum | yoga pls, me n my sister | evening one cos i work
2: the online one | thursday at 2 | the 2pm one on thursday | thursday afternoon please | event:63
"""
NOT_PICKED = """
I have 2 kids and no car | 1 or 2 | 1 and 3 | 2 or 3? | either | both | all of them | any | none | none of them
not 2 | not the first one | 4 | 0 | no 7 | number 9 | thursday | thursday please | december | the thursday one
what is the yoga one about | is the yoga step free? | how do i get to number 2? | no | yes | ok | thanks | more
E17 | N1 | 2 of us | 2 people please | me and 2 friends | is there parking | whats number 2 | when is the first one
5 miles max | i finished chemo 2 weeks ago | i am 2 tired | one of them | that one | this one | the one | i | a bit
i want a different one | do you have anything else | has anyone got 2 tickets | cant do thursday | not thursday
anything on a friday | friday | the 9th | hello | b12 bus | second thoughts no | me too | of course
courses near me | is the course in english | no one called Lorna here | i went in the end | see you later
ask me later | go back to the first question | can you repeat the last message | no two adults | one place please
3 places | for two | make it 3 | make that 2 | can you make it two | actually make it 2 please | not that
not 2/3 | yoga not good for me | its not for me that one | the walk not the swim
not 1, either 2 or 3 | dont tell him, what is 2
the yoga was lovely | yoga near me | find me a yoga class | evenings only | mornings best for me | after work
cancel the yoga
change me to the later one | alert(1) | begin again | wake me up at 6 | babysitter for friday
do i have to be treated at barts | no one has replied
"""
SESSIONS = """
0: tuesday 5th | the first tuesday | first week of january
1: the 12th | 12 jan | the 2nd | second tuesday
2: 20th | wednesday | weds one
3: the thursday | 28/1 | last one | the 4th | the latest one
-: tuesday | exercise | 11am | middle one | the third tuesday
"""
ALIKE = """
2: barnes
1: barnet | barnett | place:2
0: Barking please | barking
-: bar
"""
VENUES = """
0: the selby centre one | selby centre please
1: yes the wembley one
-: the centre one
"""
SHORT = """
0: taichi | teh ilfrod 1 | A pls | A please | the tai chi, my knees could do with it
1: north mid | north mid please
2: fatige tlk | the fatigue tlk please
-: saturday | the tai chi, or the other one | the tai chi, is it free | the 12th or the 5th | a pls
"""
PARTS = """
0: yes book it
1: not this one | not this one please
2: me | me please
-: this one
"""
COMMON = """
0: look good | look good one | feel better
-: good
1: sleep
2: money
"""


def picked(text: str, options: tuple[Option, ...]) -> int | None:
    """The index of the one option that a message picks; None when it picks none or could mean several."""
    tokens = tokenise(text)
    choice = choose(tokens, options, find_dates(tokens, tokens.words, NOW))
    return choice.index if choice else None


def texts(table: str) -> list[str]:
    """The texts of a table, parted by lines and bars."""
    return [text.strip() for line in table.strip().splitlines() for text in line.split(" | ")]


def rows(table: str) -> list[tuple[str, int | None]]:
    """The texts of a table with the index that their line begins with ("-" for none)."""
    lines = [line.split(": ", 1) for line in table.strip().splitlines()]
    return [(text, None if index == "-" else int(index)) for index, listed in lines for text in texts(listed)]


@pytest.mark.parametrize(("text", "index"), rows(PICKED))
def test_picks_the_line_that_is_meant(text, index):
    assert picked(text, EVENTS) == index


@pytest.mark.parametrize("text", texts(NOT_PICKED))
def test_picks_nothing_when_nothing_or_no_single_line_is_meant(text):
    assert picked(text, EVENTS) is None


@pytest.mark.parametrize(("text", "index"), rows(SESSIONS))
def test_dates_tell_the_sessions_of_a_series_apart(text, index):
    assert picked(text, SERIES) == index


@pytest.mark.parametrize(("text", "index"), rows(ALIKE))
def test_titles_alike_are_told_apart(text, index):
    assert picked(text, PLACES) == index


@pytest.mark.parametrize(("text", "index"), rows(VENUES))
def test_a_centre_is_no_place_in_the_list(text, index):
    assert picked(text, HALLS) == index


@pytest.mark.parametrize(("text", "index"), rows(SHORT))
def test_titles_are_known_cut_short(text, index):
    assert picked(text, TALKS) == index


@pytest.mark.parametrize(("text", "index"), rows(PARTS))
def test_part_of_one_title_word_for_word_is_that_title(text, index):
    assert picked(text, ANSWERS) == index


@pytest.mark.parametrize(("text", "index"), rows(COMMON))
def test_a_title_of_common_words_is_known_by_two_of_them(text, index):
    assert picked(text, TITLES) == index


def test_without_a_menu_nothing_is_picked():
    assert picked("2", ()) is None
    assert picked("", EVENTS) is None


def test_blanks_around_a_number_do_no_harm():
    assert picked("  3 \n", EVENTS) == 2
