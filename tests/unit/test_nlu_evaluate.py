from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.nlu.entity_scores import score_choices, score_entities
from bot.nlu.evaluate import evaluate
from bot.nlu.lexicon import build_lexicon
from bot.nlu.scores import Tally
from services.events.taxonomy import load_taxonomy

SMALL = Path(__file__).parents[1] / "fixtures" / "nlu_data"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def lexicon():
    return build_lexicon(load_taxonomy(), lambda text: [], lambda text: None)


@pytest.fixture(scope="module")
def report(lexicon, tmp_path_factory):
    return evaluate(SMALL, tmp_path_factory.mktemp("var") / "nlu", lexicon, folds=5)


def test_every_example_is_judged_once_by_a_model_that_has_not_seen_it(report):
    written, slipped, clean, noisy = report.intents
    assert (written.total, slipped.total, clean.total, noisy.total) == (50, 50, 4, 2)
    assert all(tally.support == 10 for tally in written.by_intent().values())
    assert 0.5 < written.accuracy < 1
    assert slipped.accuracy <= written.accuracy


def test_held_out_messages_are_judged_by_a_model_of_all_examples(report):
    assert [each.name for each in report.intents[2:]] == ["held out, clean", "held out, noisy"]
    assert report.intents[2].accuracy >= 0.75


def test_the_confusions_are_drawn(report):
    assert [path.name for path in report.pictures] == [
        "confusion-cross-validation.png",
        "confusion-the-same-with-slips.png",
        "confusion-held-out-clean.png",
        "confusion-held-out-noisy.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in report.pictures)


def test_the_report_says_what_matters(report):
    text = report.render()
    for words in ("cross-validation", "held out, noisy", "macro F1", "most confused", "held-out entities", "choice"):
        assert words in text
    assert all(str(path) in text for path in report.pictures)


def test_without_folds_or_lexicon_only_held_out_intents_are_measured(tmp_path):
    report = evaluate(SMALL, tmp_path, folds=0)
    assert [each.name for each in report.intents] == ["held out, clean", "held out, noisy"]
    assert report.entities == {}
    assert report.choices is None


def test_entities_count_as_found_by_words_meaning_or_value(lexicon):
    tallies = score_entities(SMALL / "held_out" / "entities.yml", lexicon, NOW)
    assert tallies == {
        "date": Tally(1, 0, 0),
        "party": Tally(1, 0, 0),
        "for_whom": Tally(1, 0, 0),
        "name": Tally(0, 0, 1),
    }


def test_lines_picked_from_menus_are_counted(lexicon):
    assert score_choices(SMALL / "held_out" / "choices.yml", lexicon, NOW) == Tally(1, 0, 0)


def test_a_menu_of_bookings_is_read_as_one(lexicon, tmp_path):
    row = "- {menu: ['Gentle yoga', 'Money advice'], text: cancel the money one, expect: 2%s}"
    for slot, tally in (("", Tally(0, 0, 1)), (", slot: booking_choice", Tally(1, 0, 0))):
        (tmp_path / "choices.yml").write_text(row % slot, encoding="utf-8")
        assert score_choices(tmp_path / "choices.yml", lexicon, NOW) == tally
