"""Saved searches: told once of each event, at most once a day, and not for ever."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select, update

from bot.dialogue import loader
from bot.loading import DIALOGUES
from bot.unsolicited import Unsolicited
from services.booking import places
from services.campaigns import saved_searches
from services.campaigns.search_wishes import from_json, to_json
from services.campaigns.tables import SavedSearch
from services.events.query import Query, Window
from services.events.tables import Event, mark_changed
from services.people import outbox
from services.people.consent import opt_in, opt_out
from services.people.tables import OutboxMessage

E17 = {"lat": 51.5832, "lon": -0.0196}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ABOUT = {"what": "exercise", "place_name": "E17"}


class Lookout:
    """Someone who looks for exercise near E17."""

    def __init__(self, database, clock, identity):
        self.database, self.clock, self.who = database, clock, identity

    def save(self, **wishes):
        query = Query(**(E17 | {"needs": ("exercise",)} | wishes))
        ids = {"person_id": self.who.person_id, "identity_id": self.who.id}
        now = self.clock.now()
        return self.database.write(
            lambda session: saved_searches.save(session, **ids, query=query, about=ABOUT, now=now)
        )

    def look(self, after=timedelta(0)):
        """Look at what is due after a while; the events that texts tell of now, one list a text."""
        self.clock.advance(after)
        before = len(self.told())
        self.database.write(lambda session: saved_searches.tell_due(session, self.clock.now()))
        return self.told()[before:]

    def told(self):
        found = select(OutboxMessage.parameters).where(OutboxMessage.kind == "new_events").order_by(OutboxMessage.id)
        return [each["event_ids"] for each in self.database.read_once(lambda s: s.execute(found).scalars().all())]

    def open(self):
        return self.database.read_once(
            lambda session: saved_searches.open_searches(session, self.who.person_id, self.clock.now())
        )


@pytest.fixture
def lookout(database, clock, make_identity):
    return Lookout(database, clock, make_identity(first_name="Ann"))


@pytest.fixture
def publish(make_event, make_venue):
    """Publish an exercise event in E17; any column may be given."""
    venue = make_venue()

    def publish(**columns):
        return make_event(**({"needs": ["exercise"], "venue_id": venue.id} | columns))

    return publish


def test_a_new_event_is_told_of_once(lookout, publish):
    lookout.save()
    assert lookout.look() == []
    event = publish()
    assert lookout.look() == [[event.id]]
    assert lookout.look() == []
    assert lookout.look(after=2 * DAY) == []


def test_what_was_there_already_is_not_news(lookout, publish):
    publish()
    lookout.save()
    assert lookout.look() == []
    assert lookout.look(after=HOUR) == []


def test_what_only_comes_near_is_not_told_of(lookout, publish, make_venue):
    lookout.save()
    publish(needs=["money"])
    publish(venue_id=make_venue(lat=51.41, lon=-0.30, postcode="KT1 2PT").id)
    assert lookout.look() == []


def test_a_full_event_is_told_of_when_places_come_free(lookout, publish, database):
    full = publish(capacity=2, taken=2)
    lookout.save()
    assert lookout.look() == []
    database.write(lambda session: session.execute(update(Event).values(taken=1)) and None)
    assert lookout.look(after=timedelta(minutes=15)) == [[full.id]], "though nothing changed in the catalogue"


def test_at_most_one_text_a_day(lookout, publish):
    lookout.save()
    first = publish()
    assert lookout.look() == [[first.id]]
    second, third = publish(), publish(starts_at=lookout.clock.now() + 12 * DAY)
    assert lookout.look(after=6 * HOUR) == []
    assert [sorted(each) for each in lookout.look(after=18 * HOUR)] == [[second.id, third.id]]


def test_nothing_is_told_at_night(lookout, publish, london):
    lookout.save()
    event = publish()
    lookout.clock.move_to(london(2026, 11, 23, 22))
    assert lookout.look() == []
    lookout.clock.move_to(london(2026, 11, 24, 8))
    assert lookout.look() == [[event.id]]


def test_the_same_wishes_twice_are_one_search(lookout):
    first = lookout.save()
    lookout.clock.advance(30 * DAY)
    again = lookout.save()
    assert (again.search_id, again.is_new) == (first.search_id, False)
    assert again.ends_at == first.ends_at + 30 * DAY
    assert lookout.save(needs=("money",)).search_id != first.search_id
    assert len(lookout.open()) == 2


def test_a_search_ends_when_asked(lookout, publish, database, clock):
    saved = lookout.save()
    assert database.write(lambda session: saved_searches.end(session, saved.search_id, clock.now()))
    assert not database.write(lambda session: saved_searches.end(session, saved.search_id, clock.now()))
    publish()
    assert lookout.look() == []
    assert lookout.open() == []


def test_a_search_ends_after_six_months(lookout, publish, clock, database):
    lookout.save()
    clock.advance(timedelta(days=184))
    publish()
    assert lookout.look() == []
    assert database.read_once(lambda session: session.execute(select(SavedSearch.reason)).scalar()) == "over"


def test_a_search_for_a_week_ends_with_it(lookout, publish, clock, database):
    now = clock.now()
    lookout.save(window=Window(starts_from=now, starts_before=now + 7 * DAY))
    clock.advance(7 * DAY)
    assert lookout.look() == []
    assert database.read_once(lambda session: session.execute(select(SavedSearch.reason)).scalar()) == "over"


def test_a_search_ends_when_what_it_found_is_booked(lookout, publish, clock, database):
    lookout.save()
    other = publish()
    lookout.look()
    someone_elses = lookout.save(needs=("money",))
    ended = database.write(
        lambda session: saved_searches.end_booked(session, lookout.who.person_id, other.id, clock.now())
    )
    assert ended == 1
    assert [each.search_id for each in lookout.open()] == [someone_elses.search_id]


def test_what_is_booked_already_is_not_told_of(lookout, publish, clock, database):
    lookout.save()
    event = publish()
    who = {"person_id": lookout.who.person_id, "identity_id": lookout.who.id}
    given = {"event_id": event.id, "places": 1, "now": clock.now(), "hold_for": HOUR}
    database.write(lambda session: places.hold(session, **who, **given))
    assert lookout.look() == []


def test_who_wants_no_texts_is_told_after_starting_again(lookout, publish, clock, database):
    lookout.save()
    event = publish()
    database.write(lambda session: opt_out(session, lookout.who.address, "keyword", clock.now()))
    assert lookout.look() == []
    database.write(lambda session: opt_in(session, lookout.who.address))
    assert lookout.look() == [[event.id]]


def test_few_are_looked_at_a_time_and_all_in_turn(database, clock, make_identity, publish):
    several = [Lookout(database, clock, make_identity(address=f"+44770090030{n}")) for n in range(3)]
    for each in several:
        each.save()
    publish()
    for expected in (1, 2, 3, 3):
        database.write(lambda session: saved_searches.tell_due(session, clock.now(), limit=1))
        assert len(several[0].told()) == expected


def test_a_withdrawn_event_is_not_told_of(lookout, publish, database):
    lookout.save()
    publish(status="draft")
    assert lookout.look() == []
    publishing = update(Event).values(status="published")

    def unit(session):
        session.execute(publishing)
        mark_changed(session)

    database.write(unit)
    assert len(lookout.look()) == 1


def test_wishes_are_kept_whole(clock):
    window = Window(
        starts_from=clock.now(),
        starts_before=clock.now() + DAY,
        weekdays=frozenset({1, 3}),
        excluded_weekdays=frozenset({5}),
        earliest=time(17),
        latest=time(20, 30),
    )
    query = Query(**E17, needs=("a", "b"), cancer_type="bowel", access=("bsl",), window=window, words="yoga", places=2)
    assert from_json(to_json(query)) == query
    assert from_json(to_json(Query())) == Query()


def test_lines_keep_their_numbers_when_one_has_filled_up_before_it_is_sent(lookout, publish, database, clock):
    lookout.save()
    first, second = (
        publish(title="Pilates", discreet_title="Pilates"),
        publish(title="Walking", discreet_title="Walking"),
    )
    assert lookout.look(HOUR) == [[first.id, second.id]]
    database.write(
        lambda session: session.execute(update(Event).where(Event.id == first.id).values(taken=first.capacity))
    )
    words = Unsolicited(loader.load_responses(DIALOGUES), clock)

    said = database.write(lambda s: words(s, outbox.claim(s, clock.now())[0])).text.splitlines()
    assert [line[:2] for line in said if line[:2] in ("1.", "2.")] == ["1.", "2."]
    assert any("Pilates" in line and "Full now" in line for line in said)
    assert any(line.startswith("2.") and "Walking" in line for line in said)
