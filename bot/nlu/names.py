"""Finding a person's name: "its Maureen", "my name is olu", "call me Bill", and a bare name when one was asked for."""

from collections.abc import Iterator

from bot.nlu.kin import find_kin
from bot.nlu.lexicon import Lexicon
from bot.nlu.name_words import is_written_as_name, is_written_name, name_cased, name_end
from bot.nlu.signatures import announced, both_named, is_new_name, signed, told_behind
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
_PAUSES = frozenset(("", ",", "."))


def find_names(tokens: Tokens, lexicon: Lexicon, asked: bool) -> list[Entity]:
    """Return the name that a message gives, cased as a name; `asked` when the message answers "What is your name?"."""
    found = _said(tokens, lexicon, asked)
    if found is None and asked:
        found = _bare(tokens, lexicon)
    found = found or next(filter(None, (find(tokens, lexicon) for find in _WAYS)), None)
    if found is None:
        return []
    others = (find(tokens, lexicon, found) for find in (_own_beside, _joined_to, _later))
    return [_entity(tokens, *each) for each in dict.fromkeys((found, *filter(None, others)))]


def _entity(tokens: Tokens, first: int, last: int) -> Entity:
    start, end = tokens.span(first, last)
    return Entity("name", name_cased(tokens.text[start:end]), start, end, tokens.text[start:end])


