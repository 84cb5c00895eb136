"""Finding a person's name: "its Maureen", "my name is olu", "call me Bill", and a bare name when one was asked for."""

import re
from collections.abc import Iterator

from bot.nlu.lexicon import Lexicon
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts
from bot.understanding import Entity

_WORDS = contexts("names")
# Longer cues first, so that "my name is" is not read as "my name"; of weak ones those of others ("my wife") last.
_CUES = {
    weak: sorted((tuple(cue.split()) for cue in _WORDS[part]), key=lambda cue: (weak and cue[0] == "my", -len(cue)))
    for weak, part in ((False, "cues"), (True, "weak_cues"))
}
_OWN_CUES = sorted(tuple(cue.split()) for cue in _WORDS["own_cues"])
_SAYING_WHO = (("im",), ("i", "am"), ("this", "is"))
_REACH = 4  # words before a name that may say whose it is
_MOST_WORDS = 3
_LITTLE = 4  # words behind a name that heads a message
_REACH_OF_GREETING = 7  # words in which someone says who is there: "good morning to you all, Maureen Okafor here"
_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2018\u2019\u0300-\u036f\u0900-\u0dff])*")
_OWNING = re.compile("['\u2019\u2018]s$")  # "Fran's husband"
_CAPITALS = re.compile(r"(^|['\u2018\u2019-])(\w)")
_MC = re.compile(r"^(Mc)([a-z])(?=[a-z]{2})")
_JOINS = frozenset(("", "-"))  # what may stand between the words of a name; also a dot behind a title or one letter
_PAUSES = frozenset(("", ","))


def find_names(tokens: Tokens, lexicon: Lexicon, asked: bool) -> list[Entity]:
    """Return the name that a message gives, cased as a name; `asked` when the message answers "What is your name?"."""
    found = _said(tokens, lexicon, asked)
    if found is None and asked:
        found = _bare(tokens, lexicon)
    found = found or _announced(tokens, lexicon) or _signed(tokens, lexicon) or _of_kin(tokens, lexicon)
    found = found or _put_down(tokens, lexicon) or _alone(tokens, lexicon)
    if found is None:
        return []
    own = _own_beside(tokens, lexicon, found)
    return [_entity(tokens, *found), *([_entity(tokens, *own)] if own else [])]


def _entity(tokens: Tokens, first: int, last: int) -> Entity:
    start, end = tokens.span(first, last)
    return Entity("name", name_cased(tokens.text[start:end]), start, end, tokens.text[start:end])


