"""One message against the conversation it comes into."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.answers import Answered
from bot.dialogue.commands import Answer
from bot.dialogue.flows import Flows
from bot.dialogue.state import State
from bot.understanding import Entity, Understanding


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, the conversation, and the answer to the open question that was found in it."""

    flows: Flows
    state: State
    said: Understanding
    answer: Answered | None
    now: datetime

    def means(self, *intents: str) -> bool:
        """Say whether the message is confidently one of these intents."""
        return self.said.intent in intents and self.said.confidence >= self.flows.limits.start

    @property
    def corrects(self) -> bool:
        """Whether the message takes something back."""
        return self.flows.corrects(self.said)

    @property
    def answered_yes_or_no(self) -> bool:
        """Whether the answer is a yes or a no."""
        command = self.answer.command if self.answer else None
        return isinstance(command, Answer) and isinstance(command.value, bool)

    @property
    def answered_no(self) -> bool:
        """Whether the answer is a no."""
        return self.answered_yes_or_no and self.answer is not None and self.answer.command == Answer(False)

    @property
    def answered_with_text(self) -> bool:
        """Whether the whole message is the answer."""
        question = self.state.question
        return self.answer is not None and question is not None and question.kind == "text"

    def words_beside(self, entities: Iterable[Entity]) -> int:
        """How many words the message has beside these entities."""
        return len(self.said.text.split()) - sum(len(entity.words.split()) for entity in entities)

    @property
    def is_button(self) -> bool:
        """Whether the message is the payload of a button, whose digits mean nothing else."""
        text = self.said.text.strip()
        shown = {option.payload for menu in self.state.menus for option in menu.utterance.options}
        return text in shown or self.has_known_prefix(text)

    def has_known_prefix(self, payload: str) -> bool:
        """Say whether a text looks like the payload of a slot's options, or of a button of a question."""
        return self.flows.is_payload(payload)
