"""Reading the words of an answer to a menu as they are meant: "the last 1", "number for", "how about the walk"."""

from collections.abc import Sequence

from bot.nlu.choice_words import choice_words
from bot.nlu.option_words import has_word, options_with_word
from bot.nlu.word_lists import word_set
from bot.understanding import Option

_SOUNDING = {"for": "four", "fore": "four", "to": "two", "too": "two", "won": "one", "ate": "eight"}
# "free" in "im free monday" and "the free wig fitting" asks nothing, "change it to" takes back what was said before.
_TALK: dict[str, tuple[tuple[str, ...], ...]] = {
    "like": (("like", "the", "look", "of"), ("like", "the", "sound", "of")),
    "would": (("would", "work"),),
    "will": (("will", "work"),),
    "im": (("im", "free"), ("im", "in")),
    "am": (("am", "free"),),
    "the": (("the", "free"), ("the", "look", "of"), ("the", "sound", "of"), ("the", "one", "at", "the", "end")),
    "change": (("change", "that", "to", "number"), ("change", "it", "to", "number"), ("change", "it", "to", "the")),
    "switch": (("switch", "it", "to", "the"), ("switch", "to", "the"), ("switch", "to", "number")),
    "swap": (("swap", "it", "for", "the"), ("swap", "to", "the")),
    "say": (("say", "less"),),
    "cant": (
        ("cant", "wait"),
        ("cant", "go", "wrong", "with"),
        *(("cant", *rest) for rest in (("leave", "the", "house"), ("get", "out"), ("go", "out"), ("get", "far"))),
        *(("cant", *rest) for rest in (("walk", "far"), ("go", "far"), ("travel", "far"), ("manage", "stairs"))),
    ),
    "dont": tuple(("dont", *rest) for rest in (("go", "out"), ("get", "out"), ("drive",), ("go", "far"))),
    "drop": (("drop", "me", "off"), ("drop", "me"), ("drop", "us", "off"), ("drop", "us")),
    "i": (("i", "am", "free"), ("i", "am"), ("i", "need", "the"), ("i", "need", "a")),
    "from": (("from", "the", "top"), ("from", "top")),
    "sooner": (("sooner", "the", "better"),),
    "only": (("only", "free"),),
    "one": tuple(("one", which) for which in ("wot", "what", "which", "who", "whats", "wots")),
    "is": (("is", "near", "me"), ("is", "near", "us")),
    "before": (("before", "i", "change", "my", "mind"),),
    "b4": (("b4", "i", "change", "my", "mind"),),
    "but": (("but", "not", "least"), ("but", "definitely", "not", "least")),
    "down": (("down", "the", "road", "from", "me"), ("down", "the", "road")),
    "round": (("round", "the", "corner", "from", "me"), ("round", "the", "corner")),
    "up": (("up", "the", "road", "from", "me"), ("up", "the", "road")),
    "thats": (("thats", "where"),),
    "all": (("all", "day", "long"), ("all", "day")),
    "works": (("works", "a", "treat"),),
    "hold": (("hold", "on"),),
    "hang": (("hang", "on"),),
}
# What such a phrase picks all the same.
_MEANT: dict[tuple[str, ...], list[str]] = {
    ("sooner", "the", "better"): ["ok", "the", "soonest"],
    ("the", "one", "at", "the", "end"): ["ok", "ok", "ok", "the", "last"],
}
_ONE = ("1", "un", "uns")
_THAT = ("that", "dat", "this", "dis")
# "7 oclock 1", "the evening 1", "so that 1"
_BEFORE_ONE = word_set(
    "oclock pm am morning afternoon evening eve night weekend online mon monday tues tuesday wed wednesday thurs "
    "thursday fri friday sat saturday sun sunday that dat this dis"
)
IN_PERSON = "inperson"  # heard for "face to face" where some lines are online
_LONGEST_MODE = 4  # words
_CLIPPED = 5  # letters of the shortest word that may end in "in" for "ing"
_ONLINE = "online"
_BEFORE_FOR = frozenset(("up", "go", "in", "me", "down"))
POLITE = frozenset(("please", "pls", "plz", "thanks", "thank", "ta", "thx", "love", "dear", "x"))


