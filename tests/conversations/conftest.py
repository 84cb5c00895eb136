"""What every conversation under test shares: the dialogue, loaded once, with a model trained on the current data."""

from datetime import timedelta

import pytest

from bot.answering import Dialogue
from bot.loading import load_dialogue, train_model
from bot.nlu import classify
from bot.settings import MODEL, NLU_DATA
from services.core.errors import ConfigurationError
from services.events.search import Named

STAFF_KEY = "a key for tests"
PUBLIC_BASE_URL = "https://wellbeing.example"


@pytest.fixture(scope="session")
def dialogue() -> Dialogue:
    """The dialogue as it is served."""
    try:
        classify.load(MODEL, NLU_DATA)
    except ConfigurationError:
        train_model(NLU_DATA, MODEL)
    return load_dialogue(
        MODEL,
        lambda said: Named(),
        hold_for=timedelta(minutes=15),
        public_base_url=PUBLIC_BASE_URL,
        staff_key=STAFF_KEY,
    )
