"""A message that the stand-in for Twilio took, and what Twilio says when it takes none."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from bot.channels import segments
from bot.channels.http import Answer
from bot.channels.menus import Item

_ADDRESS = re.compile(r"(whatsapp:)?\+[1-9][0-9]{6,14}|whatsapp:[A-Z]{2}\.[0-9A-Za-z]+")
_SENDER = re.compile(r"(whatsapp:)?\+[1-9][0-9]{6,14}|[0-9]{3,8}|[A-Za-z0-9 ]{1,11}")
_LONGEST_BODY = 1600

WORDS = {
    20001: "Bad Request",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "Invalid 'To' Phone Number",
    21212: "Invalid From Number (caller ID)",
    21602: "Message body is required.",
    21603: "A 'From' or 'MessagingServiceSid' parameter is required.",
    21604: "A 'To' phone number is required.",
    21609: "The StatusCallback URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21655: "The ContentSid is Invalid",
    21656: "The ContentVariables Parameter is invalid",
    21658: "Parameter exceeded character limit",
    21910: "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel",
    30410: "Provider timed out",
    63013: "Channel policy violation",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be tapped below a message; `choose` is on the button that opens a list, "" for quick replies."""

    items: tuple[Item, ...]
    choose: str = ""


@dataclass(slots=True)
class SimulatedMessage:
    """A message that the stand-in took; addresses as Twilio writes them."""

    sid: str
    to: str
    sender: str
    service_sid: str
    body: str
    status_callback: str
    created_at: datetime
    status: str = "queued"
    error_code: int | None = None
    shown: Shown | None = None

    def resource(self, account_sid: str) -> dict[str, Any]:
        """The message in the form of Twilio's Message resource."""
        moment = format_datetime(self.created_at.replace(microsecond=0))
        path = f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}"
        return {
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": moment,
            "date_sent": None if self.status in ("queued", "accepted") else moment,
            "date_updated": moment,
            "direction": "outbound-api",
            "error_code": self.error_code,
            "error_message": None if self.error_code is None else WORDS.get(self.error_code, "Unknown error"),
            "from": self.sender or None,
            "messaging_service_sid": self.service_sid or None,
            "num_media": "0",
            "num_segments": "0" if self.service_sid else str(segments.count(self.body).count),
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": self.to,
            "uri": f"{path}.json",
        }


def error(status: int, code: int) -> Answer:
    """Twilio's answer to a request that it refuses."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Answer(status, {"code": code, "message": WORDS[code], "more_info": more, "status": status})


def mistake(form: dict[str, str]) -> int | None:
    """The code of the first thing that Twilio would refuse in a form, as far as that does not depend on state."""
    to, sender, body, callback = (form.get(name, "") for name in ("To", "From", "Body", "StatusCallback"))
    checks = (
        (21604, bool(to)),
        (21211, bool(_ADDRESS.fullmatch(to))),
        (21603, bool(sender or form.get("MessagingServiceSid"))),
        (21212, not sender or bool(_SENDER.fullmatch(sender))),
        (21910, not sender or to.startswith("whatsapp:") == sender.startswith("whatsapp:")),
        (21602, bool(body.strip() or form.get("ContentSid"))),
        (21617, len(body) <= _LONGEST_BODY),
        (21609, not callback or bool(urlsplit(callback).hostname)),
    )
    return next((code for code, fine in checks if not fine), None)


def matches(message: SimulatedMessage, query: dict[str, str]) -> bool:
    """Whether a message is among those that a list was asked for."""
    return query.get("To", message.to) == message.to and query.get("From", message.sender) == message.sender
