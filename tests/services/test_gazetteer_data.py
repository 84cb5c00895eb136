"""The shipped tables: whole, consistent, quick and small to load."""

import csv
import time
import tracemalloc

import pytest

from services.journey.atlas import DATA, guards, load_atlas, words_of
from services.journey.context import Guard
from services.journey.distance import distance_m
from services.journey.gazetteer import Gazetteer
from services.journey.listing import list_names
from services.journey.place import PRECISION, OutsideLondon, Place, places_of
from services.journey.reading import key_of


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


@pytest.fixture(scope="module")
def listed(atlas):
    return list_names(atlas, words_of("common_words.txt"))


def _rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_borough_has_its_alliance(atlas):
    alliances = [borough.alliance for borough in atlas.boroughs.values()]
    assert len(alliances) == 33
    assert {name: alliances.count(name) for name in set(alliances)} == {
        "RM Partners West London": 14,
        "South East London Cancer Alliance": 6,
        "North Central London Cancer Alliance": 5,
        "North East London Cancer Alliance": 8,
    }


def test_every_place_is_in_great_britain_or_its_islands_with_a_radius_and_a_known_kind(atlas):
    tables = (atlas.areas, atlas.wards, atlas.stations, atlas.hospitals, atlas.beyond, atlas.boroughs.values())
    for place in (place for table in (*tables, atlas.outcodes.values(), atlas.sectors.values()) for place in table):
        assert 49 < place.lat < 61, place
        assert -9 < place.lon < 2, place
        assert place.radius_m >= 250, place
        assert place.kind in PRECISION, place


def test_every_sector_lies_within_reach_and_in_a_listed_outcode(atlas):
    for sector in atlas.sectors.values():
        assert distance_m(51.5073, -0.1276, sector.lat, sector.lon) <= 40_000
        assert sector.outcode in atlas.outcodes


def test_london_has_all_its_outcodes(atlas):
    london = {code for code, place in atlas.outcodes.items() if place.borough}
    assert len(london) >= 283
    assert {"E17", "RM7", "KT1", "SW1A", "SW1", "EC1", "WC2", "W1", "N1C", "E20", "TW6"} <= london


def test_every_guard_and_idiom_stands_for_something_listed(listed):
    assert {key for key in guards() if key not in listed} == set()
    for idiom in words_of("idioms.txt"):
        assert listed[key_of(idiom)].resolution is None


def test_word_lists_are_as_words_are_read():
    for table in ("common_words.txt", "first_names.txt", "idioms.txt"):
        for words in words_of(table):
            assert key_of(words) == words, (table, words)


def test_no_free_name_is_a_common_first_name(listed):
    free = {key for key, name in listed.items() if name.guard is Guard.FREE and name.resolution}
    assert free & words_of("first_names.txt") == set()


def test_no_alias_repeats_another(listed):
    aliases = [key_of(row["alias"]) for row in _rows("aliases.csv")]
    assert sorted({alias for alias in aliases if aliases.count(alias) > 1}) == []


def test_an_alias_for_an_unknown_place_is_refused(atlas, monkeypatch):
    monkeypatch.setattr("services.journey.listing.rows", lambda _: iter([["the moon", "Tranquility", ""]]))
    with pytest.raises(ValueError, match="Tranquility"):
        list_names(atlas, frozenset())


def test_hospitals_are_where_their_postcodes_are(atlas):
    gazetteer = Gazetteer(atlas)
    for row in _rows("hospitals.csv"):
        hospital = Place(row["name"], row["kind"], float(row["lat"]), float(row["lon"]), 500)
        outcode, _, inward = row["postcode"].partition(" ")
        area = gazetteer.resolve(row["postcode"] if len(inward) == 3 else outcode)
        near = area.place if isinstance(area, OutsideLondon) else area
        assert hospital.metres_to(near) < 5_000, row["name"]


def test_a_venue_is_located_by_its_postcode(atlas):
    gazetteer = Gazetteer(atlas)
    barts = gazetteer.locate("ec1a7be")
    assert barts.name == "St Bartholomew's Hospital"
    assert (round(barts.lat, 3), round(barts.lon, 3)) == (51.518, -0.1)
    hall = gazetteer.locate("E17 4QH")
    assert (hall.kind, hall.borough) == ("sector", "Waltham Forest")
    assert gazetteer.locate("M1 1AA").outcode == "M1"
    for wrong in ("", "E17", "Walthamstow", "E17 4QH London", "ZZ9 9ZZ", "E17 4CK", "E17 OQH"):
        assert gazetteer.locate(wrong) is None, wrong


@pytest.mark.parametrize(
    ("lat", "lon", "name", "borough"),
    [(51.5836, -0.0195, "Walthamstow Central", "Waltham Forest"), (51.3440, 0.0320, "Keston", "Bromley")],
)
def test_a_pin_is_named_for_its_neighbourhood(atlas, lat, lon, name, borough):
    place = Gazetteer(atlas).around(lat, lon)
    assert (place.name, place.borough) == (name, borough)


def test_a_pin_far_away_is_outside(atlas):
    outside = Gazetteer(atlas).around(53.4808, -2.2426)
    assert isinstance(outside, OutsideLondon)
    assert places_of(outside)[0].outcode.startswith("M")


def test_loading_is_quick_and_small():
    Gazetteer.load()
    tracemalloc.start()
    gazetteer = Gazetteer.load()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    times = []
    for _ in range(5):
        begun = time.process_time()
        Gazetteer.load()
        times.append(time.process_time() - begun)
    assert gazetteer
    assert held < 15 * 2**20
    assert min(times) < 0.15


def test_sources_and_their_attribution_are_shipped():
    sources = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    for needed in ("Contains OS data", "Royal Mail data", "Powered by TfL Open Data", "NaPTAN", "GeoNames", "SCOWL"):
        assert needed in sources
    for table in DATA.glob("*.csv"):
        assert table.name in sources, table.name
