"""What tests of reading share: how messages are read, with the project's own lists and places and no model."""

import pytest

from bot.nlu.lexicon import Lexicon, build_lexicon
from services.events.taxonomy import load_taxonomy
from services.journey.gazetteer import Gazetteer


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """What entities are found by; nothing in it changes."""
    gazetteer = Gazetteer.load()
    return build_lexicon(load_taxonomy(), gazetteer.find_in, gazetteer.answer)
