"""What staff may ask for by text: BROADCAST, REMIND and REFER, done by the services that do such things anyway."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from services.booking import referral_rows, referrals
from services.booking.referral_rows import ReferralRow
from services.booking.referrals import Rejected
from services.campaigns import broadcasts, reminders
from services.campaigns.audience import Audience
from services.campaigns.broadcast_preview import Preview, preview
from services.campaigns.broadcast_tables import Purpose
from services.campaigns.broadcasts import Draft, Repeated, Unfit
from services.core.clock import to_london

_COMMAND = re.compile(r"\s*(broadcast|remind|refer)\b[\s:]*(.*)", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"([+\d][\d ()-]{8,}\d)\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked for: `act` is "broadcast", "remind" or "refer"; what it does not need is "".

    `event` is an external id, `text` the words of a broadcast, `phone` and `first_name` those of whom is referred.
    """

    act: str
    event: str = ""
    text: str = ""
    phone: str = ""
    first_name: str = ""

    @property
    def about(self) -> dict[str, str]:
        """What the audit trail holds of it: no words and no numbers of anybody."""
        return {"act": self.act} | ({"event": self.event} if self.event else {})


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a command would do: to how many, and for a broadcast how many are left out."""

    people: int
    left_out: int = 0
    preview: Preview | None = None


@dataclass(frozen=True, slots=True)
class Acted:
    """What a command did, to how many; `waits_as` numbers a broadcast that a second person must approve."""

    people: int
    waits_as: int | None = None


def read(text: str) -> Command | None:
    """Read a command; None when a text is none. A part that is missing is ""."""
    found = _COMMAND.fullmatch(text)
    if found is None:
        return None
    act, rest = found[1].lower(), found[2].strip()
    if act == "refer":
        return _referral(rest)
    event, _, words = rest.partition(" ")
    return Command(act, event=event, text=words.strip() if act == "broadcast" else "")


def foresee(session: Session, command: Command, by: str, now: datetime) -> Foreseen | Unfit:
    """Say what a command would do, or why it cannot be done; nothing is written."""
    match command.act:
        case "broadcast":
            found = preview(session, _draft(command), now)
            return (
                found if isinstance(found, Unfit) else Foreseen(found.recipients, sum(found.left_out.values()), found)
            )
        case "remind":
            return Foreseen(len(reminders.attending(session, command.event, now)))
    rows = _rows(command, by, now)
    if isinstance(rows, Unfit):
        return rows
    faults = referrals.check(session, rows, now)
    return Unfit(tuple(f"{fault.column}: {fault.reason}" for fault in faults)) if faults else Foreseen(1)


def act(session: Session, command: Command, *, by: str, approve_above: int, now: datetime) -> Acted | Unfit:
    """Do what was asked for, as `by`; or say why it cannot be done any more."""
    foreseen = foresee(session, command, by, now)
    if isinstance(foreseen, Unfit):
        return foreseen
    if command.act == "broadcast":
        return _broadcast(session, command, foreseen, by, approve_above, now)
    if command.act == "remind":
        return Acted(reminders.remind_now(session, command.event, now))
    rows = _rows(command, by, now)
    added = rows if isinstance(rows, Unfit) else referrals.add(session, rows, now)
    return Unfit(()) if isinstance(added, Unfit | Rejected) else Acted(added.count)


def _broadcast(
    session: Session, command: Command, foreseen: Foreseen, by: str, approve_above: int, now: datetime
) -> Acted | Unfit:
    outcome = broadcasts.start(session, _draft(command), by=by, approve_above=approve_above, now=now)
    if isinstance(outcome, Unfit):
        return outcome
    if isinstance(outcome, Repeated):
        return Unfit(("This was sent today already.",))
    return Acted(foreseen.people, outcome.broadcast_id if foreseen.people > approve_above else None)


def _draft(command: Command) -> Draft:
    return Draft(Purpose.SERVICE, command.text, Audience(event=command.event), command.event)


def _referral(rest: str) -> Command:
    found = _NUMBER.fullmatch(rest)
    if found is None:
        return Command("refer")
    name, _, event = found[2].strip().partition(" ")
    return Command("refer", event=event.strip(), phone=found[1], first_name=name)


def _rows(command: Command, by: str, now: datetime) -> list[ReferralRow] | Unfit:
    today = to_london(now).date()
    given = (command.phone, command.first_name, by, today.isoformat(), command.event)
    cells = dict(zip(referral_rows.COLUMNS, given, strict=False))
    rows, faults = referral_rows.read_cells([(1, cells)], lambda _said: None, today)
    return Unfit(tuple(f"{fault.column}: {fault.reason}" for fault in faults)) if faults else rows
