"""Words that point at a line of a menu by its place: "2", "b)", "number 3", "the second one", "last"."""

from dataclasses import dataclass

from bot.nlu.choice_words import choice_words
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import word_set

_LETTERS = "abcdefghij"
_POLITE = frozenset(("please", "pls", "plz", "thanks", "thank", "you", "ta", "thx"))
_FROM = frozenset(("from", "to", "off"))  # "second from the bottom"
_END = frozenset(("bottom", "end", "last"))
_BUT = {"one": 2, "1": 2, "two": 3, "2": 3}  # "last but one"
# "one at the park", "one i can walk to"
_LEADING_ON = word_set("at in on with near by about that thats i we where he she they")


@dataclass(frozen=True, slots=True)
class Pointer:
    """A word that points at the line `index` (from 0; past the menu's end when there is no such line).

    A firm one ("number 2", "the second one") stands among other words too. An ordinal counts along what is spoken of.
    """

    index: int
    word: int
    firm: bool
    ordinal: bool = False


def find_pointers(tokens: Tokens, count: int, dated: frozenset[int]) -> list[Pointer]:
    """Return the pointers of a message to a menu of `count` lines, only the firm ones if any is; dates hold none."""
    counted_back = _from_end(tokens.words, count)
    if counted_back:
        return [counted_back]
    found = (_pointer(tokens, place, count, dated) for place in range(len(tokens.words)) if place not in dated)
    pointers = [pointer for pointer in found if pointer]
    return [pointer for pointer in pointers if pointer.firm] or pointers


def _from_end(words: tuple[str, ...], count: int) -> Pointer | None:
    """Return the line counted from the end ("second to last", "last but one", "third from the bottom")."""
    for place, word in enumerate(words):
        after = [word for word in words[place + 1 : place + 4] if word != "the"]
        back = _counted_back(word, after)
        if back:
            return Pointer(count - back, place, firm=True)
    return None


def _counted_back(word: str, after: list[str]) -> int:
    """Return how many lines from the end a word and those behind it count, 0 if none: 2 for "second last"."""
    known = choice_words()
    if word == "penultimate":
        return 2
    if word in known.last and after[:1] == ["but"]:
        return _BUT.get("".join(after[1:2]), 0)
    number = known.ordinals.get(word, 0) if word not in ("top", "topmost") else 0
    if after[:1] == ["last"]:
        return number
    return number if len(after) > 1 and after[0] in _FROM and after[1] in _END else 0


def _pointer(tokens: Tokens, place: int, count: int, dated: frozenset[int]) -> Pointer | None:
    """Return the line that a word points at, if it does."""
    word = tokens.words[place]
    if word.isdecimal() or word in choice_words().numbers:
        return _number(tokens, place)
    if len(word) == 1 and word in _LETTERS[:count]:
        return _letter(tokens, place)
    index = _ordinal(word, count)
    return (
        None
        if index is None or _goes_on(tokens, place, dated)
        else Pointer(index, place, _is_pointed(tokens, place), True)
    )


def _number(tokens: Tokens, place: int) -> Pointer | None:
    """Return the line of a number that counts no people; "one" and "too" are more often no number ("that one")."""
    word = tokens.words[place]
    if _counts_people(tokens.words, place):
        return None
    marked = _is_marked(tokens, place)
    leads_on = word == "one" and not _LEADING_ON.isdisjoint(tokens.words[place + 1 : place + 2])
    if word in ("one", "too", "won", "tow") and (place or leads_on) and not marked:
        return None
    return Pointer((int(word) if word.isdecimal() else choice_words().numbers[word]) - 1, place, marked)


def _counts_people(words: tuple[str, ...], place: int) -> bool:
    """Return whether a number is a party's size: "2 of us", "one place", "for two", "make it 3"."""
    after = words[place + 1 : place + 2]
    led = words[max(place - 1, 0)] == "for" and words[max(place - 2, 0)] not in ("go", "going", "opt")
    sized = " ".join(words[max(place - 2, 0) : place]) in choice_words().sizing
    return led or sized or after == ("of",) or not choice_words().people.isdisjoint(after)


def _letter(tokens: Tokens, place: int) -> Pointer | None:
    """Return the line of a letter that is marked, or all, or (no article or pronoun) among fillers ("b please")."""
    word = tokens.words[place]
    others = tokens.words[:place] + tokens.words[place + 1 :]
    capital = word == "a" and tokens.text[tokens.starts[place]] == "A" and _POLITE.issuperset(others)
    alone = not others or capital or (word not in ("a", "i") and choice_words().fillers.issuperset(others))
    marked = _is_marked(tokens, place)
    return Pointer(_LETTERS.index(word), place, marked) if marked or alone else None


def _is_marked(tokens: Tokens, place: int) -> bool:
    """Return whether a number or letter is marked as a choice: "number 2", "no 3", "b)", "#3"."""
    before = tokens.words[place - 1] if place else ""
    named = before in choice_words().named and (before != "no" or tokens.words[place].isdecimal())
    closed = tokens.gaps[place + 1].startswith(")") and not tokens.gaps[place].endswith("(")
    return named or closed or tokens.gaps[place].endswith("#")


def _ordinal(word: str, count: int) -> int | None:
    known = choice_words()
    if word in known.ordinals:
        return known.ordinals[word] - 1
    if word in known.last:
        return count - 1
    return count // 2 if word in known.middle and count % 2 else None


def _goes_on(tokens: Tokens, place: int, dated: frozenset[int]) -> bool:
    """Return whether an ordinal goes with another word ("the last message"), not with "one" or a day."""
    if place + 1 == len(tokens.words) or place + 1 in dated or tokens.gaps[place + 1]:
        return False
    return tokens.words[place + 1] not in choice_words().fillers


def _is_pointed(tokens: Tokens, place: int) -> bool:
    """Return whether an ordinal stands as in "the second" or "second one"."""
    return tokens.words[max(place - 1, 0)] == "the" or tokens.words[place + 1 : place + 2] in (("one",), ("option",))
