"""The words of a broadcast: what staff wrote, with a greeting, and how to have no more of it."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot.actions.wording import hello
from bot.dialogue.responses import Rendered, Responses
from bot.dialogue.utterance import Utterance
from services.campaigns import broadcast_text
from services.campaigns.broadcast_tables import Broadcast, Purpose
from services.people import identities
from services.people.outbox import OutboxRow
from services.people.refusals import Reason
from services.people.tables import Person
from services.people.verdicts import Refuse


def said_to(
    responses: Responses, template: str, purpose: str, values: Mapping[str, str], first_name: str, channel: str
) -> Rendered:
    """The text as someone of that name ("" for none) reads it on a channel; `values` fill the fields of an event."""
    name = first_name or responses.render(Utterance("part_nameless"), channel).text
    parameters = {
        "hello": hello(first_name),
        "said": broadcast_text.fill(template, {**values, broadcast_text.NAME: name}),
        "news": purpose == Purpose.MARKETING or None,
    }
    return responses.render(Utterance("utter_unsolicited_broadcast", parameters), channel)


def rendered(responses: Responses, session: Session, row: OutboxRow, now: datetime) -> Rendered | Refuse:
    """The text of a message of a broadcast, or why there is nothing to say any more."""
    broadcast = session.get(Broadcast, row.parameters.get("broadcast_id"))
    reader = identities.recipient(session, row.identity_id)
    if broadcast is None or reader is None:
        return Refuse(Reason.BROADCAST_GONE)
    values = broadcast_text.values_of(session, broadcast.event_id, now) if broadcast.event_id else {}
    first_name = session.get_one(Person, reader.person_id).first_name
    return said_to(responses, broadcast.template, broadcast.purpose, values, first_name, row.channel)
