"""Events made at random, and a search that looks at every one of them: what the real search must agree with."""

import math
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace

from services.core.clock import to_london
from services.events.activities import Activities
from services.events.names import Names
from services.events.query import Query, Widened, Window
from services.events.taxonomy import load_taxonomy

ROOM = {
    "wheelchair", "quiet_room", "assistance_dog", "chair", "accessible_toilet", "changing_places", "halal", "kosher",
    "vegetarian", "vegan", "gluten_free", "prayer_space", "near_parking",
}  # fmt: skip
ONE_WAY = ("online", "in_person")
TITLES = (
    "Moving Forward after breast cancer", "Look Good Feel Better", "HOPE course", "Gentle yoga", "Walking group",
    "Eating well after treatment", "Managing fatigue", "Sleep workshop", "Living Well day", "Carers' circle",
    "Gardening together", "Swimming for women", "Walking football",
)  # fmt: skip
PROVIDERS = ("Maggie's", "Macmillan Cancer Support", "Penny Brohn UK", "Royal Free London NHS Foundation Trust", "")
LANGUAGES = ("English",) * 12 + ("Polish", "Bengali;English", "Turkish")


@dataclass(frozen=True, slots=True)
class Row:
    """One event as the oracle sees it; `venue` is None or (id, lat, lon), `provider` None or (id, name)."""

    id: int
    title: str
    starts_at: datetime
    venue: tuple[int, float, float] | None
    provider: tuple[int, str] | None
    status: str = "published"
    mode: str = "in_person"
    capacity: int = 10
    taken: int = 0
    cancer_types: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    language: str = "English"
    referral: str = ""


def random_rows(chance: random.Random, count: int, now: datetime, venues: int = 60) -> list[Row]:
    """Make events around London, most in the coming eight weeks, some past, hidden, full or of no known place."""
    at = [(n, chance.gauss(51.5, 0.09), chance.gauss(-0.12, 0.15)) for n in range(1, venues + 1)]
    run = [(n, name) for n, name in enumerate(PROVIDERS, 1) if name]
    return [_random_row(chance, n, now, chance.choice(at), chance.choice([*run, None])) for n in range(1, count + 1)]


def _random_row(chance, number, now, venue, provider):
    terms = load_taxonomy()

    def some(of, most, empty):
        return tuple(chance.sample(list(of), chance.randint(1, most))) if chance.random() > empty else ()

    mode = chance.choices(("in_person", "online", "both"), (70, 22, 8))[0]
    capacity = chance.choice((1, 8, 12, 30))
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(
        days=chance.randint(-3, 56), minutes=chance.randrange(-20, 41) * 15
    )
    return Row(
        id=number,
        title=chance.choice(TITLES),
        starts_at=start,
        venue=None if mode == "online" or chance.random() < 0.01 else venue,
        provider=provider,
        status=chance.choices(("published", "draft", "cancelled"), (92, 4, 4))[0],
        mode=mode,
        capacity=capacity,
        taken=capacity if chance.random() < 0.15 else chance.randrange(capacity),
        cancer_types=some(terms.cancer_types, 2, 0.5),
        needs=some(terms.needs, 3, 0.15),
        audience=some(terms.audience, 2, 0.6),
        stage=some(terms.stage, 2, 0.6),
        access=some(terms.access, 6, 0.3),
        language=chance.choice(LANGUAGES),
        referral=chance.choice(("", "", "", "", "your nurse")),
    )


def random_query(chance: random.Random, now: datetime) -> Query:
    """Make a query of the kinds that people send: mostly a place and a type, often a need, seldom everything."""
    terms = load_taxonomy()

    def maybe(share, of):
        return chance.choice(list(of)) if chance.random() < share else None

    def several(share, of):
        return (chance.choice(list(of)),) if chance.random() < share else ()

    here = chance.random() < 0.8
    return Query(
        lat=chance.gauss(51.5, 0.1) if here else None,
        lon=chance.gauss(-0.12, 0.16) if here else None,
        radius_m=chance.choice((None, None, None, 2000.0, 20000.0, float("inf"))),
        cancer_type=maybe(0.6, terms.cancer_types),
        needs=several(0.5, terms.needs) + several(0.1, terms.needs),
        audience=several(0.15, terms.audience),
        stage=several(0.1, terms.stage),
        mode=maybe(0.3, ("in_person", "online", "both")),
        language=maybe(0.08, ("English", "Polish", "bengali", "Welsh")),
        access=several(0.15, terms.access) + several(0.05, terms.access),
        window=_random_window(chance, now) if chance.random() < 0.4 else Window(starts_from=now),
        activity=maybe(0.25, ("yoga", "swimming gardening", "walking football", "walking", "zumba")) or "",
        not_for=several(0.1, terms.audience),
        words=maybe(0.12, ("moving foward corse", "maggies yoga", "macmillan", "look good feel beter", "zumba")) or "",
        places=chance.choice((1, 1, 1, 2, 9)),
        seen=frozenset(chance.sample(range(1, 50), 6)) if chance.random() < 0.1 else frozenset(),
    )