def is_name_alone(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Return whether a message is nothing but a known first name, and no other word ("Dawn", but not "hope")."""
    if len(tokens.words) != 1 or tokens.words[0] not in lexicon.first_names:
        return False
    return is_written_as_name(tokens, 0, lexicon)


def _said(tokens: Tokens, lexicon: Lexicon, asked: bool) -> tuple[int, int] | None:
    """Return the words of a name behind a cue, as first and last."""
    for first, weak in _cued(tokens):
        last = name_end(tokens, first, lexicon)
        if last is None or _is_talk(tokens, first, last, lexicon):
            continue
        sure = not weak or _is_known(tokens, first, lexicon)
        if sure or (asked and last == len(tokens.words) - 1) or _is_new(tokens, first, lexicon):
            return first, last
    return None


def _is_known(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """Return whether a word is a title, or a known first name that is written as one."""
    if not _names(tokens.words[first], lexicon):
        return False
    return is_written_as_name(tokens, first, lexicon) or _is_all_of_it(tokens, first)


def _names(word: str, lexicon: Lexicon) -> bool:
    """Return whether a word is a title or a known first name."""
    return word in lexicon.first_names or word in _WORDS["titles"]


def _is_talk(tokens: Tokens, first: int, last: int, lexicon: Lexicon) -> bool:
    """Return whether what follows a cue is no name: letters that spell one, or "escapes" in "his name escapes me"."""
    if all(len(word) == 1 for word in tokens.words[first : first + 2]) and first + 1 < len(tokens.words):
        return True
    bare = tokens.words[first - 1] == "name" and tokens.words[first] not in lexicon.first_names
    return bare and tokens.text[tokens.starts[first]].islower() and not _ends_part(tokens, last)


def _is_new(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """Return whether "im", "this is" or, behind a greeting, "its" leads to a name that nobody has listed."""
    said = tokens.words[:first]
    greeted = said[-1:] == ("its",) and said[-2:-1] != () and said[-2] in _WORDS["greeting"]
    return (greeted or any(said[-len(cue) :] == cue for cue in _SAYING_WHO)) and is_new_name(tokens, first, lexicon)


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
            last = name_end(tokens, place, lexicon)
            return (place, last) if last is not None else None
    return None


def _joined_to(tokens: Tokens, lexicon: Lexicon, found: tuple[int, int]) -> tuple[int, int] | None:
    """Return the second of two people named together ("its Sue and Pat", "my name is Sue and my friend is Pat")."""
    after = found[1] + 1
    if tokens.words[after : after + 1] not in (("and",), ("n",)) or after + 1 == len(tokens.words):
        return None
    if is_written_name(tokens, after + 1, lexicon) and tokens.words[after + 1] in lexicon.first_names:
        last = name_end(tokens, after + 1, lexicon)
        return (after + 1, last) if last is not None and _ends_part(tokens, last) else None
    return None


def _later(tokens: Tokens, lexicon: Lexicon, found: tuple[int, int]) -> tuple[int, int] | None:
    """Return a name given behind the first one: the surname, or that of someone else ("... for my husband Frank")."""
    for first, weak in _cued(tokens):
        last = name_end(tokens, first, lexicon)
        if not weak and first > found[1] + 1 and last is not None and not _is_talk(tokens, first, last, lexicon):
            return first, last
    kin = _of_kin(tokens, lexicon)
    return kin if kin and kin[0] > found[1] else None


def _cued(tokens: Tokens) -> Iterator[tuple[int, bool]]:
    """Yield each place behind a cue, and whether the cue is weak; strong cues first."""
    words = tokens.words
    for weak, cues in _CUES.items():
        for cue in cues:
            if cue[0] in words:
                places = range(words.index(cue[0]), len(words) - len(cue))
                yield from ((place + len(cue), weak) for place in places if words[place : place + len(cue)] == cue)


def _of_kin(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the known name behind the word for someone: "my mate Kev", "my hubby, Ray", "my nan is called Vi"."""
    for found in find_kin(tokens, tokens.words, lexicon.relations):
        first = found.last + 1
        while first < len(tokens.words) and tokens.words[first] in _WORDS["calling"]:
            first += 1
        if first < len(tokens.words) and tokens.gaps[first] in _PAUSES and _names(tokens.words[first], lexicon):
            last = name_end(tokens, first, lexicon)
            if last is not None and is_written_as_name(tokens, first, lexicon):
                return first, last
    return None


def _bare(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the name that an answer is, apart from greetings and thanks; a question or a sentence is none."""
    first, last = 0, _before_mine(tokens.words) - 1
    if "?" in tokens.text:
        return None
    while first < last and tokens.words[first] in _WORDS["leads"] and not _names_alone(tokens, first, lexicon):
        first += 1
    while last > first and tokens.words[last] in _WORDS["tails"]:
        last -= 1
    return (first, last) if first <= last and name_end(tokens, first, lexicon) == last else None


def _before_mine(words: tuple[str, ...]) -> int:
    """Return where the sender's own name begins behind the one asked for ("Rose and mine is Grace"), else the end."""
    if "mine" not in words[1:]:
        return len(words)
    mine = words.index("mine", 1)
    return mine - 1 if mine > 1 and words[mine - 1] == "and" else mine


def _names_alone(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """Return whether everything from a word on is a name ("Will Put", "Joy")."""
    return tokens.words[first] in lexicon.first_names and name_end(tokens, first, lexicon) == len(tokens.words) - 1


def _put_down(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the known name that ends what is said behind a short cue ("just put Jean", "2 seats for Sandra")."""
    for place in range(1, len(tokens.words)):
        if tokens.words[place - 1] in _WORDS["short_cues"] and _is_first(tokens, place, lexicon):
            last = name_end(tokens, place, lexicon)
            told = is_written_as_name(tokens, place, lexicon) and lexicon.resolve_place(tokens.words[place]) is None
            if last is not None and told and _ends_part(tokens, last):
                return place, last
    return None


def _is_first(tokens: Tokens, place: int, lexicon: Lexicon) -> bool:
    """Return whether a word is a known first name, or behind "put" a title or an initial ("put J. Webb")."""
    word, written = tokens.words[place], tokens.text[tokens.starts[place] : tokens.ends[place]]
    is_short = word in _WORDS["titles"] or (len(word) == 1 and written.isupper() and word != "i")
    return word in lexicon.first_names or (tokens.words[place - 1] == "put" and is_short)


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
    if word not in lexicon.first_names or "?" in tokens.text or name_end(tokens, first, lexicon) != last:
        return None
    told = word not in _WORDS["also_words"] | lexicon.not_names and last + 1 - first < len(tokens.words)
    return (first, last) if told else None


_WAYS = (both_named, told_behind, announced, signed, _of_kin, _put_down, _alone)
