"""Red flags: what is found is put before staff, and answered before anything else happens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.dialogue.aside import set_aside
from bot.dialogue.flows import Flows
from bot.dialogue.posed import Sent, pose
from bot.dialogue.safety import Hit, Safety
from bot.dialogue.state import State
from bot.reading import written
from services.people import consent, flags, holds
from services.people.consent import Wish
from services.people.inbox import Arrival

Slots = Mapping[str, Any]
# The slot that tells responses that somebody cannot hear or speak on the phone.
NO_PHONE = "no_phone"
# The slot that keeps a turn silent.
HUSH = "hush"
# Access needs of the taxonomy that go with that.
_TEXT_ONLY = {"text_only", "bsl", "lipspeaker", "speech_to_text", "deafblind"}
SAFEGUARDING = "safeguarding"
# The flow whose question the reply to safeguarding puts.
_SAFE_TO_TEXT = "safe_to_text"
_STOP_NOTES = {
    Wish.PLAIN: "They also asked to stop all texts, and have been opted out: they cannot be texted.",
    Wish.PERHAPS: "They also said stop. If they meant all texts, opt them out.",
}


@dataclass(frozen=True, slots=True)
class RedFlags:
    """The detector, and what follows from what it finds."""

    safety: Safety

    def find(self, arrival: Arrival) -> tuple[Hit, ...]:
        """The red flags of a message that has not been read for them yet, gravest first."""
        return () if arrival.safety_checked else self.safety.check(written(arrival))

    def answer(self, session: Session, arrival: Arrival, slots: Slots, hits: Sequence[Hit], now: datetime) -> str:
        """Put what was found before staff, and return the fixed reply."""
        for hit in hits:
            flags.raise_flag(
                session,
                identity_id=arrival.identity_id,
                inbound_id=arrival.id,
                category=hit.category,
                rule=hit.rule,
                severity=hit.severity,
                now=now,
            )
        if any(hit.category == SAFEGUARDING for hit in hits):
            holds.hold(session, arrival.address, reason=SAFEGUARDING, now=now)
        self._stop(session, arrival, now)
        return self.safety.reply(hits, no_phone=self.cannot_phone(arrival, slots))

    def cannot_phone(self, arrival: Arrival, slots: Slots) -> bool:
        """Whether this message or anything said before rules out phoning."""
        return self.never_phones(arrival, slots) or self.safety.cannot_phone(written(arrival))

    def never_phones(self, arrival: Arrival, slots: Slots) -> bool:
        """Whether they have told us, now or before, that they never can: that is remembered."""
        if slots.get(NO_PHONE) or _TEXT_ONLY & set(slots.get("access_wish") or ()):
            return True
        return any(self.safety.never_phones(said) for said in (str(slots.get("access") or ""), written(arrival)))

    @staticmethod
    def _stop(session: Session, arrival: Arrival, now: datetime) -> None:
        """Record an opt-out that the message also plainly asks for; where it only may, staff decide."""
        wish = consent.stop_beside(arrival.body)
        if wish is None or arrival.opted_out:
            return
        if wish is Wish.PLAIN:
            consent.opt_out(session, arrival.address, source="words", now=now)
        flags.raise_flag(
            session,
            identity_id=arrival.identity_id,
            inbound_id=arrival.id,
            category="opted_out_in_danger" if wish is Wish.PLAIN else "stop_in_danger",
            severity=1,
            note=_STOP_NOTES[wish],
            now=now,
        )


def set_aside_by(flows: Flows, state: State, arrival: Arrival, hits: Sequence[Hit], now: datetime) -> State:
    """What was in progress is set aside by a red flag; of safeguarding the reply asks whether it is safe to text."""
    after = set_aside(state)
    for one in after.posed:  # whoever asked whether it is safe to text must still hear the no
        one.quiet = one.quiet and one.flow != _SAFE_TO_TEXT
    if all(hit.category != SAFEGUARDING for hit in hits):
        return after
    after.posed = [one for one in after.posed if one.flow != _SAFE_TO_TEXT]
    # A message of ours has a number above none, so this is nobody else's.
    return pose(flows, after, Sent(-arrival.id, _SAFE_TO_TEXT, {}), now)
