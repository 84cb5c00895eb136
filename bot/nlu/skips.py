"""Finding that a question is passed over: "rather not say", "dont mind", "any"."""

from bot.nlu.lexicon import Lexicon
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts
from bot.understanding import Entity

_POLITE = contexts("skip")["polite"]


def find_skips(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, asked: bool) -> list[Entity]:
    """Return that a question is passed over (value true); "any" and the like only when one was `asked`."""
    for found in lexicon.skips.find(tokens, words):
        rest = words[: found.first] + words[found.last + 1 :]
        if found.meaning == "anywhere" or (_POLITE.issuperset(rest) and (asked or found.meaning == "alone")):
            start, end = tokens.span(found.first, found.last)
            return [Entity("skip", True, start, end, tokens.text[start:end])]
    return []
