"""What holds for every postcode, every name and every text."""

import csv
from functools import cache

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.journey.atlas import DATA, load_atlas, words_of
from services.journey.gazetteer import Gazetteer
from services.journey.place import OutsideLondon, Place


@cache
def gazetteer():
    return Gazetteer.load()


def _codes(table):
    with (DATA / table).open(encoding="utf-8", newline="") as file:
        return {row[0]: row for row in list(csv.reader(file))[1:]}


SECTORS = _codes("sectors.csv")
OUTCODES = _codes("outcodes.csv")
ORDINARY = words_of("common_words.txt")
LONDON = sorted(code for code, row in OUTCODES.items() if row[4])
UNITS = st.text("ABDEFGHJLNPQRSTUWXYZ", min_size=2, max_size=2)
WRAPS = st.sampled_from(["{}", "im in {}", "{} please", "my postcode is {} thanks", "near {} love", "{}."])


@st.composite
def respelt(draw, text):
    """The text in any mixture of cases."""
    return "".join(draw(st.sampled_from([c.lower(), c.upper()])) for c in text)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_every_london_outcode_resolves_to_itself(data):
    code = data.draw(st.sampled_from(LONDON))
    texted = data.draw(WRAPS).format(data.draw(respelt(code)))
    place = gazetteer().resolve(texted)
    assert isinstance(place, Place)
    assert (place.name, place.kind, place.exact) == (code, "outcode", True)
    assert place.borough == OUTCODES[code][4]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_every_full_postcode_resolves_to_its_sector(data):
    sector = data.draw(st.sampled_from(sorted(SECTORS)))
    outcode, digit = sector.split(" ")
    gap = data.draw(st.sampled_from([" ", "", "  ", "-"]))
    texted = data.draw(WRAPS).format(data.draw(respelt(f"{outcode}{gap}{digit}{data.draw(UNITS)}")))
    place = gazetteer().resolve(texted)
    assert isinstance(place, Place)
    assert (place.name, place.kind) == (outcode, "sector")
    assert (place.lat, place.lon) == (float(SECTORS[sector][1]), float(SECTORS[sector][2]))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_letter_for_a_digit_is_mended(data):
    sector = data.draw(st.sampled_from([code for code in sorted(SECTORS) if set(code) & set("01")]))
    digit = data.draw(st.sampled_from([c for c in sector if c in "01"]))
    outcode, inward = sector.replace(digit, {"0": "O", "1": "I"}[digit], 1).split(" ")
    inward += data.draw(UNITS)
    assume(not {outcode.lower(), inward.lower()} & ORDINARY)  # "ALI 1AA" stays Ali, "E17 OLD" stays old
    place = gazetteer().resolve(f"{outcode} {inward}")
    assert isinstance(place, Place)
    assert (place.name, place.exact) == (sector.split(" ")[0], False)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(OUTCODES)), UNITS)
def test_a_postcode_anywhere_in_britain_is_placed_or_said_to_be_outside(code, unit):
    resolution = gazetteer().resolve(f"{code} 1{unit}")
    assert isinstance(resolution, Place | OutsideLondon)
    place = resolution.place if isinstance(resolution, OutsideLondon) else resolution
    assert place.outcode == code


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_neighbourhood_is_found_by_its_own_name(data):
    area = data.draw(st.sampled_from([area for area in load_atlas().areas if area.borough]))
    resolution = gazetteer().resolve(data.draw(respelt(area.name.replace("(", "").replace(")", ""))))
    options = resolution.options if hasattr(resolution, "options") else (resolution,)
    assert min(option.metres_to(area) for option in options) < 3_000


WORDS = """near in the e17 n1 8 2 walthamstow lewisham hosptial st. st george's king's x kent , . - ' & bush bow e3
oag marsden sutton or"""
SCRAPS = st.sampled_from(WORDS.split())


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200) | st.lists(SCRAPS | st.text(max_size=8), max_size=20).map(" ".join))
def test_any_text_is_read_and_spans_lie_in_it_in_order(text):
    end = 0
    for mention in gazetteer().find_in(text):
        assert end <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end].strip()
        end = mention.end
    answer = gazetteer().answer(text)
    assert answer is None or 0 <= answer.start < answer.end <= len(text)


@settings(max_examples=100, deadline=None)
@given(st.floats(49.9, 60.8), st.floats(-8.0, 1.8))
def test_a_pin_anywhere_in_britain_has_a_place_at_its_own_coordinates(lat, lon):
    resolution = gazetteer().around(lat, lon)
    place = resolution.place if isinstance(resolution, OutsideLondon) else resolution
    assert (place.lat, place.lon) == (lat, lon)
    assert place.name


def test_the_gazetteer_gives_the_same_answers_to_many_threads():
    from concurrent.futures import ThreadPoolExecutor

    texts = ["near walthamsow", "the marsden", "rm7 oag", "barking mad", "im in e17 love", "leeds"] * 50
    alone = [gazetteer().answer(text) for text in texts]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(gazetteer().answer, texts)) == alone
