from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.nlu import menu_training
from bot.nlu.choice_described import Choice
from bot.nlu.conditional_logit import ConditionalLogit
from bot.nlu.learnt import Learnt
from bot.nlu.lexicon import build_lexicon
from bot.nlu.menu_lines import option_of
from bot.nlu.menu_reader import judged
from bot.nlu.menu_training import MenuExample, read_examples
from bot.nlu.tokens import tokenise
from bot.nlu.training_data import read_yaml
from bot.settings import NLU_DATA
from services.core.errors import ConfigurationError
from services.events.taxonomy import load_taxonomy

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "fixtures" / "nlu_data" / "menus"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MENU = ("Mon 30 Nov, 10am: Baking, Ilford", "Tue 1 Dec, 2pm: Knitting, Barking")


def lexicon_with(menus: ConditionalLogit | None):
    return build_lexicon(load_taxonomy(), lambda text: (), lambda text: None, Learnt(menus=menus))


@pytest.fixture(scope="module")
def trained():
    return menu_training.learn(read_examples(SMALL) * 3, lexicon_with(None))


def line_of(menus, text, picked=None):
    options = [option_of(number, line, NOW) for number, line in enumerate(MENU, start=1)]
    choice = judged(tokenise(text), options, lexicon_with(menus), [], picked)
    return choice and (choice.index + 1, choice.first, choice.last)


def test_answers_are_read_with_the_line_they_mean():
    examples = read_examples(SMALL)
    assert len(examples) == 13
    assert examples[0] == MenuExample(
        ("Tue 24 Nov, 10am: Gentle yoga, Bow", "Thu 26 Nov, 6pm: Choir, Leyton"), "going for the yoga over here", 1
    )
    assert [each.meant for each in examples[-2:]] == [None, None]


def test_nothing_is_learnt_from_the_answers_held_out():
    held_out = {
        (tuple(row["menu"]), row["text"].casefold()) for row in read_yaml(NLU_DATA / "held_out" / "choices.yml")
    }
    texts = {text for _, text in held_out}
    learnt = {(each.menu, each.text.casefold()) for each in read_examples(NLU_DATA / "menus")}
    assert len(learnt) > 2500
    assert learnt & held_out == set()
    assert {text for _, text in learnt if text in texts and len(text.split()) > 3} == set()


def test_a_way_of_picking_is_learnt_for_events_never_seen(trained):
    assert line_of(trained, "dreaming of knitting") == (2, 2, 2)
    assert line_of(trained, "dreaming of baking") == (1, 2, 2)
    assert line_of(trained, "I wonder about knitting") is None


def test_what_a_rule_picks_stands_unless_it_is_surely_none(trained):
    picked = Choice(1, 0, 0)
    assert line_of(trained, "dreaming of baking", picked) == (2, 0, 0)
    assert line_of(None, "I wonder about knitting", picked) == (2, 0, 0)
    sure = menu_training.learn(read_examples(SMALL) * 40, lexicon_with(None))
    assert line_of(sure, "I wonder about knitting", picked) is None


def test_nothing_is_meant_where_nothing_speaks_of_a_line(trained):
    assert line_of(trained, "dreaming of bananas") is None


def test_without_a_model_no_line_is_judged():
    assert line_of(None, "dreaming of knitting") is None
    assert menu_training.learn([], lexicon_with(None)) is None


@pytest.mark.parametrize(
    "content",
    [
        "menu: [a, b]",
        "- answers: {1: yes}",
        '- menu: ["Mon 30 Nov, 10am: Baking, Ilford"]\n  2: |\n    that one\n',
        '- menu: ["Mon 30 Nov, 10am: Baking, Ilford"]\n  1: [that one]\n',
        '- menu: ["Mon 30 Nov, 10am: Baking, Ilford"]\n  maybe: |\n    that one\n',
    ],
)
def test_what_is_no_menu_with_answers_is_refused(tmp_path, content):
    (tmp_path / "odd.yml").write_text(content)
    with pytest.raises(ConfigurationError, match=r"odd\.yml"):
        read_examples(tmp_path)
