"""What a message says of someone else: for whom it is, what they are called, whether they know, and whose phone it is.

Pure. It sharpens what was understood where people speak of others: a name belongs to the one it stands beside, "she
asked me to" is a yes to whether she knows, and a code passed on by a carer is nothing else.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from bot.nlu.kin_words import KIN, KIN_WORD, KinPattern
from bot.nlu.name_words import name_cased
from bot.nlu.word_lists import contexts, phrases_of, read_list, word_set
from bot.understanding import Entity, Expecting, Understanding
from services.core import yaml12
from services.people import pass_codes

_SAID = yaml12.load(Path(__file__).parents[1] / "dialogues" / "others.yml")
_NAME = r"(?P<name>[^\W\d_](?:[^\W\d_]|['\u2019-])+)"
_NO_NAMES = word_set(_SAID["no_names"])
# First names that are no other words too.
_FIRST_NAMES = frozenset(phrases_of(read_list("first_names")["names"])) - contexts("names")["also_words"]


def _patterns(part: str) -> tuple[KinPattern, ...]:
    return tuple(KinPattern(pattern.replace("{name}", _NAME), re.IGNORECASE) for pattern in _SAID[part])


_THEIRS, _BESIDE, _OWN, _SIGNED = map(_patterns, ("their_name", "name_beside", "own_name", "signed"))
_SELF, _PASSED_ON, _TO_THEM, _ANYBODY = (_patterns(part) for part in ("self", "passed_on", "to_their_phone", "anybody"))
_OWNER, _LATER = _patterns("owner"), _patterns("later")
_WRONG, _DIED = _patterns("wrong_for_certain"), _patterns("died")
_TO_OTHERS, _ALIVE, _TOLD = _patterns("to_others_phone"), _patterns("sender_alive"), _patterns("knows_unasked")
_KNOWS_NOT, _FOR_THEM = _patterns("knows_not"), _patterns("place_for")
_BEFORE, _LATELY = _patterns("died_before"), _patterns("died_lately")
# What someone who tells of a death in passing may look for; the word for grief itself is no wish.
_WISHED = frozenset({"place", "need", "cancer_type", "title", "activity"})
_OF_GRIEF, _OF_WISHES = frozenset({"bereavement", "bereaved"}), frozenset({"need", "audience", "title", "activity"})
# While these are asked a place is kept, for somebody who is known.
_OF_A_PLACE = frozenset({"first_name", "attendee_name", "party", "access", "their_access", "confirm_booking"})
# Whether someone knows, by what says so; the first that fits counts.
_KNOWS = ((True, _patterns("does_not_mind")), (False, _KNOWS_NOT), (True, _patterns("knows")))


def of_others(understood: Understanding, expecting: Expecting | None) -> Understanding:
    """Add what a message says of someone else, and take from it what was only taken for the sender's own."""
    code = pass_codes.find(understood.text)
    if code is not None:
        return _only(understood, "pass_code", Entity("code", code, 0, len(understood.text), understood.text))
    intent = _for_certain(understood, expecting)
    if intent:
        kin = _kin(understood.text) if intent == "pass_on" else []
        return _sure_of_phone(_only(understood, intent, *kin))
    if understood.intent == "bereavement" and (_is_past(understood.text) or _says(_DIED, understood.text)):
        return _of_a_death(understood)
    return _of_the_living(_second_best(_sure_of_phone(understood)), expecting.slot if expecting else "")


def _of_the_living(understood: Understanding, asked: str) -> Understanding:
    if asked == "invited" and _says(_LATER, understood.text):
        return _only(understood, "ask_later", *[replace(d, kind="later_date") for d in _dates(understood)])
    if asked == "knows":
        return _named_along(_agreement(_named(understood, asked)))
    return _told_of(_by_the_way(_whose(_vague(_related(_named(understood, asked), asked)), asked), asked))


def _by_the_way(understood: Understanding, asked: str) -> Understanding:
    """Take an access need of someone, told while a place is kept, for no wish to have the place for them."""
    is_passing = asked in _OF_A_PLACE and understood.intent == "access_needs" and not _says(_FOR_THEM, understood.text)
    kept = tuple(entity for entity in understood.entities if entity.kind != "relation")
    return replace(understood, entities=kept) if is_passing else understood


