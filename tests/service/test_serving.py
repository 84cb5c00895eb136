"""A served deployment takes texts through Twilio's webhook and answers them, whatever they hold."""

import json
import re
import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.channels.handset import Texted
from bot.channels.paths import MESSAGES_PATH
from services.booking import outcomes, places
from services.booking.tables import Booking
from services.core.database import Database
from services.events.tables import Event
from services.people.tables import Flag, Identity, InboundMessage, Person
from tests.service.deployment import ACCOUNT, SMS_NUMBER
from tests.stand_in import wait_until

SECRET_WORD = "xylophone"


@pytest.fixture(scope="module")
def deployment(deployment):
    """A hold that lapsed while nothing was served is in the database."""
    earlier = datetime.now(UTC) - timedelta(hours=1)

    def hold(session):
        person = Person(created_at=earlier)
        session.add(person)
        session.flush()
        identity = Identity(person_id=person.id, channel="sms", address="+447700900199")
        session.add(identity)
        session.flush()
        event_id = session.exec(select(Event.id).where(Event.external_id == "yoga-2")).one()
        whose = {"person_id": person.id, "identity_id": identity.id}
        span = timedelta(minutes=15)
        held = places.hold(session, event_id=event_id, **whose, places=2, now=earlier, hold_for=span)
        assert isinstance(held, outcomes.Held)

    database = Database(deployment.database_url)
    database.write(hold)
    database.close()
    return deployment


def taken(served, sid):
    return [row for row in served.rows(InboundMessage) if row.provider_id == sid]


def test_says_that_it_is_healthy(served):
    assert served.get("/health") == (200, '{"status":"ok"}')


def test_says_when_every_part_of_it_works(served):
    wait_until(lambda: served.get("/ready") == (200, '{"status":"ready","problems":{}}'))
    [(version,)] = _asked(served, "SELECT version_num FROM alembic_version")
    _asked(served, "UPDATE alembic_version SET version_num = '0001'")
    try:
        status, body = served.get("/ready")
        assert (status, list(json.loads(body)["problems"])) == (503, ["tables"])
    finally:
        _asked(served, f"UPDATE alembic_version SET version_num = '{version}'")
    assert served.get("/ready")[0] == 200


def _asked(served, statement):
    with sqlite3.connect(served.folder / "wellbeing.db") as database:
        return database.execute(statement).fetchall()


def test_a_text_is_answered_from_the_number_that_was_texted(served):
    phone = served.phone("+447700900101")
    assert "Wellbeing Line" in phone.text("Hello")
    phone.text("help", fields={"To": "+447700900755"})
    senders = [one.sender for one in served.fake.messages if one.to == "+447700900101"]
    assert senders == [SMS_NUMBER, "+447700900755"]


def test_the_report_of_a_delivery_comes_back(served):
    phone = served.phone("+447700900102")
    phone.text("Hello")
    [message] = [one for one in served.fake.messages if one.to == "+447700900102"]
    wait_until(lambda: _status_of(served, message.sid) == "delivered")


def _status_of(served, sid):
    """The status of what Twilio knows by that id; None while the post's own outcome is not written yet."""
    with sqlite3.connect(served.folder / "wellbeing.db") as database:
        found = database.execute("SELECT status FROM outbox_message WHERE provider_id = ?", [sid]).fetchall()
    return found[0][0] if found else None


@pytest.mark.parametrize("signed", ["", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "not base64 ☃"])
def test_a_bad_signature_is_refused_and_nothing_is_stored(served, signed):
    form = served.phone("+447700900103").handset.form(Texted("Hello"))
    assert served.deliver(form, signed.encode("ascii", "ignore").decode())[0] == 403
    assert taken(served, form["MessageSid"]) == []


def test_a_missing_signature_is_refused(served):
    assert served.post(MESSAGES_PATH, b"From=%2B447700900103&Body=Hello&MessageSid=SM1")[0] == 403


def test_another_account_is_refused(served):
    form = served.phone("+447700900103").handset.form(Texted("Hello")) | {"AccountSid": "AC" + "0" * 32}
    assert served.deliver(form)[0] == 403


