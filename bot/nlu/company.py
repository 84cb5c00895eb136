"""Counting the sender and those named with them: "me and my wife", "me, mum and my sister", "bringing 2 friends"."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from bot.nlu.companions import Companions, find_by_name, find_people
from bot.nlu.lexicon import Lexicon
from bot.nlu.name_words import is_written_name
from bot.nlu.phrases import Phrases
from bot.nlu.small_numbers import is_number
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts, phrases_of, read_list

Reading = tuple[int, int, int]  # how many, and the first and last word that say so

_WORDS = contexts("company")
_REACH = 5  # words after a person in which they are said to come
_NOT_ALONE = (("not", "just"), ("not", "only"))
_EACH = frozenset(("one", "1", "another"))  # "one for me and one for my wife"
_MINE = (("my",), ("our",))
_SAME = frozenset(("he", "she", "him", "her"))  # behind a comma the one just named: "my carer, she has to come"
_TOO = frozenset(tuple(too.split()) for too in _WORDS["too"])
_PICKING = (("go", "with"), ("going", "with"), ("goin", "with"))
_BECAUSE = frozenset(("because", "cos", "coz", "cause", "since"))
_CLOSING = (_WORDS["may_follow"] | _WORDS["too"] | {"as"}) - {"is"}


@cache
def _along() -> Phrases[bool]:
    """Return what says before a person that they come along."""
    return Phrases(dict.fromkeys(phrases_of(read_list("counts")["along"]), True))


@cache
def _beside() -> Phrases[bool]:
    """Return what says behind a person that they are there beside the sender."""
    return Phrases(dict.fromkeys(phrases_of(read_list("counts")["beside"]), True))


def find_company(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon) -> Reading | None:
    """Return the party that a message names one by one, the sender included."""
    words = _with(words)
    people = find_people(tokens, words, lexicon)
    senders = [place for place, word in enumerate(words) if word in _WORDS["sender"]]
    groups = (
        _group(tokens, words, [*people, *find_by_name(tokens, words, place, lexicon)], place, lexicon)
        for place in senders
    )
    together = next((group for group in groups if group), None)
    return together or _guests(tokens, words, people, lexicon) or _only(tokens, words, people)


def find_companions(tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon) -> Reading | None:
    """Return the sender and those named in answer to "how many?" ("maybe my son"), if little else is said."""
    people = [person for person in find_people(tokens, words, lexicon) if not is_number(words[person.last])]
    if not all(person.count for person in people) or not people:
        return None
    named = {place for person in people for place in range(person.first, person.last + 1)}
    if not _WORDS["companions"].issuperset(word for place, word in enumerate(words) if place not in named):
        return None
    return 1 + sum(person.count for person in people), people[0].first, people[-1].last


def _with(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return words with "w" read as "with", but not in "w/c" (the week that begins then)."""
    if "w" not in words:
        return words
    after = (*words[1:], "")
    return tuple("with" if word == "w" and after[place] != "c" else word for place, word in enumerate(words))


def _is_refused(before: tuple[str, ...]) -> bool:
    """Return whether the words before the sender keep them out ("not me", but "not just me" does not)."""
    return "not" in before and before not in _NOT_ALONE


def _group(
    tokens: Tokens, words: tuple[str, ...], people: Iterable[Companions], sender: int, lexicon: Lexicon
) -> Reading | None:
    """Return the party around a word for the sender, as far as names are joined by "and" or a comma."""
    if _is_refused(words[max(sender - 2, 0) : sender]):
        return None
    by_first = {person.first: person for person in people}
    by_last = {end: person for person in people for end in _ends(tokens, words, person.last, lexicon)}
    if words[sender + 1 : sender + 2] == ("included",):
        return _included(by_last.get(_joined_before(tokens, words, sender, listing=True)), sender)
    named = _chain(tokens, words, by_first, sender, lexicon)
    last = named[-1].last if named else sender
    before = _chain_before(tokens, words, by_last, sender, last)
    first = before[-1].first if before else sender
    if _is_said_of(words, first) or _stay_away(tokens, words, sender, first, last):
        return None
    return _reading([*named, *before], first, last)


def _included(group: Companions | None, sender: int) -> Reading | None:
    """Return a group that has the sender in it ("three mates, me included")."""
    return (group.count, group.first, sender + 1) if group and group.count > 1 else None


def _chain_before(
    tokens: Tokens, words: tuple[str, ...], by_last: Mapping[int, Companions], sender: int, last: int
) -> list[Companions]:
    """Return those joined one before another to the sender, behind whom the party goes on to `last`."""
    chained: list[Companions] = []
    first = sender
    while person := by_last.get(_joined_before(tokens, words, first, bool(chained) and last == sender)):
        chained.append(person)
        first = person.first
    return chained


