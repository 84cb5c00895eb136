"""Outside WhatsApp's window messages go as approved templates, in the very words that they would have as texts."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.channels.simulator import Fault
from bot.channels.templates import load_templates
from bot.channels.twilio_outbound import TwilioChannel
from bot.dialogue import loader
from bot.dialogue.utterance import Utterance
from bot.outbound import Sender
from bot.preparing import Preparer
from bot.settings import DIALOGUES
from bot.templating import NOT_PUSHED, ApprovedTemplates, NotTaken, TemplateBook
from bot.understanding import Option
from services.campaigns.gate import SendingGate
from services.core.errors import ConfigurationError
from services.core.phone import AddressKind
from services.people import outbox
from services.people.tables import MessageContent, OutboxMessage, Priority

TEMPLATES = load_templates(DIALOGUES / "templates.yml")
RESPONSES = loader.load_responses(DIALOGUES)
PARTS = {"response": "part_hello", "parameters": {"first_name": "Grace"}}
NAMELESS = {"response": "part_hello", "parameters": {"first_name": None}}
SAID = {
    "hello": PARTS,
    "first_name": "Grace",
    "title": "Gentle yoga",
    "when": "Thursday 3 December, 2pm to 3pm",
    "where": "Walthamstow Library, E17 7JN",
    "address": "",
    "joining": "",
    "travel": " Bus 123 stops outside.",
    "parking": " Parking: 10 spaces, free with a Blue Badge.",
    "who": "Sam, your nurse",
    "again": {"response": "part_free_service", "parameters": {}},
    "places": "2 places",
    "until": "5pm tomorrow",
    "day": "yesterday",
    "months": 3,
    "number": 1,
    "said": "The car park is closed this week.",
    "news": None,
}
OTHERWISE = [
    {},
    {"hello": NAMELESS},
    {"who": None},
    {"title": None},
    {"number": 2},
    {"travel": "", "parking": ""},
    {"again": {"response": "part_again", "parameters": {}}},
    {"title": None, "again": {"response": "part_again", "parameters": {}}},
    {"day": {"response": "part_day_course", "parameters": {"date": "Friday 4 December"}}},
]
UNASKED = sorted(name for name in RESPONSES._names if name.startswith("utter_unsolicited_"))
EVENTS = tuple(Option(f"event:{number}", f"Yoga {number}, Friday, Library") for number in (1, 2, 3))


def fitting(text):
    return [template for template in TEMPLATES if template.variables(text) is not None]


def filled_in(template, text):
    """What WhatsApp shows for a template with what stands in its places in a text."""
    values, body = template.variables(text), template.content()["types"]["twilio/text"]["body"]
    return re.sub(r"\{\{(\d+)\}\}", lambda blank: values[blank[1]], body)


def test_there_are_messages_that_nobody_asked_for():
    assert len(UNASKED) >= 11


@pytest.mark.parametrize("name", UNASKED)
def test_every_message_that_nobody_asked_for_is_a_template_word_for_word(name):
    for other in OTHERWISE:
        options = EVENTS[: other.get("number", 1)] if name.endswith("new_events") else ()
        parameters = SAID | other
        if (parameters["title"] is None and "invitation" not in name) or (
            parameters["who"] is None and "given_up" not in name
        ):
            continue
        text = RESPONSES.render(Utterance(name, parameters, options), "whatsapp").text
        found = fitting(text)
        assert found, f"dialogues/templates.yml has no template for: {text}"
        assert filled_in(found[0], text) == text
        assert "broadcast" in name or not found[0].name.startswith("broadcast"), text


def test_news_is_marketing_and_has_no_template_of_utility():
    assert not fitting(RESPONSES.render(Utterance("utter_unsolicited_broadcast", SAID | {"news": True})).text)


@pytest.mark.parametrize("said", ["The car park\nis closed.", "x" * 1100, "wide     space", "a tab\there", " spaced"])
def test_what_whatsapp_takes_in_no_variable_is_no_template(said):
    assert not fitting(f"Hello from Wellbeing Line. {said} Reply STOP for no more texts.")


def template_file(tmp_path, words):
    path = tmp_path / "templates.yml"
    path.write_text(f'language: en\nopenings: {{}}\nexamples: {{a: "x", b: "y"}}\ntemplates:\n  one: "{words}"\n')
    return path


@pytest.mark.parametrize("words", ["{a} begins.", "It ends {a}", "Two {a} {b} together.", "{a}{b}", "No example {c} ."])
def test_a_template_that_whatsapp_would_refuse_is_not_loaded(tmp_path, words):
    with pytest.raises(ConfigurationError, match="template one"):
        load_templates(template_file(tmp_path, words))


@pytest.fixture
def book(database, clock, fake, local):
    """The templates of the stand-in's account."""
    return TemplateBook(local, database, clock, fake.account_sid, TEMPLATES)


def pushed(book):
    return {one.template.name: one.status for one in asyncio.run(book.push())}


def looked_at(book):
    return {one.template.name: one.status for one in asyncio.run(book.status())}


def test_pushing_creates_and_submits_each_once_and_the_stand_in_approves_them_all(book, fake):
    assert set(looked_at(book).values()) == {NOT_PUSHED}
    assert set(pushed(book).values()) == {"received"}
    assert set(looked_at(book).values()) == {"approved"}
    assert set(pushed(book).values()) == {"approved"}
    assert len(fake.contents.contents) == len(TEMPLATES)
    approvals = [content.approval for content in fake.contents.contents.values()]
    assert {approval["category"] for approval in approvals} == {"UTILITY"}


