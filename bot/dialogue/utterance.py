"""What the dialogue says and what it hands to and takes from actions: plain data, JSON throughout."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.understanding import Option
from services.core.errors import WellbeingError


class DialogueError(WellbeingError):
    """The dialogue files ask for something impossible; the message names the flow and the step, or the response."""

    code = "dialogue"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing to say: a response by name, its parameters (JSON), and the menu it shows, if any."""

    response: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[Option, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the utterance as JSON."""
        return {
            "response": self.response,
            "parameters": dict(self.parameters),
            "options": [option_to_json(option) for option in self.options],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Utterance":
        """Read what `to_json` wrote."""
        options = tuple(option_from_json(option) for option in data.get("options", ()))
        return cls(data["response"], data.get("parameters", {}), options)


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What an action did: slots to set (null empties one), things to say, and a flow to start above this one."""

    slots: Mapping[str, Any] = field(default_factory=dict)
    utterances: tuple[Utterance, ...] = ()
    start_flow: str | None = None


RunAction = Callable[[str, Mapping[str, Any]], ActionResult]


def option_to_json(option: Option) -> dict[str, str]:
    """Return an option as JSON."""
    return {
        "payload": option.payload,
        "title": option.title,
        "words": option.words,
        "starts_at": option.starts_at,
    }


def option_from_json(data: Mapping[str, Any]) -> Option:
    """Read an option from JSON; words and starts_at may be absent."""
    return Option(data["payload"], data["title"], data.get("words", ""), data.get("starts_at", ""))