def _for_certain(understood: Understanding, expecting: Expecting | None) -> str:
    """What a message means whatever else is in it, or ""."""
    relation = understood.first("relation")
    if relation == {"relation": "patient"}:
        return "for_a_patient"
    if _says(_PASSED_ON, understood.text):
        return "wrong_number"
    if (expecting is None or expecting.kind != "text") and _says(_TO_OTHERS, understood.text):
        return "pass_on"
    is_free = relation is None and (expecting is None or expecting.kind == "choice")
    return "pass_on" if is_free and _says(_TO_THEM, understood.text) else ""


def _sure_of_phone(understood: Understanding) -> Understanding:
    """Add that a message leaves no doubt that the phone is someone else's, since all texts to it stop then."""
    text = understood.text
    if understood.intent != "wrong_number" or not (_says(_PASSED_ON, text) or _says(_WRONG, text)):
        return understood
    sure = Entity("wrong_for_certain", True, 0, len(text), text)
    return replace(understood, entities=(*understood.entities, sure))


def _of_a_death(understood: Understanding) -> Understanding:
    return _told_of_a_death(understood) if _is_past(understood.text) else _mourning(understood)


def _is_past(text: str) -> bool:
    """Whether a death is told by the way, of someone whose phone this is not."""
    return _says(_BEFORE, text) and not _says(_LATELY, text) and not _says(_OWNER, text)


def _told_of_a_death(understood: Understanding) -> Understanding:
    """A wish with the reason for it, where something is wished for; else sorrow."""
    mourns = any(entity.value in _OF_GRIEF for entity in understood.entities if isinstance(entity.value, str))
    kept = [each for each in understood.entities if not (mourns and each.kind in _OF_WISHES)]
    wishes = any(entity.kind in _WISHED and entity.value is not None for entity in kept)
    intent = "inform" if wishes else "emotional_distress"
    return replace(understood, intent=intent, ranking=((intent, understood.confidence),), entities=tuple(kept))


def _second_best(understood: Understanding) -> Understanding:
    """What a message means that was taken for news of a death without a word of one; any other as it is."""
    if understood.intent != "bereavement":
        return understood
    ranking = understood.ranking[1:]
    intent, confidence = ranking[0] if ranking else ("out_of_scope", 0.0)
    return replace(understood, intent=intent, confidence=confidence, ranking=ranking)


def _dates(understood: Understanding) -> list[Entity]:
    return [entity for entity in understood.entities if entity.kind == "date"]


def kin_in(text: str) -> list[str]:
    """What those whom a message names are to the sender ("mother"), in the order of the words."""
    return [KIN[found.group().lower()] for found in KIN_WORD.finditer(text)]


def _only(understood: Understanding, intent: str, *entities: Entity) -> Understanding:
    return replace(understood, intent=intent, confidence=1.0, ranking=((intent, 1.0),), entities=entities)


def _agreement(understood: Understanding) -> Understanding:
    """Read "she asked me to" and "I haven't told her" as yes and no; "no, he doesn't mind" is a yes."""
    said = _knows(understood.text)
    begins = understood.first("yes_no")
    if said is None or (begins is not None and begins == said):
        return understood
    if begins is True and not said:
        return understood
    kept = tuple(entity for entity in understood.entities if entity.kind != "yes_no")
    return replace(understood, entities=(Entity("yes_no", said, 0, len(understood.text), understood.text), *kept))


def _named_along(understood: Understanding) -> Understanding:
    """Take a name beside a yes for what the one asked about is called, and not for another one."""
    if understood.first("yes_no") is not True:
        return understood
    entities = (replace(one, kind="agreed_name") if one.kind == "cared_name" else one for one in understood.entities)
    return replace(understood, entities=tuple(entities))


def _knows(text: str) -> bool | None:
    return next((meaning for meaning, patterns in _KNOWS if _says(patterns, text)), None)


