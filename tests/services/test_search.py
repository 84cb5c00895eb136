"""The search finds exactly what looking at every event finds, in the same order, and says what it gave up."""

import random
from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import update

from services.core.clock import LONDON
from services.events.query import Query, Widened, Window
from services.events.restrictions import Restriction
from services.events.search import load_matches, named_in, search
from services.events.tables import Event, Provider
from tests.bench.search import store
from tests.search_oracle import Oracle, random_query, random_rows

E17 = {"lat": 51.5832, "lon": -0.0196}


@pytest.fixture
def find(chosen_database, clock):
    """Search with the given wishes; `limit` and `now` may be given too."""

    def run(query=None, limit=3, now=None, **wishes):
        with chosen_database.read() as session:
            return search(session, query or Query(**wishes), limit=limit, now=now or clock.now())

    return run


@pytest.fixture
def keep(chosen_database):
    """Write a row, or apply a statement as hot paths do, past the ORM."""

    def run(row):
        def unit(session):
            if isinstance(row, Provider):
                session.add(row)
                session.flush()
            else:
                session.execute(row)

        chosen_database.write(unit)
        return row

    return run


def ids(result):
    return [match.event_id for match in result.matches]


@pytest.mark.parametrize("seed", range(5))
def test_equals_brute_force(database, find, clock, seed):
    chance = random.Random(seed)
    rows = random_rows(chance, 500, clock.now(), venues=25)
    database.write(lambda session: store(session, rows))
    oracle = Oracle(rows).prepare(clock.now())
    found = widened = 0
    for _ in range(150):
        query, limit = random_query(chance, clock.now()), chance.choice((1, 3, 10, 100))
        expected, result = oracle.search(query, limit, clock.now()), find(query, limit=limit)
        assert (ids(result), result.has_more, result.widened) == (expected.ids, expected.has_more, expected.widened)
        assert [match.distance_m for match in result.matches] == pytest.approx(expected.metres, abs=0.01, nan_ok=True)
        found += bool(result.matches)
        widened += bool(result.widened)
    assert found > 100, "most queries find something"
    assert widened > 20, "many have to give something up"


def test_nearest_first_and_online_after(find, make_event, make_venue):
    far = make_event(venue_id=make_venue(lat=51.60, lon=-0.02).id)
    near = make_event(venue_id=make_venue(lat=51.584, lon=-0.02).id)
    online = make_event(mode="online")
    out_of_reach = make_event(venue_id=make_venue(lat=51.40, lon=-0.30).id)
    result = find(**E17, limit=10)
    assert ids(result) == [near.id, far.id, online.id]
    assert [match.distance_m for match in result.matches] == [
        pytest.approx(93, abs=3),
        pytest.approx(1868, abs=3),
        None,
    ]
    assert ids(find(**E17, limit=10, radius_m=float("inf"))) == [near.id, far.id, out_of_reach.id, online.id]
    assert ids(find(**E17, mode="online")) == [online.id]
    assert ids(find(limit=10)) == [far.id, near.id, online.id, out_of_reach.id], "with no place given, by start and id"


def test_a_hybrid_event_far_away_can_be_joined_from_home(find, make_event, make_venue):
    event = make_event(mode="both", venue_id=make_venue(lat=51.40, lon=-0.30).id)
    assert find(**E17).matches[0].distance_m is None
    assert find(**E17).widened == ()
    assert find(**E17, mode="in_person").widened == (Widened.DISTANCE,)
    assert find(**E17, mode="in_person").matches[0].event_id == event.id


def test_places_left_are_those_of_this_moment(database, find, keep, make_event):
    event = make_event(capacity=4)
    assert find(places=2).matches[0].left == 4
    keep(update(Event).where(Event.id == event.id).values(taken=3))
    assert find().matches[0].left == 1
    assert ids(find(places=2)) == []
    keep(update(Event).where(Event.id == event.id).values(taken=4))
    assert ids(find()) == []


def test_only_published_events_that_have_not_begun(find, make_event, clock):
    make_event(status="draft")
    make_event(status="cancelled")
    make_event(starts_at=clock.now())
    begun = [clock.now() - timedelta(days=1), clock.now() + timedelta(days=6)]
    make_event(sessions=begun)
    coming = make_event(sessions=[moment + timedelta(days=2) for moment in begun])
    assert ids(find()) == [coming.id]


def test_an_event_written_a_moment_ago_is_found_and_a_changed_one_follows(database, find, make_event):
    assert ids(find()) == []
    event = make_event()
    assert ids(find()) == [event.id]

    def cancel(session):
        session.get(Event, event.id).status = "cancelled"

    database.write(cancel)
    assert ids(find()) == []