def is_name_alone(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Return whether a message is nothing but a known first name, and no other word ("Dawn", but not "hope")."""
    if len(tokens.words) != 1 or tokens.words[0] not in lexicon.first_names:
        return False
    return _is_written_as_name(tokens, 0, lexicon)


def name_cased(name: str) -> str:
    """Return a name in a name's capitals, as typed where its own capitals are deliberate ("DeShawn", "McDonald")."""
    return " ".join(_word_cased(word, place) for place, word in enumerate(name.split()))


def _word_cased(word: str, place: int) -> str:
    if place and word.lower() in _WORDS["particles"] and not word.isupper():
        return word.lower()
    if not (word.islower() or (word.isupper() and len(word) > 2)):
        return word
    cased = _CAPITALS.sub(lambda match: match[1] + match[2].upper(), word.lower())
    return _MC.sub(lambda match: match[1] + match[2].upper(), cased)


def _said(tokens: Tokens, lexicon: Lexicon, asked: bool) -> tuple[int, int] | None:
    """Return the words of a name behind a cue, as first and last."""
    for first, weak in _cued(tokens):
        last = _name_end(tokens, first, lexicon)
        if last is None:
            continue
        known = tokens.words[first] in lexicon.first_names or tokens.words[first] in _WORDS["titles"]
        sure = not weak or (known and (_is_written_as_name(tokens, first, lexicon) or _is_all_of_it(tokens, first)))
        if sure or (asked and last == len(tokens.words) - 1):
            return first, last
    return None


def _is_all_of_it(tokens: Tokens, place: int) -> bool:
    """Return whether "im" or "this is" and a name that is another word too is all that is said ("im will")."""
    said = tokens.words[:place]
    return place + 1 == len(tokens.words) and said in _SAYING_WHO and tokens.words[place] in _WORDS["after_im"]


def _own_beside(tokens: Tokens, lexicon: Lexicon, other: tuple[int, int]) -> tuple[int, int] | None:
    """Return the sender's name beside the one of someone else ("her name is Betty and im Kim")."""
    words = tokens.words
    if _WORDS["of_another"].isdisjoint(words[max(other[0] - _REACH, 0) : other[0]]):
        return None
    for place in range(1, len(words)):
        is_cued = any(words[place - len(cue) : place] == cue for cue in _OWN_CUES)
        if is_cued and place != other[0] and is_written_name(tokens, place, lexicon):
            last = _name_end(tokens, place, lexicon)
            return (place, last) if last is not None else None
    return None


def _cued(tokens: Tokens) -> Iterator[tuple[int, bool]]:
    """Yield each place behind a cue, and whether the cue is weak; strong cues first."""
    words = tokens.words
    for weak, cues in _CUES.items():
        for cue in cues:
            if cue[0] in words:
                places = range(words.index(cue[0]), len(words) - len(cue))
                yield from ((place + len(cue), weak) for place in places if words[place : place + len(cue)] == cue)


def _is_written_as_name(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """Return whether a word that is a name and another word too ("will", "rich") is written as a name."""
    if tokens.words[first] not in lexicon.not_names | _WORDS["also_words"]:
        return True
    return tokens.text[tokens.starts[first]].isupper() and not tokens.text.isupper()


def _name_end(tokens: Tokens, first: int, lexicon: Lexicon) -> int | None:
    """Return the last word of the name that begins at a word, or None if no name does."""
    last, room = first - 1, _MOST_WORDS
    while room and last + 1 < len(tokens.words) and _belongs(tokens, last + 1, first, lexicon):
        last += 1
        room -= tokens.words[last] not in _WORDS["titles"] | _WORDS["particles"]
    if last < first or (last == first and tokens.words[first] in _WORDS["titles"]):
        return None
    return last


def _belongs(tokens: Tokens, place: int, first: int, lexicon: Lexicon) -> bool:
    """Return whether a word can be part of a name that begins at `first`."""
    word = tokens.words[place]
    if place > first and not _is_joined(tokens, place):
        return False
    if word in _WORDS["titles"]:
        return place == first
    if place > first and word in _WORDS["tails"] - lexicon.first_names:
        return False
    written = tokens.text[tokens.starts[place] : tokens.ends[place]]
    if _OWNING.search(written):
        return False
    return bool(_LETTERS.fullmatch(written)) and (word in lexicon.first_names or word not in lexicon.not_names)


def _is_joined(tokens: Tokens, place: int) -> bool:
    """Return whether a word goes with the word before it: "Jean Carter", "J. Carter", but not "Mo. yoga please"."""
    before = tokens.words[place - 1]
    return tokens.gaps[place] in _JOINS or (
        tokens.gaps[place] == "." and (len(before) == 1 or before in _WORDS["titles"])
    )


def is_written_name(tokens: Tokens, place: int, lexicon: Lexicon) -> bool:
    """Return whether a word in the midst of a message is a first name as written: known, or else with a capital."""
    if not _belongs(tokens, place, place, lexicon) or tokens.words[place] in _WORDS["titles"]:
        return False
    if tokens.words[place] in lexicon.first_names:
        return _is_written_as_name(tokens, place, lexicon)
    return tokens.text[tokens.starts[place]].isupper() and not tokens.text.isupper() and bool(place)


def _of_kin(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the known name behind the word for someone: "my mate Kev", "my hubby, Ray", "my nan is called Vi"."""
    for found in lexicon.relations.find(tokens, tokens.words):
        first = found.last + 1
        while first < len(tokens.words) and tokens.words[first] in _WORDS["calling"]:
            first += 1
        if first < len(tokens.words) and tokens.gaps[first] in _PAUSES and tokens.words[first] in lexicon.first_names:
            last = _name_end(tokens, first, lexicon)
            if last is not None and _is_written_as_name(tokens, first, lexicon):
                return first, last
    return None


def _signed(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return a name that stands by itself: in full ahead ("Jean Carter, two places"), or at the end."""
    count = len(tokens.words)
    parted = [0, *(place for place in range(1, count) if _is_parted(tokens, place)), count]
    ahead, ending = range(parted[0], parted[1]), range(parted[-2], count)
    for part in (ahead, ending):
        if part and "?" not in tokens.text and _is_signature(tokens, part, lexicon):
            return part[0], part[-1]
    return None


def _is_parted(tokens: Tokens, place: int) -> bool:
    """Return whether a pause stands before a word; a dash with spaces around it ("thanks - Nasreen") is one."""
    gap = tokens.gaps[place]
    return gap not in _JOINS or (gap == "-" and tokens.starts[place] - tokens.ends[place - 1] > 1)


def _is_signature(tokens: Tokens, part: range, lexicon: Lexicon) -> bool:
    """Return whether a part of a message is a name and nothing else."""
    named = [place for place in part if tokens.words[place] not in _WORDS["titles"]]
    if not named or _name_end(tokens, part[0], lexicon) != part[-1]:
        return False
    known = tokens.words[named[0]] in lexicon.first_names or len(named) < len(part)
    written = all(tokens.text[tokens.starts[place]].isupper() for place in part) and not tokens.text.isupper()
    told = written if len(named) > 1 else _is_own(tokens, named[0], lexicon, written)
    start, end = tokens.span(part[0], part[-1])
    return known and told and lexicon.resolve_place(tokens.text[start:end]) is None


def _is_own(tokens: Tokens, place: int, lexicon: Lexicon, written: bool) -> bool:
    """Return whether a first name alone is the sender's: it ends a message, or little follows that asks nobody."""
    rest = tokens.words[place + 1 :]
    if " ".join(rest) in _WORDS["own_name"]:
        return written or tokens.words[place] not in _WORDS["also_words"]
    if tokens.words[place] in _WORDS["also_words"] | lexicon.not_names:
        return False
    return len(rest) <= _LITTLE and _WORDS["addressing"].isdisjoint(rest)


def _bare(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the name that an answer is, apart from greetings and thanks; a question or a sentence is none."""
    first, last = 0, _before_mine(tokens.words) - 1
    if "?" in tokens.text:
        return None
    while first < last and tokens.words[first] in _WORDS["leads"] and not _names_alone(tokens, first, lexicon):
        first += 1
    while last > first and tokens.words[last] in _WORDS["tails"]:
        last -= 1
    return (first, last) if first <= last and _name_end(tokens, first, lexicon) == last else None


def _before_mine(words: tuple[str, ...]) -> int:
    """Return where the sender's own name begins behind the one asked for ("Rose and mine is Grace"), else the end."""
    if "mine" not in words[1:]:
        return len(words)
    mine = words.index("mine", 1)
    return mine - 1 if mine > 1 and words[mine - 1] == "and" else mine


def _names_alone(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """Return whether everything from a word on is a name ("Will Put", "Joy")."""
    return tokens.words[first] in lexicon.first_names and _name_end(tokens, first, lexicon) == len(tokens.words) - 1


def _announced(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the name in "Maureen here" or "Gurdeep speaking", at the beginning, or behind a greeting or a pause."""
    for here, word in enumerate(tokens.words[1:_REACH_OF_GREETING], start=1):
        if word not in _WORDS["present"] or tokens.gaps[here]:
            continue
        first = here - 1
        while first and tokens.words[first - 1] not in _WORDS["leads"] and not tokens.gaps[first]:
            first -= 1
        if _name_end(tokens, first, lexicon) == here - 1 and _is_announced(tokens, first, here, lexicon):
            return first, here - 1
    return None


def _is_announced(tokens: Tokens, first: int, here: int, lexicon: Lexicon) -> bool:
    """Return whether what stands before "here" is a name: a known one, or with a capital and nothing else."""
    if tokens.words[first] in lexicon.first_names:
        return _is_written_as_name(tokens, first, lexicon)
    ends = here + 1 == len(tokens.words) or bool(tokens.gaps[here + 1])
    return ends and "?" not in tokens.text and _is_unknown_name(tokens, first, lexicon)


def _is_unknown_name(tokens: Tokens, place: int, lexicon: Lexicon) -> bool:
    """Return whether a word with a capital is nothing that the lexicon or the gazetteer knows."""
    phrases = (lexicon.phrases, lexicon.relations, lexicon.languages, lexicon.answers, lexicon.skips)
    if any(known.at(tokens, tokens.words, place) for known in phrases) or not _belongs(tokens, place, place, lexicon):
        return False
    written = tokens.text[tokens.starts[place] : tokens.ends[place]]
    capital = written[0].isupper() and not tokens.text.isupper() and tokens.words[place] not in _WORDS["peoples"]
    return capital and len(written) > 1 and lexicon.resolve_place(written) is None


def _put_down(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the known name that ends what is said behind a short cue ("just put Jean", "2 seats for Sandra")."""
    for place in range(1, len(tokens.words)):
        if tokens.words[place - 1] in _WORDS["short_cues"] and tokens.words[place] in lexicon.first_names:
            last = _name_end(tokens, place, lexicon)
            told = _is_written_as_name(tokens, place, lexicon) and lexicon.resolve_place(tokens.words[place]) is None
            if last is not None and told and _ends_part(tokens, last):
                return place, last
    return None


def _ends_part(tokens: Tokens, place: int) -> bool:
    """Return whether a message or a part of it ends with a word, or goes on with "and" or "please"."""
    after = tokens.words[place + 1 : place + 2]
    return not after or bool(tokens.gaps[place + 1]) or after[0] in _WORDS["after_name"]


def _alone(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return a name that is all of a message apart from a yes or thanks: "yeah Tyrone"."""
    first, last = 0, len(tokens.words) - 1
    while first < last and tokens.words[first] in _WORDS["agreeing"]:
        first += 1
    while first < last and tokens.words[last] in _WORDS["closing"]:
        last -= 1
    word = tokens.words[first]
    if word not in lexicon.first_names or "?" in tokens.text or _name_end(tokens, first, lexicon) != last:
        return None
    told = word not in _WORDS["also_words"] | lexicon.not_names and last + 1 - first < len(tokens.words)
    return (first, last) if told else None
