"""The shape of every action: slots and the turn in, slots to set and things to say out."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from bot.actions.context import TurnContext, current_turn
from bot.actions.rasa import Action, CollectingDispatcher, SlotSet, Tracker

Slots = Mapping[str, Any]
# What a slot holds when its question was passed over.
SKIPPED = "skipped"


def phrase(response: str, **parameters: Any) -> dict[str, Any]:
    """A part of a sentence, to be rendered from the response file where a parameter stands."""
    return {"response": response, "parameters": parameters}


def option(payload: str, label: dict[str, Any], *, words: str = "", starts_at: str = "") -> dict[str, Any]:
    """A line of a menu: its payload, the phrase shown, words that single it out, and its ISO 8601 start."""
    return {"payload": payload, "label": label, "words": words, "starts_at": starts_at}


class Say:
    """What an action says: names of responses with their parameters, and menus."""

    def __init__(self, dispatcher: CollectingDispatcher) -> None:
        self._dispatcher = dispatcher

    def __call__(self, response: str, options: list[dict[str, Any]] | None = None, **parameters: Any) -> None:
        """Say the response of that name."""
        message = {"parameters": parameters, "options": options or []}
        self._dispatcher.utter_message(response=response, json_message=message)


class TurnAction(Action):  # type: ignore[misc]
    """An action that runs within a turn's unit of work."""

    called: ClassVar[str]

    def name(self) -> str:
        """The name that flows use."""
        return self.called

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Run `act` and hand its slots to rasa-sdk as events."""
        slots = self.act(tracker.slots, current_turn.get(), Say(dispatcher))
        return [SlotSet(name, value) for name, value in slots.items()]

    @abstractmethod
    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Do the work and return the slots to set."""
