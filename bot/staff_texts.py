"""Staff by text: a command is previewed, done once the code of an authenticator app has come, and written down.

Nobody else learns that there is such a thing: the same words from any other number are an ordinary message.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.broadcast_words import said_to
from bot.dialogue.responses import Responses
from bot.dialogue.utterance import Utterance
from services.campaigns import staff_commands
from services.campaigns.broadcast_tables import Purpose
from services.campaigns.broadcasts import Unfit
from services.campaigns.staff_commands import Command, Foreseen
from services.core.spoken import spoken_list
from services.people import inbox, staff
from services.people.inbox import Arrival
from services.people.staff import Code, Member
from services.people.tables import Channel

_CODE = re.compile(r"\s*(\d{3})[ -]?(\d{3})\s*")


@dataclass(frozen=True, slots=True)
class StaffTexts:
    """Answers staff; `key` is the deployment's (see `services.people.staff`), without which there are none."""

    responses: Responses
    key: str
    approve_above: int

    def concerns(self, text: str) -> bool:
        """Whether a text might be for here, by its form alone, so that other turns ask the database nothing."""
        return bool(self.key) and (staff_commands.read(text) is not None or _CODE.fullmatch(text) is not None)

    def whose(self, session: Session, arrival: Arrival, now: datetime) -> Member | None:
        """The member of staff whose command or code a message is; None when it is an ordinary message after all."""
        member = staff.at(session, arrival.address, now)
        is_theirs = member is not None and (member.asked is not None or staff_commands.read(arrival.body) is not None)
        return member if is_theirs else None

    def answer(self, session: Session, member: Member, arrival: Arrival, now: datetime) -> Utterance:
        """Preview a command, or do the one that waits for this code."""
        command = staff_commands.read(arrival.body)
        if command is not None:
            return self._preview(session, member, arrival.id, command, now)
        return self._prove(session, member, "".join(filter(str.isdecimal, arrival.body)), now)

    def _preview(self, session: Session, member: Member, inbound_id: int, command: Command, now: datetime) -> Utterance:
        foreseen = staff_commands.foresee(session, command, member.name, now)
        if isinstance(foreseen, Unfit):
            return _refused(foreseen)
        if not foreseen.people:
            return Utterance("utter_staff_nobody")
        staff.ask(session, member, inbound_id, command.about, now)
        return self._foreseen(command, foreseen)

    def _foreseen(self, command: Command, foreseen: Foreseen) -> Utterance:
        said = {"people": foreseen.people, "event": command.event or None, "name": command.first_name}
        if foreseen.preview is None:
            return Utterance(f"utter_staff_preview_{command.act}", said)
        # In nobody's name: a list of people never goes by text, nor does a part of one.
        text = said_to(self.responses, command.text, Purpose.SERVICE, foreseen.preview.values, "", Channel.SMS).text
        return Utterance("utter_staff_preview_broadcast", {**said, "text": text, "left": foreseen.left_out})

    def _prove(self, session: Session, member: Member, code: str, now: datetime) -> Utterance:
        asked = inbox.load(session, member.asked) if member.asked is not None else None
        command = staff_commands.read(asked.body) if asked is not None else None
        if command is None:
            return Utterance("utter_staff_nobody")
        outcome = staff.prove(session, member, code, command.about, key=self.key, now=now)
        if outcome is not Code.RIGHT:
            return Utterance(f"utter_staff_code_{outcome}")
        done = staff_commands.act(session, command, by=member.name, approve_above=self.approve_above, now=now)
        if isinstance(done, Unfit):
            return _refused(done)
        staff.note(session, member, "done", {**command.about, "people": done.people}, now)
        waits = "_waits" if done.waits_as else ""
        return Utterance(f"utter_staff_done_{command.act}{waits}", {"people": done.people, "number": done.waits_as})


def _refused(unfit: Unfit) -> Utterance:
    return Utterance("utter_staff_refused", {"what": spoken_list([reason.rstrip(".") for reason in unfit.reasons])})
