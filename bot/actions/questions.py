"""Answering a question about the service."""

from typing import Any

from bot.actions.base import Say, Slots, TurnAction
from bot.actions.context import TurnContext

# What is answered to whoever asks about us in words that no question knows.
_ABOUT_US = "robot"


class AnswerQuestion(TurnAction):
    """Says the answer that staff have written to a question."""

    called = "action_answer_question"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say it; nothing changes."""
        say(f"utter_question_{slots.get('question') or _ABOUT_US}")
        return {}


def questions_actions() -> list[TurnAction]:
    """Every action about questions."""
    return [AnswerQuestion()]
