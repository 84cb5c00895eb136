"""What is said of a person that tells that an event is for them: "needs ...", "shes got cancer", "lost her hair"."""

from collections.abc import Iterator

from bot.nlu.lexicon import Lexicon, Meaning
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts

_WORDS = contexts("relations")
_LOST = frozenset(tuple(phrase.split()) for phrase in _WORDS["lost"])
_LONGEST_LOST = max(map(len, _LOST))
_NEAR = 4  # words behind "on" or "with" in which an illness stands
_REFUSING = ("doesnt", "dont", "wont", "didnt")
_CREOLE = ("a", "did", "deh", "dey", "ah")
_HAS_IT = (("has", "it"), ("got", "it"), ("have", "it"), ("had", "it"))


def is_subject(after: tuple[str, ...]) -> bool:
    """Return whether what follows says how the person is ("has cancer", "needs", "is having chemo")."""
    while after[1:2] and after[0] in _WORDS["hurrying"] - _WORDS["has"]:
        after = after[1:]
    verb, then = (*after, "", "")[:2]
    if verb in _CREOLE and then in _WORDS["creole"]:
        return True
    if tells_else(after):
        return False
    if verb in _WORDS["has"]:
        return then in _WORDS["states"] or then not in _WORDS["not_has"] or _has_state(after[1:])
    return verb in _WORDS["verbs"] or (verb in _WORDS["is"] and _is_state(then))


def _is_state(word: str) -> bool:
    """Return whether someone is so, or so old."""
    return word in _WORDS["states"] or word.isdecimal()


def tells_else(after: tuple[str, ...]) -> bool:
    """Return whether what follows says that a person knows nothing of it, had it too, or wants it of the sender."""
    if after[:1] == ("had",):
        return after[1:] == ("it",) or not _WORDS["as_well"].isdisjoint(after[1:]) or _warns(after)
    if _WORDS["of_sender"].intersection(" ".join(after[place : place + 2]) for place in range(3)):
        return _WORDS["for_them"].isdisjoint(after)
    told = (" ".join(after[1:length]) for length in (2, 3))
    return after[:1] != () and after[0] in _REFUSING and not _WORDS["not_ill"].isdisjoint(told)


def _warns(after: tuple[str, ...]) -> bool:
    """Return whether "so i ..." tells what the sender does about it ("my dad had it so i want to be checked")."""
    warned = "so" in after[:-1] and after[after.index("so") + 1] in _WORDS["sender"]
    return warned and _WORDS["for_them"].isdisjoint(after)


def _has_state(after: tuple[str, ...]) -> bool:
    """Return whether "been diagnosed", "just started", "got lung cancer" or "a tumour" follows "has"."""
    then = after[1] if len(after) > 1 else ""
    return after[0] in ("been", "just", "got", "a") and then in _WORDS["states"] | _WORDS["has_a"]


def is_short_for_is(after: tuple[str, ...]) -> bool:
    """Return whether the "s" before words is of "is": "my mums not sleeping", but not "my mums so i" or "my sons 2"."""
    return after[:1] != () and after[0] != "so" and not after[0].isdecimal() and is_subject(("is", *after))


def behind_place(words: tuple[str, ...], place: int) -> Iterator[tuple[str, ...]]:
    """Yield what may follow "in Hayes" or "who lives in Bethnal Green" behind a person."""
    while place < len(words) and words[place] in _WORDS["living"]:
        place += 1
    if words[place - 1] in _WORDS["living_in"]:
        yield from (words[place + length :] for length in (1, 2))


def is_suffering(after: tuple[str, ...]) -> bool:
    """Return whether a loss of the ill follows a person ("lost her hair"), or an illness that they are with or on."""
    if any(after[:length] in _LOST for length in range(2, _LONGEST_LOST + 1)):
        return True
    return after[:1] != () and after[0] in _WORDS["undergoing"] and not _WORDS["illness"].isdisjoint(after[1:_NEAR])


def is_aged(after: tuple[str, ...]) -> bool:
    """Return whether the age of a person follows ("aged 80")."""
    return after[:1] != () and after[0] in _WORDS["aged"] and after[1:2] != () and after[1].isdecimal()


def tells_illness(tokens: Tokens, words: tuple[str, ...], place: int, lexicon: Lexicon) -> bool:
    """Return whether what follows "she" or "hes" up to the next pause is of cancer or of what helps with it."""
    ends = next((at for at in range(place + 1, len(words)) if tokens.gaps[at]), len(words))
    said = words[place + 1 : ends]
    if said[:2] in _HAS_IT or not _WORDS["illness"].isdisjoint(said) or (said and said[0].isdecimal()):
        return True
    kinds = {meaning.kind for at in range(place + 1, ends) for meaning in meanings_at(tokens, words, at, lexicon)}
    return "cancer_type" in kinds or ("need" in kinds and not _WORDS["wishing"].isdisjoint(said))


def meanings_at(tokens: Tokens, words: tuple[str, ...], place: int, lexicon: Lexicon) -> tuple[Meaning, ...]:
    """Return what the phrase at a word means: a cancer type, a need ...; nothing if none begins there."""
    found = lexicon.phrases.at(tokens, words, place)
    return found.meaning if found else ()