def _chain(
    tokens: Tokens, words: tuple[str, ...], by_first: Mapping[int, Companions], last: int, lexicon: Lexicon
) -> list[Companions]:
    """Return those joined one after another to a word."""
    chained: list[Companions] = []
    while person := by_first.get(_joined_after(tokens, words, last, lexicon)):
        chained.append(person)
        last = person.last
    return chained


def _reading(others: Sequence[Companions], first: int, last: int) -> Reading | None:
    """Return the sender and others together, if it is known how many they are."""
    if not others or not all(other.count for other in others):
        return None
    return 1 + sum(other.count for other in others), first, last


def _stay_away(tokens: Tokens, words: tuple[str, ...], sender: int, first: int, last: int) -> bool:
    """Return whether what follows tells something else of those named ("me and my husband split up").

    Behind "just me" a person without "and" begins something else: "just me, the husband's working".
    """
    tells = last + 1
    while words[tells : tells + 1] and words[tells] in _WORDS["not_coming_after"]:
        tells += 1
    if not _WORDS["not_coming"].isdisjoint(words[tells : tells + 1]):
        return True
    alone = words[max(sender - 1, 0)] in _WORDS["only"] and "not" not in words[:sender] and first == sender
    goes_on = last + 1 < len(words) and not tokens.gaps[last + 1] and words[last + 1] not in _CLOSING
    return alone and goes_on and _WORDS["and"].isdisjoint(words[sender + 1 : last])


def _is_said_of(words: tuple[str, ...], first: int) -> bool:
    """Return whether the first of a party is spoken of, or is the sender ("im her carer and i ...")."""
    before = words[max(first - 2, 0) : first]
    if " ".join(before) in _WORDS["how"]:
        return True
    return any(word in ("im", "am") for word in before) or (
        words[first] not in _WORDS["sender"] and before[-1:] != () and before[-1] in _WORDS["spoken_of"]
    )


def _joined_after(tokens: Tokens, words: tuple[str, ...], place: int, lexicon: Lexicon) -> int:
    """Return where what is joined to a word (and the name behind it: "my mate Kev and ...") begins, or -1."""
    after = _named_to(tokens, place, lexicon) + 1
    same = after < len(words) and words[after] in _SAME and words[place] not in _WORDS["sender"]
    joined = after < len(words) and "," in tokens.gaps[after] and not same
    while after < len(words) and words[after] in _WORDS["and"]:
        after, joined = after + 1, True
    if words[after + 1 : after + 2] == ("for",) and words[after] in _EACH:
        after, joined = after + 2, True
    joined = joined or (words[after : after + 1] in _MINE and "." not in tokens.gaps[after])
    return after if joined else -1


def _ends(tokens: Tokens, words: tuple[str, ...], last: int, lexicon: Lexicon) -> list[int]:
    """Return where a person may end: with a name behind, or where they are from ("my friend from chemo and i")."""
    ends = [_named_to(tokens, last, lexicon)]
    return [*ends, last + 2, last + 3] if words[last + 1 : last + 2] == ("from",) else ends


def _named_to(tokens: Tokens, place: int, lexicon: Lexicon) -> int:
    """Return the place of a name right behind a word, with more after it, else of the word itself."""
    name = place + 1
    is_named = name + 1 < len(tokens.words) and not tokens.gaps[name] and is_written_name(tokens, name, lexicon)
    return name if is_named else place


def _joined_before(tokens: Tokens, words: tuple[str, ...], place: int, listing: bool) -> int:
    """Return the last word of what is joined before a word, or -1; a list has one "and" ("mum dad and me")."""
    before = place - 1
    joined = listing or ("," in tokens.gaps[place] and words[place] != "i")  # "an interpreter, I speak Polish"
    while before >= 0 and words[before] in _WORDS["and"]:
        before, joined = before - 1, True
    return before if joined else -1


def _guests(tokens: Tokens, words: tuple[str, ...], people: Sequence[Companions], lexicon: Lexicon) -> Reading | None:
    """Return the sender and those they bring ("can i bring my wife and son", "my husband is coming too")."""
    along = {found.last + 1: found.first for found in _along().find(tokens, words)}
    by_first = {person.first: person for person in people}
    for person in people:
        if "no" in words[max(person.first - 1, 0) : person.first + 1] or _is_line(words, person):
            continue
        others = [person, *_chain(tokens, words, by_first, person.last, lexicon)]
        reading = _reading(others, along.get(person.first, person.first), others[-1].last)
        behind = _named_to(tokens, others[-1].last, lexicon)
        if reading and (person.first in along or _comes(tokens, words, person, behind)):
            return reading
    return None


def _is_line(words: tuple[str, ...], person: Companions) -> bool:
    """Return whether a bare number behind "go with" is a line of a menu."""
    return is_number(words[person.last]) and words[max(person.first - 2, 0) : person.first] in _PICKING


