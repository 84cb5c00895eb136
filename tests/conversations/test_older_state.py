"""A conversation that began before a deployment goes on after it, whatever is texted first."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from bot.answering import Dialogue
from services.core.clock import LONDON
from services.core.database import Database
from services.people.tables import Conversation
from tests.conversations.talk import load_events, make_phone

NOW = datetime(2026, 11, 23, 10, tzinfo=LONDON)


def _older(session: Session) -> None:
    """Make the state one of files in which the open question's step had another name."""
    [conversation] = session.exec(select(Conversation)).all()
    [frame] = conversation.state["frames"]
    frame |= {"step": "asked_long_ago", "question": frame["question"] | {"step": "asked_long_ago"}}
    conversation.state = conversation.state | {"version": "older", "frames": [frame]}
    session.add(conversation)


def test_a_picture_first_does_not_break_it(chosen_database: Database, dialogue: Dialogue) -> None:
    chosen_database.write(load_events(Path(__file__).parent / "events.yml", NOW))
    phone = make_phone(chosen_database, dialogue, NOW, number="+447700900123", channel="sms")
    phone.text("yoga e17")
    chosen_database.write(_older)
    phone.text("", media=1, media_types=["image/jpeg"])
    phone.text("skip")
    assert "failed_turn" not in phone.flags()