def test_a_repeated_message_has_one_effect(served):
    phone = served.phone("+447700900104")
    form = phone.handset.form(Texted("Hello"))
    posts = [threading.Thread(target=served.deliver, args=(form,)) for _ in range(8)]
    for post in posts:
        post.start()
    for post in posts:
        post.join()
    phone.receive()
    phone.text("help")
    assert len(phone.inbox) == 2
    assert len(taken(served, form["MessageSid"])) == 1


@pytest.mark.parametrize(
    ("body", "fitting"),
    [
        ("", "empty"),
        ("   \n ", "empty"),
        ("\x00\x01\x02", "empty"),
        ("word " * 1000, "long message"),
        ("🎉🎊", "HELP"),
        ("مرحبا كيف حالك", "PERSON"),
        ("he\x00llo\x07 th\u202eere", ""),
        ("{first_name} %s {0.__class__} {{7*7}}", ""),
    ],
    ids=["none", "blank", "control", "long", "emoji", "right-to-left", "control in words", "braces"],
)
def test_a_strange_body_gets_one_fitting_answer(served, body, fitting):
    phone = served.phone("+447700900105")
    phone.text("Hello")
    assert fitting in phone.text(body)
    assert phone.text("help")
    assert len(phone.inbox) == phone.seen
    assert {row.status for row in served.rows(InboundMessage) if row.sender == "+447700900105"} == {"processed"}


def test_a_message_without_a_body_field_is_answered(served):
    phone = served.phone("+447700900106")
    form = phone.handset.form(Texted())
    del form["Body"]
    assert served.deliver(form)[0] == 200
    assert "empty" in phone.receive()


def test_a_picture_is_declined_kindly_and_not_kept(served):
    picture = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/pictures/1", "MediaContentType0": "image/jpeg"}
    phone = served.phone("+447700900107")
    assert "cannot open pictures" in phone.text(fields=picture)
    assert "api.twilio.com" not in str([row.model_dump() for row in served.rows(InboundMessage)])


@pytest.mark.parametrize(
    "sender", ["", "+44", "nonsense", "447700900108x", "62226", "whatsapp:", "+4477009001080000000"]
)
def test_who_cannot_be_answered_is_refused_and_logged(served, sender):
    form = served.phone("+447700900108").handset.form(Texted("Hello")) | {"From": sender}
    assert served.deliver(form)[0] == 200
    assert taken(served, form["MessageSid"]) == []
    assert "inbound_refused" in served.log.read_text()


def test_a_body_that_is_no_form_is_refused(served):
    assert served.post(MESSAGES_PATH, b"\xff\xfe\x00", Content_Type="application/octet-stream")[0] == 403
    assert served.post(MESSAGES_PATH, b'{"Body": "hi"}', Content_Type="application/json")[0] == 403
    assert served.post(MESSAGES_PATH, b"x" * 70_000)[0] == 413
    assert served.get(MESSAGES_PATH)[0] == 405


def test_a_pin_from_whatsapp_is_taken_for_the_place(served):
    phone = served.phone("+447700900109", "whatsapp")
    phone.text("yoga")
    phone.text(pin=(51.5832, -0.0196))
    assert "Gentle yoga" in phone.text("skip")


def test_a_button_from_whatsapp_chooses_the_line_it_stands_for(served):
    phone = served.phone("+447700900110", "whatsapp")
    for said in ("yoga in walthamstow", "skip"):
        menu = phone.text(said)
    assert "1. " in menu
    assert "keeping 1 place" in phone.text("That one", payload=_payloads(served, "+447700900110")[0])


def _payloads(served, address):
    with sqlite3.connect(served.folder / "wellbeing.db") as database:
        whose = "SELECT id FROM identity WHERE address = ?"
        query = f"SELECT state FROM conversation WHERE identity_id = ({whose})"
        [(state,)] = database.execute(query, [address]).fetchall()
    return [option["payload"] for option in json.loads(state)["menus"][-1]["utterance"]["options"]]


