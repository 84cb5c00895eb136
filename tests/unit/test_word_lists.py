"""Lists of words as one regular expression."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.word_lists import alternation

WORDS = st.text("ab(-. ", min_size=1, max_size=5)


@given(st.lists(WORDS, min_size=1, max_size=12), st.text("ab(-. ", max_size=12))
def test_it_finds_what_the_longest_first_finds(words, text):
    plain = "|".join(sorted((re.escape(word) for word in set(words)), key=len, reverse=True))
    found = re.match(rf"(?:{alternation(words)})", text)
    expected = max((word for word in words if text.startswith(word)), key=len, default=None)
    assert (found[0] if found else None) == expected
    assert bool(re.search(rf"(?:{alternation(words)})$", text)) == bool(re.search(rf"(?:{plain})$", text))
