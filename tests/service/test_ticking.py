"""`wellbeing tick` beside a running service: reminders and notices go once, at their time, and to nobody in vain."""

import csv
import json

from tests.service.deployment import day_at, event_row


def tick(served, moment):
    """Have the service act as of a moment, as the command does; return the counts."""
    body = json.dumps({"now": moment.isoformat()}).encode()
    status, counts = served.post("/dev/tick", body, Content_Type="application/json")
    assert status == 200, counts
    return json.loads(counts)


def reminders_of(served, number):
    return [text for text in served.phone(number).inbox if "A reminder of" in text]


def test_a_reminder_goes_once_with_what_one_needs_to_get_there(served):
    phone = served.phone("+447700900201")
    phone.book("Grace")
    assert tick(served, day_at(3, 13, 59))["messages_sent"] == 0
    counts = json.loads(served.succeed("tick", "--now", day_at(9, 14).isoformat()))
    assert counts["reminders_queued"] == 1
    assert counts["messages_sent"] == 1
    for again in (day_at(9, 14), day_at(9, 14, 10)):
        assert tick(served, again)["messages_sent"] == 0
    [reminder] = reminders_of(served, "+447700900201")
    assert reminder.startswith("Hello Grace, from Wellbeing Line. A reminder of Gentle yoga")
    assert "E17 4QJ" in reminder
    assert "Parking" in reminder
    assert "CANCEL" in reminder
    assert "cancer" not in reminder


def test_none_goes_after_a_cancellation(served):
    staying, leaving = served.phone("+447700900202"), served.phone("+447700900203")
    staying.book()
    leaving.book()
    for said in ("cancel my booking", "yes"):
        answer = leaving.text(said)
    assert "cancelled" in answer
    tick(served, day_at(9, 14, 20))
    assert len(reminders_of(served, "+447700900202")) == 1
    assert reminders_of(served, "+447700900203") == []


def test_none_goes_once_the_event_has_begun(served):
    served.phone("+447700900204").book()
    counts = tick(served, day_at(10, 14, 1))
    assert counts["messages_sent"] == 0
    assert reminders_of(served, "+447700900204") == []


def test_what_is_due_in_quiet_hours_waits_until_the_morning(served):
    served.bring_in(event_row("early", day_at(15, 8, 30), place="Ealing"))
    phone = served.phone("+447700900205")
    phone.book(place="Ealing")
    # The reminder of two hours before was to go at 8:30pm, but nobody ticked then.
    counts = tick(served, day_at(14, 23))
    assert counts["reminders_queued"] == 1
    assert counts["messages_sent"] == 0
    assert reminders_of(served, "+447700900205") == []
    assert tick(served, day_at(15, 8))["messages_sent"] == 1
    assert len(reminders_of(served, "+447700900205")) == 1


def test_everyone_booked_hears_once_of_a_move_and_is_reminded_of_the_new_day(served):
    served.bring_in(event_row("moving", day_at(30, 18), place="Croydon"))
    phones = [served.phone(f"+4477009002{number:02}") for number in range(6, 9)]
    for phone in phones:
        phone.book(place="Croydon")
    assert "1 moved or cancelled, 3 people are told" in served.bring_in(
        event_row("moving", day_at(31, 11), place="Croydon")
    )
    assert "0 moved or cancelled, 0 people are told" in served.bring_in(
        event_row("moving", day_at(31, 11), place="Croydon")
    )
    tick(served, day_at(1, 10))
    for phone in phones:
        [notice] = [text for text in phone.inbox if "has changed" in text]
        assert "11am to midday" in notice
        assert "Gentle yoga" in notice
        assert "cancer" not in notice
        assert len([text for text in phone.inbox if "has changed" in text]) == 1
    assert tick(served, day_at(23, 18))["messages_sent"] == 0
    assert tick(served, day_at(24, 11))["messages_sent"] == 3


def test_everyone_booked_hears_once_of_a_cancellation_and_of_nothing_after_it(served):
    served.bring_in(event_row("ending", day_at(40, 18), place="Kingston"))
    phone = served.phone("+447700900209")
    phone.book(place="Kingston")
    assert "1 people are told" in served.bring_in(
        event_row("ending", day_at(40, 18), place="Kingston", status="cancelled")
    )
    for moment in (day_at(1, 10), day_at(33, 18), day_at(39, 18), day_at(40, 16)):
        tick(served, moment)
    came = phone.inbox[phone.seen :]
    assert len(came) == 1
    assert "will not go ahead" in came[0]


def test_who_comes_is_listed_for_the_organiser(served):
    served.bring_in(event_row("listed", day_at(50, 14), place="Kingston"))
    with_company, cannot_hear = served.phone("+447700900210"), served.phone("+447700900211")
    for said in ("yoga in kingston", "skip", "1", "Ann", "2", "no", "yes"):
        with_company.text(said)
    for said in ("yoga in kingston", "skip", "1", "Bob", "just me", "a hearing loop", "yes"):
        cannot_hear.text(said)
    cannot_hear.text("STOP")
    listed = list(csv.DictReader(served.succeed("events", "attendees", "listed").splitlines()))
    assert [(row["first name"], row["places"]) for row in listed] == [("Ann", "2"), ("Bob", "1")]
    assert "hearing" in listed[1]["access needs"]
    assert [bool(row["cannot be texted"]) for row in listed] == [False, True]
