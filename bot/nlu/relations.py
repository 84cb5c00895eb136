"""Finding whom an event is for, when it is for someone else: "for my dad", "mum has bowel cancer", "im his wife"."""

from collections.abc import Iterator, Sequence
from itertools import chain

from bot.nlu.company import comes_too, find_company
from bot.nlu.kin import find_kin
from bot.nlu.lexicon import Lexicon
from bot.nlu.mentions import (
    is_among_carers,
    is_between_us,
    is_like_sender,
    is_spoken_to,
    is_title,
    is_told_of,
    is_whereabouts,
)
from bot.nlu.mirrored import mirrored
from bot.nlu.name_words import is_written_name
from bot.nlu.phrases import Found, Phrases
from bot.nlu.said_of import behind_place, is_aged, is_short_for_is, is_subject, is_suffering, tells_illness
from bot.nlu.someone import find_someone
from bot.nlu.subjects import is_asked_for, is_ill_by_name, is_only_subject, is_wished_after
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts, inverted, read_list
from bot.understanding import Entity

_WORDS = contexts("relations")
# Turns of phrase that name nobody: whoever it is, "his carer" books for him.
_OTHERS = Phrases(
    dict.fromkeys(_WORDS["someone"] | _WORDS["carers"], "other")
    | dict.fromkeys(_WORDS["clinicians"], "patient")
    | dict.fromkeys(_WORDS["astray"], "")
)
_SELF = Phrases(dict.fromkeys(_WORDS["self"], "self"))
_IT_IS_THEM = Phrases(dict.fromkeys(_WORDS["it_is_them"], True))
_POINTING = sorted((tuple(phrase.split()) for phrase in _WORDS["pointing"]), key=len, reverse=True)
_ANYONES = ("friend", "neighbour", "patient")  # of someone else: to the sender they are much the same
_JOINING = ("and", "plus", "with", "n", "w")
_SENDER = ("me", "myself", "i")
_PEOPLE = frozenset(inverted(read_list("relations")))


def find_relations(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, asked: bool) -> list[Entity]:
    """Return whom it is for, as {"relation": "father" ... "patient" | "other" | "self"}; the first mention counts.

    "just me" is how many come unless something was `asked`.
    """
    said = " ".join(words)
    if said in _WORDS["self_answers"] or (asked and said in _WORDS["just_me"]):
        return [_entity(tokens, 0, len(words) - 1, "self")]
    mentions = _of_others(words, find_kin(tokens, words, lexicon.relations))
    named = _spoken_of(tokens, words, mentions)
    meant = _besides(tokens, words, named, lexicon)
    people = (_concerned(tokens, words, found, lexicon) for found in meant)
    ways = (
        (found for found in _SELF.find(tokens, words) if not _goes_on(words, found, mentions)),
        filter(None, people),
        _said_last(tokens, words, named),
        (found for found in named if _is_ill_after(tokens, words, found, lexicon)),
        find_someone(tokens, words, lexicon),
        _carers_own(tokens, words),
    )
    found = next(chain.from_iterable(ways), None)
    if not found or not found.meaning:
        return []
    both = [found, *_and_another(tokens, words, found, named)]
    return [_entity(tokens, each.first, each.last, each.meaning) for each in both]


def _carers_own(tokens: Tokens, words: tuple[str, ...]) -> Iterator[Found[str]]:
    """Yield turns of phrase that tell for whom it is, where no carer looks for something for themselves."""
    if not is_among_carers(tokens, words, ()):
        yield from _OTHERS.find(tokens, words)


def _spoken_of(tokens: Tokens, words: tuple[str, ...], mentions: Sequence[Found[str]]) -> list[Found[str]]:
    """Return the people of whom a message speaks, not those whom it speaks to, nor a word that is part of a name."""
    return [found for found in mentions if not is_spoken_to(tokens, words, found) and not is_title(words, found)]


