"""What someone needs to take part: noted as it is said, and passed on with the booking."""

from typing import Any

from bot.actions.base import SKIPPED, Say, Slots, TurnAction, phrase
from bot.actions.context import TurnContext
from services.booking import access
from services.core.spoken import spoken_date, spoken_list
from services.events.tables import Event
from services.people import flags

# Words beside what is known that say nothing more ("I need a ... please").
_SAYS_MORE = 3
_TODAY, _ROUTINE = 2, 3
# What the names of slots about someone else who comes begin with.
_THEIRS = "their_"


class NoteAccess(TurnAction):
    """Takes down what was said of access: known needs by id, and the words when they say more."""

    called = "action_note_access"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `access_ids` and `access_words` (`their_...` for someone else) from the answer, if it came just now.

        After a bare yes set `access_unsaid` and empty the answer, so that it can be asked what would help.
        """
        of = _THEIRS if slots.get(f"{_THEIRS}access") == turn.text.strip() else ""
        if slots.get(f"{of}access") == turn.text.strip() and turn.is_bare_yes and not slots.get("access_unsaid"):
            return {f"{of}access": None, "access_unsaid": True}
        return {"access_unsaid": None} | _taken_down("", slots, turn) | _taken_down(_THEIRS, slots, turn)


def _taken_down(of: str, slots: Slots, turn: TurnContext) -> dict[str, Any]:
    said = slots.get(f"{of}access")
    if said == SKIPPED:
        return {f"{of}access_ids": [], f"{of}access_words": None}
    if not said or said != turn.text.strip():
        return {}
    found = [entity for entity in turn.entities if entity.kind == "access" and entity.value]
    beside = len(said.split()) - sum(len(entity.words.split()) for entity in found)
    return {
        f"{of}access_ids": list(dict.fromkeys(entity.value for entity in found)),
        f"{of}access_words": said if not found or beside > _SAYS_MORE else None,
    }


def needs_of(slots: Slots, event: Event) -> list[str]:
    """What the booking being made records of what was said: ids, a language, words."""
    return _recorded(_THEIRS if slots.get("attendee") else "", _wished(slots), slots, event)


def offered_needs(slots: Slots, event: Event, *, is_theirs: bool) -> list[str]:
    """What a booking made of an offer records; of someone else, only what was asked about them."""
    return _recorded(_THEIRS, [], slots, event) if is_theirs else _recorded("", _wished(slots), slots, event)


def _wished(slots: Slots) -> list[str]:
    return [*(slots.get("access_wish") or []), *(slots.get("access_told") or [])]


def _recorded(of: str, wished: list[str], slots: Slots, event: Event) -> list[str]:
    ids, said = slots.get(f"{of}access_ids"), slots.get(f"{of}access")
    words = slots.get(f"{of}access_words") if ids is not None else (said if said != SKIPPED else None)
    return access.as_needs([*wished, *(ids or [])], slots.get("language"), event.language, words or "")


def passed_on(turn: TurnContext, event: Event, needs: list[str], reference: str) -> Any:
    """Tell staff what they have to arrange for a booking, and return the part that says what was passed on, or ""."""
    if not needs:
        return ""
    wanted = access.to_arrange(needs, event.starts_at, turn.now)
    late = [each for each in wanted if each.is_late]
    if wanted:
        _flag(turn, event, wanted, reference)
    named = access.labels(access.known(needs))
    return phrase(
        "part_passed_on",
        needs=spoken_list(named) or None,
        late=phrase(
            "part_passed_on_late",
            what=spoken_list(access.labels(each.need for each in late)),
            number=max(each.working_days for each in late),
        )
        if late
        else "",
    )


def _flag(turn: TurnContext, event: Event, wanted: list[access.Arrangement], reference: str) -> None:
    is_late = any(each.is_late for each in wanted)
    what = spoken_list(access.labels(each.need for each in wanted))
    day = spoken_date(event.starts_at, turn.now)
    late = ", too late by the usual lead time" if is_late else ""
    flags.raise_flag(
        turn.session,
        identity_id=turn.identity_id,
        inbound_id=turn.inbound_id,
        category="access",
        rule=reference,
        severity=_TODAY if is_late else _ROUTINE,
        note=f"Arrange {what} for booking {reference}, event {event.id} on {day}{late}.",
        now=turn.now,
    )
