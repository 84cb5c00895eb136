"""Tables of messages as Londoners text them, and what is read in one."""

from bot.nlu.entities import find_entities
from bot.nlu.lexicon import Lexicon
from tests.conftest import NOW


def values(lexicon: Lexicon, text: str, kind: str) -> list:
    """The values of a kind that are read in a text, in their order."""
    return [entity.value for entity in find_entities(text, lexicon, None, NOW) if entity.kind == kind]


def rows(table: str) -> list[tuple[str, str]]:
    """The texts of each line, parted by bars, with the value that the line begins with."""
    lines = (line.split(": ", 1) for line in table.strip().splitlines())
    return [(text.strip(), value) for value, texts in lines for text in texts.split(" | ")]
