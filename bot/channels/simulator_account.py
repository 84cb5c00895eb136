"""The stand-in's account: numbers, messaging services, WhatsApp senders and permissions, as Twilio describes them."""

from dataclasses import dataclass, field
from typing import Any

from bot.channels.http import Answer
from bot.channels.simulator_messages import error


@dataclass
class AccountStore:
    """One account.

    `numbers`, `services` and `senders` are what Twilio would say of each, by number or id; `in_service` the numbers of
    every service; `may_text` the countries.
    """

    account_sid: str
    status: str = "active"
    kind: str = "Full"
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    in_service: list[str] = field(default_factory=list)
    senders: dict[str, dict[str, Any]] = field(default_factory=dict)
    may_text: set[str] = field(default_factory=lambda: {"GB"})

    def add_number(self, number: str, sms_url: str, sms_method: str = "POST", **changes: Any) -> None:
        """Give the account a number."""
        self.numbers[number] = {
            "sid": f"PN{len(self.numbers):032x}",
            "account_sid": self.account_sid,
            "phone_number": number,
            "sms_url": sms_url,
            "sms_method": sms_method,
            "sms_application_sid": "",
            "capabilities": {"sms": True, "mms": False, "voice": True, "fax": False},
        } | changes

    def add_service(self, sid: str, url: str, *numbers: str, **changes: Any) -> None:
        """Give the account a messaging service with these numbers."""
        self.in_service = list(numbers)
        self.services[sid] = {
            "sid": sid,
            "account_sid": self.account_sid,
            "inbound_request_url": url,
            "inbound_method": "POST",
            "use_inbound_webhook_on_number": False,
        } | changes

    def add_sender(self, number: str, url: str, status: str = "ONLINE", method: str = "POST") -> None:
        """Give the account a WhatsApp sender."""
        self.senders[number] = {
            "sid": f"XE{len(self.senders):032x}",
            "status": status,
            "sender_id": f"whatsapp:{number}",
            "webhook": {"callback_url": url, "callback_method": method},
        }

    def answer(self, path: str, query: dict[str, str]) -> Answer | None:
        """Answer a request for a resource of the account; None for any other path."""
        parts = path.strip("/").split("/")
        match parts:
            case ["2010-04-01", "Accounts", name] if name == f"{self.account_sid}.json":
                return Answer(200, {"sid": self.account_sid, "status": self.status, "type": self.kind})
            case ["2010-04-01", "Accounts", self.account_sid, "IncomingPhoneNumbers.json"]:
                wanted = query.get("PhoneNumber")
                return _page("incoming_phone_numbers", [v for k, v in self.numbers.items() if wanted in (None, k)])
            case ["v1", "Services", sid, *rest]:
                return self._service(sid, rest)
            case ["v2", "Channels", "Senders"]:
                return _page("senders", list(self.senders.values()))
            case ["v1", "Messaging", "GeoPermissions"]:
                code = query.get("CountryCode", "GB")
                allowed = {"country_code": code, "type": "country", "enabled": code in self.may_text}
                return _page("permissions", [allowed])
        return None

    def _service(self, sid: str, rest: list[str]) -> Answer:
        service = self.services.get(sid)
        if service is None or rest not in ([], ["PhoneNumbers"]):
            return error(404, 20404)
        if not rest:
            return Answer(200, dict(service))
        return _page("phone_numbers", [{"phone_number": number} for number in self.in_service])


def _page(name: str, found: list[dict[str, Any]]) -> Answer:
    return Answer(200, {name: found, "meta": {"page": 0, "key": name}})