def _and_another(
    tokens: Tokens, words: tuple[str, ...], found: Found[str], named: Sequence[Found[str]]
) -> Iterator[Found[str]]:
    """Yield the second of two people whom it is for ("for my mum and dad"), if little more is said."""
    for other in named:
        joined = words[found.last + 1 : _owner(words, other.first)] in (("and",), ("n",))
        after = words[other.last + 1 : other.last + 2]
        if joined and (not after or tokens.gaps[other.last + 1] or after[0] in _WORDS["polite"] | _WORDS["living_in"]):
            yield other


def _entity(tokens: Tokens, first: int, last: int, relation: str) -> Entity:
    start, end = tokens.span(first, last)
    return Entity("relation", {"relation": relation}, start, end, tokens.text[start:end])


def _goes_on(words: tuple[str, ...], found: Found[str], mentions: Sequence[Found[str]]) -> bool:
    """Return whether "for me" is refused, or goes on: "for myself and my mother", "its for me mum"."""
    after = found.last + 1
    if found.first and words[found.first - 1] == "not":
        return True
    if after == len(words):
        return False
    is_mum = words[found.last] == "me" and any(other.first in (found.last, after) for other in mentions)
    return words[after] in _JOINING or is_mum


def _besides(tokens: Tokens, words: tuple[str, ...], named: list[Found[str]], lexicon: Lexicon) -> list[Found[str]]:
    """Return the people named without those who come along with the sender ("me, my mum, and my nan")."""
    company = find_company(tokens, words, lexicon) if named else None
    if company is None or company[0] == 1:
        return named
    return [found for found in named if not company[1] <= found.first <= company[2]]


def _of_others(words: tuple[str, ...], named: Iterator[Found[str]]) -> list[Found[str]]:
    """Return the people named; who is someone's ("my wifes mum", "my mums friend") as what they are to the sender."""
    chained: list[Found[str]] = []
    for found in named:
        whose = chained[-1] if chained and chained[-1].last == found.first - 1 else None
        if whose and _is_possessive(words[whose.last], whose):
            chained[-1] = Found(whose.first, found.last, found.meaning if found.meaning in _ANYONES else "other")
        else:
            chained.append(found)
    return chained


def _said_last(tokens: Tokens, words: tuple[str, ...], named: Sequence[Found[str]]) -> Iterator[Found[str]]:
    """Yield the person named first when a later "its for her" or the like says that it is for them."""
    if named and any(found.first > named[0].last for found in _IT_IS_THEM.find(tokens, words)):
        yield named[0]


def _concerned(tokens: Tokens, words: tuple[str, ...], found: Found[str], lexicon: Lexicon) -> Found[str] | None:
    """Return the person named, with their relation to the sender, if the event is for them."""
    meant = mirrored(words, found)
    if meant:
        return Found(found.first, found.last, meant)
    return found if _is_concerned(tokens, words, found, lexicon) else None


def _is_concerned(tokens: Tokens, words: tuple[str, ...], found: Found[str], lexicon: Lexicon) -> bool:
    """Return whether the event is for the person named, and not for the sender or for both."""
    owner = _owner(words, found.first)
    before, after = words[:owner], _after(tokens, words, found.last + 1, lexicon)
    possessive = _is_possessive(words[found.last], found)
    if (
        _is_left_out(before, after)
        or _is_mentioned(tokens, words, before, possessive)
        or _is_sender(tokens, words, found)
    ):
        return False
    if found.meaning == "patient":
        return _is_own_patient(words, owner, found)
    owned = _is_owned(tokens, owner, found)
    if _names_them(words, found) or (owned and _is_about(tokens, words, owner, found, lexicon)):
        return True
    if possessive and words[owner] != "one":
        return _is_theirs(before, after)
    return _is_put_in(before, after) or _is_meant(tokens, owner, owned, found, lexicon)


def _is_sender(tokens: Tokens, words: tuple[str, ...], found: Found[str]) -> bool:
    """Return whether a person named is only like the sender, or is spoken of as to what is between the two."""
    return is_like_sender(words, _owner(words, found.first), found) or is_between_us(tokens, words, found)


