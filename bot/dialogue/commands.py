"""What a message asks of the dialogue, whoever understood it: rules, a classifier, or one day a language model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the open question with a value (JSON)."""

    value: Any


@dataclass(frozen=True, slots=True)
class TakeWay:
    """Leave the open question by a way it offers (`on_intent`), to the step of that id."""

    step: str


@dataclass(frozen=True, slots=True)
class SetSlots:
    """Fill slots that were not asked for."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CorrectSlots:
    """Change slots that were filled before."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StartFlow:
    """Start a flow: for its own sake, as small talk, or to bring in a person."""

    flow: str
    manner: Literal["goal", "small_talk", "human"] = "goal"


@dataclass(frozen=True, slots=True)
class CancelFlow:
    """Break off what is in progress; `or_booking`: it may be about a booking instead."""

    or_booking: bool = False


@dataclass(frozen=True, slots=True)
class StartAgain:
    """Forget everything but what is always kept, and begin anew."""


@dataclass(frozen=True, slots=True)
class GoBack:
    """Undo the last answer and ask for it again."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Say the last reply again."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Skip a question that cannot be skipped."""


@dataclass(frozen=True, slots=True)
class NothingOpen:
    """A yes or no (or "never mind") when nothing is waiting for one."""


@dataclass(frozen=True, slots=True)
class OldMenu:
    """A choice from a menu that is too old to act on, or no longer remembered."""


@dataclass(frozen=True, slots=True)
class GoOn:
    """Put the open question again: what was said is right, but known already."""


@dataclass(frozen=True, slots=True)
class Clarify:
    """Ask which of several flows is meant; `values` are the slots the message would fill."""

    flows: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CannotHandle:
    """The message was not understood; `meanings` are the flows it may have meant."""

    meanings: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


Command = (
    Answer
    | TakeWay
    | SetSlots
    | CorrectSlots
    | StartFlow
    | CancelFlow
    | StartAgain
    | GoBack
    | Repeat
    | Skip
    | NothingOpen
    | OldMenu
    | GoOn
    | Clarify
    | CannotHandle
)