def test_a_write_that_is_undone_is_forgotten(database, find, make_event):
    event = make_event()

    def cancel_and_fail(session):
        session.get(Event, event.id).status = "cancelled"
        session.flush()
        assert search(session, Query(), limit=3, now=event.updated_at).matches == (), "inside the unit it is gone"
        raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        database.write(cancel_and_fail)
    assert ids(find()) == [event.id]


def test_events_of_the_past_are_found_when_the_clock_is_there(find, make_event, clock):
    event = make_event(starts_at=clock.now() - timedelta(days=30))
    assert ids(find()) == []
    assert ids(find(now=clock.now() - timedelta(days=40))) == [event.id]
    assert ids(find()) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("breast", {"all", "any", "breast"}),
        ("lung", {"all", "any", "lung"}),
        (None, {"all", "any"}),
        ("any", {"all", "any"}),
    ],
)
def test_a_cancer_type_excludes_events_for_others_only(find, make_event, wanted, expected):
    for types in ([], ["any"], ["breast"], ["lung"]):
        make_event(
            external_id=types[0] if types else "all", discreet_title=types[0] if types else "all", cancer_types=types
        )
    result = find(limit=10, cancer_type=wanted)
    assert {match.title for match in result.matches} == expected


def test_a_cancer_type_is_never_given_up(find, make_event):
    make_event(cancer_types=["lung"], needs=["sleep"])
    assert find(cancer_type="breast", needs=("sleep",), language="Polish", **E17).matches == ()


def test_what_was_asked_for_comes_before_what_is_about_everything(find, make_event, clock):
    general = make_event(needs=[], starts_at=clock.now() + timedelta(days=1))
    make_event(needs=["money"])
    sleep = make_event(needs=["sleep", "fatigue"], starts_at=clock.now() + timedelta(days=30))
    assert ids(find(needs=("sleep", "diet"))) == [sleep.id, general.id]


def test_what_is_for_some_people_comes_after_unless_they_ask(find, make_event, clock):
    soon = clock.now() + timedelta(days=1)
    bereaved = make_event(audience=["bereaved"], starts_at=soon)
    referred = make_event(referral="your nurse", starts_at=soon)
    polish = make_event(language="Polish", starts_at=soon)
    incurable = make_event(stage=["incurable"], starts_at=soon)
    everyone = make_event()
    patients = make_event(audience=["patient", "carer"])
    found = ids(find(limit=10))
    assert found == [everyone.id, patients.id, referred.id, bereaved.id, polish.id, incurable.id]
    assert ids(find(limit=10, audience=("bereaved",)))[0] == bereaved.id
    assert ids(find(limit=10, language="polish")) == [polish.id]
    assert ids(find(limit=10, stage=("incurable",)))[0] == incurable.id
    assert bereaved.id not in ids(find(limit=10, audience=("carer",)))


def test_what_is_for_others_comes_after_what_is_about_everything_unless_the_wish_says_who_asks(find, make_event):
    young = make_event(needs=["company", "exercise"], audience=["young_adult", "patient"])
    men = make_event(needs=["company"], audience=["men"], cancer_types=["prostate"])
    bereaved = make_event(needs=["bereavement"], audience=["bereaved"])
    everything = make_event(needs=[])
    assert ids(find(needs=("company",), limit=10)) == [everything.id, young.id]
    assert ids(find(needs=("company",), cancer_type="prostate"))[0] == men.id
    assert ids(find(needs=("bereavement",))) == [bereaved.id, everything.id]


def test_all_groups_that_an_event_is_for_have_to_be_said(find, make_event):
    black_men = make_event(audience=["black_asian", "men"])
    men = make_event(audience=["men"], starts_at=black_men.starts_at + timedelta(days=9))
    assert ids(find(audience=("men",))) == [men.id, black_men.id]
    assert ids(find(audience=("men", "black_asian"))) == [black_men.id, men.id]


def test_what_someone_cannot_join_is_not_found_unless_they_say_they_can(find, make_event):
    women, everyone = make_event(audience=["women"]), make_event()
    assert ids(find(not_for=("women", "young_adult"))) == [everyone.id]
    assert women.id in ids(find(not_for=("women",), audience=("women",)))


def test_a_match_says_whom_it_is_for(database, find, make_event, clock):
    asked = {"limit": 10, "radius_m": float("inf")}
    for audience, stage, language, expected in (
        (["patient", "carer"], [], "English; Bengali", Restriction()),
        (["any"], ["any"], "English", Restriction()),
        (["carer", "family"], [], "English", Restriction(roles=("carer", "family"))),
        (["men", "black_asian"], [], "English", Restriction(groups=("men", "black_asian"))),
        ([], ["incurable", "in_treatment"], "English", Restriction(stage=("in_treatment", "incurable"))),
        (["women", "patient"], [], "Punjabi;Hindi", Restriction(groups=("women",), languages=("Hindi", "Punjabi"))),
    ):  # fmt: skip
        event = make_event(audience=audience, stage=stage, language=language)
        found = next(match for match in find(**asked).matches if match.event_id == event.id)
        assert found.only_for == expected
        with database.read() as session:
            assert load_matches(session, [event.id], lat=None, lon=None, now=clock.now())[0].only_for == expected


