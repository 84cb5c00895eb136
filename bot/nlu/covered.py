"""Which words of a message its entities cover."""

from collections.abc import Iterable

from bot.nlu.tokens import Tokens
from bot.understanding import Entity


def covered(tokens: Tokens, entities: Iterable[Entity]) -> frozenset[int]:
    """Return the places of the words that some entities cover."""
    spans = [(entity.start, entity.end) for entity in entities]
    return frozenset(at for at, word in enumerate(tokens.starts) if any(start <= word < end for start, end in spans))