def test_developers_talk_to_it_as_json(served):
    def say(message):
        body = json.dumps({"sender": "someone", "message": message}).encode()
        status, answer = served.post("/dev/messages", body, Content_Type="application/json")
        assert status == 200
        return [text for one in json.loads(answer) for text in [one["text"]]]

    assert "Wellbeing Line" in say("hello")[0]
    for said in ("yoga in walthamstow", "skip", "1", "Maureen", "just me", "no"):
        say(said)
    assert "You are booked, Maureen" in say("yes")[0]
    assert served.post("/dev/messages", b'{"sender": ""}', Content_Type="application/json")[0] == 422


def test_a_red_flag_is_answered_at_once_and_heads_the_inbox(served):
    asking, frightened = served.phone("+447700900111"), served.phone("+447700900112")
    asking.text("can I talk to a person please")
    for said in ("yoga in walthamstow", "skip"):
        frightened.text(said)
    assert "999" in frightened.text("my chest hurts and I [b]cannot[/b] breathe")
    listed = [line for line in served.succeed("inbox", "list").splitlines() if line.startswith("│")]
    assert "emergency" in listed[0]
    assert "chest hurts" not in "".join(listed), "words only for those who ask for them"
    assert "[b]cannot[/b]" in served.succeed("inbox", "list", "--words")
    assert "+447700900112" not in listed[0]
    assert {row.severity for row in served.rows(Flag)} > {0}


def test_a_turn_that_fails_says_sorry_once_and_keeps_its_trace(served):
    phone = served.phone("+447700900113")
    phone.text("Hello")
    with sqlite3.connect(served.folder / "wellbeing.db") as database:
        whose = "SELECT id FROM identity WHERE address = '+447700900113'"
        database.execute(f"UPDATE conversation SET state = '{{\"frames\": [7]}}' WHERE identity_id = ({whose})")
    apology = phone.text(f"my {SECRET_WORD}")
    assert "PERSON" in apology
    [failed] = [row for row in served.rows(InboundMessage) if row.status == "failed"]
    assert failed.body == f"my {SECRET_WORD}"
    assert "Traceback" in failed.failure
    assert "Wellbeing Line" in served.phone("+447700900114").text("Hello")


def test_chat_talks_to_the_service_that_runs(served):
    done = served.run("chat", "--from", "07700 900115", typed="yoga in walthamstow\nskip\n")
    assert done.returncode == 0, done.stderr
    assert "Wellbeing Line" in done.stdout
    assert "Gentle yoga" in done.stdout
    assert done.stderr == ""
    assert [row.body for row in served.rows(InboundMessage) if row.sender == "+447700900115"] == [
        "yoga in walthamstow",
        "skip",
    ]


def test_a_second_service_on_the_same_file_is_refused(served):
    done = served.run("serve", "--port", str(served.port + 1 if served.port < 65535 else served.port - 1))
    assert done.returncode == 1
    assert "another process already serves" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert served.get("/health")[0] == 200


def test_a_port_that_is_taken_is_told_in_a_line(served, tmp_path):
    done = served.run("serve", "--port", str(served.port), DATABASE_URL=f"sqlite:///{tmp_path / 'other.db'}")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"Cannot listen on 127.0.0.1, port {served.port}: Address already in use."]


def test_what_is_told_to_nobody_is_not_in_the_logs(served):
    """Runs last: everything above has been logged."""
    served.phone("+447700900116").text(f"is there a {SECRET_WORD} class")
    log = served.log.read_text()
    assert "turn_failed" in log
    assert SECRET_WORD not in log
    assert "Maureen" not in log
    assert not re.search(r"\+?44 ?7700 ?900\d{3}", log)
    assert ACCOUNT not in log


def test_the_durable_ticks_let_go_of_a_hold_that_lapsed(served):
    wait_until(lambda: {row.status for row in served.rows(Booking) if row.places == 2} == {"expired"})
    [event] = [row for row in served.rows(Event) if row.external_id == "yoga-2"]
    live = sum(row.places for row in served.rows(Booking) if row.event_id == event.id and row.status != "expired")
    assert event.taken == live


def test_it_stops_by_itself_when_asked(served):
    assert served.stop() == 0
    assert served.get("/health")[0] == 0
    assert not list(served.folder.glob("*.address"))
    served.serve()