def _random_window(chance, now):
    start = now + timedelta(days=chance.randint(-2, 40))
    hour = chance.choice((None, (9, 12), (12, 17), (17, 23)))
    return Window(
        starts_from=start,
        starts_before=start + timedelta(days=chance.randint(1, 20)) if chance.random() < 0.5 else None,
        weekdays=frozenset(chance.sample(range(7), 2)) if chance.random() < 0.4 else frozenset(),
        excluded_weekdays=frozenset({chance.randrange(7)}) if chance.random() < 0.2 else frozenset(),
        earliest=now.time().replace(hour=hour[0], minute=0) if hour else None,
        latest=now.time().replace(hour=hour[1], minute=0) if hour else None,
    )


@dataclass(slots=True)
class Oracle:
    """Searches by looking at each event in turn."""

    rows: list[Row]
    names: Names = field(init=False)
    activities: Activities = field(init=False)
    number: dict = field(init=False)
    upcoming: list[Row] = field(init=False)

    def prepare(self, now: datetime) -> "Oracle":
        """Number the names of the events that a search may find."""
        self.upcoming = [row for row in self.rows if row.status == "published" and row.starts_at > now]
        self.number = {}
        for row in self.upcoming:
            self.number.setdefault(_name(row), len(self.number))
        self.names = Names(list(self.number))
        self.activities = Activities([(title,) for title, *_ in self.number])
        return self

    def search(self, query: Query, limit: int, now: datetime) -> SimpleNamespace:
        """Return ids, distances, has_more and widened as the real search must."""
        made = self._made(query, now)
        for given_up in [(), *((wish,) for wish in made), *(made[:n] for n in range(2, len(made) + 1))]:
            without = {*given_up, *([Widened.ACTIVITY] if Widened.NEEDS in given_up else [])}
            done = self._done(query, without)
            found = self._found(query, without, done, now)
            if found and (done is None or _does(found[0][0], done) or self._seen(query, without, done)):
                best = found[:limit]
                return SimpleNamespace(
                    ids=[row.id for row, _ in best],
                    metres=[metres for _, metres in best],
                    has_more=len(found) > limit,
                    widened=tuple(given_up),
                )
        return SimpleNamespace(ids=[], metres=[], has_more=False, widened=())

    def _done(self, query, given_up):
        """The titles at which what was asked for is done; None when nothing was, or it was given up."""
        if not query.activity or query.words or Widened.ACTIVITY in given_up:
            return None
        numbers = self.activities.meant_by(query.activity)
        return {name[0] for name, number in self.number.items() if number in numbers}

    def _seen(self, query, given_up, done):
        """Whether an event at which it is done fits and was shown before."""
        unseen = replace(query, seen=frozenset())
        return any(
            row.id in query.seen and _does(row, done) and self._fits(row, unseen, given_up, None, done, left=False)
            for row in self.upcoming
        )

    def _made(self, query, now):
        window = query.window
        if window.starts_from and window.starts_from <= now:
            window = replace(window, starts_from=None)
        wishes = {
            Widened.DISTANCE: query.lat is not None and query.mode != "online" and query.radius_m != math.inf,
            Widened.WINDOW: window != Window(),
            Widened.LANGUAGE: query.language,
            Widened.ACCESS: set(query.access) - {"companion", "text_only", "email_only"},
            Widened.ACTIVITY: query.activity and not query.words,
            Widened.NEEDS: query.needs,
            Widened.MODE: query.mode in ONE_WAY,
            Widened.WORDS: query.words,
        }
        return tuple(wish for wish in Widened if wishes[wish])

    def _found(self, query, given_up, done, now):
        meant = self.names.meant_by(query.words) if query.words and Widened.WORDS not in given_up else None
        ranked = []
        for row in self.upcoming:
            if not self._fits(row, query, given_up, meant, done):
                continue
            reach = _reach(row, query, given_up)
            if reach is None:
                continue
            joined, metres = reach
            cost = (
                done is not None and not _does(row, done),
                _for_others(row, query),
                _off_topic(row, query, given_up),
                bool(row.referral),
                joined,
                min(metres or 0.0, 2.1e7) + 30 * (row.starts_at - now) / timedelta(days=1),
            )
            told = None if metres is None or math.isinf(metres) else metres
            ranked.append((cost, row.starts_at, row.id, row, told))
        ranked.sort(key=lambda each: each[:3])
        first, again, offers = [], [], set()
        for *_, row, told in ranked:
            offer = (row.title, row.venue and row.venue[0], row.provider and row.provider[0])
            (again if offer in offers else first).append((row, told))
            offers.add(offer)
        return first + again

    def _fits(self, row, query, given_up, meant, done, left=True):
        """Whether a row meets every wish that is kept; what fails most often is looked at first."""
        return (
            (not row.cancer_types or "any" in row.cancer_types or self._of_type(row, query, meant))
            and row.capacity - (row.taken if left else 0) >= query.places
            and self._is_about(row, query, given_up, meant, done)
            and not set(query.not_for) - set(query.audience) & set(row.audience)
            and _touch(query.audience, row.audience)
            and _touch(query.stage, row.stage)
            and (meant is None or self.number[_name(row)] in meant)
            and (Widened.MODE in given_up or query.mode not in ONE_WAY or row.mode in (query.mode, "both"))
            and (Widened.LANGUAGE in given_up or _speaks(row, query))
            and (Widened.ACCESS in given_up or not query.access or set(query.access) <= _offered(row))
            and (Widened.WINDOW in given_up or _suits(row, query.window))
            and row.id not in query.seen
        )

    @staticmethod
    def _is_about(row, query, given_up, meant, done):
        about = Widened.NEEDS in given_up or _touch(query.needs, row.needs)
        if done is None:
            return about or meant is not None
        beside = about and query.needs and not given_up
        return _does(row, done) or beside

    @staticmethod
    def _of_type(row, query, meant):
        if query.cancer_type in (None, "any"):
            return meant is not None
        return query.cancer_type in row.cancer_types


