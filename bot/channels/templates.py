"""Templates: the messages that WhatsApp has to approve, as data, and which of them a text is.

A text is a template when its words are exactly the template's; so what goes out is the same words either way, and a
response that is changed without its template goes as a text message instead of wrongly. Limits: Twilio's and Meta's
pages on WhatsApp message templates.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.channels.port import TemplateMessage
from services.core import yaml12
from services.core.errors import ConfigurationError

CATEGORY = "UTILITY"
LONGEST_BODY = 1024
_PLACE = re.compile(r"\{([a-z_]+)\}")
_NEXT_TO_EACH_OTHER = re.compile(r"\}\s*\{")
# What WhatsApp takes in no variable: a line end, a tab, more than four spaces together.
_VALUE = r"[^\n\t]+?"
_TOO_WIDE = re.compile(r" {5}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True)
class Template:
    """One template: its name, its words with {places}, and an example of what may stand in each."""

    name: str
    language: str
    words: str
    examples: Mapping[str, str]

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The names of its places, in order."""
        return tuple(_PLACE.findall(self.words))

    @cached_property
    def full_name(self) -> str:
        """The name by which the provider knows it: another one for other words."""
        marks = json.dumps([self.language, self.words], ensure_ascii=False)
        return f"wellbeing_{self.name}_{sha256(marks.encode()).hexdigest()[:8]}"

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        pieces = _PLACE.split(self.words)
        return re.compile("".join(f"({_VALUE})" if odd % 2 else re.escape(one) for odd, one in enumerate(pieces)))

    def variables(self, text: str) -> dict[str, str] | None:
        """What stands in each place of a text, by number, or None if the text is not this template."""
        found = self._pattern.fullmatch(text) if len(text) <= LONGEST_BODY else None
        if found is None or any(value != value.strip() or _TOO_WIDE.search(value) for value in found.groups()):
            return None
        return {str(number): value for number, value in enumerate(found.groups(), start=1)}

    def content(self) -> dict[str, Any]:
        """The body of the request that creates its content."""
        numbers = iter(range(1, len(self.places) + 1))
        examples = {str(number): self.examples[name] for number, name in enumerate(self.places, start=1)}
        body = _PLACE.sub(lambda _: f"{{{{{next(numbers)}}}}}", self.words)
        named = {"friendly_name": self.full_name, "language": self.language}
        return {**named, "variables": examples, "types": {"twilio/text": {"body": body}}}

    def problems(self) -> list[str]:
        """Why WhatsApp would not take it."""
        checks = (
            ("its name is not of small letters, digits and underscores", bool(_NAME.fullmatch(self.name))),
            ("it begins or ends with a place", not (self.words.startswith("{") or self.words.endswith("}"))),
            ("two places stand together", not _NEXT_TO_EACH_OTHER.search(self.words)),
            ("a place stands twice", len(set(self.places)) == len(self.places)),
            ("a place has no example", set(self.places) <= set(self.examples)),
            (f"it is longer than {LONGEST_BODY // 2} characters", len(self.words) <= LONGEST_BODY // 2),
        )
        return [f"template {self.name}: {problem}" for problem, fine in checks if not fine]


def load_templates(file: Path) -> tuple[Template, ...]:
    """Read templates, each with every opening; raises ConfigurationError that says all that is wrong with them."""
    data = yaml12.load(file)
    templates = tuple(
        Template(name, data["language"], words, data["examples"])
        for given, said in data["templates"].items()
        for name, words in _opened(given, said, data["openings"])
    )
    if problems := [problem for template in templates for problem in template.problems()]:
        raise ConfigurationError("; ".join(problems))
    return templates


def _opened(name: str, words: str, openings: Mapping[str, str]) -> list[tuple[str, str]]:
    if "{hello}" not in words:
        return [(name, words)]
    return [(f"{name}_{kind}", words.replace("{hello}", hello)) for kind, hello in openings.items()]


def filled(sid: str, variables: Mapping[str, str]) -> TemplateMessage:
    """A template's content with what stands in its places, for a channel."""
    return TemplateMessage(sid, json.dumps(variables, ensure_ascii=False))
