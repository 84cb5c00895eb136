"""Twilio's statuses and error codes, as data: what each means for us.

Source: Twilio's error and warning dictionary, and the status values of its Message resource.
"""

from bot.channels.port import Refusal
from services.people.tables import OutboxStatus

_BY_REFUSAL = {
    # The number cannot be texted at all: no such number, a landline, unreachable for good.
    Refusal.PERMANENT: (21211, 21614, 21635, 30004, 30005, 30006, 30036),
    Refusal.NOT_WHATSAPP: (63003, 63024),
    Refusal.CONSENT: (21610, 63014),
    Refusal.WINDOW: (63016,),
    # Our account, sender or template is set up wrongly: staff must be told.
    Refusal.CONFIGURATION: (
        *(20003, 20404, 21408, 21603, 21606, 21612, 21655, 21656, 21703, 30002),
        *(63007, 63027, 63028, 63040, 63041, 63042),
    ),
    Refusal.CONTENT: (21602, 21617, 30007, 63013),
    Refusal.TEMPORARY: (30001, 30003, 30008, 30017, 63012, 63017, 63018),
}
REFUSALS = {str(code): refusal for refusal, codes in _BY_REFUSAL.items() for code in codes}

TOO_MANY_REQUESTS = "20429"

STATUSES = {
    "accepted": OutboxStatus.SENT,
    "scheduled": OutboxStatus.SENT,
    "queued": OutboxStatus.SENT,
    "sending": OutboxStatus.SENT,
    "sent": OutboxStatus.SENT,
    "partially_delivered": OutboxStatus.SENT,
    "delivered": OutboxStatus.DELIVERED,
    "read": OutboxStatus.READ,
    "undelivered": OutboxStatus.FAILED,
    "failed": OutboxStatus.FAILED,
    "canceled": OutboxStatus.FAILED,
}


def refusal_of(code: str) -> Refusal:
    """What an error code means; one that is not in the table is taken as permanent, and so never posted again."""
    return REFUSALS.get(code, Refusal.PERMANENT)
