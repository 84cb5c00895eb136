"""Texts are counted as the networks cut them, and English stays in the cheap alphabet.

The table in `fixtures/segments.json` holds what Twilio's own calculator (npm sms-segments-calculator) answered.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.segments import GSM, GSM_BASIC, GSM_EXTENSION, Encoding, count, to_gsm

VECTORS = json.loads((Path(__file__).parent.parent / "fixtures" / "segments.json").read_text(encoding="utf-8"))

gsm_texts = st.text(st.sampled_from(sorted(GSM)), max_size=700)
any_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["what"])
def test_counts_as_twilio_does(vector):
    found = count("".join(text * times for text, times in vector["pieces"]))
    assert (found.encoding, found.count, found.characters) == (
        vector["encoding"],
        vector["count"],
        vector["characters"],
    )


def test_the_table_is_the_standards():
    assert len(GSM_BASIC) == 127  # 128 places, less the escape
    assert len(GSM_EXTENSION) == 10
    assert not GSM_BASIC & GSM_EXTENSION


@given(gsm_texts)
def test_gsm_parts_hold_what_they_must(text):
    found = count(text)
    septets = len(text) + sum(character in GSM_EXTENSION for character in text)
    assert found.encoding is Encoding.GSM7
    assert found.characters == septets
    assert (found.count == 1) == (septets <= 160)
    if found.count > 1:
        assert _cut(text, lambda character: 2 if character in GSM_EXTENSION else 1, 153) == found.count


@given(any_texts)
def test_wide_parts_hold_what_they_must(text):
    found = count("’" + text)
    units = 1 + len(text.encode("utf-16-le")) // 2
    assert found.encoding is Encoding.UCS2
    assert found.characters == units
    assert (found.count == 1) == (units <= 70)
    assert found.count >= -(-units // 67) or found.count == 1


@given(any_texts, st.characters(exclude_categories=["Cs"]))
def test_a_longer_text_never_takes_fewer_parts(text, more):
    assert count(text + more).count >= count(text).count


@given(any_texts)
def test_what_remains_is_room_for_that_many_letters(text):
    found = count(text)
    if found.encoding is Encoding.GSM7:
        assert count(text + "a" * found.remaining).count == found.count
        assert count(text + "a" * (found.remaining + 1)).count == found.count + 1


@given(st.text(st.sampled_from("ABCabc 123.,?!'‘’“”–—…\u00a0•"), max_size=200))
def test_english_typography_folds_into_gsm(text):
    assert count(to_gsm(text)).encoding is Encoding.GSM7


@given(any_texts)
def test_folding_twice_changes_nothing_more(text):
    assert to_gsm(to_gsm(text)) == to_gsm(text)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("We’ve held it – until 5pm…", "We've held it - until 5pm..."),
        ("“Moving Forward”", '"Moving Forward"'),
        ("10\u00a0am", "10 am"),
        ("Zajęcia są w środę", "Zajęcia są w środę"),
        ("আপনার জায়গা", "আপনার জায়গা"),
        ("Siân", "Siân"),
        ("£5 at the café @ 6", "£5 at the café @ 6"),
    ],
)
def test_only_typography_is_folded(written, folded):
    assert to_gsm(written) == folded


def _cut(text, size, capacity):
    """Cut a text part by part, never through a character, and count the parts."""
    parts = 0
    while text:
        parts, room = parts + 1, capacity
        while text and size(text[0]) <= room:
            room -= size(text[0])
            text = text[1:]
    return parts