def _comes(tokens: Tokens, words: tuple[str, ...], person: Companions, last: int) -> bool:
    """Return whether people are said to come too ("my friend also"), or whoever texts to be with them."""
    if words[person.last] in _WORDS["everyone"]:
        return False
    first = person.first
    after = words[last + 1 :]
    return (
        comes_too(words[:first], after)
        or (first == 0 and words[person.last + 1 :] in _TOO)
        or _is_with(tokens, words, first, last)
        or _is_beside(tokens, words, last)
        or _may_come(tokens, words, first, last)
    )


def _only(tokens: Tokens, words: tuple[str, ...], people: Iterable[Companions]) -> Reading | None:
    """Return those who come without the sender ("just him", "only my dad please"), when that is all that is said."""
    only = next((place for place, word in enumerate(words) if word in _WORDS["only"]), len(words))
    begins = only + 2 if words[only + 1 : only + 2] == ("for",) else only + 1
    by_first = {person.first: person for person in people if not is_number(words[person.last])}
    count, last = 0, begins - 1
    while person := by_first.get(last + 2 if count and words[last + 1 : last + 2] == ("and",) else last + 1):
        count, last = count + person.count, person.last
    ends = bool(tokens.gaps[min(last, len(words) - 1) + 1]) or _WORDS["after_only"].issuperset(words[last + 1 :])
    return (count, only, last) if count and ends and _WORDS["before_only"].issuperset(words[:only]) else None


def _is_with(tokens: Tokens, words: tuple[str, ...], first: int, last: int) -> bool:
    """Return whether "with" or "plus" and people is all that is said between two pauses ("yes, with my husband")."""
    place = first - 1
    if place < 0 or words[place] not in _WORDS["joining"]:
        return False
    begins = place
    while begins and not tokens.gaps[begins] and words[begins - 1] in _WORDS["openers"] | _WORDS["joining"]:
        begins -= 1
    parted = bool(tokens.gaps[begins]) and words[place] != "and"
    return _closes(tokens, words, last, _CLOSING) and (begins == 0 or parted)


def _is_beside(tokens: Tokens, words: tuple[str, ...], last: int) -> bool:
    """Return whether "will be with me", "is accompanying me" or "in tow" follows a person, and little between."""
    place, also = last + 1, False
    while place < len(words) and not tokens.gaps[place]:
        if _beside().at(tokens, words, place) or (also and words[place] in _WORDS["coming"]):
            return True
        also = also or words[place] == "also"
        if words[place] not in _WORDS["helping"]:
            return False
        place += 1
    return False


def _may_come(tokens: Tokens, words: tuple[str, ...], first: int, last: int) -> bool:
    """Return whether "can my sister come" or "my husbands coming" is all that a part of a message says."""
    begins = first
    while begins and not tokens.gaps[begins] and words[begins - 1] in _WORDS["may"]:
        begins -= 1
    verb = _verb(tokens, words, last + 1)
    if verb is None or not _opens(tokens, words, begins):
        return False
    if begins == first:
        return words[verb] in _WORDS["coming_along"] and _closes(tokens, words, verb, _WORDS["polite"] | _BECAUSE)
    return _closes(tokens, words, verb, _CLOSING)


def _verb(tokens: Tokens, words: tuple[str, ...], place: int) -> int | None:
    """Return where "come" or "welcome" stands from a word on, with nothing but "will be able to" before it."""
    helping = _WORDS["helping"] - _WORDS["coming_along"]
    while place + 1 < len(words) and not tokens.gaps[place] and words[place] in helping:
        place += 1
    is_verb = place < len(words) and not tokens.gaps[place] and words[place] in _WORDS["coming"] | _WORDS["welcome"]
    return place if is_verb else None


def _opens(tokens: Tokens, words: tuple[str, ...], place: int) -> bool:
    """Return whether a part of a message begins with a word, or with "yes" or the like before it."""
    return place == 0 or bool(tokens.gaps[place]) or words[place - 1] in _WORDS["openers"]


def _closes(tokens: Tokens, words: tuple[str, ...], place: int, closing: frozenset[str]) -> bool:
    """Return whether a part of a message ends with a word, or goes on with one of some others."""
    return place + 1 == len(words) or bool(tokens.gaps[place + 1]) or words[place + 1] in closing


def comes_too(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Return whether a person comes as well as the sender: "is coming too" follows, or "room for" them "as well"."""
    if before[-1:] == ("for",) and not _WORDS["room"].isdisjoint(before[-2:-1]):
        return any(after == too for too in _TOO)
    verb = next((place for place, word in enumerate(after[:_REACH]) if word in _WORDS["coming"]), None)
    return verb is not None and any(after[verb + 1 : verb + 1 + len(too)] == too for too in _TOO)