def _is_about(tokens: Tokens, words: tuple[str, ...], owner: int, found: Found[str], lexicon: Lexicon) -> bool:
    """Return whether a message tells of "my uncle", or asks for him."""
    before, after = words[:owner], _after(tokens, words, found.last + 1, lexicon)
    possessive = _is_possessive(words[found.last], found)
    told = _is_spoken_of(words, before, after, found)
    return told or _is_subject(tokens, words, (owner, found.last), possessive, lexicon)


def _is_mentioned(tokens: Tokens, words: tuple[str, ...], before: tuple[str, ...], possessive: bool) -> bool:
    """Return whether a person is only spoken of: whose home it is, of whom children are told, or who is cared for."""
    ends = words[-2:] == ("just", "me") or is_whereabouts(before, possessive) or is_told_of(before)
    return ends or is_among_carers(tokens, words, before)


def _is_subject(
    tokens: Tokens, words: tuple[str, ...], place: tuple[int, int], possessive: bool, lexicon: Lexicon
) -> bool:
    """Return whether a message asks for a person, or speaks of nobody else; of a "mums" only what she has counts."""
    owner, last = place
    if owner == 0 and is_wished_after(words, last):
        return True
    tells = (is_ill_by_name,) if possessive else (is_asked_for, is_only_subject)
    return any(told(tokens, words, owner, last, lexicon) for told in tells)


def _is_own_patient(words: tuple[str, ...], owner: int, found: Found[str]) -> bool:
    """Return whether "my patient" or "a client" is spoken of, or "patients name" given, and not "im a patient"."""
    if _names_them(words, found) or words[found.last + 1 : found.last + 3] == ("of", "mine"):
        return True
    if words[found.last + 1 : found.last + 2] and words[found.last + 1] in _WORDS["of_patients"]:
        return False
    return words[owner] in _WORDS["patient_owners"] and words[max(owner - 1, 0)] not in _WORDS["no_patient"]


def _is_owned(tokens: Tokens, owner: int, found: Found[str]) -> bool:
    return owner < found.first or tokens.words[found.first] == "my" or _stands_alone(tokens, found)


