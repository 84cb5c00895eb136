"""Leaving who comes out of an answer to a menu: "the yoga for me and my wife" picks no line by "me" or "wife"."""

from collections.abc import Sequence
from dataclasses import replace

from bot.nlu.covered import covered
from bot.nlu.lexicon import Lexicon
from bot.nlu.option_words import has_word
from bot.nlu.tokens import Tokens, fold
from bot.nlu.word_lists import word_set
from bot.understanding import Entity, Option

_PEOPLE = word_set("us me my our i people ppl person persons adults both pair places seats tickets spaces spots of")


def without_company(
    tokens: Tokens, words: tuple[str, ...], options: Sequence[Option], lexicon: Lexicon, found: Sequence[Entity]
) -> Tokens:
    """Return a message with a filler for each word that says who comes, unless it asks.

    `words` are its words with slips put right, `found` its entities, of which the counts matter.
    """
    if tokens.gaps[-1].startswith("?"):
        return tokens
    people = {at for person in lexicon.relations.find(tokens, words) for at in person.places}
    people |= covered(tokens, filter(_counts_people, found))
    told = ("me" if at in people and not _is_of_menu(word, options) else word for at, word in enumerate(tokens.words))
    return replace(tokens, words=tuple(told))


def _is_of_menu(word: str, options: Sequence[Option]) -> bool:
    return has_word(word, options) or has_word(f"{word}s", options)


def _counts_people(entity: Entity) -> bool:
    return entity.kind == "count" and not _PEOPLE.isdisjoint(fold(entity.words).split())
