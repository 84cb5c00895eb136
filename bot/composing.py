"""From what the dialogue says to the texts that leave: parts of sentences filled in, one message a turn."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.actions.executor import Actions
from bot.dialogue.responses import Responses
from bot.dialogue.utterance import ActionResult, RunAction, Utterance

# Twilio takes no longer body; a turn that says more sends more than one message.
LONGEST_BODY = 1600


class Composer:
    """Renders utterances in one language."""

    def __init__(self, responses: Responses) -> None:
        self._responses = responses

    def text(self, said: Utterance, channel: str, slots: Mapping[str, Any]) -> str:
        """The text of one utterance."""
        return self._responses.render(said, channel, slots).text

    def texts(self, said: Sequence[Utterance], channel: str, slots: Mapping[str, Any], *, welcome: bool) -> list[str]:
        """The messages that a turn sends: all that it says in as few messages as fit, the welcome first."""
        if welcome:
            said = [Utterance("utter_welcome"), *(one for one in said if one.response != "utter_greeting")]
        return _join([self.text(one, channel, slots) for one in said])

    def runner(self, actions: Actions) -> RunAction:
        """How the engine runs an action: its messages become utterances, the lines of its menus words."""

        def run(name: str, slots: Mapping[str, Any]) -> ActionResult:
            outcome = actions.run(name, slots)
            return ActionResult(outcome.slots, tuple(self._utterance(message) for message in outcome.messages))

        return run

    def _utterance(self, message: Mapping[str, Any]) -> Utterance:
        said = message["custom"]
        options = tuple(self._responses.option(line) for line in said["options"])
        return Utterance(message["response"], said["parameters"], options)


def _join(texts: Sequence[str]) -> list[str]:
    """Texts joined line by line into as few messages as Twilio takes."""
    messages: list[str] = []
    for text in filter(None, texts):
        if messages and len(messages[-1]) + 1 + len(text) <= LONGEST_BODY:
            messages[-1] += "\n" + text
        else:
            messages.append(text[:LONGEST_BODY])
    return messages
