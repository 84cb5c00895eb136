from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.nlu import train
from bot.nlu.interpreter import Interpreter
from bot.nlu.lexicon import build_lexicon
from bot.nlu.training_data import read_folder
from bot.nlu.vocabulary import read_vocabulary
from bot.understanding import Expecting, Option
from services.events.taxonomy import load_taxonomy

SMALL = Path(__file__).parents[1] / "fixtures" / "nlu_data"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def interpreter():
    model = train.learn(read_folder(SMALL / "nlu"), read_vocabulary(SMALL))
    return Interpreter(model, build_lexicon(load_taxonomy(), lambda text: [], lambda text: None))


def test_a_message_is_understood_as_intent_and_entities(interpreter):
    understood = interpreter.understand("pls book a place on the course for my mum", None, NOW)
    assert understood.text == "pls book a place on the course for my mum"
    assert understood.intent == "book_event"
    assert understood.ranking[0] == (understood.intent, understood.confidence)
    assert understood.first("relation") == {"relation": "mother"}


def test_the_open_question_decides_what_a_number_is_but_not_the_intent(interpreter):
    menu = Expecting(
        "event", "choice", (Option("event:1", "Yoga"), Option("event:2", "Sleep"), Option("event:3", "Art"))
    )
    count = Expecting("places", "count")
    picked, counted = (interpreter.understand("2", asked, NOW) for asked in (menu, count))
    assert picked.first("choice") == 1
    assert counted.first("count") == 2
    assert picked.ranking == counted.ranking


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "🎈" * 50, "a" * 5000, "where can i park " * 300, "\u202eabc", "০১২"]
)
def test_any_text_gets_an_answer(interpreter, text):
    understood = interpreter.understand(text, None, NOW)
    assert 0 <= understood.confidence <= 1
    assert understood.text == text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_no_text_is_too_strange(interpreter, text):
    understood = interpreter.understand(text, None, NOW)
    assert understood.intent in {"greet", "book_event", "cancel_booking", "parking", "out_of_scope"}


def test_threads_may_share_it(interpreter):
    texts = ["hello", "cancel my place", "where can i park", "book a place"] * 25
    alone = [interpreter.understand(text, None, NOW) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: interpreter.understand(text, None, NOW), texts)) == alone
