"""The phone page shows what has been said, and no message before its words are known."""

from bot.web.phone import _conversation
from services.people import identities, outbox
from services.people.tables import OutboxMessage, Priority


def shown(database):
    return database.read_once(lambda session: _conversation(session, "sms", "+447700900123", None))


def test_a_message_on_its_way_is_shown_once_it_has_words(database, clock, make_identity):
    who = make_identity("+447700900123")

    def unit(session):
        to = identities.recipient(session, who.id)
        given = {"kind": "reply", "parameters": {"text": "Hello"}, "priority": Priority.REPLY, "in_reply_to": None}
        return outbox.enqueue_claimed(session, to, now=clock.now(), **given).id

    claimed = database.write(unit)
    assert shown(database) == []
    database.write(lambda session: setattr(session.get_one(OutboxMessage, claimed), "text", "Hello"))
    assert [message["text"] for message in shown(database)] == ["Hello"]
