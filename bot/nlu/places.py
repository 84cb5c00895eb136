"""Finding places, as the gazetteer knows them: the lexicon holds its callables."""

from bot.nlu.lexicon import Lexicon, PlaceMention
from bot.understanding import Entity


def find_places(text: str, lexicon: Lexicon, asked: bool) -> list[Entity]:
    """Return places, and place_choice for a name that could be several; when `asked`, the whole answer comes first."""
    whole = lexicon.resolve_place(text) if asked else None
    mentions = [whole] if whole else lexicon.find_places(text)
    return [_entity(mention, text) for mention in mentions]


def _entity(mention: PlaceMention, text: str) -> Entity:
    kind = "place_choice" if "choices" in mention.value else "place"
    return Entity(kind, mention.value, mention.start, mention.end, text[mention.start : mention.end])
