"""The check of a Twilio account finds what is wrong, says how to mend it, and is content with one that is right."""

import asyncio
from dataclasses import replace

import pytest

from bot.account import log_findings
from bot.channels.http import NotReached
from bot.channels.simulator import FakeTwilio, LocalTransport
from bot.channels.twilio_account import RETRY, Level, TwilioAccount, Wanted
from bot.channels.twilio_http import ACCOUNTS_API, API, MESSAGING_API, HttpTransport
from services.people import inbox
from services.people.inbox import InboundDraft
from tests.service.deployment import ACCOUNT, SMS_NUMBER, WHATSAPP_NUMBER
from tests.stand_in import on_a_port

TOKEN, SERVICE = "a-token-for-tests", "MG" + "7a" * 16
BASE = "https://text.example.org"
HOOK = f"{BASE}/webhooks/twilio/messages#{RETRY}"
WANTED = Wanted(ACCOUNT, BASE, SMS_NUMBER, WHATSAPP_NUMBER, SERVICE, handled=True)


@pytest.fixture
def fake(clock):
    """A stand-in whose account is set up right."""
    fake = FakeTwilio(ACCOUNT, TOKEN, clock.now)
    fake.account.add_number(SMS_NUMBER, "")
    fake.account.add_service(SERVICE, HOOK, SMS_NUMBER)
    fake.account.add_sender(WHATSAPP_NUMBER, HOOK)
    return fake


@pytest.fixture
def check(fake):
    """What is found, as what is said of everything that is not well, by level."""

    def check(token=TOKEN, transport=None, **changes):
        transport = transport or LocalTransport(fake, ACCOUNT, token)
        account = TwilioAccount(
            dict.fromkeys((API, MESSAGING_API, ACCOUNTS_API), transport), replace(WANTED, **changes)
        )
        return asyncio.run(account.check())

    return check


def wrong(findings):
    return [one for one in findings if one.level is Level.WRONG]


def only(findings):
    [one] = [one for one in findings if one.level is not Level.OK]
    assert one.mend
    return one


def test_an_account_that_is_right_is_found_so(check):
    findings = check()
    assert {one.level for one in findings} == {Level.OK}
    assert len(findings) >= 6


@pytest.mark.parametrize(
    ("url", "level", "said"),
    [
        ("", Level.WRONG, "nowhere"),
        ("https://demo.twilio.com/welcome/sms/reply", Level.WRONG, "demo.twilio.com"),
        (HOOK.replace("https", "http"), Level.WRONG, "http://text.example.org"),
        (HOOK.partition("#")[0], Level.WARNING, "only once"),
        (HOOK.replace("rp=all", "rp=ct"), Level.WARNING, "only once"),
        (HOOK.replace("rc=5", "rc=0"), Level.WARNING, "only once"),
        (HOOK.replace("rc=5", "rc=many"), Level.WARNING, "only once"),
    ],
)
def test_a_webhook_that_leads_elsewhere_or_gives_up_is_found(fake, check, url, level, said):
    fake.account.add_service(SERVICE, url, SMS_NUMBER)
    found = only(check())
    assert (found.level, said in found.what) == (level, True)
    assert HOOK in found.mend


def test_a_webhook_by_get_is_found(fake, check):
    fake.account.add_service(SERVICE, HOOK, SMS_NUMBER, inbound_method="GET")
    assert "GET" in only(check()).what


def test_without_a_service_the_number_itself_must_lead_to_us_and_opt_out_words_are_twilios(fake, check):
    fake.account.add_number(SMS_NUMBER, "https://elsewhere.example.org/")
    elsewhere, words = wrong(check(messaging_service_sid=""))
    assert "elsewhere" in elsewhere.what
    assert all(word in words.what for word in ("CANCEL", "END", "QUIT"))
    fake.account.add_number(SMS_NUMBER, HOOK, sms_application_sid="AP" + "0" * 32)
    assert "TwiML application" in wrong(check(messaging_service_sid=""))[0].what


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sms_from": "+447700900799"}, "not of this account"),
        ({"sms_from": "NHSLondon"}, "nobody can answer"),
        ({"whatsapp_from": "+447700900799"}, "not a WhatsApp sender"),
        ({"messaging_service_sid": "MG" + "0" * 32}, "does not find the messaging service"),
        ({"handled": False}, "Advanced Opt-Out seems to be off"),
    ],
)
def test_what_is_not_there_is_found(check, changes, said):
    assert said in wrong(check(**changes))[0].what


def test_a_number_outside_the_service_a_mute_one_and_an_offline_sender_are_found(fake, check):
    fake.account.in_service = []
    assert "not among" in only(check()).what
    fake.account.in_service = [SMS_NUMBER]
    fake.account.add_number(SMS_NUMBER, "", capabilities={"sms": False})
    assert "cannot text" in only(check()).what
    fake.account.add_number(SMS_NUMBER, "")
    fake.account.add_sender(WHATSAPP_NUMBER, HOOK, status="OFFLINE")
    assert "OFFLINE" in only(check()).what


def test_a_country_that_is_not_allowed_is_found(fake, check):
    fake.account.may_text = {"US"}
    assert "United Kingdom" in only(check()).what


@pytest.mark.parametrize(("status", "kind", "level"), [("suspended", "Full", "wrong"), ("active", "Trial", "warning")])
def test_an_account_that_is_closed_or_on_trial_is_found(fake, check, status, kind, level):
    fake.account.status, fake.account.kind = status, kind
    assert only(check()).level.value == level


def test_that_nobody_knows_about_advanced_opt_out_is_said(check):
    found = only(check(handled=None))
    assert (found.level, "HELP" in found.mend) == (Level.WARNING, True)


def test_a_wrong_token_and_an_absent_network_are_findings_and_no_exceptions(check):
    assert {one.level for one in check(token="another")} == {Level.WRONG, Level.OK}

    class Away(LocalTransport):
        async def get(self, path, query):
            raise NotReached("refused")

    assert {one.level for one in check(transport=Away(None, ACCOUNT, TOKEN))} == {Level.WARNING, Level.OK}


def test_findings_show_no_whole_number(check, capfd):
    findings = check(sms_from="+447700900799", whatsapp_from="+447700900798")
    log_findings(findings)
    assert "7700900" not in "".join(one.what + one.mend for one in findings)


@pytest.mark.parametrize(("details", "known"), [({"opt_out_type": "STOP"}, True), ({}, False)])
def test_a_stop_that_came_shows_whether_twilio_had_handled_it(database, clock, details, known):
    def text(body, channel, details):
        draft = InboundDraft(f"SM{body}{channel}", channel, "+447700900123", SMS_NUMBER, body, details)
        database.write(lambda session: inbox.record(session, draft, clock.now()))

    text("hello", "sms", {})
    text("STOP", "whatsapp", {})
    assert database.read_once(inbox.provider_handles_keywords) is None
    text(" Stop ", "sms", details)
    text("hello again", "sms", {})
    assert database.read_once(inbox.provider_handles_keywords) is known


def test_over_the_network_too(fake, check):
    async def run(address):
        account = TwilioAccount(
            {host: HttpTransport(ACCOUNT, TOKEN, address) for host in (API, MESSAGING_API, ACCOUNTS_API)}, WANTED
        )
        found = await account.check()
        await account.close()
        return found

    with on_a_port(fake) as address:
        assert {one.level for one in asyncio.run(run(address))} == {Level.OK}
