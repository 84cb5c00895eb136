"""Twilio's forms are read for what they are, signed or not, whole or mangled."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from bot.channels.twilio_inbound import Refused, account_of, clean, parse, parse_report, public_url, verify
from services.people.inbox import InboundDraft

FIXTURES = sorted((Path(__file__).parent.parent / "fixtures" / "twilio").glob("*.json"))
TOKEN, URL = "a-token-for-tests", "https://text.example.org/webhooks/twilio/messages"

OWN_FORM, OWN_STATUS = "G+r0vJV7yo7tjDbJd7dxTKXO45Y=", "m+ffgPkH3T0O+Fr4CECVCaESl6k="


def cases(kind):
    paths = [path for path in FIXTURES if path.stem.startswith(kind)]
    return [pytest.param(json.loads(path.read_text(encoding="utf-8")), id=path.stem) for path in paths]


@pytest.mark.parametrize("case", cases("inbound"))
def test_every_shape_of_message_is_read(case):
    assert parse(list(case["form"].items())) == InboundDraft(**case["expected"])


@pytest.mark.parametrize("case", cases("status"))
def test_every_shape_of_report_is_read(case):
    report = parse_report(list(case["form"].items()))
    assert {"provider_id": report.provider_id, "status": report.status, "code": report.code} == case["expected"]


@pytest.mark.parametrize(
    "sender",
    [
        *(
            "",
            " ",
            "+",
            "+44",
            "447700900241",
            "+0447700900241",
            "+44 7700 900241",
            "07700900241",
            "NHSnoreply",
            "60777",
        ),
        *("whatsapp:", "whatsapp:447700900241", "whatsapp:GB", "whatsapp:GB.", "GB.7130284655190327", "anonymous"),
        *("sip:a@b.example", "+44770090024'; DROP TABLE", "+٤٤٧٧٠٠٩٠٠٢٤١", "whatsapp:gb.713", "+" + "4" * 40),
    ],
)
def test_a_sender_that_nobody_could_answer_is_refused(twilio_form, sender):
    assert parse(list(twilio_form(From=sender).items())) == Refused("sender")


def test_our_own_number_is_not_answered(twilio_form):
    form = twilio_form()
    assert parse(list((form | {"From": form["To"]}).items())) == Refused("own_number")


@pytest.mark.parametrize("value", [None, "", "a b", "x" * 65, "é"])
def test_a_message_without_an_id_is_refused(twilio_form, value):
    form = twilio_form(MessageSid=value, SmsMessageSid=None, SmsSid=None)
    assert parse(list(form.items())) == Refused("message_id")


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("", ""),
        ("   ", ""),
        ("yo\x00ga", "yoga"),
        ("a\x07b\x1b[31mc\x9b", "ab[31mc"),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("a\tb", "a b"),
        ("😀👍🏽", "😀👍🏽"),
        ("אני רוצה יוגה", "אני רוצה יוגה"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("x" * 5000, "x" * 5000),
        ("\x00", ""),
    ],
)
def test_the_body_is_cleaned_and_otherwise_kept(twilio_form, body, read):
    assert parse(list(twilio_form(Body=body).items())).body == read


def test_a_form_without_a_body_is_a_message(twilio_form):
    assert parse(list(twilio_form(Body=None).items())).body == ""


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("", ""), ("51.5", ""), ("north", "0"), ("nan", "0"), ("inf", "0"), ("91", "0"), ("51", "-181"), ("1e999", "0")],
)
def test_a_pin_that_is_nowhere_is_no_pin(twilio_form, latitude, longitude):
    form = twilio_form("inbound_whatsapp_location", Latitude=latitude, Longitude=longitude)
    assert "location" not in parse(list(form.items())).details


@pytest.mark.parametrize("claimed", ["", "many", "-1", "1.5", "99999999999999999999", "²"])
def test_a_senseless_number_of_media_is_none(twilio_form, claimed):
    assert "media" not in parse(list(twilio_form(NumMedia=claimed).items())).details


def test_a_thousand_media_are_not_listed(twilio_form):
    assert parse(list(twilio_form(NumMedia="1000").items())).details["media"] == 10


def test_nothing_kept_holds_a_control_character(twilio_form):
    form = twilio_form("inbound_whatsapp_button", ButtonPayload="book:\x0042", ButtonText="Bo\x1bok", Body="B\x00k")
    draft = parse(list(form.items()))
    assert (draft.details["button"], draft.body) == ({"payload": "book:42", "text": "Book"}, "Bk")


def test_the_first_of_repeated_fields_counts(twilio_form):
    assert parse([*twilio_form(Body="first").items(), ("Body", "second")]).body == "first"


@pytest.mark.parametrize("form", [[], [("MessageStatus", "delivered")], [("MessageSid", "SM1")]])
def test_a_report_of_nothing_is_none(form):
    assert parse_report(form) is None


@pytest.mark.parametrize("status", ["received", "receiving", "", "DELIVERED?"])
def test_a_status_that_is_not_followed_is_none(twilio_form, status):
    assert parse_report(list(twilio_form("status_delivered", MessageStatus=status, SmsStatus=status).items())) is None


@given(st.lists(st.tuples(st.sampled_from(["From", "To", "Body", "MessageSid", "NumMedia", "Latitude"]), st.text())))
def test_no_form_breaks_the_reader(form):
    assert isinstance(parse(form), InboundDraft | Refused)
    parse_report(form)
    account_of(form)


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert "\x00" not in cleaned


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
            st.text(st.characters(exclude_categories=["Cs"])),
        )
    ),
    st.sampled_from(["", ":443", ":8443"]),
    st.sampled_from(["", "outbox=12", "a=1&b=%20"]),
)
def test_what_twilios_package_signs_is_accepted_and_any_change_refused(form, port, query):
    url = public_url(f"https://text.example.org{port}/", "/webhooks/twilio/messages", query)
    signature = RequestValidator(TOKEN).compute_signature(url, dict(form))
    form = list(dict(form).items())
    assert verify(TOKEN, url, form, signature)
    assert not verify("another token", url, form, signature)
    assert not verify(TOKEN, url + "&x=1", form, signature)
    assert not verify(TOKEN, url, [*form, ("a new field", "")], signature)


def test_blanks_and_repeats_are_signed_too(sign):
    class Repeats(dict):
        def getlist(self, name):
            return self[name]

    form = [("Body", ""), ("Digits", "2"), ("Digits", "1"), ("Digits", "1")]
    signature = sign(URL, Repeats({"Body": [""], "Digits": ["2", "1", "1"]}))
    assert verify(TOKEN, URL, form, signature)
    assert not verify(TOKEN, URL, form[1:], signature)
    assert not verify(TOKEN, URL, [form[0], form[1]], signature)


def test_a_signature_with_or_without_the_standard_port_is_one(sign):
    assert verify(TOKEN, URL, [], sign("https://text.example.org:443/webhooks/twilio/messages", {}))


def test_json_is_verified_by_the_hash_in_its_address(sign):
    body = '{"Body":"hello"}'
    url = f"{URL}?bodySHA256={RequestValidator(TOKEN).compute_hash(body)}"
    assert verify(TOKEN, url, body, sign(url, {}))
    assert not verify(TOKEN, url, body + " ", sign(url, {}))
    assert not verify(TOKEN, URL, body, sign(URL, {}))


@pytest.mark.parametrize(
    ("url", "content", "signature"),
    [
        (URL, [("Body", "x")], None),
        (URL, [("Body", "x")], ""),
        (URL, [("Body", "x")], "é"),
        (URL, b"Body=x", "c2lnbmF0dXJl"),
        (URL, "{}", "c2lnbmF0dXJl"),
        ("https://text.example.org:port/x", [], "c2lnbmF0dXJl"),
        ("https://text.example.org:99999/x", [], "c2lnbmF0dXJl"),
        ("https://[text.example.org/x", [], "c2lnbmF0dXJl"),
        (URL, [("Body", "\ud800")], "c2lnbmF0dXJl"),
    ],
)
def test_what_breaks_twilios_validator_is_refused(url, content, signature):
    assert verify(TOKEN, url, content, signature) is False


def test_the_public_address_is_joined_once():
    assert public_url("https://a.example/", "/b", "") == "https://a.example/b"
    assert public_url("https://a.example/tunnel", "/b", "c=1") == "https://a.example/tunnel/b?c=1"


def published():
    """Twilio's own published vectors."""
    path = Path(__file__).parent.parent / "fixtures" / "twilio" / "published_signatures.json"
    vectors = json.loads(path.read_text(encoding="utf-8"))
    return [(vectors["token"], case["url"], content(case), case["signature"]) for case in vectors["cases"]]


def content(case):
    """What was signed: the text of a JSON body, or the fields of a form."""
    return case["content"] if isinstance(case["content"], str) else [tuple(pair) for pair in case["content"]]


def own_vectors():
    """Signatures worked out once by hand: base64 of HMAC-SHA1 over the address and the sorted fields."""
    return [
        (TOKEN, URL, [("Body", "hi"), ("From", "+447700900241")], OWN_FORM),
        (TOKEN, URL + "?outbox=7", [("MessageStatus", "sent"), ("ErrorCode", "")], OWN_STATUS),
    ]


@pytest.mark.parametrize("vector", own_vectors() + published())
def test_published_vectors(vector):
    token, url, content, signature = vector
    assert verify(token, url, content, signature)
    assert not verify(token, url, content, signature[::-1])