def test_what_is_to_be_done_comes_before_what_is_about_the_same(find, make_event, make_venue):
    near, far = make_venue(lat=51.584), make_venue(lat=51.62)
    chair = make_event(discreet_title="Chair exercise", needs=["exercise"], venue_id=near.id)
    swim = make_event(discreet_title="Swimming for women", needs=["exercise"], audience=["women"], venue_id=far.id)
    football = make_event(discreet_title="Walking football", needs=["exercise"], venue_id=make_venue(lat=51.3).id)
    money = make_event(discreet_title="Money talk", needs=["money"], venue_id=near.id)
    wish = {**E17, "needs": ("exercise",), "activity": "swimming"}
    assert ids(find(**wish)) == [swim.id, chair.id]
    assert ids(find(**E17, activity="swimming")) == [swim.id]
    rest = find(**wish, seen=frozenset({swim.id}))
    assert (ids(rest), rest.widened) == ([chair.id], ())
    further = find(**E17, needs=("exercise",), activity="football")
    assert (ids(further), further.widened) == ([football.id], (Widened.DISTANCE,))
    taken = find(**wish, places=9, seen=frozenset({money.id}))
    assert ids(taken)[0] == swim.id


def test_further_dates_of_one_offer_come_last(find, make_event, make_venue, clock):
    venue = make_venue()
    weekly = [
        make_event(
            discreet_title="Yoga", venue_id=venue.id, starts_at=clock.now() + timedelta(days=days), kind="drop_in"
        )
        for days in (2, 9, 16)
    ]
    walk = make_event(venue_id=make_venue(lat=51.60).id)
    result = find(**E17)
    assert ids(result) == [weekly[0].id, walk.id, weekly[1].id]
    assert result.has_more
    rest = find(**E17, seen=frozenset(ids(result)))
    assert (ids(rest), rest.has_more) == ([weekly[2].id], False)


@pytest.mark.parametrize(
    ("wishes", "given_up"),
    [
        ({**E17, "radius_m": 100.0}, (Widened.DISTANCE,)),
        ({"window": Window(weekdays=frozenset({0}))}, (Widened.WINDOW,)),
        ({"language": "Turkish"}, (Widened.LANGUAGE,)),
        ({"access": ("bsl",)}, (Widened.ACCESS,)),
        ({"needs": ("money",)}, (Widened.NEEDS,)),
        ({"mode": "online"}, (Widened.MODE,)),
        ({"words": "juggling for beginners"}, (Widened.WORDS,)),
        ({"activity": "juggling", "needs": ("sleep",)}, (Widened.ACTIVITY,)),
        ({"activity": "juggling", "needs": ("money",)}, (Widened.NEEDS,)),
        ({"needs": ("money",), "mode": "in_person"}, (Widened.NEEDS,)),
        ({"needs": ("money",), "language": "Turkish"}, (Widened.LANGUAGE, Widened.NEEDS)),
        ({"needs": ("sleep",), "access": ("companion", "text_only")}, ()),
    ],
)
def test_gives_up_the_first_wish_that_helps(find, make_event, make_venue, london, wishes, given_up):
    event = make_event(needs=["sleep"], venue_id=make_venue(lat=51.59).id, starts_at=london(2026, 12, 3, 14))
    result = find(**wishes)
    assert (ids(result), result.widened) == ([event.id], given_up)


def test_the_window_is_one_of_london_days_and_hours(find, make_event, london):
    monday, friday = make_event(starts_at=london(2026, 11, 30, 18)), make_event(starts_at=london(2026, 12, 4, 10))
    summer = make_event(starts_at=london(2027, 6, 7, 12))
    windows = {
        (monday.id,): Window(earliest=time(17)),
        (friday.id,): Window(latest=time(12)),
        (summer.id,): Window(starts_from=london(2027, 6, 7, 12), earliest=time(12), latest=time(12, 1)),
        (monday.id, summer.id): Window(weekdays=frozenset({0})),
        (friday.id,) * 1: Window(excluded_weekdays=frozenset({0})),
        (monday.id, friday.id): Window(starts_before=london(2026, 12, 4, 10, 1)),
    }
    for expected, window in windows.items():
        assert (tuple(ids(find(window=window))), find(window=window).widened) == (expected, ())
    assert summer.starts_at.astimezone(LONDON).hour == 12


