"""A phone as Twilio presents it to us: the signed forms that the phone page and the terminal post to our webhook."""

import json
import secrets
from dataclasses import dataclass

from twilio.request_validator import RequestValidator

from services.people.tables import Channel


@dataclass(frozen=True, slots=True)
class Texted:
    """What someone does on their phone: writes a text, taps a button (`payload`), or sends a pin (degrees).

    `from_list` says that the button was a line of a list; `answers` is Twilio's id of the message tapped.
    """

    body: str = ""
    payload: str = ""
    pin: tuple[float, float] | None = None
    from_list: bool = False
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Handset:
    """One phone that texts one of our numbers; addresses in E.164."""

    account_sid: str
    number: str
    our_number: str
    channel: str = Channel.SMS

    def form(self, texted: Texted) -> dict[str, str]:
        """The form that Twilio would post for it."""
        sid = "SM" + secrets.token_hex(16)
        form = {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "SmsStatus": "received",
            "AccountSid": self.account_sid,
            "From": self._prefixed(self.number),
            "To": self._prefixed(self.our_number),
            "Body": texted.body,
            "NumMedia": "0",
            "NumSegments": "1",
            "ApiVersion": "2010-04-01",
        }
        return form | (self._whatsapp(texted) if self.channel == Channel.WHATSAPP else {})

    def _whatsapp(self, texted: Texted) -> dict[str, str]:
        plain = {
            "WaId": self.number.lstrip("+"),
            "ProfileName": "Demo",
            "MessageType": "text",
            "ChannelMetadata": json.dumps({"type": "whatsapp", "data": {}}),
        }
        if texted.pin is not None:
            latitude, longitude = texted.pin
            return plain | {"MessageType": "location", "Latitude": str(latitude), "Longitude": str(longitude)}
        if texted.payload:
            tapped = ("ListTitle", "ListId") if texted.from_list else ("ButtonText", "ButtonPayload")
            replied = {"OriginalRepliedMessageSid": texted.answers} if texted.answers else {}
            values = dict(zip(tapped, (texted.body, texted.payload), strict=True))
            return plain | {"MessageType": "interactive"} | values | replied
        return plain

    def _prefixed(self, number: str) -> str:
        return f"whatsapp:{number}" if self.channel == Channel.WHATSAPP else number


def signature(auth_token: str, url: str, form: dict[str, str]) -> str:
    """Twilio's signature of a form posted to `url`."""
    return str(RequestValidator(auth_token).compute_signature(url, form))
