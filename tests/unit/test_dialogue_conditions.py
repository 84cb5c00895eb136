import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.conditions import ConditionError, compile_condition

SLOTS = {"party": 3, "place": {"name": "Leyton"}, "outcome": "full", "needs": ["sleep"], "online": False}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("slots.nothing is null", True),
        ("slots.party is not null", True),
        ("slots.party > 1 and not slots.online", True),
        ('slots.outcome in ["full", "closed"]', True),
        ('slots.outcome not in ["full", "closed"]', False),
        ('"sleep" in slots.needs', True),
        ('slots.outcome is "full"', True),
        ('slots.outcome == "held" or slots.party != 3', False),
        ('slots.place.name == "Leyton"', True),
        ('slots.place.borough.name == "Leyton"', False),
        ("slots.party >= 3", True),
        ("slots.party == -1", False),
        ("slots.online == false", True),
        ("slots.nothing > 1", False),
        ("slots.nothing <= 1", False),
        ("slots.outcome > 1", False),
        ("slots.nothing in slots.nowhere", False),
        ("slots.party in slots.outcome", False),
        ("true", True),
        ("(slots.online or slots.party) and true", True),
    ],
)
def test_conditions_hold_or_not(text, holds):
    assert compile_condition(text).holds(SLOTS) is holds


def test_patterns_may_ask_for_the_context():
    assert compile_condition("context.misses >= 2").holds({}, {"misses": 2})


def test_a_condition_knows_what_it_reads():
    assert compile_condition("slots.a.b and context.c").names == {"slots.a", "context.c"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slots.party = 3", "write =="),
        ("__import__('os')", "not allowed"),
        ("slots.place.__class__()", "not allowed"),
        ("slots['party']", "not allowed"),
        ("[slot for slot in slots.needs]", "not allowed"),
        ("lambda: 1", "not allowed"),
        ("slots.party + 1 > 2", "not allowed"),
        ("-slots.party", "not allowed"),
        ("party > 1", "slots.party"),
        ("1 < slots.party < 5", "more than two"),
        ("None", "null"),
        ("b'x'", "not allowed"),
        ("", "not an expression"),
        ("slots.", "not an expression"),
    ],
)
def test_everything_else_is_refused_when_loaded(text, message):
    with pytest.raises(ConditionError, match=message):
        compile_condition(text)


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@given(st.text(alphabet="slots.xy()[]'\"=<>!andornti 01_,", max_size=30))
def test_no_text_does_more_than_compile_or_be_refused(text):
    try:
        condition = compile_condition(text)
    except ConditionError:
        return
    assert condition.holds({"x": 1}) in (True, False)
