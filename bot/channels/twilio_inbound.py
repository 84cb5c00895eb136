"""Twilio's webhooks, read: the signature checked, then the form turned into a message or a report.

Pure: no network, no database. Nothing here raises for anything that a request may hold.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from twilio.request_validator import RequestValidator

from bot.channels.port import Report
from bot.channels.twilio_codes import STATUSES, refusal_of
from services.people.inbox import InboundDraft
from services.people.tables import Channel

Form = list[tuple[str, str]]

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# WhatsApp's id of a person who shows no phone number: a country and a long number.
_WHATSAPP_ID = re.compile(r"[A-Z]{2}\.[0-9A-Za-z]{1,128}")
_MESSAGE_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MOST_MEDIA = 10
_CONTROL: dict[int, str | None] = dict.fromkeys((*range(32), *range(127, 160))) | {ord("\n"): "\n", ord("\t"): " "}
_PLAIN = {
    "OriginalRepliedMessageSid": "replied_to",
    "OptOutType": "opt_out_type",
    "ExternalUserId": "external_id",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that is no message anybody could be answered on; `reason` is a short stable word for the log."""

    reason: str


class _Fields(dict[str, list[str]]):
    """A form in the shape that Twilio's validator knows: every value of a repeated name counts."""

    @classmethod
    def of(cls, form: Form) -> "_Fields":
        fields = cls()
        for name, value in form:
            fields.setdefault(name, []).append(value)
        return fields

    def getall(self, name: str) -> list[str]:
        return self[name]


def public_url(base: str, path: str, query: str) -> str:
    """The address that Twilio called: made from our public one, never from what the request calls its host."""
    return base.rstrip("/") + path + (f"?{query}" if query else "")


def verify(token: str, url: str, content: Form | str | bytes, signature: str | None) -> bool:
    """Whether Twilio signed a request to `url`: a form, blanks and repeats kept, or the text of a JSON body.

    False, never an exception, for a missing signature, bytes, JSON without its hash, or an address with a bad port.
    """
    if not signature or isinstance(content, bytes):
        return False
    if isinstance(content, str) and "bodySHA256=" not in url:
        return False
    validator = RequestValidator(token)
    try:
        if isinstance(content, str):
            return bool(validator.validate(url, content, signature))
        fields = _Fields.of(content)
        # Nearly always the address is signed as it stands; the validator also tries it with and without its port.
        as_it_stands = validator.compute_signature(url, fields)
        return compare_digest(as_it_stands, signature) or bool(validator.validate(url, fields, signature))
    except (ValueError, TypeError):
        return False


def parse(form: Form) -> InboundDraft | Refused:
    """Read the form of an incoming message; every value is stripped of NUL and control characters.

    `details` holds, where the form has them: `button` (`payload` and `text` of a quick reply or a list's line),
    `location` (`lat`, `lon` and `name` of a pin), `media` (how many) and `media_types`, `replied_to` (Twilio's id of
    the message answered), `opt_out_type` ("STOP", "START" or "HELP": Twilio has answered already), `external_id`.
    """
    fields = _first_values(form)
    provider_id = fields.get("MessageSid") or fields.get("SmsMessageSid") or fields.get("SmsSid") or ""
    if not _MESSAGE_ID.fullmatch(provider_id):
        return Refused("message_id")
    channel, address = _address(fields.get("From", ""))
    if not address:
        return Refused("sender")
    _, recipient = _split(fields.get("To", ""))
    if address == recipient:
        return Refused("own_number")
    body = fields.get("Body", "").strip()
    return InboundDraft(provider_id, channel, address, recipient[:64], body, _details(fields))


def parse_report(form: Form) -> Report | None:
    """Read the form of a status callback; None when it reports nothing that we follow."""
    fields = _first_values(form)
    status = STATUSES.get(fields.get("MessageStatus") or fields.get("SmsStatus", ""))
    provider_id = fields.get("MessageSid") or fields.get("SmsSid", "")
    if status is None or not _MESSAGE_ID.fullmatch(provider_id):
        return None
    code = fields.get("ErrorCode", "")
    channel, _ = _split(fields.get("To", ""))
    code = code if code not in ("", "0", "null") else ""
    return Report(provider_id, channel, status, code, refusal_of(code) if code else None)


def account_of(form: Form) -> str:
    """The account that a form says it is from."""
    return next((value for name, value in form if name == "AccountSid"), "")


def clean(text: str) -> str:
    """A text without NUL and other control characters; its line ends become plain ones."""
    if text.isprintable():
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)


def _first_values(form: Iterable[tuple[str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in form:
        fields.setdefault(name, clean(value))
    return fields


def _split(address: str) -> tuple[Channel, str]:
    """The channel and the bare address of Twilio's `whatsapp:+44...` or `+44...`."""
    kind, colon, bare = address.strip().partition(":")
    return (Channel.WHATSAPP, bare) if colon and kind == "whatsapp" else (Channel.SMS, address.strip())


def _address(sender: str) -> tuple[Channel, str]:
    """The channel and address of a sender, "" if nobody could be answered there (a short code, a name, nonsense)."""
    channel, bare = _split(sender)
    answerable = _E164.fullmatch(bare) or (channel is Channel.WHATSAPP and _WHATSAPP_ID.fullmatch(bare))
    return channel, bare if answerable else ""


def _details(fields: Mapping[str, str]) -> dict[str, Any]:
    plain = {key: fields[name] for name, key in _PLAIN.items() if fields.get(name)}
    return plain | _button(fields) | _location(fields) | _media(fields)


def _button(fields: Mapping[str, str]) -> dict[str, Any]:
    payload = fields.get("ButtonPayload") or fields.get("ListId") or ""
    text = fields.get("ButtonText") or fields.get("ListTitle") or ""
    return {"button": {"payload": payload, "text": text}} if payload or text else {}


def _location(fields: Mapping[str, str]) -> dict[str, Any]:
    lat, lon = _number(fields.get("Latitude", "")), _number(fields.get("Longitude", ""))
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return {}
    return {"location": {"lat": lat, "lon": lon, "name": fields.get("Label") or fields.get("Address") or ""}}


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _media(fields: Mapping[str, str]) -> dict[str, Any]:
    """How many pictures, voice notes or files came, and their types; never where they are kept."""
    claimed = fields.get("NumMedia", "0")
    count = min(int(claimed), _MOST_MEDIA) if re.fullmatch(r"[0-9]{1,4}", claimed) else 0
    types = [fields.get(f"MediaContentType{number}", "") for number in range(count)]
    return {"media": count, "media_types": types} if count else {}
