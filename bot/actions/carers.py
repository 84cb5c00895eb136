"""Booking for someone else: for whom, whether they know, what they are called, and their own phone."""

from typing import Any

from bot.actions.base import SKIPPED, Say, Slots, TurnAction, option, phrase
from bot.actions.context import TurnContext
from bot.actions.events import line_of
from bot.actions.whose import kind_of, name_of, of_slots
from services.booking import bookings, places
from services.people import carers, pass_codes
from services.people.carers import Cared

# Nobody has two of these at once, so whoever is meant need not be asked.
_ONE_ONLY = frozenset({"mother", "father", "husband", "wife", "partner"})
# Audiences of events that are for whoever cares, not for the one cared for.
_FOR_CARERS = frozenset({"carer", "family", "parent", "bereaved"})
_NEW = "cared:new"
_ASKED_NO_MORE: dict[str, Any] = {"whom": None, "cared_choice": None}


class Whom(TurnAction):
    """Finds out for whom the place is that is about to be kept."""

    called = "action_whom"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `whom` to "self", "ask", "which" or "other"; with "other" also `attendee` and what is known of them."""
        relation = slots.get("relation")
        if not relation or kind_of(relation) == "self" or _FOR_CARERS & set(slots.get("audience") or ()):
            return _nobody_else()
        if relation != SKIPPED and relation["relation"] == "someone":
            return {"whom": "ask"}
        return self._other(slots, turn)

    def _other(self, slots: Slots, turn: TurnContext) -> dict[str, Any]:
        """Someone known, someone new, or one of several that may be meant."""
        known = carers.looked_after_by(turn.session, turn.person_id)
        found = _same(slots, known) or _chosen(slots, known) or _meant(slots, known)
        if found is None and slots.get("cared_choice") != _NEW and _doubtful(slots, known):
            return {"whom": "which"}
        return _booked_for(found or self._begin(slots, turn), slots.get("cared_named"))

    @staticmethod
    def _begin(slots: Slots, turn: TurnContext) -> Cared:
        return carers.begin(
            turn.session, turn.person_id, kind_of(slots.get("relation")), slots.get("cared_named") or "", turn.now
        )


def _nobody_else() -> dict[str, Any]:
    return {"whom": "self", "attendee": None, "attendee_name": None, "agreed": None, "relation": None}


def _booked_for(cared: Cared, named: str | None) -> dict[str, Any]:
    return {
        "whom": "other",
        "attendee": cared.attendee,
        "attendee_name": named or cared.first_name or None,
        "agreed": "yes" if cared.agreed_at is not None else None,
    }


def _same(slots: Slots, known: list[Cared]) -> Cared | None:
    """Whom the booking is for already, unless another was named meanwhile."""
    same = next((each for each in known if each.attendee == slots.get("attendee")), None)
    fits = same is not None and same.relation == kind_of(slots.get("relation")) and not slots.get("cared_named")
    return same if fits else None


def _chosen(slots: Slots, known: list[Cared]) -> Cared | None:
    """Whoever was picked from the menu."""
    chosen = str(slots.get("cared_choice") or "").partition(":")[2]
    return next((each for each in known if each.attendee == chosen), None)


def _meant(slots: Slots, known: list[Cared]) -> Cared | None:
    """Whom the message means for certain: by name, or because there is only one of the kind."""
    named = str(slots.get("cared_named") or "").casefold()
    alike = [each for each in known if each.relation == kind_of(slots.get("relation"))]
    called_so = [each for each in alike if named and each.first_name.casefold() == named]
    if called_so:
        return called_so[0]
    if alike and kind_of(slots.get("relation")) in _ONE_ONLY:
        return alike[-1]
    return _being_booked_for(slots, alike) or _nameless(alike)


def _being_booked_for(slots: Slots, alike: list[Cared]) -> Cared | None:
    """Whom the booking is for already, whose name has only now been said."""
    return next((each for each in alike if each.attendee == slots.get("attendee") and not each.first_name), None)


def _nameless(alike: list[Cared]) -> Cared | None:
    """Someone begun earlier and never named or agreed for, so that the same person is not noted twice."""
    return next((each for each in alike if not each.first_name and each.agreed_at is None), None)


def _doubtful(slots: Slots, known: list[Cared]) -> bool:
    """Whether someone of the kind is known by name, and this may be another."""
    alike = [each for each in known if each.relation == kind_of(slots.get("relation")) and each.first_name]
    return bool(alike) and not slots.get("cared_named")


class AskCaredChoice(TurnAction):
    """Asks which of the people cared for is meant."""

    called = "action_ask_cared_choice"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Ask with a menu of those who may be meant, and of someone new."""
        known = carers.looked_after_by(turn.session, turn.person_id)
        relation = slots.get("relation")
        alike = [each for each in known if not relation or each.relation == kind_of(relation)]
        lines = [option(f"cared:{each.id}", phrase("option_cared", name=name_of(each))) for each in alike[:5]]
        say("utter_ask_cared_choice", [*lines, option(_NEW, phrase("option_cared_new"), words="new other else none")])
        return {}


