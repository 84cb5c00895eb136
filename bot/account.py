"""Looking at how the provider's account is set up: at every start in production, and when an operator asks."""

import asyncio
from collections.abc import Iterable

import structlog

from bot.channels.twilio_account import Finding, Level, TwilioAccount, Wanted
from bot.channels.twilio_http import ACCOUNTS_API, API, MESSAGING_API, HttpTransport
from bot.settings import Settings
from services.core.database import Database
from services.people import inbox

log = structlog.get_logger(__name__)


async def check(settings: Settings, database: Database) -> list[Finding]:
    """Everything that was found, in the order in which it was looked at."""
    handled = await asyncio.to_thread(database.read_once, inbox.provider_handles_keywords)
    wanted = Wanted(
        settings.twilio_account_sid,
        settings.public_base_url,
        settings.twilio_sms_from,
        settings.twilio_whatsapp_from,
        settings.twilio_messaging_service_sid,
        handled,
    )
    account = TwilioAccount({host: _transport(settings, host) for host in (API, MESSAGING_API, ACCOUNTS_API)}, wanted)
    try:
        return await account.check()
    finally:
        await account.close()


def log_findings(findings: Iterable[Finding]) -> None:
    """Write down what is not well."""
    for one in findings:
        if one.level is not Level.OK:
            log.warning("twilio_account", level=one.level.value, what=one.what, mend=one.mend)


def _transport(settings: Settings, host: str) -> HttpTransport:
    token = settings.twilio_auth_token.get_secret_value()
    return HttpTransport(settings.twilio_account_sid, token, settings.twilio_api_base_url or host)
