"""From what the dialogue says to the texts that leave: parts of sentences filled in, one message a turn."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.actions.executor import Actions
from bot.dialogue.responses import NO_SLOTS, Rendered, Responses
from bot.dialogue.state import State
from bot.dialogue.taps import sealed, was_asked
from bot.dialogue.utterance import ActionResult, RunAction, Utterance
from bot.understanding import Option

# Twilio takes no longer body; a turn that says more sends more than one message.
LONGEST_BODY = 1600


class Composer:
    """Renders utterances in one language."""

    def __init__(self, responses: Responses) -> None:
        self._responses = responses

    def text(self, said: Utterance, channel: str, slots: Mapping[str, Any]) -> str:
        """The text of one utterance."""
        return self._responses.render(said, channel, slots).text

    def messages(
        self, said: Sequence[Utterance], channel: str, state: State, now: datetime, *, welcome: bool
    ) -> list[dict[str, Any]]:
        """The messages that a turn of `now` sends, as parameters of outbox rows, in as few as fit, the welcome first.

        Each has a `text`; the last also a `menu` of what may be tapped, where there is anything: `options`, each with
        `payload` and `title`, and `choose`, the words on the button that opens a list.
        """
        if welcome:
            said = [Utterance("utter_welcome"), *(one for one in said if one.response != "utter_greeting")]
        rendered = [self._responses.render(one, channel, state.slots) for one in said]
        messages: list[dict[str, Any]] = [{"text": text} for text in _join([one.text for one in rendered])]
        buttons = self._buttons(rendered, state, now)
        if buttons and messages:
            options = [{"payload": each.payload, "title": each.title} for each in buttons]
            messages[-1]["menu"] = {"choose": self._label("option_choose"), "options": options}
        return messages

    def _buttons(self, rendered: Sequence[Rendered], state: State, now: datetime) -> tuple[Option, ...]:
        """What may be tapped: the last buttons that were said, else yes and no where that is asked."""
        offered = next((one.buttons for one in reversed(rendered) if one.buttons), ())
        return sealed(state, [Option(payload, title) for title, payload in offered], now) or self._yes_no(state, now)

    def _yes_no(self, state: State, now: datetime) -> tuple[Option, ...]:
        """The buttons of a question put just now that awaits a yes or no."""
        if state.question is None or state.question.kind != "yes_no" or not was_asked(state, now):
            return ()
        return sealed(state, [Option("yes", self._label("option_yes")), Option("no", self._label("option_no"))], now)

    def _label(self, response: str) -> str:
        return self._responses.render(Utterance(response), None, NO_SLOTS).text

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