def test_a_room_is_not_asked_of_an_online_event(find, make_event):
    online, hall = make_event(mode="online"), make_event(access=["wheelchair"])
    make_event(access=["hearing_loop"])
    both = make_event(mode="both", access=["hearing_loop"])
    assert ids(find(access=("wheelchair",))) == [online.id, hall.id]
    assert ids(find(access=("remote_only",))) == [online.id, both.id]


@pytest.fixture
def named(keep, make_event, make_venue):
    """Events with titles and providers as they are in London."""
    maggies, cancer_now, trust = (
        keep(Provider(name=name))
        for name in ("Maggie's", "Breast Cancer Now", "Royal Free London NHS Foundation Trust")
    )
    for name in ("Working With Cancer", "The Brain Tumour Charity", "Bromley Wellbeing"):
        provider, hall = keep(Provider(name=name)), make_venue(address="High Street, Bromley")
        make_event(provider_id=provider.id, venue_id=hall.id, title="Friendly session", status="published")
    return {
        "moving": make_event(
            title="Moving Forward after breast cancer", discreet_title="Moving Forward",
            cancer_types=["breast"], provider_id=cancer_now.id, needs=["recurrence"],
        ),
        "looks": make_event(title="Look Good Feel Better", discreet_title="Look Good Feel Better"),
        "yoga": make_event(title="Gentle yoga", discreet_title="Gentle yoga", provider_id=maggies.id),
        "lunch": make_event(title="Friday lunch", discreet_title="Friday lunch", provider_id=maggies.id),
        "hope": make_event(title="HOPE: living well with cancer", discreet_title="HOPE course", provider_id=trust.id),
        "eating": make_event(title="Eating well after treatment", discreet_title="Eating well", provider_id=trust.id),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("moving foward corse", ["moving"]),
        ("is the moving forward course on in january", ["moving"]),
        ("look good feel beter", ["looks"]),
        ("LGFB near E17", ["looks"]),
        ("maggies yoga", ["yoga"]),
        ("yoga at Maggie’s please", ["yoga"]),
        ("anything on at maggies", ["yoga", "lunch"]),
        ("hope corse", ["hope"]),
        ("HOPE", ["hope"]),
        ("eating well after treatment", ["eating"]),
    ],
)
def test_a_message_that_names_an_event_finds_it(chosen_database, find, clock, named, text, expected):
    with chosen_database.read() as session:
        words = named_in(session, text, now=clock.now()).title
    result = find(limit=10, words=words, needs=("sleep",))
    assert ids(result) == [named[name].id for name in expected]
    assert result.widened == ()


@pytest.mark.parametrize(
    "text",
    [
        "something for my dad near E17",
        "i hope this is the right number",
        "I hope so",
        "hope you can help",
        "does that look good to you",
        "im not eating well",
        "feel better already",
        "near the royal free",
        "can I speak to a maggies nurse",
        "whats the number for maggies",
        "moving house so not sure about Friday",
        "im working on thursdays",
        "i have a brain tumour",
        "something in bromley",
        "breast cancer",
        "",
        "!!! ??",
    ],
)
def test_ordinary_talk_names_no_event(chosen_database, clock, named, text):
    with chosen_database.read() as session:
        assert named_in(session, text, now=clock.now()).title is None


def test_a_name_is_searched_whatever_the_type_unless_one_was_said(find, named):
    assert ids(find(words="moving foward corse")) == [named["moving"].id]
    assert ids(find(words="moving forward", cancer_type="breast")) == [named["moving"].id]
    other = find(words="moving forward", cancer_type="lung", limit=10)
    assert named["moving"].id not in ids(other)
    assert other.widened == (Widened.WORDS,)


def test_a_list_is_shown_again_as_far_as_it_still_stands(database, keep, make_event, make_venue, clock):
    full, gone, near, online = (
        make_event(capacity=1), make_event(), make_event(venue_id=make_venue(name="Hall", lat=51.5922).id),
        make_event(mode="online", discreet_title="Talk"),
    )  # fmt: skip
    keep(update(Event).where(Event.id == full.id).values(taken=1))
    keep(update(Event).where(Event.id == gone.id).values(status="cancelled"))
    begun = make_event(starts_at=clock.now() - timedelta(hours=1))
    listed = [online.id, full.id, 999, near.id, gone.id, begun.id]
    with database.read() as session:
        matches = load_matches(session, listed, **E17, now=clock.now())
        assert [match.event_id for match in matches] == [online.id, near.id]
        assert (matches[0].title, matches[0].distance_m) == ("Talk", None)
        assert (matches[1].venue, matches[1].distance_m) == ("Hall", pytest.approx(1001, abs=2))
        assert load_matches(session, [], lat=None, lon=None, now=clock.now()) == []
        found = search(session, Query(**E17), limit=5, now=clock.now())
        assert [replace(match, left=0) for match in found.matches] == [
            replace(match, left=0) for match in (matches[1], matches[0])
        ]
