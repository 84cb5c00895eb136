"""The webhooks take what Twilio signed, once, refuse the rest, and never answer 500."""

from concurrent.futures import Future

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlmodel import select
from structlog.testing import capture_logs

from bot.channels.twilio_inbound import Form
from services.core.errors import DatabaseBusy
from services.people import consent, flags, outbox
from services.people.tables import InboundMessage, OutboxMessage, Priority

PATH = "/webhooks/twilio/messages"


@pytest.fixture
def stored(service):
    def stored(table=InboundMessage):
        with service.database.read() as session:
            return session.exec(select(table)).all()

    return stored


def test_a_signed_message_is_stored_answered_with_empty_twiml_and_its_turn_started(
    database, post, service, stored, twilio_form
):
    answer = post(twilio_form())
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    (message,) = stored()
    assert (message.body, message.sender) == ("walking group near SE5 pls", "+447700900241")
    assert service.recorded == [(message.id, message.identity_id)]


def test_the_same_message_again_is_answered_and_has_no_effect(post, service, stored, twilio_form):
    answers = [post(twilio_form()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(stored()) == len(service.recorded) == 1


@pytest.mark.parametrize("signature", ["", "c2lnbmF0dXJl", "é".encode("latin-1"), "x" * 2000])
def test_a_bad_signature_stores_nothing(post, service, stored, twilio_form, signature):
    assert post(twilio_form(), signature=signature).status_code == 403
    assert stored() == service.recorded == []


def test_a_missing_signature_stores_nothing(client, service, stored, twilio_form):
    assert client.post(PATH, data=twilio_form()).status_code == 403
    assert stored() == service.recorded == []


def test_a_change_after_signing_stores_nothing(post, sign, stored, twilio_form):
    signature = sign("https://text.example.org" + PATH, twilio_form())
    assert post(twilio_form(Body="something else"), signature=signature).status_code == 403
    assert post(twilio_form(ANewField=""), signature=signature).status_code == 403
    assert stored() == []


def test_a_signature_over_the_name_the_request_calls_us_by_is_refused(post, sign, stored, twilio_form):
    assert post(twilio_form(), signature=sign("http://10.0.0.7:8000" + PATH, twilio_form())).status_code == 403
    assert stored() == []


def test_the_name_the_request_calls_us_by_does_not_matter(post, stored, twilio_form):
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    assert post(twilio_form(), headers=headers).status_code == 200
    assert len(stored()) == 1


def test_another_account_stores_nothing(post, stored, twilio_form):
    assert post(twilio_form(AccountSid="AC" + "0" * 32)).status_code == 403
    assert post(twilio_form(AccountSid=None)).status_code == 403
    assert stored() == []


@pytest.mark.parametrize(
    "body",
    [
        *(
            None,
            "",
            "   ",
            "x" * 5000,
            "😀🎉",
            "\x00",
            "yo\x00ga\x07",
            "אני רוצה יוגה",
            "\u202eagoy",
            "\ufffd",
            "=&=;%",
        ),
        *("<Response><Message>hi</Message></Response>", "'; DROP TABLE person; --", "{{ 7*7 }}", "\u2028", "ﷺ" * 2000),
    ],
)
def test_odd_bodies_are_messages_like_any_other(database, post, stored, twilio_form, body):
    assert post(twilio_form(Body=body)).status_code == 200
    (message,) = stored()
    assert "\x00" not in message.body
    assert message.status == "received"


FIELDS = ("Body", "From", "To", "NumMedia", "Latitude", "Longitude", "ButtonPayload", "ListId", "OptOutType", "Label")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(FIELDS), st.text(st.characters(exclude_categories=["Cs"]))), st.uuids())
def test_nothing_that_twilio_might_sign_breaks_the_webhook(post, twilio_form, changes, provider_id):
    assert post(twilio_form(MessageSid=f"SM{provider_id.hex}", **changes)).status_code == 200


@pytest.mark.parametrize("sender", ["", "not a number", "+", "60777", "whatsapp:", "NHSnoreply", "\x00", "+44" * 500])
def test_a_malformed_sender_is_answered_refused_and_logged(post, service, stored, twilio_form, sender):
    with capture_logs() as logs:
        assert post(twilio_form(From=sender)).status_code == 200
    assert stored() == service.recorded == []
    assert [(entry["event"], entry["reason"]) for entry in logs] == [("inbound_refused", "sender")]


@pytest.mark.parametrize(
    "name", ["whatsapp_no_phone", "whatsapp_image", "whatsapp_location", "whatsapp_button", "sms_stop"]
)
def test_every_kind_of_message_is_stored(database, post, stored, twilio_form, name):
    assert post(twilio_form(f"inbound_{name}")).status_code == 200
    assert len(stored()) == 1


def test_a_nul_in_any_field_is_no_trouble(database, post, stored, twilio_form):
    form = twilio_form("inbound_whatsapp_button", ButtonPayload="a\x00", ProfileName="\x00", MediaUrl0="\x00")
    assert post(form).status_code == 200
    assert stored()[0].details["button"]["payload"] == "a"


