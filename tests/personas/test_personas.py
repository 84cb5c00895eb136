"""Simulated people talk to the bot from first text to last: nearly all reach their goal, and no rule is broken."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.answering import Dialogue
from services.core.clock import LONDON
from services.core.database import Database
from tests.conversations.talk import Phone, load_events, make_phone
from tests.personas.goals import is_reached
from tests.personas.persona import Persona, people
from tests.personas.play import Played, Talk, texts_to_others

HERE = Path(__file__).parent
EVENTS = HERE.parent / "conversations" / "events.yml"
NOW = "2026-11-23T10:00"
REACH_THEIR_GOAL = 0.95
FEWEST = 30


def _phone(persona: Persona, url: str, dialogue: Dialogue) -> Phone:
    """A phone that texts a service of its own, with the events of the transcripts."""
    moment = datetime.fromisoformat(persona.now or NOW).replace(tzinfo=LONDON)
    database = Database(url)
    database.write(load_events(EVENTS, moment))
    return make_phone(database, dialogue, moment, number="+447700900123", channel=persona.channel)


def _play(persona: Persona, url: str, dialogue: Dialogue) -> Played:
    phone = _phone(persona, url, dialogue)
    played = Talk(persona, phone).play()
    played.reached = is_reached(played, phone)
    played.breaches += [f"BREACH: a text to {address}" for address in texts_to_others(phone)]
    phone.database.close()
    return played


def _line(played: Played) -> str:
    how = "reached" if played.reached else "MISSED"
    return f"{how:7} {played.turns:2} texts {played.repeats:2} repeats  {played.persona.name}"


def test_people_reach_their_goal_and_no_rule_is_broken(fresh_url: Callable[[], str], dialogue: Dialogue) -> None:
    everybody = list(people(HERE / "people"))
    assert len(everybody) >= FEWEST
    talks = [_play(persona, fresh_url(), dialogue) for persona in everybody]
    print("\n".join(map(_line, talks)))
    breaking = [played for played in talks if played.breaches]
    assert not breaking, "\n\n".join(map(str, breaking))
    missed = [played for played in talks if not played.reached]
    assert len(missed) <= (1 - REACH_THEIR_GOAL) * len(talks), "\n\n".join(map(str, missed))
