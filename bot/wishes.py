"""Two wishes in one message: "cancel it and find me something in Romford"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.understanding import Understanding

# What may stand between two wishes; a comma alone only parts the facts of one.
_JOIN = re.compile(r"\s*(?:[?!;]+|\.(?=\s)|,?\s(?:and then|and also|and|then|also|plus|but|&)\s)\s*", re.IGNORECASE)
_SURE = 0.7
_CERTAIN = 0.95  # so sure a meaning of the whole is not that of its parts
_LEAST = 2  # words of a wish
# Intents that wish for something by themselves; the others colour what stands beside them.
_WISHES = frozenset(
    {
        "find_event", "book_event", "cancel_booking", "change_booking", "my_bookings", "travel_directions", "parking",
        "what_to_bring", "cost_question", "event_details", "online_link", "about_events", "about_service",
        "who_can_come", "referral_question", "privacy_question", "travel_costs", "join_waiting_list", "notify_me",
        "reminder_question", "delete_data",
    }
)  # fmt: skip

# "Can I come Thursday, and there's two of us now" is one change, not a booking and a change.
_OF_A_BOOKING = frozenset({"book_event", "change_booking"})


def with_second(understood: Understanding, understand: Callable[[str], Understanding]) -> Understanding:
    """Name both wishes of a message that has two, in their order; `understand` reads a part of it by itself."""
    for first, second in _parts(understood.text):
        one = _wish(understand(first))
        other = _wish(understand(second)) if one else None
        if one and other and not _is_single(understood, {one, other}):
            return _both(understood, [one, other])
    return understood


def _is_single(understood: Understanding, wishes: set[str]) -> bool:
    """Whether two parts are one wish after all."""
    if len(wishes) == 1 or wishes <= _OF_A_BOOKING:
        return True
    return understood.confidence >= _CERTAIN and understood.intent not in wishes


def _parts(text: str) -> Iterator[tuple[str, str]]:
    for join in _JOIN.finditer(text):
        first, second = text[: join.start()], text[join.end() :]
        if min(len(first.split()), len(second.split())) >= _LEAST:
            yield first, second


def _wish(part: Understanding) -> str | None:
    return part.intent if part.intent in _WISHES and part.confidence >= _SURE else None


def _both(understood: Understanding, wishes: list[str]) -> Understanding:
    rest = [each for each in understood.ranking if each[0] not in wishes]
    ranking = tuple([(wish, _SURE) for wish in wishes] + rest)
    return replace(understood, intent=wishes[0], confidence=_SURE, ranking=ranking)
