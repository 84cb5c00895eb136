"""Finding the language a person wants: "do you speak bengali", "in polish please", "Español"."""

from bot.nlu.lexicon import Lexicon
from bot.nlu.phrases import Found
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts
from bot.understanding import Entity

_WORDS = contexts("languages")


def find_languages(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, asked: bool) -> list[Entity]:
    """Return the languages named as languages, by their English names; `asked` when the question was which."""
    found = (found for found in lexicon.languages.find(tokens, words) if asked or _is_language(tokens, words, found))
    return [_entity(tokens, language) for language in found]


def _entity(tokens: Tokens, found: Found[str]) -> Entity:
    start, end = tokens.span(found.first, found.last)
    return Entity("language", found.meaning, start, end, tokens.text[start:end])


def _is_language(tokens: Tokens, words: tuple[str, ...], found: Found[str]) -> bool:
    """Return whether the words beside a name, or the lack of any, make it a language ("polish my nails" is none)."""
    before = words[found.first - 1] if found.first else ""
    after = words[found.last + 1] if found.last + 1 < len(words) else ""
    if found.meaning == "English" and (before in _WORDS["little"] or after in _WORDS["poor"]):
        return False
    if _is_own_name(tokens, found) or _stands_alone(tokens, found) or words[found.first] in _WORDS["always"]:
        return True
    named = before in _WORDS["loosely_before"] and not _WORDS["naming"].isdisjoint(words)
    return named or after in _WORDS["after"] or before in _WORDS["before"]


def _is_own_name(tokens: Tokens, found: Found[str]) -> bool:
    """Return whether a language is written with letters that English has not ("Español")."""
    return not tokens.text[tokens.starts[found.first] : tokens.ends[found.last]].isascii()


def _stands_alone(tokens: Tokens, found: Found[str]) -> bool:
    """Return whether a name is all that is said between two pauses ("excuse me, spanish?")."""
    begins = not found.first or bool(tokens.gaps[found.first])
    return begins and (found.last + 1 == len(tokens.words) or bool(tokens.gaps[found.last + 1]))