def test_what_another_database_had_pushed_is_found_by_its_name(book, fake, database):
    pushed(book)

    def forget(session):
        session.execute(delete(MessageContent))

    database.write(forget)
    pushed(book)
    assert len(fake.contents.contents) == len(TEMPLATES)


def test_other_words_are_another_template(book, fake):
    pushed(book)
    changed = replace(TEMPLATES[0], words=TEMPLATES[0].words.replace("A reminder of", "This is a reminder of"))
    again = replace(book, templates=(changed, *TEMPLATES[1:]))
    assert pushed(again)[changed.name] == "received"
    assert len(fake.contents.contents) == len(TEMPLATES) + 1


def test_a_push_that_breaks_off_says_so_and_is_finished_by_the_next(book, fake):
    fake.faults.extend([Fault.SERVER_ERROR])
    with pytest.raises(NotTaken, match="list its contents"):
        pushed(book)
    # Two templates go through: list, then for each create, ask, submit, ask.
    original, count = fake.request, iter(range(100))

    async def breaking(*given, **more):
        if next(count) >= 9:
            fake.faults.append(Fault.DROPPED)
        return await original(*given, **more)

    fake.request = breaking
    with pytest.raises(NotTaken):
        pushed(book)
    fake.request = original
    fake.faults.clear()
    pushed(book)
    assert len(fake.contents.contents) == len(TEMPLATES)


@pytest.fixture
def reminded(database, clock, fake, local, make_identity):
    """Send a reminder to someone on WhatsApp whose window is closed; returns what went out, and the row."""

    def send(address="+447700900345", text=None):
        identity = make_identity(address, "whatsapp", last_inbound_at=clock.now() - timedelta(hours=30))
        fake.window_closed.add(f"whatsapp:{address}")
        said = {"kind": "news_of_test", "parameters": {}, "priority": Priority.REMINDER}
        times = {"due_at": clock.now(), "now": clock.now()}
        written = database.write(lambda session: outbox.enqueue(session, identity_id=identity.id, **said, **times))
        text = text or RESPONSES.render(Utterance("utter_unsolicited_reminder", SAID), "whatsapp").text

        class Words:
            def __init__(self):
                self.text = text

        async def run():
            channel = TwilioChannel(local, fake.account_sid)
            preparer = Preparer(
                SendingGate(only_drama=True),
                lambda *_: Words(),
                public_base_url="https://text.example.org",
                senders={"sms": "+447700900710", "whatsapp": "+447700900711"},
                templates=ApprovedTemplates(fake.account_sid, TEMPLATES),
            )
            sender = Sender(database, clock, {"sms": channel, "whatsapp": channel}, preparer)
            await sender.start()
            await sender.drain()
            await sender.stop()

        asyncio.run(run())
        with database.read() as session:
            return fake.messages[-1] if fake.messages else None, session.get_one(OutboxMessage, written)

    return send


def test_an_approved_template_goes_by_whatsapp_in_the_same_words(book, fake, reminded):
    pushed(book)
    looked_at(book)
    message, row = reminded()
    assert (message.to, message.body) == ("whatsapp:+447700900345", row.text)
    assert "A reminder of Gentle yoga, Thursday" in message.body
    assert row.status == "sent"


@pytest.mark.parametrize("verdict", ["pending", "rejected"])
def test_without_approval_it_goes_as_a_text_message(book, fake, reminded, verdict):
    fake.contents.verdict = verdict
    pushed(book)
    assert set(looked_at(book).values()) == {verdict}
    message, row = reminded()
    assert (message.to, message.body) == ("+447700900345", row.text)


def test_words_that_are_no_template_go_as_a_text_message(book, reminded):
    pushed(book)
    looked_at(book)
    assert reminded(text="Something else altogether.")[0].to == "+447700900345"


def test_an_approval_that_is_taken_back_is_noticed(book, fake, reminded):
    pushed(book)
    looked_at(book)
    for content in fake.contents.contents.values():
        content.approval["status"] = "paused"
    assert book.refresh(None) == {}
    assert reminded()[0].to == "+447700900345"


def test_a_template_that_twilio_will_not_take_after_all_goes_as_a_text_message(book, fake, reminded):
    pushed(book)
    looked_at(book)
    fake.contents.contents.clear()
    message, row = reminded()
    assert (message.to, row.status) == ("+447700900345", "sent")


def test_who_shows_no_number_gets_nothing_without_a_template(fake, reminded, monkeypatch):
    monkeypatch.setattr("services.campaigns.gate.kind_of", lambda _: AddressKind.DRAMA)
    message, row = reminded("GB.4566546130240823")
    assert (message, row.status, row.reason) == (None, "refused", "whatsapp_window")


def test_who_shows_no_number_gets_a_template(book, fake, reminded, monkeypatch):
    monkeypatch.setattr("services.campaigns.gate.kind_of", lambda _: AddressKind.DRAMA)
    pushed(book)
    looked_at(book)
    assert reminded("GB.4566546130240823")[0].to == "whatsapp:GB.4566546130240823"
