"""Whether a Twilio account is set up as the service needs it: what is wrong, and how to mend it.

Asks Twilio's REST API for the account, its numbers, its messaging service, its WhatsApp senders and where it may text.
Advanced Opt-Out is in no API; whether it is on shows in the messages that it has handled.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urldefrag

from bot.channels.http import NoAnswer, NotReached
from bot.channels.paths import MESSAGES_PATH
from bot.channels.twilio_http import ACCOUNTS_API, API, MESSAGING_API, Fields, Transport
from services.core.phone import mask

# Tries again, five times at most, whatever went wrong: without it Twilio gives up after one refused connection.
RETRY = "ct=3000&rt=10000&rc=5&rp=all"
_OPT_OUT_PAGE = "Messaging > Services > your service > Opt-Out Management, in Twilio's console"
_OUR_WORDS = "opt-out STOP, STOPALL, UNSUBSCRIBE; opt-in START, UNSTOP; help HELP, INFO"


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, in words for an operator; `mend` is "" where all is well."""

    level: Level
    what: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the service is set up to use.

    `handled` says whether the last STOP, START or HELP that came by SMS had been handled by Advanced Opt-Out; None if
    none has come.
    """

    account_sid: str
    public_base_url: str
    sms_from: str
    whatsapp_from: str
    messaging_service_sid: str
    handled: bool | None

    @property
    def webhook(self) -> str:
        """Where messages that come in must go."""
        return self.public_base_url.rstrip("/") + MESSAGES_PATH


class _NotAsked(Exception):
    """Twilio would not say; the finding tells why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what)
        self.finding = finding