def _does(row, done):
    return row.title in done


def _touch(wanted, listed):
    return not wanted or not listed or not set(wanted).isdisjoint(listed)


def _speaks(row, query):
    return not query.language or query.language.casefold() in row.language.casefold().split(";")


def _name(row):
    return (row.title, row.title, row.provider[1] if row.provider else "")


def _suits(row, window):
    if window.starts_from and row.starts_at < window.starts_from:
        return False
    if window.starts_before and row.starts_at >= window.starts_before:
        return False
    if not (window.weekdays or window.excluded_weekdays or window.earliest or window.latest):
        return True
    local = to_london(row.starts_at)
    return (
        (not window.weekdays or local.weekday() in window.weekdays)
        and local.weekday() not in window.excluded_weekdays
        and (window.earliest is None or local.time() >= window.earliest)
        and (window.latest is None or local.time() < window.latest)
    )


def _offered(row):
    offered = set(row.access) | {"companion", "text_only", "email_only"}
    if row.mode in ("online", "both"):
        offered.add("remote_only")
    return offered | ROOM if row.mode == "online" else offered


def _reach(row, query, given_up):
    """How an event is reached: (joined from home, metres), or None when it is too far away."""
    mode = query.mode if Widened.MODE not in given_up else None
    if query.lat is None or mode == "online":
        return (False, None)
    metres = _metres(query, row)
    radius = math.inf if Widened.DISTANCE in given_up else query.radius_m or 8000.0
    if row.mode != "online" and metres <= radius:
        return (False, metres)
    return (True, None) if row.mode != "in_person" and mode != "in_person" else None


def _metres(query, row):
    if row.venue is None:
        return math.inf
    _, lat, lon = row.venue
    a, b = math.radians(query.lat), math.radians(lat)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(lon - query.lon) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))


def _off_topic(row, query, given_up):
    return bool(query.needs) and Widened.NEEDS not in given_up and not set(query.needs) & set(row.needs)


def _for_others(row, query):
    implied = {"bereavement": "bereaved", "carer": "carer", "prostate": "men", "gynae": "women", "breast": "women"}
    likely = {"patient", *query.audience, *(implied.get(said) for said in (*query.needs, query.cancer_type))}
    roles = {"patient", "carer", "family", "bereaved", "parent", "professional"} & set(row.audience)
    groups = set(row.audience) - roles
    others = bool(roles and not roles & likely) or bool(groups - likely)
    if set(query.audience) - {"patient"}:
        others |= not row.audience
    hard_to_join = not query.language and "english" not in row.language.casefold().split(";")
    return others or hard_to_join or (not query.stage and row.stage == ("incurable",))
