"""What the sender and a channel say to one another, whatever the provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from services.core.errors import WellbeingError
from services.people.tables import Channel, OutboxStatus


class ChannelUnreachable(WellbeingError):
    """The provider cannot be asked just now."""

    code = "channel_unreachable"
    retryable = True


@dataclass(frozen=True, slots=True)
class Button:
    """Something to tap: what comes back when it is tapped, and what it says."""

    payload: str
    title: str


@dataclass(frozen=True, slots=True)
class TemplateMessage:
    """An approved template: the provider's id of it, and what stands in its places, as the provider wants that."""

    sid: str
    variables: str


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A message to post: `address` and `sender` as the identity holds them, without a provider's prefixes.

    `sender` "" leaves the choice to the provider's messaging service. `buttons` are for channels that have them; the
    text stands without them; `choose` is written on what opens a list of them. `validity_s` is how long the provider
    may keep trying (seconds), None for its default. `template` says the same words in a form that may go at any time.
    `reference` is ours, and says nothing of anybody.
    """

    channel: str
    address: str
    sender: str
    text: str
    status_callback: str
    buttons: tuple[Button, ...] = ()
    choose: str = ""
    validity_s: int | None = None
    template: TemplateMessage | None = None
    reference: str = ""


class Refusal(StrEnum):
    """Why a provider would not take a message, as far as it decides what to do next."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    CONSENT = "consent"
    WINDOW = "window"
    CONFIGURATION = "configuration"
    CONTENT = "content"
    NOT_WHATSAPP = "not_whatsapp"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has the message, under its own id."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider does not have the message and said why; nothing reached anybody."""

    code: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class RateLimited:
    """The provider did not process the request: too many at once. Safe to post again after `retry_after` seconds."""

    retry_after: float


@dataclass(frozen=True, slots=True)
class Unreached:
    """The provider was not reached: nothing left this machine. Safe to post again later."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether the provider has the message."""

    why: str


SendResult = Accepted | Rejected | RateLimited | Unreached | Unknown


@dataclass(frozen=True, slots=True)
class Listed:
    """A message that the provider says it has; `reference` is the one it was posted with, "" where none is kept."""

    provider_id: str
    text: str
    created_at: datetime
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What the provider says became of a message of ours.

    `code` is its error code and `refusal` what that means ("" and None if there is none); `reference` as in `Listed`.
    """

    provider_id: str
    channel: Channel
    status: OutboxStatus
    code: str = ""
    refusal: Refusal | None = None
    reference: str = ""


class OutboundChannel(Protocol):
    """A way out to a provider."""

    async def send(self, message: OutboundMessage) -> SendResult:
        """Post one message; never raises for anything that the network or the provider does."""
        ...

    async def list_messages(
        self, channel: str, address: str, since: datetime, references: Sequence[str]
    ) -> Sequence[Listed]:
        """Messages to an address that the provider took at or after `since`; raises ChannelUnreachable.

        A provider that cannot be asked by address is asked for these references.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
