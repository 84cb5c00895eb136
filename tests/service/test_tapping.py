"""WhatsApp's menus end to end: shown by the stand-in, tapped on a phone, read at the signed webhook."""

import pytest

from services.booking.tables import Booking
from services.people.tables import MessageContent


class Fingers:
    """Someone who taps rather than writes."""

    def __init__(self, phone):
        self.phone = phone

    def shown(self):
        """The messages on the phone that have something to tap, the last one last."""
        address = "whatsapp:" + self.phone.handset.number
        return [one for one in self.phone.deployment.fake.messages if one.to == address and one.shown]

    def titles(self):
        return [item.title for item in self.shown()[-1].shown.items]

    def tap(self, title, message=-1):
        """Tap a button or a line of a list, and wait for the answer."""
        sent = self.shown()[message]
        item = next(item for item in sent.shown.items if item.title == title)
        what = {"payload": item.payload, "from_list": bool(sent.shown.choose), "answers": sent.sid}
        return self.phone.text(title, **what)


@pytest.fixture
def fingers(served):
    return Fingers(served.phone("+447700900171", "whatsapp"))


def test_someone_books_by_tapping_and_an_old_yes_cancels_nothing(served, fingers):
    assert "reply SKIP" in fingers.phone.text("yoga near Walthamstow")
    assert fingers.titles() == ["Rather not say"]
    assert "Nearest to Walthamstow" in fingers.tap("Rather not say")
    sent = fingers.shown()[-1]
    assert sent.shown.choose == "Choose"
    assert sent.shown.items[0].payload.startswith("event:")
    assert "keeping 1 place" in fingers.tap(sent.shown.items[0].title)
    fingers.phone.text("Grace")
    fingers.tap("Just me")
    assert "shall we book" in fingers.tap("No")
    assert fingers.titles() == ["Yes", "No"]
    asked = len(fingers.shown()) - 1
    assert "You are booked, Grace" in fingers.tap("Yes")
    fingers.phone.text("cancel")
    assert "earlier message" in fingers.tap("Yes", asked)
    assert [booking.status for booking in served.rows(Booking) if booking.attendee_name == "Grace"] == ["confirmed"]
    assert "cancelled" in fingers.tap("Yes")
    assert [booking.status for booking in served.rows(Booking) if booking.attendee_name == "Grace"] == ["cancelled"]


def test_contents_are_kept_for_the_next_process(served, fingers):
    fingers.phone.text("find something")
    assert {row.provider_id for row in served.rows(MessageContent)} == set(served.fake.contents.contents)


def test_a_title_that_comes_without_its_id_is_read_as_words(served):
    phone = served.phone("+447700900172", "whatsapp")
    phone.text("yoga near Walthamstow")
    listed = Fingers(phone)
    listed.tap("Rather not say")
    title = listed.shown()[-1].shown.items[0].title
    assert "keeping 1 place" in phone.text("", fields={"MessageType": "interactive", "ListTitle": title})
