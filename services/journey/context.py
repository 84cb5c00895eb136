"""The words around a name: whether ordinary talk would use the name there as a place."""

from enum import StrEnum

from services.journey.reading import Word, word_set


class Guard(StrEnum):
    """How much a name needs around it before it counts as a place in the midst of a sentence.

    FREE names nothing else (Walthamstow). WORD is also an ordinary word (Barking, Angel) and NAME a first name
    (Victoria): either needs a word of place before it or a type of place after it; a WORD may also head a message
    ("Barking, tues"). STRICT is so common (Reading,
    Guy's) that the phrase must end with it as well; NEAR (Bank, Bath) so common that "in" and "at" prove nothing
    ("money in bank"), only "near" and "live in". WHOLE counts only as a whole answer.
    """

    FREE = "free"
    WORD = "word"
    NAME = "name"
    STRICT = "strict"
    NEAR = "near"
    WHOLE = "whole"


_TO_BE_CLOSED = frozenset((Guard.STRICT, Guard.NEAR))
# Words after which a place is likely. After the second set a person is as likely ("a text from Victoria").
_PLACING = word_set(
    "in near nr nearby at around round live lives living based staying outside towards via beyond "
    "nearest closest local inside within"
)
_LOOSELY_PLACING = word_set("from by off of")
_NEARNESS = word_set("near nr nearby nearest closest close next live lives living based staying")
_BEFORE_IN = word_set("live lives living lived based staying am im")
# "to" places only after one of these: "close to Bank", not "want to bank".
_BEFORE_TO = word_set("close closer closest near nearer nearest next get getting travel come go going local up over")
_TYPES = word_set("station tube underground overground dlr area town")
# What may follow a strictly guarded name without making it part of a longer phrase.
_CLOSERS = word_set(
    "and or but for on so if please pls plz thanks thank ta x xx is are do does would can could hospital station "
    "today tomorrow tmrw tonight next this area way which with where any on in mum dad"
)
_STREETS = word_set("road street lane avenue close crescent drive terrace mews gardens court house walk row")
_FOLLOWERS = word_set("fan fans fc match supporter supporters shirt season ticket tickets")
_TITLES = word_set(
    "dr doctor mr mrs ms miss mx prof professor nurse sister sr sir lady lord aunty auntie aunt uncle rev named called"
)
_SUPPORTING = word_set("support supports supporting watch watching watched supported")
_STAGING = word_set("t1 t2 t3 t4 t1a t1b t1c t2a t2b t3a t3b t4a t4b stage grade node nodes")
_AFTER_STAGING = word_set("m0 m1 mx nodes node")
_BEFORE_BUS = word_set("the bus buses route number a")
_AFTER_BUS = word_set("bus buses route stop stops goes runs")


def after_placing(words: list[Word], start: int, *, loosely: bool = True) -> bool:
    """Return whether a word of place ("in", "near", "close to") stands right before the word at `start`."""
    if start == 0 or not words[start].joined:
        return False
    before = words[start - 1].key
    if before == "to":
        return start > 1 and words[start - 2].key in _BEFORE_TO
    return before in _PLACING or (loosely and before in _LOOSELY_PLACING)


def is_closed(words: list[Word], stop: int) -> bool:
    """Return whether a phrase may end before the word at `stop`."""
    return stop >= len(words) or not words[stop].joined or words[stop].key in _CLOSERS


def next_word(words: list[Word], stop: int) -> str:
    """Return the key of the word that follows without a break, or an empty string."""
    return words[stop].key if stop < len(words) and words[stop].joined else ""


def allows(guard: Guard, words: list[Word], start: int, stop: int) -> bool:
    """Return whether words[start:stop], a name with that guard, is a place where it stands."""
    if guard is Guard.FREE:
        return True
    if guard is Guard.WHOLE:
        return False
    if next_word(words, stop) in _TYPES or (guard is Guard.WORD and start == 0 and _heads(words, stop)):
        return True
    if not after_placing(words, start, loosely=guard is not Guard.NAME):
        return False
    if guard is Guard.NEAR and not _is_near_or_home(words, start):
        return False
    return guard not in _TO_BE_CLOSED or is_closed(words, stop)


def _heads(words: list[Word], stop: int) -> bool:
    """Return whether what begins a message goes on after a pause ("Barking, tues"), or is of several words."""
    return stop < len(words) and (stop > 1 or not words[stop].joined)


def _is_near_or_home(words: list[Word], start: int) -> bool:
    before, earlier = words[start - 1].key, words[start - 2].key if start > 1 else ""
    if before == "to":
        return earlier in _NEARNESS
    return before in _NEARNESS or (before == "in" and earlier in _BEFORE_IN)


def is_street(words: list[Word], stop: int) -> bool:
    """Return whether a street word follows a name: "Lewisham Road" may be anywhere."""
    return next_word(words, stop) in _STREETS


def is_person_or_club(words: list[Word], start: int, stop: int, first_names: frozenset[str]) -> bool:
    """Return whether the words around words[start:stop] make it a surname ("Dr Sutton") or a football club."""
    if next_word(words, stop) in _FOLLOWERS:
        return True
    if start == 0 or not words[start].joined:
        return False
    before = words[start - 1].key
    return before in _TITLES or before in _SUPPORTING or (stop - start == 1 and before in first_names)


def is_tumour_stage(words: list[Word], start: int) -> bool:
    """Return whether "N1" at `start` is part of a stage such as "T2 N1 M0"."""
    before = words[start - 1].key if start else ""
    return before in _STAGING or next_word(words, start + 1) in _AFTER_STAGING


def is_called_postcode(words: list[Word], start: int) -> bool:
    """Return whether the words before `start` say that a postcode comes: "my postcode is", "post code"."""
    before = [word.key for word in words[max(0, start - 2) : start] if word.key != "is"]
    return bool(before) and before[-1] in ("postcode", "code")


def is_bus_route(words: list[Word], start: int) -> bool:
    """Return whether a short code at `start` is a bus: "the W3", "E1 bus"; "the E17 area" is none."""
    after = next_word(words, start + 1)
    before = words[start - 1].key if start else ""
    return after in _AFTER_BUS or (before in _BEFORE_BUS and after not in _TYPES)
