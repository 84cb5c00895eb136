"""Every transcript in this folder, played from the first text to the last."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.turn import Dialogue
from services.core.clock import LONDON
from services.core.database import Database
from tests.conversations.talk import Phone, load_events, make_phone, matches, span_of

HERE = Path(__file__).parent
NOW = "2026-11-23T10:00"
TRANSCRIPTS = sorted(path for path in HERE.rglob("*.yml") if path.parent != HERE)


def _read(path: Path) -> list[dict[str, Any]]:
    """The transcripts of a file, all values as strings ("yes" stays a word, "10:30" a time)."""
    return [document for document in yaml.load_all(path.read_text(), Loader=yaml.BaseLoader) if document]


CASES = [
    pytest.param(transcript, id=f"{path.relative_to(HERE).with_suffix('')}: {transcript['title']}")
    for path in TRANSCRIPTS
    for transcript in _read(path)
]


@pytest.fixture
def phones(sqlite_database: Database, dialogue: Dialogue) -> Callable[..., Phone]:
    """Make phones that text a service with the events of events.yml."""

    def make(now: str = NOW, number: str = "+447700900123", channel: str = "sms") -> Phone:
        moment = datetime.fromisoformat(now).replace(tzinfo=LONDON)
        sqlite_database.write(load_events(HERE / "events.yml", moment))
        return make_phone(sqlite_database, dialogue, moment, number=number, channel=channel)

    return make


@pytest.mark.parametrize("transcript", CASES)
def test_transcript(transcript: dict[str, Any], phones: Callable[..., Phone]) -> None:
    phone = phones(now=transcript.get("now", NOW), channel=transcript.get("channel", "sms"))
    said: list[str] = []
    so_far: list[str] = []
    for turn in transcript["turns"]:
        if "patient" in turn:
            said = phone.text(turn["patient"])
            so_far += [f"patient: {turn['patient']}", *(f"bot:     {text}" for text in said)]
        elif "wait" in turn:
            said = phone.wait(span_of(turn["wait"]))
            so_far += [f"({turn['wait']} later)", *(f"bot:     {text}" for text in said)]
        elif "silence" in turn:
            assert not said, "\n".join(so_far)
        else:
            assert matches(turn["bot"], said), "\n".join([*so_far, "", f"expected: {turn['bot']}"])
