"""What the sending gate may say of one message, and the gate's form.

The gate itself is `services.campaigns.gate`; it is named here, below it, so that the sender needs only the form.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from services.people.outbox import OutboxRow
from services.people.refusals import Reason


@dataclass(frozen=True, slots=True)
class Send:
    """The message may go now; `channel` names another channel than the identity's own when it must go by that."""

    channel: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """The message may not go before `until` (aware); it returns to the queue, with `why`."""

    until: datetime
    why: str = "wait"


@dataclass(frozen=True, slots=True)
class Refuse:
    """The message may never go."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class SendTemplate:
    """The message may go on its own channel as a template that was approved; without one, as `otherwise` says."""

    otherwise: Send | Refuse


Verdict = Send | SendTemplate | Wait | Refuse


class Gate(Protocol):
    """Decides whether one message may go now.

    Replies and safety texts must be decided from the row alone, without a query: they are decided on the event loop.
    """

    def __call__(self, session: Session, row: OutboxRow, now: datetime) -> Verdict:
        """Return the verdict on a message that is due."""
        ...
