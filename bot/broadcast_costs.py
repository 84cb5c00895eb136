"""What a broadcast costs and how long it takes, worked out from its preview, before anything is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.broadcast_words import said_to
from bot.channels import segments
from bot.dialogue.responses import Responses
from bot.preparing import folded
from services.campaigns.broadcast_preview import Preview, Reading
from services.campaigns.broadcasts import Draft
from services.core.quiet_hours import ends_at
from services.people.tables import Channel


@dataclass(frozen=True, slots=True)
class Tariff:
    """Pence for a part of a text message and for a WhatsApp message, and how many of either leave in a second."""

    sms_segment_price: Decimal
    whatsapp_message_price: Decimal
    sms_per_second: float
    whatsapp_per_second: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a broadcast comes to: `sample` is the longest text as it is read, of `sample_segments` parts.

    `segments` are those of all text messages, `whatsapp` the messages on WhatsApp, `pence` what all costs, `ends_at`
    when the last has left if it starts now.
    """

    sample: str
    sample_segments: int
    segments: int
    sms: int
    whatsapp: int
    pence: Decimal
    ends_at: datetime


def estimate(preview: Preview, draft: Draft, responses: Responses, tariff: Tariff, now: datetime) -> Estimate:
    """Work it out exactly: each name and channel is put into words once, however many have it."""
    texts = {reading: _text(reading, preview.values, draft, responses) for reading in preview.readings}
    parts = {reading: segments.count(text).count for reading, text in texts.items()}
    by_sms = {reading: count for reading, count in preview.readings.items() if reading.channel == Channel.SMS}
    sms, whatsapp = sum(by_sms.values()), preview.recipients - sum(by_sms.values())
    all_parts = sum(parts[reading] * count for reading, count in by_sms.items())
    sample = max(texts.values(), key=len, default=_text(Reading("", Channel.SMS), preview.values, draft, responses))
    seconds = max(all_parts / tariff.sms_per_second, whatsapp / tariff.whatsapp_per_second)
    return Estimate(
        sample=sample,
        sample_segments=segments.count(sample).count,
        segments=all_parts,
        sms=sms,
        whatsapp=whatsapp,
        pence=all_parts * tariff.sms_segment_price + whatsapp * tariff.whatsapp_message_price,
        ends_at=ends_at(now, timedelta(seconds=seconds)),
    )


def _text(reading: Reading, values: Mapping[str, str], draft: Draft, responses: Responses) -> str:
    said = said_to(responses, draft.template, draft.purpose, values, reading.first_name, reading.channel).text
    return folded(said) if reading.channel == Channel.SMS else said
