"""What a message says of a booking that is made: how many more or fewer come, and what to go to instead.

Pure. A booking under way has its own slots for all of it, so this is read only where no single answer is awaited.
"""

import re
from dataclasses import replace
from pathlib import Path

from bot.nlu.kin_words import KinPattern
from bot.nlu.small_numbers import NUMBERS, is_number, number_of
from bot.understanding import Entity, Expecting, Understanding
from services.core import yaml12

_SAID = yaml12.load(Path(__file__).parents[1] / "dialogues" / "of_bookings.yml")
_NUMBER = rf"\d|{'|'.join(NUMBERS)}"
_APOSTROPHES = re.compile(r"['\u2019`]")
_NOT_WORDS = re.compile(r"[^\w+]+")

ONE_MORE, CHANGE_EVENT, PARTY_SIZE = "one_more", "change_event", "party_size"
# What more or fewer people may be taken for.
_MISTAKEN = frozenset(
    {
        "repeat", "more_results", "stop_reminders", "out_of_scope", "human", "join_waiting_list", "choose_option",
        "inform", "opt_in", "decline_offer", "notify_me",
    }
)  # fmt: skip
# What going to something else instead may be taken for.
_WANTING = frozenset({"inform", "change_booking", "book_event", "correction", "choose_option", "out_of_scope", "deny"})
_SURE = 0.7


def _compiled(pattern: str) -> KinPattern:
    return KinPattern(pattern.replace("{number}", _NUMBER))


_MORE, _FEWER = ([_compiled(pattern) for pattern in _SAID[part]] for part in ("more", "fewer"))
_BARE, _INSTEAD = re.compile(_SAID["bare"].replace("{number}", _NUMBER)), _compiled(_SAID["instead"])


def of_bookings(understood: Understanding, expecting: Expecting | None) -> Understanding:
    """Add how many more or fewer come, and what is wanted instead of what was booked."""
    if expecting is not None and expecting.kind != "choice":
        return understood
    plain = _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", understood.text.lower())).strip()
    return _instead(_more_or_fewer(understood, plain), plain)


def _more_or_fewer(understood: Understanding, plain: str) -> Understanding:
    change = _counted(_FEWER, plain)
    more = -change if change else _counted(_MORE, plain)
    if not more:
        return understood
    end = len(understood.text)
    changed = replace(understood, entities=(*understood.entities, Entity("more_places", more, end, end, "")))
    if _BARE.fullmatch(plain):
        kept = tuple(
            entity for entity in changed.entities if entity.kind != "choice"
        )  # "one" is no line of a menu here
        return _meaning(replace(changed, entities=kept), ONE_MORE)
    return _meaning(changed, PARTY_SIZE) if understood.intent in _MISTAKEN else changed


def _counted(patterns: list[KinPattern], plain: str) -> int:
    """How many the first pattern that fits speaks of: 1 where it says no number, 0 if none fits."""
    found = next((match for pattern in patterns if (match := pattern.search(plain))), None)
    if found is None:
        return 0
    said = found.groupdict().get("number") or ""
    return number_of(said) if is_number(said) else 1


def _instead(understood: Understanding, plain: str) -> Understanding:
    if understood.intent not in _WANTING or not _INSTEAD.search(plain):
        return understood
    wanted = next(filter(None, map(_wanted, understood.entities)), None)
    if wanted is None:
        return understood
    end = len(understood.text)
    entities = (*understood.entities, Entity("wanted", wanted, end, end, ""))
    return _meaning(replace(understood, entities=entities), CHANGE_EVENT)


def _wanted(entity: Entity) -> str | None:
    """What an entity names that can be gone to: "event:5", "title:..." or "activity:..."."""
    if entity.kind == "choice":
        return str(entity.value) if str(entity.value).startswith("event:") else None
    return f"{entity.kind}:{entity.value}" if entity.kind in ("title", "activity") and entity.value else None


def _meaning(understood: Understanding, intent: str) -> Understanding:
    others = tuple(each for each in understood.ranking if each[0] != intent)
    return replace(understood, intent=intent, confidence=_SURE, ranking=((intent, _SURE), *others))