def as_heard(words: tuple[str, ...], options: Sequence[Option]) -> tuple[str, ...]:
    """Return words with "1" for "one" and "for" for "four" as meant: "the last 1", "yoga 1", "number for".

    "how about" that a message begins with only proposes what follows.
    """
    if words[:2] == ("how", "about"):
        words = ("ok", "ok", *words[2:])
    words = _with_mode(tuple(_in_full(word, options) for word in words), options)
    words = _without_talk(words, options)
    words = tuple("to" if _is_from_end(words, place) else word for place, word in enumerate(words))
    return tuple(
        "one" if word in _ONE and place and _has_one_after(words, place - 1, options) else _heard(words, place)
        for place, word in enumerate(words)
    )


def _in_full(word: str, options: Sequence[Option]) -> str:
    """Return "painting" for "paintin", where that is a word by which people pick or one of a title."""
    full = f"{word}g"
    if len(word) < _CLIPPED or not word.endswith("in") or has_word(word, options):
        return word
    known = choice_words()
    return full if full in known.fillers or full in known.akin or has_word(full, options) else word


def _with_mode(words: tuple[str, ...], options: Sequence[Option]) -> tuple[str, ...]:
    """Return words with "online" or "inperson" for the last of a phrase that says so, where that parts the options."""
    if not {True, False} <= {has_word(_ONLINE, (option,)) for option in options}:
        return words
    heard = list(words)
    for place in range(len(words)):
        mode, length = _mode_at(words, place)
        if mode and not has_word(words[place + length - 1], options):
            heard[place : place + length] = [*["ok"] * (length - 1), mode]
    return tuple(heard)


def _mode_at(words: tuple[str, ...], place: int) -> tuple[str, int]:
    """Return the way to attend that a phrase at a word says, with the number of its words."""
    for length in range(min(_LONGEST_MODE, len(words) - place), 0, -1):
        said = " ".join(words[place : place + length])
        if said in choice_words().in_person:
            return IN_PERSON, length
        if said in choice_words().at_home:
            return _ONLINE, length
    return "", 0


def _is_from_end(words: tuple[str, ...], place: int) -> bool:
    """Return whether "from" leads to the end of the menu ("second from the bottom")."""
    after = [word for word in words[place + 1 : place + 3] if word != "the"]
    return words[place] == "from" and after[:1] in (["bottom"], ["end"], ["last"])


def _without_talk(words: tuple[str, ...], options: Sequence[Option]) -> tuple[str, ...]:
    """Return words with an "ok" for each of a phrase that only says that something is liked ("like the look of")."""
    heard = list(words)
    for place in range(len(words)):
        for phrase in _TALK.get(words[place], ()):
            if words[place : place + len(phrase)] == phrase and not has_word(phrase[-1], options):
                heard[place : place + len(phrase)] = _MEANT.get(phrase, ["ok"] * len(phrase))
    return tuple(heard)


def _has_one_after(words: tuple[str, ...], place: int, options: Sequence[Option]) -> bool:
    """Return whether "one" after a word stands for what the word tells ("last one", "yoga one", "7 oclock one")."""
    word, known = words[place], choice_words()
    if word in _BEFORE_ONE and (word not in _THAT or place):
        return True
    if word in known.ordinals or word in known.last | known.middle | known.earliest | known.latest:
        return True
    return word not in known.fillers and bool(options_with_word(word, options))


def _heard(words: tuple[str, ...], place: int) -> str:
    """Return a word, or behind "number" and before nothing else the number that it sounds like.

    Behind "me up" and before anything else 4 is "for".
    """
    if words[place] == "4" and place + 1 < len(words) and words[place - 1] in _BEFORE_FOR:
        return "for"
    ends = place + 1 == len(words) or words[place + 1] in POLITE
    named = place > 0 and words[place - 1] in choice_words().named
    return _SOUNDING.get(words[place], words[place]) if ends and named else words[place]
