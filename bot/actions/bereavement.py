"""After a death: everything to the phones concerned stops, nothing is cancelled silently, and staff are told."""

import re
from collections.abc import Sequence
from typing import Any

from bot.actions.base import Say, Slots, TurnAction, option, phrase
from bot.actions.context import TurnContext
from bot.actions.whose import name_of
from services.booking import bookings, care
from services.campaigns import reminders
from services.people import carers, consent, flags, identities
from services.people.carers import Cared

_OWNER, _OTHER = "died:owner", "died:other"
# Among the kin a message names: whoever texts speaks of coming, so the phone is not that of the one who died.
_ALIVE = "alive"


class WhoDied(TurnAction):
    """Finds out whom a death is about: someone cared for, the one whose phone it is, or someone we do not know."""

    called = "action_who_died"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `died` to "which" when that must be asked, else `died_choice` to whom it is about."""
        known = carers.looked_after_by(turn.session, turn.person_id)
        said = slots.get("kin") or []
        kin = [each for each in said if each != _ALIVE]
        if not known or kin == ["owner"]:
            return {"died": "known", "died_choice": _OTHER if _ALIVE in said else _OWNER}
        choice = _one_of(known, kin, turn.text)
        return {"died": "known", "died_choice": choice} if choice else {"died": "which"}


def _one_of(known: Sequence[Cared], kin: Sequence[str], text: str) -> str:
    """Whom of those cared for a message means, or someone else; "" when it may be several."""
    meant = _named(known, text) or [each for each in known if each.relation in kin]
    if len(meant) == 1:
        return f"died:{meant[0].id}"
    return _OTHER if kin and not meant else ""


def _named(known: Sequence[Cared], text: str) -> list[Cared]:
    words = set(re.findall(r"\w+", text.casefold()))
    return [each for each in known if each.first_name.casefold() in words]


class AskWhoDied(TurnAction):
    """Asks gently whom a death is about, since the carer may still need us."""

    called = "action_ask_who_died"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu of those cared for, the owner of the phone, and someone else."""
        known = carers.looked_after_by(turn.session, turn.person_id)[:4]
        lines = [option(f"died:{each.id}", _line(each)) for each in known]
        owner = option(_OWNER, phrase("option_died_owner"), words="owner phone")
        say("utter_ask_who_died", [*lines, owner, option(_OTHER, phrase("option_died_other"), words="else other none")])
        return {}


def _line(cared: Cared) -> dict[str, Any]:
    if cared.first_name:
        return phrase("option_died", name=cared.first_name)
    return phrase("option_died_nameless", attendee=name_of(cared))


class AfterDeath(TurnAction):
    """Stops what must stop after a death, and tells staff which bookings are left to see to."""

    called = "action_after_death"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say what is stopped; of bookings and of other people nothing is said."""
        choice = slots.get("died_choice") or _OWNER
        if choice == _OTHER:
            _flag(turn, "Someone we do not know has died; the bookings of this phone stand.")
            say("utter_bereavement_other")
        elif choice == _OWNER:
            _stop_phone(turn)
            say("utter_bereavement")
        else:
            cared = carers.by_id(turn.session, int(choice.partition(":")[2]))
            _stop_about(cared, turn)
            say("utter_bereavement_cared", attendee=name_of(cared) if cared else phrase("part_relation_other"))
        return {"died": None, "died_choice": None, "kin": None}


def _stop_phone(turn: TurnContext) -> None:
    """Stop all texts to this phone, and those to carers about whoever it belongs to."""
    ahead = bookings.upcoming(turn.session, turn.person_id, turn.now)
    about = carers.about(turn.session, turn.person_id)
    _end([each for each in about if each.person_id == turn.person_id], turn)
    carers.leave(turn.session, turn.identity_id)
    consent.opt_out(turn.session, turn.address, source="bereavement", now=turn.now)
    _tell_staff(turn, [booked.reference for booked in ahead])


def _stop_about(cared: Cared | None, turn: TurnContext) -> None:
    """Stop everything about someone cared for, on this phone, their own, and those of others who book for them."""
    if cared is None:
        return
    about = [each for each in carers.about(turn.session, cared.person_id) if each.person_id == cared.person_id]
    own = {booked.reference for booked in bookings.upcoming(turn.session, cared.person_id, turn.now)}
    left = _end(about, turn)
    _tell_staff(turn, sorted(own | set(left)))
    for phone in {each.identity_id for each in about if each.identity_id is not None}:
        to = identities.recipient(turn.session, phone)
        if to is not None and phone != turn.identity_id:
            consent.opt_out(turn.session, to.address, source="bereavement", now=turn.now)


def _end(cared: Sequence[Cared], turn: TurnContext) -> list[str]:
    """End what is booked for people; their bookings stand, and their references are returned."""
    left = care.end(turn.session, cared, "death", turn.now)
    for booking_id in left:
        reminders.drop(turn.session, booking_id, "bereavement")
    found = [bookings.by_id(turn.session, booking_id) for booking_id in left]
    return [booked.reference for booked in found if booked is not None]


def _tell_staff(turn: TurnContext, references: Sequence[str]) -> None:
    _flag(turn, f"Bookings to see to: {', '.join(references)}." if references else "No bookings are known of.")


def _flag(turn: TurnContext, note: str) -> None:
    flags.raise_flag(
        turn.session,
        identity_id=turn.identity_id,
        inbound_id=turn.inbound_id,
        category="bereavement",
        severity=1,
        note=note,
        now=turn.now,
    )


class LeavePhone(TurnAction):
    """Takes a phone that is someone else's now away from whoever was cared for on it."""

    called = "action_leave_phone"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Unlink the phone; carers are still told on their own."""
        carers.leave(turn.session, turn.identity_id)
        return {}


def bereavement_actions() -> list[TurnAction]:
    """Every action after a death, or when a phone has passed to someone else."""
    return [WhoDied(), AskWhoDied(), AfterDeath(), LeavePhone()]
