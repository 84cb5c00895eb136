"""Every sentence a patient reads, by name: loaded from `dialogues/responses/<language>.yml`, chosen and filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from bot.dialogue.conditions import Condition, compile_condition, look_into
from bot.dialogue.models import Name, Strict
from bot.dialogue.utterance import DialogueError, Utterance
from bot.understanding import Option

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\}")
OPTION_LINE = "utter_option_line"
MENU = "menu"
NO_SLOTS: Mapping[str, Any] = MappingProxyType({})

Channel = Literal["sms", "whatsapp"]


class ButtonModel(Strict):
    """A quick reply: what it says and what it sends."""

    title: str
    payload: str


class VariationModel(Strict):
    """One way to say a response: for a channel, when `if` holds; `discreet` ones may be read on a lock screen."""

    text: str
    channel: Channel | None = None
    condition: str | None = Field(default=None, alias="if")
    buttons: list[ButtonModel] = Field(default_factory=list)
    discreet: bool = False


class Approval(Strict):
    """Who has approved a translation, and when (ISO date)."""

    by: str
    on: str


class ResponsesFile(Strict):
    """A file of responses in the form of a Rasa domain; a translation says who has `approved` it."""

    version: str = "3.1"
    language: str = "en"
    approved: Approval | None = None
    responses: dict[Name, Annotated[list[VariationModel], Field(min_length=1)]]


class MissingValue(DialogueError):
    """A response needs a value that nobody gave; the message names both."""

    code = "missing_value"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A response as it is read: the text, and as (title, payload) the lines of its menu and what its words offer."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Variation:
    """A compiled variation; `pieces` is the text, with every odd piece the dotted name of a value."""

    pieces: tuple[str, ...]
    channel: str | None
    condition: Condition | None
    buttons: tuple[Option, ...]

    def fits(self, channel: str | None, scope: Mapping[str, Any]) -> bool:
        return self.channel in (None, channel) and (self.condition is None or self.condition.holds(scope))

    def names(self) -> set[str]:
        read = {name.removeprefix("slots.") for name in self.condition.names} if self.condition else set()
        return read | {name.partition(".")[0] for name in self.pieces[1::2]}


class Responses:
    """The responses of one language."""

    def __init__(self, variations: Mapping[str, tuple[_Variation, ...]]) -> None:
        self._variations = variations
        self._names = {
            response: frozenset().union(*(variation.names() for variation in many))
            for response, many in variations.items()
        }

    @classmethod
    def of(cls, file: ResponsesFile) -> "Responses":
        """Compile the responses of a file; raises ConditionError."""
        return cls({name: tuple(map(_compile, models)) for name, models in file.responses.items()})

    def __contains__(self, response: str) -> bool:
        return response in self._variations

    def names(self, response: str) -> frozenset[str]:
        """The slots and parameters that a response uses; none if there is no such response."""
        return self._names.get(response, frozenset())

    def options(self, response: str, slots: Mapping[str, Any]) -> tuple[Option, ...]:
        """The buttons of a response as a menu; none if there is no such response."""
        return self._choose(response, None, slots).buttons if response in self else ()

    def option(self, data: Mapping[str, Any]) -> Option:
        """Make a line of a menu of JSON: payload, title (or `label`, a response to render), words, starts_at."""
        title = data.get("title") or self._value("label", data["label"], None, NO_SLOTS, [])
        return Option(data["payload"], title, data.get("words", ""), data.get("starts_at", ""))

    def render(self, utterance: Utterance, channel: str | None = None, slots: Mapping[str, Any] = NO_SLOTS) -> Rendered:
        """Say an utterance: values come from its parameters, then from `slots`; raises MissingValue."""
        scope = {**slots, **utterance.parameters}
        if utterance.options:
            scope[MENU] = self._menu(utterance.options)
        offered = list(utterance.options)
        text = self._text(utterance.response, channel, scope, offered)
        return Rendered(text, tuple((option.title, option.payload) for option in offered))

    def _menu(self, options: tuple[Option, ...]) -> str:
        return "\n".join(self._menu_line(number, option.title) for number, option in enumerate(options, start=1))

    def _menu_line(self, number: int, title: str) -> str:
        if OPTION_LINE in self:
            return self._text(OPTION_LINE, None, {"number": number, "title": title}, [])
        return f"{number}. {title}"

    def _text(self, response: str, channel: str | None, scope: Mapping[str, Any], offered: list[Option]) -> str:
        """The words of a response; the buttons of what is said are added to `offered`."""
        said = self._choose(response, channel, scope)
        offered += said.buttons
        return "".join(
            self._filled(response, piece, channel, scope, offered) if odd % 2 else piece
            for odd, piece in enumerate(said.pieces)
        )

    def _choose(self, response: str, channel: str | None, scope: Mapping[str, Any]) -> _Variation:
        for variation in self._variations.get(response, ()):
            if variation.fits(channel, scope):
                return variation
        raise DialogueError(f"no variation of response {response} fits")

    def _filled(
        self, response: str, name: str, channel: str | None, scope: Mapping[str, Any], offered: list[Option]
    ) -> str:
        first, *rest = name.split(".")
        value = look_into(scope.get(first), rest)
        if value is None:
            raise MissingValue(f"response {response} needs {{{name}}}")
        return self._value(name, value, channel, scope, offered)

    def _value(
        self, name: str, value: Any, channel: str | None, scope: Mapping[str, Any], offered: list[Option]
    ) -> str:
        """A value as text; one that is itself a response, {"response", "parameters"}, is rendered in its place."""
        if isinstance(value, Mapping):
            if "response" not in value:
                raise MissingValue(f"{{{name}}} is neither a text nor a response")
            return self._text(value["response"], channel, {**scope, **value.get("parameters", {})}, offered)
        return str(value)


def _compile(model: VariationModel) -> _Variation:
    condition = compile_condition(model.condition) if model.condition else None
    buttons = tuple(Option(button.payload, button.title) for button in model.buttons)
    return _Variation(tuple(PLACEHOLDER.split(model.text)), model.channel, condition, buttons)