def test_a_body_too_large_is_refused_unread(client, post, stored, twilio_form):
    assert post(twilio_form(Body="x" * 70_000)).status_code == 413
    assert client.post(PATH, content=(b"x" * 1000 for _ in range(100))).status_code == 413
    assert stored() == []


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 403),
        (b"\xff\xfe%", "application/x-www-form-urlencoded", 403),
        (b"&".join([b"a=1"] * 600), "application/x-www-form-urlencoded", 400),
        (b'{"From": "+447700900241"}', "application/json", 403),
        (b"\xff", "application/json", 403),
        (b"--x\r\n", "multipart/form-data; boundary=x", 403),
    ],
)
def test_what_is_no_form_is_refused(client, stored, content, kind, status):
    headers = {"Content-Type": kind, "X-Twilio-Signature": "c2lnbmF0dXJl"}
    assert client.post(PATH, content=content, headers=headers).status_code == status
    assert stored() == []


def test_only_posting_is_allowed(client):
    assert client.get(PATH).status_code == 405


@pytest.mark.parametrize("error", [DatabaseBusy("full"), OperationalError("insert", {}, Exception("disk full"))])
def test_what_cannot_be_stored_is_not_acknowledged(post, service, twilio_form, error, monkeypatch):
    def submit(unit):
        future: Future[Form] = Future()
        future.set_exception(error)
        return future

    monkeypatch.setattr(service.database, "submit", submit)
    assert post(twilio_form()).status_code == 503
    assert service.recorded == []


def test_logs_show_neither_numbers_nor_words(post, twilio_form):
    with capture_logs() as logs:
        post(twilio_form(Body="my secret"))
        post(twilio_form(Body="my secret"))
        post(twilio_form(Body="my secret"), signature="bad")
    written = repr(logs)
    assert len(logs) == 3
    assert "secret" not in written
    assert "447700900241" not in written


@pytest.fixture
def sent_message(service, make_identity):
    """Write a message that Twilio took as `provider_id`, and return its id."""

    def sent_message(priority=Priority.REPLY, provider_id="SM" + "0" * 32):
        identity, now = make_identity(f"+4477009005{int(priority[0]):02}"), service.clock.now()

        def unit(session):
            row = outbox.enqueue(
                session,
                kind="reply",
                identity_id=identity.id,
                parameters={"text": "hi"},
                priority=priority,
                due_at=now,
                now=now,
            )
            outbox.claim(session, now)
            return row

        return service.database.write(unit)

    return sent_message


@pytest.mark.parametrize("status", ["delivered", "undelivered", "whatsapp_read", "sent", "canceled"])
def test_a_report_moves_its_message(database, post, stored, sent_message, twilio_form, status):
    row = sent_message()
    form = twilio_form(f"status_{status}", **({"ErrorCode": "30006"} if status == "undelivered" else {}))
    assert post(form, f"/webhooks/twilio/status?outbox={row}").status_code == 200
    (message,) = stored(OutboxMessage)
    expected = {"whatsapp_read": "read", "undelivered": "failed", "canceled": "failed"}.get(status, status)
    assert message.status == expected
    assert message.reason == ("30006" if status == "undelivered" else "")
    assert message.provider_id == twilio_form(f"status_{status}")["MessageSid"]


def test_reports_in_any_order_end_at_the_furthest(post, stored, sent_message, twilio_form):
    row = sent_message()
    sid = twilio_form("status_delivered")["MessageSid"]
    for status in ("whatsapp_read", "sent", "delivered"):
        post(twilio_form(f"status_{status}", MessageSid=sid), f"/webhooks/twilio/status?outbox={row}")
    assert stored(OutboxMessage)[0].status == "read"


def test_an_opt_out_known_to_twilio_becomes_ours(service, post, stored, sent_message, twilio_form):
    row = sent_message()
    post(twilio_form("status_opted_out"), f"/webhooks/twilio/status?outbox={row}")
    with service.database.read() as session:
        assert consent.is_opted_out(session, "+447700900501")
        assert flags.open_flags(session) == []


def test_a_safety_reply_refused_is_an_emergency_for_staff_once(service, post, sent_message, twilio_form):
    row = sent_message(Priority.SAFETY)
    for _ in range(2):
        post(twilio_form("status_opted_out"), f"/webhooks/twilio/status?outbox={row}")
    with service.database.read() as session:
        (flag,) = flags.open_flags(session)
    assert (flag.severity, flag.category, flag.rule) == (0, "safety_reply_refused", "21610")


@pytest.mark.parametrize(
    "named", ["?outbox=999", "?outbox=", "", "?outbox=x", "?outbox=-1", "?outbox=" + "9" * 40, "?a=b"]
)
def test_a_report_of_nothing_we_know_is_answered(post, stored, sent_message, twilio_form, named):
    sent_message()
    assert post(twilio_form("status_delivered"), "/webhooks/twilio/status" + named).status_code == 200
    assert stored(OutboxMessage)[0].status == "sending"


def test_an_unsigned_report_has_no_effect(post, stored, sent_message, twilio_form):
    row = sent_message()
    path = f"/webhooks/twilio/status?outbox={row}"
    assert post(twilio_form("status_delivered"), path, signature="bad").status_code == 403
    assert stored(OutboxMessage)[0].status == "sending"


def test_a_report_signed_for_one_message_cannot_be_used_for_another(post, sign, stored, sent_message, twilio_form):
    row = sent_message()
    signature = sign("https://text.example.org/webhooks/twilio/status?outbox=1000", twilio_form("status_delivered"))
    path = f"/webhooks/twilio/status?outbox={row}"
    assert post(twilio_form("status_delivered"), path, signature=signature).status_code == 403
    assert stored(OutboxMessage)[0].status == "sending"