class TwilioAccount:
    """One account; `transports` lead to each of Twilio's hosts."""

    def __init__(self, transports: Mapping[str, Transport], wanted: Wanted) -> None:
        self._transports, self._wanted = transports, wanted
        self._path = f"/2010-04-01/Accounts/{wanted.account_sid}"

    async def check(self) -> list[Finding]:
        """Look at everything; what cannot be asked is a finding too."""
        found: list[Finding] = []
        for look in (self._account, self._numbers, self._service, self._whatsapp, self._country):
            try:
                found += [finding async for finding in look()]
            except _NotAsked as refused:
                found.append(refused.finding)
        return [*found, *_opt_out(self._wanted)]

    async def close(self) -> None:
        """Let go of connections."""
        for transport in self._transports.values():
            await transport.close()

    async def _account(self) -> AsyncIterator[Finding]:
        account = await self._ask(API, f"{self._path}.json", [], "the account")
        if account.get("status") != "active":
            what = f"The account is {account.get('status')}."
            yield Finding(Level.WRONG, what, "Open Twilio's console: it says why, and what to do.")
        elif account.get("type") == "Trial":
            yield Finding(
                Level.WARNING,
                "The account is a trial: it texts only numbers that you have verified, and adds words of Twilio's.",
                "Upgrade it in Twilio's console.",
            )
        else:
            yield Finding(Level.OK, "The account is active.")

    async def _numbers(self) -> AsyncIterator[Finding]:
        number = self._wanted.sms_from
        if not number:
            return
        if not number.startswith("+"):
            yield Finding(
                Level.WRONG,
                f"TWILIO_SMS_FROM is {number}, which nobody can answer.",
                "Use a mobile number of your account, with its country code.",
            )
            return
        query = [("PhoneNumber", number)]
        page = await self._ask(API, f"{self._path}/IncomingPhoneNumbers.json", query, "its numbers")
        owned = [each for each in page.get("incoming_phone_numbers", []) if each.get("phone_number") == number]
        for finding in _number(owned[0] if owned else None, self._wanted):
            yield finding

    async def _service(self) -> AsyncIterator[Finding]:
        sid = self._wanted.messaging_service_sid
        if not sid:
            return
        service = await self._ask(MESSAGING_API, f"/v1/Services/{sid}", [], "the messaging service")
        if not service.get("use_inbound_webhook_on_number"):
            url, method = str(service.get("inbound_request_url") or ""), str(service.get("inbound_method") or "")
            for finding in _webhook("The messaging service", url, method, self._wanted.webhook):
                yield finding
        page = await self._ask(MESSAGING_API, f"/v1/Services/{sid}/PhoneNumbers", [], "the service's numbers")
        for finding in _senders(
            [str(each.get("phone_number")) for each in page.get("phone_numbers", [])], self._wanted
        ):
            yield finding

    async def _whatsapp(self) -> AsyncIterator[Finding]:
        number = self._wanted.whatsapp_from
        if not number:
            return
        query = [("Channel", "whatsapp"), ("PageSize", "100")]
        page = await self._ask(MESSAGING_API, "/v2/Channels/Senders", query, "its WhatsApp senders")
        named = f"whatsapp:{number.removeprefix('whatsapp:')}"
        senders = [each for each in page.get("senders", []) if each.get("sender_id") == named]
        for finding in _whatsapp_sender(senders[0] if senders else None, self._wanted):
            yield finding

    async def _country(self) -> AsyncIterator[Finding]:
        page = await self._ask(
            ACCOUNTS_API, "/v1/Messaging/GeoPermissions", [("CountryCode", "GB")], "where it may text"
        )
        allowed = [each.get("enabled") for each in page.get("permissions", []) if each.get("country_code") == "GB"]
        if allowed == [True]:
            yield Finding(Level.OK, "The account may text the United Kingdom.")
        else:
            where = "Messaging > Settings > Geo permissions, in Twilio's console"
            yield Finding(Level.WRONG, "The account may not text the United Kingdom.", f"Tick it at {where}.")

    async def _ask(self, host: str, path: str, query: Fields, what: str) -> dict[str, Any]:
        try:
            answer = await self._transports[host].get(path, query)
        except (NotReached, NoAnswer) as error:
            mend = "Is the network there? Run `wellbeing twilio check` again later."
            raise _NotAsked(Finding(Level.WARNING, f"Twilio could not be asked for {what} ({error}).", mend)) from error
        if answer.status == 200:
            return answer.body
        if answer.status == 401:
            mend = "Copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from Twilio's console again."
            raise _NotAsked(Finding(Level.WRONG, f"Twilio does not know us when asked for {what}.", mend))
        if answer.status == 404:
            mend = "Compare the TWILIO_ settings with Twilio's console."
            raise _NotAsked(Finding(Level.WRONG, f"Twilio does not find {what}.", mend))
        mend = "Run `wellbeing twilio check` again later."
        raise _NotAsked(Finding(Level.WARNING, f"Twilio did not say {what} (HTTP {answer.status}).", mend))


def _number(owned: dict[str, Any] | None, wanted: Wanted) -> Iterator[Finding]:
    name = f"The number {mask(wanted.sms_from)}"
    if owned is None:
        mend = "Set TWILIO_SMS_FROM to one of the account's active numbers."
        yield Finding(Level.WRONG, f"{name} is not of this account.", mend)
        return
    if not (owned.get("capabilities") or {}).get("sms"):
        yield Finding(Level.WRONG, f"{name} cannot text.", "Buy one with the capability SMS.")
    if wanted.messaging_service_sid:
        return  # what comes in goes where the service says
    if owned.get("sms_application_sid"):
        mend = "Remove the TwiML application from the number: it takes the place of the webhook."
        yield Finding(Level.WRONG, f"{name} hands its messages to a TwiML application.", mend)
        return
    yield from _webhook(name, str(owned.get("sms_url") or ""), str(owned.get("sms_method") or ""), wanted.webhook)


