"""What the service tells whoever watches it, after each thing has happened: metrics and traces are observers."""

from enum import StrEnum

from bot.channels.port import SendResult
from services.people.outbox import OutboxRow


class Turned(StrEnum):
    """How the turn of a message ended."""

    ANSWERED = "answered"
    RED_FLAG = "red_flag"
    SILENT = "silent"
    FAILED = "failed"


class Observer:
    """Does nothing; whoever watches overrides what concerns them.

    Each method returns at once, never raises, takes no lock for long, and may be called from any thread; `seconds` is
    how long it took, up to now.
    """

    def taken(self, inbound_id: int, seconds: float) -> None:
        """A webhook put a message into the inbox."""

    def turned(self, inbound_id: int, how: Turned, seconds: float) -> None:
        """A message's turn was taken."""

    def posted(self, row: OutboxRow, channel: str, result: SendResult, seconds: float) -> None:
        """A message was posted on a channel, which may be another than its identity's."""

    def refused(self, by: str, reason: str) -> None:
        """The "gate" or the "provider" refused a message for good."""

    def reported(self, outbox_id: int, channel: str, status: str, seconds: float) -> None:
        """A provider's report moved a message forward."""

    def ran(self, job: str, seconds: float, *, failed: bool) -> None:
        """A job of the engine ran."""


class Observers(Observer):
    """Several observers as one."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def taken(self, inbound_id: int, seconds: float) -> None:
        """Tell all."""
        for one in self._observers:
            one.taken(inbound_id, seconds)

    def turned(self, inbound_id: int, how: Turned, seconds: float) -> None:
        """Tell all."""
        for one in self._observers:
            one.turned(inbound_id, how, seconds)

    def posted(self, row: OutboxRow, channel: str, result: SendResult, seconds: float) -> None:
        """Tell all."""
        for one in self._observers:
            one.posted(row, channel, result, seconds)

    def refused(self, by: str, reason: str) -> None:
        """Tell all."""
        for one in self._observers:
            one.refused(by, reason)

    def reported(self, outbox_id: int, channel: str, status: str, seconds: float) -> None:
        """Tell all."""
        for one in self._observers:
            one.reported(outbox_id, channel, status, seconds)

    def ran(self, job: str, seconds: float, *, failed: bool) -> None:
        """Tell all."""
        for one in self._observers:
            one.ran(job, seconds, failed=failed)
