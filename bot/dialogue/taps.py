"""Buttons that answer one question: sealed with it when they are shown, and opened only while it stands.

An answer such as YES means nothing apart from its question, and a button stays on the phone for days. So it comes back
with the mark of the question that it was shown with; a button of another question is not taken for an answer.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from bot.dialogue.state import State
from bot.understanding import Option, Understanding

TAP = "tap"


def was_asked(state: State, now: datetime) -> bool:
    """Say whether the open question was put in the turn of `now`."""
    return state.question is not None and state.question.asked_at == now.isoformat()


def sealed(state: State, buttons: Iterable[Option], now: datetime) -> tuple[Option, ...]:
    """Seal buttons with the question put in the turn of `now`; lines of a menu speak for themselves and stay."""
    question = state.question
    if question is None or question.kind == "choice" or not was_asked(state, now):
        return tuple(buttons)
    mark = _mark(state)
    return tuple(Option(f"{TAP}:{mark}:{each.payload}", each.title) for each in buttons)


def opened(state: State, payload: str) -> str | None:
    """The words that a sealed button stands for; None when its question is not open any more, and for all else."""
    kind, _, rest = payload.partition(":")
    mark, _, words = rest.partition(":")
    return words if kind == TAP and state.question is not None and mark == _mark(state) else None


def alone(payload: str) -> Understanding:
    """What a button says: nothing but which it was, since its payload is no words."""
    return Understanding(payload, "", 0.0, ())


def _mark(state: State) -> str:
    frame, question = state.top, state.question
    if frame is None or question is None:
        return ""
    whole = f"{frame.flow} {question.step} {question.asked_at}"
    return hashlib.sha256(whole.encode()).hexdigest()[:10]