def _senders(numbers: Sequence[str], wanted: Wanted) -> Iterator[Finding]:
    if not numbers and not wanted.whatsapp_from:
        yield Finding(Level.WRONG, "The messaging service has no number to send from.", "Add one to its senders.")
    elif wanted.sms_from and wanted.sms_from not in numbers:
        yield Finding(
            Level.WRONG,
            f"The number {mask(wanted.sms_from)} is not among the messaging service's senders.",
            "Add it: else what it receives does not come to us, and the service's opt-out words are not its own.",
        )
    else:
        yield Finding(Level.OK, "The messaging service has its numbers.")


def _whatsapp_sender(sender: dict[str, Any] | None, wanted: Wanted) -> Iterator[Finding]:
    name = f"The WhatsApp number {mask(wanted.whatsapp_from)}"
    if sender is None:
        mend = "Register it at Messaging > Senders > WhatsApp senders, or leave TWILIO_WHATSAPP_FROM empty."
        yield Finding(Level.WRONG, f"{name} is not a WhatsApp sender of this account.", mend)
        return
    status = str(sender.get("status"))
    if not status.startswith("ONLINE"):
        mend = "Twilio's console says what is missing, at Messaging > Senders > WhatsApp senders."
        yield Finding(Level.WRONG, f"{name} is {status}.", mend)
    hook = sender.get("webhook") or {}
    url, method = str(hook.get("callback_url") or ""), str(hook.get("callback_method") or "")
    yield from _webhook(name, url, method, wanted.webhook)


def _webhook(name: str, url: str, method: str, wanted: str) -> Iterator[Finding]:
    """What is to be said of where messages go that come in to a sender."""
    address, fragment = urldefrag(url)
    right = f"{wanted}#{RETRY}"
    if address != wanted:
        said = f"{name} sends what comes in to {address}." if address else f"{name} sends what comes in nowhere."
        yield Finding(Level.WRONG, said, f"Set its webhook for incoming messages to {right}")
    elif method.upper() != "POST":
        yield Finding(Level.WRONG, f"{name} calls us with {method}.", "Set the method of its webhook to HTTP POST.")
    elif not _retries(fragment):
        said = f"{name} tries only once to reach us: a message that comes while we restart is lost."
        yield Finding(Level.WARNING, said, f"Set its webhook for incoming messages to {right}")
    else:
        yield Finding(Level.OK, f"{name} sends what comes in to us, and tries again when we are away.")


def _retries(fragment: str) -> bool:
    """Whether an address's fragment has Twilio try again after a refused connection and after no answer."""
    wishes = parse_qs(fragment)
    times, policy = wishes.get("rc", ["1"])[0], set(wishes.get("rp", ["ct"])[0].split(","))
    return times.isdigit() and int(times) >= 2 and ("all" in policy or {"ct", "rt"} <= policy)


def _opt_out(wanted: Wanted) -> Iterator[Finding]:
    """Twilio's own opt-out words include CANCEL, END and QUIT, which people text about a booking."""
    if not wanted.sms_from and not wanted.messaging_service_sid:
        return
    cut_off = "whoever texts CANCEL, END or QUIT to give up a place is cut off from every later message"
    if not wanted.messaging_service_sid:
        yield Finding(
            Level.WRONG,
            f"Without a messaging service Twilio's own opt-out words apply: {cut_off}.",
            "Make a messaging service, add the number, set TWILIO_MESSAGING_SERVICE_SID, and turn on Advanced Opt-Out.",
        )
    elif wanted.handled:
        yield Finding(Level.OK, f"Advanced Opt-Out is on. Its words must be: {_OUR_WORDS}.")
    elif wanted.handled is None:
        yield Finding(
            Level.WARNING,
            f"Twilio does not tell whether Advanced Opt-Out is on. If it is not, {cut_off}.",
            f"Look at {_OPT_OUT_PAGE} ({_OUR_WORDS}); then text HELP from a phone of your own and check again.",
        )
    else:
        yield Finding(
            Level.WRONG,
            f"Advanced Opt-Out seems to be off: {cut_off}.",
            f"Turn it on at {_OPT_OUT_PAGE}, with these words: {_OUR_WORDS}.",
        )
