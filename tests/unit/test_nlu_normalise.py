import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.nlu.normalise import Normaliser, plain
from bot.nlu.spelling import Speller

USES = {"please": 20, "cancel": 20, "my": 30, "booking": 20, "appointment": 20, "thank": 20, "fatigue": 20, "i": 30}
SHORT_FORMS = {"u": "you", "pls": "please", "dont": "do not", "im": "i am", "cncl": "cancel"}
normalise = Normaliser(SHORT_FORMS, Speller(USES, ["my booking"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can U tell me WOTS on pls??", "can you tell me wots on please ? ?"),
        ("I’m sooooo tired", "i am soo tired"),
        ("dont / don't / don’t", "do not do not do not"),
        ("café naïve", "cafe naive"),
        ("near E17 9PG, or se5", "near xpostcode or xpostcode"),
        ("10.30am or 2pm or 14:00", "xtime or xtime or xtime"),
        ("on 12/8 or the 3rd", "on xdate or the xdate"),
        ("9/10, really helped", "xscore really helped"),
        ("ring 07700 900123", "ring xphone"),
        ("see https://example.org/a?b=c", "see xlink"),
        ("mail a.b@example.org now", "mail xemail now"),
        ("number 2 of 45", "number 2 of xnumber"),
        ("👍🏽", "yes"),
        ("বাংলা বলেন?", "বাংলা বলেন ?"),
        ("cncl my bookng pleease", "cancel my booking please"),
        ("cancel mybooking", "cancel my booking"),
        ("   ", ""),
        ("", ""),
    ],
)
def test_texting_is_brought_to_plain_words(text, expected):
    assert " ".join(normalise(text).meant) == expected


def test_what_was_typed_keeps_its_spelling_but_not_its_short_forms():
    words = normalise("Cncl my BOOKNG pls")
    assert words.typed == ("cancel", "my", "bookng", "please")
    assert words.meant == ("cancel", "my", "booking", "please")


@given(st.text())
@example("a'''b 7 p.m. ǅ İ ß ﬁ ½ e\u0301 1 0 : 3 0")
@example("7 !pm 1 2 / 1 0 e 1 7")
@example("\u202eabc\u0000def\u2066")
def test_normalising_again_changes_nothing_and_no_text_is_refused(text):
    once = " ".join(normalise(text).meant)
    assert " ".join(normalise(once).meant) == once


@given(st.text(alphabet="abcegikmnopstuxyz0123456789 .:/'-?!@", max_size=30))
def test_texts_of_figures_and_letters_settle_at_once(text):
    once = " ".join(normalise(text).meant)
    assert " ".join(normalise(once).meant) == once


@given(st.text())
def test_plain_words_are_lower_case_with_one_space_between(text):
    result = plain(text)
    assert result == " ".join(result.split())
    assert result == result.casefold()