class RecordAgreement(TurnAction):
    """Notes that whoever is booked for knows and agrees."""

    called = "action_record_agreement"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Set `agreed`, and `attendee_name` when a name was said along with it; it is asked once for each person."""
        carers.agree(turn.session, int(slots["attendee"]), turn.now)
        cared, named = carers.of_attendee(turn.session, slots["attendee"]), slots.get("agreed_name")
        if cared is None or cared.first_name or not named:
            return {"agreed": "yes"}
        carers.name(turn.session, cared, named)
        return {"agreed": "yes", "attendee_name": named}


class NameAttendee(TurnAction):
    """Remembers how someone cared for is called."""

    called = "action_name_attendee"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Write the name down; a question passed over leaves none."""
        cared = carers.of_attendee(turn.session, slots["attendee"])
        name = slots.get("attendee_name")
        if cared is not None and name != SKIPPED:
            carers.name(turn.session, cared, str(name))
        return {}


class NotAgreed(TurnAction):
    """Gives the place back for someone who does not know of it, and says how to go on."""

    called = "action_not_agreed"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Release the place; nothing is booked."""
        held = bookings.by_id(turn.session, slots["booking_id"]) if slots.get("booking_id") else None
        if held is not None:
            places.release(turn.session, held.booking_id, turn.now)
        say("utter_not_agreed", attendee=of_slots(slots))
        return {"agreed": "no", "booking_id": None, "held_places": None}


class ForgetAttendee(TurnAction):
    """Forgets, after a booking for someone else, what was said about them: it is theirs."""

    called = "action_forget_attendee"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Empty the slots of the search and of the one it was for; after a booking of one's own, nothing."""
        if not slots.get("attendee"):
            return {}
        theirs = (
            "relation",
            "cared_named",
            "knows_told",
            "cancer_type",
            "audience",
            "stage",
            "language",
            "access_wish",
        )
        return dict.fromkeys((*theirs, "attendee", "attendee_name", "agreed", "whom", "cared_choice", "their_access"))


class NewCode(TurnAction):
    """Gives the carer a new code for the own phone of someone they book for."""

    called = "action_new_code"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say the code, or set `whom` to "which" when several people may be meant."""
        known = [each for each in carers.looked_after_by(turn.session, turn.person_id) if each.agreed_at is not None]
        picked = _meant_by(slots, known)
        if picked is not None:
            self._say_code(picked, turn, say)
            return _ASKED_NO_MORE
        unsaid = _no_code(slots, known)
        if not unsaid:
            return {"whom": "which"}
        say(unsaid, code=bool(known))
        return _ASKED_NO_MORE

    @staticmethod
    def _say_code(cared: Cared, turn: TurnContext, say: Say) -> None:
        code = pass_codes.issue(turn.session, cared.id, turn.now)
        say("utter_code", attendee=name_of(cared), code_said=pass_codes.spoken(code))


def _meant_by(slots: Slots, known: list[Cared]) -> Cared | None:
    """Whom the code is for: picked from the menu, of the kind that was named, or the only one there is."""
    if slots.get("cared_choice") == _NEW:
        return None
    kin = slots.get("kin")
    return _chosen(slots, known) or _only([each for each in known if each.relation in kin] if kin else known)


def _no_code(slots: Slots, known: list[Cared]) -> str:
    """The response where there is no code to give, "" when it is only not known for whom."""
    kin = slots.get("kin")
    if kin and not any(each.relation in kin for each in known):
        return "utter_other_phone"
    return "utter_no_code" if slots.get("cared_choice") == _NEW or not known else ""


def _only(several: list[Cared]) -> Cared | None:
    return several[0] if len(several) == 1 else None


class Join(TurnAction):
    """Takes the phone that texted a code for the own phone of someone cared for."""

    called = "action_join"

    def act(self, slots: Slots, turn: TurnContext, say: Say) -> dict[str, Any]:
        """Say what is booked, or kindly why the code did nothing."""
        outcome = pass_codes.redeem(
            turn.session, slots["code"], identity_id=turn.identity_id, person_id=turn.person_id, now=turn.now
        )
        match outcome:
            case pass_codes.NotJoined(reason):
                say(f"utter_code_{reason}")
            case pass_codes.Joined(cared):
                self._welcome(cared, turn, say)
        return {"code": None}

    @staticmethod
    def _welcome(cared: Cared, turn: TurnContext, say: Say) -> None:
        ahead = bookings.upcoming(turn.session, turn.person_id, turn.now)
        lines = [_event(each.event_id, each.reference, turn) for each in ahead if each.attendee == cared.attendee]
        called = phrase("part_called", name=cared.first_name) if cared.first_name else ""
        who: dict[str, Any] = {"called": called, "by": cared.carer_name or phrase("part_your_carer")}
        if len(lines) == 1:
            say("utter_joined_one", **who, **lines[0])
        else:
            say("utter_joined", **who, number=len(lines))


def _event(event_id: int, reference: str, turn: TurnContext) -> dict[str, Any]:
    return {"event": line_of(turn, event_id), "reference": reference}


def carers_actions() -> list[TurnAction]:
    """Every action of booking for someone else."""
    return [
        *(Whom(), AskCaredChoice(), RecordAgreement(), NameAttendee(), NotAgreed(), ForgetAttendee()),
        *(NewCode(), Join()),
    ]