def _says(patterns: tuple[KinPattern, ...], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


def _mourning(understood: Understanding) -> Understanding:
    """Add whom a death is about, as kin of the sender, or "owner" for the one whose phone it is."""
    text = understood.text
    if _says(_OWNER, text):
        return replace(understood, entities=(*_dates(understood), Entity("kin", "owner", 0, len(text), text)))
    alive = [Entity("kin", "alive", 0, len(text), text)] if _says(_ALIVE, text) else []
    return replace(understood, entities=(*_dates(understood), *_kin(text), *alive))


def _kin(text: str) -> list[Entity]:
    return [Entity("kin", each, 0, len(text), text) for each in dict.fromkeys(kin_in(text))]


def _told_of(understood: Understanding) -> Understanding:
    """Add that someone knows and agrees, when that is said before it is asked."""
    text = understood.text
    if not _says(_TOLD, text) or _says(_KNOWS_NOT, text):
        return understood
    return replace(understood, entities=(*understood.entities, Entity("told_knows", True, len(text), len(text), "")))


def _related(understood: Understanding, asked: str) -> Understanding:
    """Any word for a relation answers what someone is to the sender ("my neighbour Jean from next door")."""
    found = KIN_WORD.search(understood.text) if asked == "relation" and not understood.first("relation") else None
    if found is None:
        return understood
    entity = Entity("relation", {"relation": KIN[found.group().lower()]}, found.start(), found.end(), found.group())
    return replace(understood, entities=(entity, *understood.entities))


def _vague(understood: Understanding) -> Understanding:
    """Tell "someone else", who may be anybody, from an aunt."""
    return replace(understood, entities=tuple(_someone(entity) for entity in understood.entities))


def _someone(entity: Entity) -> Entity:
    is_vague = entity.kind == "relation" and entity.value == {"relation": "other"} and _says(_ANYBODY, entity.words)
    return replace(entity, value={"relation": "someone"}) if is_vague else entity


def _whose(understood: Understanding, asked: str) -> Understanding:
    """Take "for myself" for nobody else, unless for whom it is was asked."""
    relation = understood.first("relation")
    is_self = relation["relation"] == "self" if relation else _says(_SELF, understood.text)
    if not is_self or asked == "relation":
        return understood
    kept = [entity for entity in understood.entities if entity.kind != "relation"]
    return replace(understood, entities=(*kept, Entity("relation", None, 0, 0, "")))


def _named(understood: Understanding, asked: str) -> Understanding:
    """Tell the name of someone else from the sender's own; a bare name answers whichever was asked for."""
    theirs = next(_spans(_THEIRS, understood.text), None) or _beside(understood)
    found = [theirs] if theirs is not None and not _is_bare(understood, theirs) else []
    found += _own_name(understood, asked, beside=found)
    kept = [each for each in understood.entities if not (each.kind == "name" and _is_in(each, found))]
    read = replace(understood, entities=(*kept, *found))
    if theirs is None or understood.intent != "wrong_number":
        return read
    # "He's called Terry" is like "this is not Terry", and news of someone.
    return replace(read, intent="inform", ranking=(("inform", understood.confidence),))


def _own_name(understood: Understanding, asked: str, *, beside: Sequence[Entity]) -> list[Entity]:
    """The sender's own name, where it can be told from that of someone else."""
    text = understood.text
    said = (each for each in _spans(_OWN, text) if asked == "attendee_name" or _is_known(understood, each))
    signed = (each for each in _spans(_SIGNED, text) if _is_known(understood, each) or each.words.istitle())
    first = list(islice(chain(said, signed), 1))
    return [
        replace(one, kind="own_name") for one in first if not any(one.overlaps(each.start, each.end) for each in beside)
    ]


def _is_in(entity: Entity, found: list[Entity]) -> bool:
    return any(entity.overlaps(each.start, each.end) for each in found)


def _beside(understood: Understanding) -> Entity | None:
    """The name beside the word for someone ("my mum Beryl"), when it is known for one or written as one."""
    for pattern in _BESIDE:
        found = next(_spans((pattern,), understood.text), None)
        if found is None or _is_place(understood, found):
            continue
        if _is_known(understood, found) or _is_written(understood.text, found):
            return found
    return None


def _is_known(understood: Understanding, found: Entity) -> bool:
    """Whether a word is a first name however it is written."""
    is_said = any(each.kind == "name" and each.overlaps(found.start, found.end) for each in understood.entities)
    return is_said or found.words.lower().removesuffix("'s") in _FIRST_NAMES


def _is_written(text: str, found: Entity) -> bool:
    """Whether a word has a name's capital, and no pause before it that begins something else ("my mum, Friday")."""
    return found.words[:1].isupper() and not text.isupper() and not text[: found.start].rstrip().endswith(",")


def _spans(patterns: tuple[KinPattern, ...], text: str) -> Iterator[Entity]:
    for pattern in patterns:
        for found in pattern.finditer(text):
            name = text[slice(*found.span("name"))].removesuffix("'s")
            if name.lower() not in _NO_NAMES and name.lower() not in KIN:
                start = found.start("name")
                yield Entity("cared_name", name_cased(name), start, start + len(name), name)


def _is_bare(understood: Understanding, found: Entity) -> bool:
    return found.words == understood.text.strip()


def _is_place(understood: Understanding, found: Entity) -> bool:
    return any(each.kind == "place" and each.overlaps(found.start, found.end) for each in understood.entities)
