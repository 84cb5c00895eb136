"""WhatsApp's menus: what may be tapped, fitted into quick replies or a list, as Twilio's Content API has them.

A content is created once for each shape, that is how many lines the text has and how many options; words, titles and
payloads are variables. A variable may not hold a line end, so each line of the text is one. Limits: Twilio's pages on
twilio/quick-reply and twilio/list-picker.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.channels.port import Button

LONGEST_BODY = 1024
LONGEST_PAYLOAD = 200
MOST_REPLIES, LONGEST_REPLY = 3, 20
MOST_ITEMS, LONGEST_ITEM, LONGEST_DESCRIPTION, LONGEST_CHOOSE = 10, 24, 72, 20
# What a name of a clause ends with; the clause that fits becomes the title of an item of a list.
_ENDS = re.compile(r"[,.:;](?= )")
_BETWEEN = re.compile(r"[,.:;]* +")
_SPACES = re.compile(r"[ \t]{2,}")


class Form(StrEnum):
    """A content type of Twilio's."""

    QUICK_REPLY = "twilio/quick-reply"
    LIST = "twilio/list-picker"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that may be tapped."""

    payload: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """A text with what may be tapped below it; `choose` stands on the button that opens a list."""

    form: Form
    lines: tuple[str, ...]
    items: tuple[Item, ...]
    choose: str = ""

    @property
    def shape(self) -> str:
        """The name of the content that this menu can be sent with: same name, same content."""
        lines = "".join("l" if line else "-" for line in self.lines)
        items = "".join("d" if item.description else "i" for item in self.items)
        return f"{self.form.value.removeprefix('twilio/')} {lines} {items}"

    def content(self) -> dict[str, Any]:
        """The body of the request that creates the content of this shape."""
        numbers = iter(range(1, 1000))

        def blank(text: str) -> str:
            return f"{{{{{next(numbers)}}}}}" if text else ""

        body = "\n".join(blank(line) for line in self.lines)
        if self.form is Form.LIST:
            filled: dict[str, Any] = {
                "body": body,
                "button": blank(self.choose),
                "items": [_item(one, blank) for one in self.items],
            }
        else:
            filled = {"body": body, "actions": [_action(one, blank) for one in self.items]}
        return {
            "friendly_name": f"wellbeing {self.shape}",
            "language": "en",
            # Examples, which Twilio keeps: no one's words.
            "variables": dict.fromkeys(self.variables(), "words"),
            "types": {self.form.value: filled},
        }

    def variables(self) -> dict[str, str]:
        """The value of each variable, by its number."""
        words = [line for line in self.lines if line]
        words += [self.choose] if self.form is Form.LIST else []
        for item in self.items:
            words += [item.payload, item.title, *([item.description] if item.description else [])]
        return {str(number): word for number, word in enumerate(words, start=1)}


def fitted(text: str, buttons: Sequence[Button], choose: str) -> Menu | None:
    """The menu for a text: quick replies if all titles are short, else a list; None if it can only be sent as text."""
    lines = tuple(_SPACES.sub(" ", line).strip() for line in text.strip().split("\n"))
    fits = len(text) <= LONGEST_BODY and all(0 < len(button.payload) <= LONGEST_PAYLOAD for button in buttons)
    if not fits or not buttons or len(buttons) > MOST_ITEMS:
        return None
    titles = [button.title.strip() for button in buttons]
    if len(titles) <= MOST_REPLIES and max(map(len, titles)) <= LONGEST_REPLY and len(set(titles)) == len(titles):
        return Menu(Form.QUICK_REPLY, lines, tuple(map(_reply, buttons)))
    return Menu(Form.LIST, lines, tuple(map(_line, buttons)), choose[:LONGEST_CHOOSE])


def _reply(button: Button) -> Item:
    return Item(button.payload, button.title.strip())


def _line(button: Button) -> Item:
    """An item of a list: its title is the first clauses that fit, or else words; the rest describes it."""
    title = button.title.strip()
    if len(title) <= LONGEST_ITEM:
        return Item(button.payload, title)
    at = max((found.start() for found in _ENDS.finditer(title, 0, LONGEST_ITEM + 2)), default=0)
    at = at or title.rfind(" ", 0, LONGEST_ITEM + 1)
    if at <= 0:
        return Item(button.payload, title[:LONGEST_ITEM], _shortened(title[LONGEST_ITEM:]))
    rest = _BETWEEN.match(title, at)
    return Item(button.payload, title[:at], _shortened(title[rest.end() if rest else at :]))


def _shortened(text: str) -> str:
    """As many whole clauses, or else words, as a description may have; the text above the list says the rest."""
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    at = max((found.start() for found in _ENDS.finditer(text, 0, LONGEST_DESCRIPTION + 2)), default=0)
    return text[: at or max(text.rfind(" ", 0, LONGEST_DESCRIPTION + 1), 1)].rstrip(" ,.:;")


def _item(item: Item, blank: Any) -> dict[str, str]:
    found = {"id": blank(item.payload), "item": blank(item.title)}
    return found | ({"description": blank(item.description)} if item.description else {})


def _action(item: Item, blank: Any) -> dict[str, str]:
    # The payload is numbered first, as in `Menu.variables`.
    return {"id": blank(item.payload), "title": blank(item.title), "type": "QUICK_REPLY"}