def _is_theirs(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Return whether "behalf" follows a person's "s" ("on my dads behalf"), or "its" leads to it ("its my wifes")."""
    return after[:1] == ("behalf",) or (not after and before[-1:] in (("its",), ("is",)))


def _is_put_in(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Return whether a place is asked for a person ("get my wife a place", "can i book mum in")."""
    puts = before[-1:] != () and before[-1] in _WORDS["putting"]
    return puts and any(" ".join(after[:length]) in _WORDS["putting_in"] for length in (1, 2))


def _stands_alone(tokens: Tokens, found: Found[str]) -> bool:
    """Return whether a person needs no "my": "mum needs ...", and at the beginning "hubby needs ..." too."""
    begins = not found.first or bool(tokens.gaps[found.first])
    return found.meaning in _WORDS["kin"] or (begins and found.meaning != "patient")


def _is_spoken_of(words: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...], found: Found[str]) -> bool:
    """Return whether what follows a person says how they are, behind a place or, at the beginning, their age."""
    if not _WORDS["asking"].isdisjoint(before[-1:]):
        return False
    if _is_possessive(words[found.last], found) and is_short_for_is(after):
        return True
    if is_subject(after) or any(map(is_subject, behind_place(words, found.last + 1))):
        return True
    if is_suffering(after) or is_aged(after):
        return True
    return not before and after[:1] != () and after[0].isdecimal() and after[0] not in ("1", "2")


def _names_them(words: tuple[str, ...], found: Found[str]) -> bool:
    """Return whether the name of the person is given ("mums name is Joyce", "mums called Jo"), and not used."""
    if "in" in words[max(found.first - 2, 0) : found.first]:
        return False
    return words[found.last].endswith("s") and words[found.last + 1 : found.last + 2] in (("name",), ("called",))


def _is_ill_after(tokens: Tokens, words: tuple[str, ...], found: Found[str], lexicon: Lexicon) -> bool:
    """Return whether a later "shes got bowel cancer" or the like says that the person is the one who is ill."""
    owner = _owner(words, found.first)
    if owner == found.first and found.meaning not in _WORDS["kin"]:
        return False
    if _sender_comes(words[:owner], words[found.last + 1 :]) or is_among_carers(tokens, words, words[:owner]):
        return False
    places = range(found.last + 1, len(words) - 1)
    return any(words[place] in _WORDS["she_or_he"] and tells_illness(tokens, words, place, lexicon) for place in places)


def _after(tokens: Tokens, words: tuple[str, ...], place: int, lexicon: Lexicon) -> tuple[str, ...]:
    """Return what is said of a person behind them: "is the patient" in "my son Jordan is the patient"."""
    if place < len(words) and is_written_name(tokens, place, lexicon):
        place += 1
    if place == len(words) or "." in tokens.gaps[place]:
        return words[place:]
    if words[place] in _WORDS["pronouns"]:
        return words[place + 1 :]
    return ("is", *words[place + 1 :]) if words[place] in _WORDS["pronouns_being"] else words[place:]


def _is_meant(tokens: Tokens, owner: int, owned: bool, found: Found[str], lexicon: Lexicon) -> bool:
    """Return whether what stands before points at the person, or the person is all that is said."""
    before = tokens.words[:owner]
    if not _WORDS["for"].isdisjoint(before[-1:]) or (owned and _is_pointed_at(before)):
        return True
    named = found.last + 1
    is_named = owned and named < len(tokens.words) and not tokens.gaps[named]
    is_named = is_named and owner < found.first and is_written_name(tokens, named, lexicon)
    return (owned or found.meaning != "friend") and _is_all(tokens, owner, named if is_named else found.last)


def _is_possessive(word: str, found: Found[str]) -> bool:
    """Return whether something of the person is named ("its my wifes birthday")."""
    return found.first == found.last and word.endswith("s") and word[:-1] in _PEOPLE


def _owner(words: tuple[str, ...], first: int) -> int:
    """Return where "my dear old dad" or "one of my mates" begins; the place of "dad" itself when nothing owns it."""
    place = first
    while place and words[place - 1] in _WORDS["adjectives"]:
        place -= 1
    place -= int(place > 0 and words[place - 1] in _WORDS["own"])
    return place - 2 if words[max(place - 2, 0) : place] == ("one", "of") else place


def _sender_comes(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Return whether the sender is named beside the person ("me and my wife", "my wife and i")."""
    ahead = before[-1:] != () and before[-1] in _JOINING and before[-2:-1] != () and before[-2] in _SENDER
    return ahead or (len(after) > 1 and after[0] in _JOINING and after[1] in _SENDER)


def _is_left_out(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Return whether a person is not the one, comes beside the sender, or does not come."""
    if before[-1:] == ("not",):
        return True
    stays_away = any(" ".join(after[:length]) in _WORDS["staying_away"] for length in range(2, 6))
    each = before[-1:] == ("for",) and before[-2:-1] in (("one",), ("1",), ("another",)) and "me" in before
    return stays_away or each or _sender_comes(before, after) or comes_too(before, after)


def _is_all(tokens: Tokens, owner: int, last: int) -> bool:
    """Return whether the person is all that is said ("my dad", "no my dad", "not my mum, my nan please")."""
    words, start, end = tokens.words, owner, last
    if words[max(owner - 1, 0)] in _JOINING or words[owner] == "one":
        return False
    while start and not tokens.gaps[start]:
        start -= 1
    while end + 1 < len(words) and not tokens.gaps[end + 1]:
        end += 1
    said = words[start:owner] + words[last + 1 : end + 1]
    return _WORDS["openers"] | _WORDS["polite"] >= set(said)


def _is_pointed_at(before: tuple[str, ...]) -> bool:
    """Return whether the words before point at the person ("hes my other half", "i look after my mum")."""
    return any(before[-len(phrase) :] == phrase for phrase in _POINTING)
