"""Simulated people talk to the bot from first text to last: nearly all reach their goal, and no rule is broken."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.turn import Dialogue
from services.core.clock import LONDON
from services.core.database import Database
from tests.conversations.talk import Phone, load_events, make_phone
from tests.personas.goals import is_reached
from tests.personas.persona import Persona, people
from tests.personas.play import Played, Talk, texts_to_others

HERE = Path(__file__).parent
EVENTS = HERE.parent / "conversations" / "events.yml"
NOW = "2026-11-23T10:00"
PEOPLE = list(people(HERE / "people"))
REACH_THEIR_GOAL = 0.95
FEWEST = 30


@pytest.fixture
def phone_of(sqlite_url: str, dialogue: Dialogue) -> Callable[[Persona], Phone]:
    """A phone that texts a service of its own, with the events of the transcripts."""

    def make(persona: Persona) -> Phone:
        moment = datetime.fromisoformat(persona.now or NOW).replace(tzinfo=LONDON)
        database = Database(sqlite_url)
        database.write(load_events(EVENTS, moment))
        return make_phone(database, dialogue, moment, number="+447700900123", channel=persona.channel)

    return make


@pytest.fixture(scope="session")
def scores() -> dict[str, Played]:
    """How everybody fared, for the count at the end."""
    return {}


@pytest.mark.parametrize("persona", PEOPLE, ids=lambda persona: persona.name)
def test_no_rule_is_broken(persona: Persona, phone_of: Callable[[Persona], Phone], scores: dict[str, Played]) -> None:
    phone = phone_of(persona)
    played = Talk(persona, phone).play()
    played.reached = is_reached(played, phone)
    scores[persona.name] = played
    assert not played.breaches, str(played)
    assert not texts_to_others(phone), str(played)
    phone.database.close()


def test_nearly_everybody_reaches_their_goal(scores: dict[str, Played]) -> None:
    assert len(PEOPLE) >= FEWEST
    if len(scores) < len(PEOPLE):
        pytest.fail("run the whole file: this counts what the other tests have played")
    for played in scores.values():
        how = "reached" if played.reached else "MISSED"
        print(f"{how:7} {played.turns:2} texts {played.repeats:2} repeats  {played.persona.name}")
    missed = [played for played in scores.values() if not played.reached]
    share = 1 - len(missed) / len(scores)
    assert share >= REACH_THEIR_GOAL, "\n\n".join(map(str, missed))
