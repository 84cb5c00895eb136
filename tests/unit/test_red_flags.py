"""What is read for red flags: what people write, and nothing that we made ourselves."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.safety import load_safety
from bot.red_flags import RedFlags
from services.core.ids import draw
from services.people.inbox import Arrival

_RED_FLAGS = RedFlags(load_safety(Path(__file__).parents[2] / "dialogues" / "safety.yml"))
_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def arrival(body: str, **details: Any) -> Arrival:
    sender = (1, 1, 1, "whatsapp", "whatsapp:+447700900171", "whatsapp:+447700900100")
    return Arrival(*sender, _NOW, False, body, details, "received", False, _NOW, False)


def categories(one: Arrival) -> list[str]:
    return [hit.category for hit in _RED_FLAGS.find(one)]


# Marks are hashes: these end in, or hold, figures that read as a temperature.
@pytest.mark.parametrize("mark", ["44cb730c42", "80c3cd40fa", "a68b412c42"])
def test_the_payload_of_a_button_is_nobodys_temperature(mark: str) -> None:
    assert categories(arrival(f"tap:{mark}:yes"))  # as words it would be
    assert not categories(arrival("Yes", button={"text": "Yes", "payload": f"tap:{mark}:yes"}))


def test_a_button_without_a_payload_is_read_as_words() -> None:
    assert categories(arrival("", button={"text": "my temperature is 39"})) == ["infection"]


def test_what_is_written_is_read() -> None:
    assert categories(arrival("my temperature is 39")) == ["infection"]


def test_no_code_that_we_draw_reads_as_a_red_flag() -> None:
    assert categories(arrival("im ill cant come 7644ec"))  # what a reference may hold that is drawn of every letter
    for sentence in ("cancel {}", "im ill cant come {}", "{} please", "chest class {}, leg"):
        for length in (6, 8):
            texts = [sentence.format(draw(length)) for _ in range(300)]
            assert [text for text in texts if categories(arrival(text)) or categories(arrival(text.lower()))] == []
