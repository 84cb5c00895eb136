"""The channel of people who talk to `/dev/messages`: the answer has reached them already."""

from collections.abc import Sequence
from datetime import datetime

from bot.channels.port import Accepted, Listed, OutboundMessage, SendResult


class DeveloperChannel:
    """Takes every message and posts none."""

    async def send(self, message: OutboundMessage) -> SendResult:
        """Accept the message."""
        return Accepted("dev")

    async def list_messages(
        self, channel: str, address: str, since: datetime, references: Sequence[str] = ()
    ) -> Sequence[Listed]:
        """Nothing is listed."""
        return ()

    async def close(self) -> None:
        """There is nothing to let go of."""
