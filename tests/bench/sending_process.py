"""A process of a benchmark that sends whatever stands in the outbox until its standard input is closed.

`sending_process.py DATABASE_URL STAND_IN_URL RATE BATCH` (RATE in messages a second); says "ready" once it sends and,
at the end, its processor time in seconds.
"""

import asyncio
import sys
import time
from datetime import datetime, timedelta

import uvloop

from bot.channels.twilio_http import HttpTransport
from bot.channels.twilio_outbound import TwilioChannel
from bot.dialogue.loader import load_responses
from bot.judging import Pace
from bot.outbound import Sender
from bot.preparing import Preparer
from bot.settings import DIALOGUES
from bot.unsolicited import Unsolicited
from services.campaigns.gate import SendingGate
from services.core.clock import LONDON, SystemClock
from services.core.database import Database
from services.people.rates import Rates
from tests.bench.running import OURS, SID, TOKEN


async def main(database_url: str, stand_in_url: str, rate: float) -> None:
    """Send until told to stop."""
    database, clock = Database(database_url), SystemClock()
    # Past noon, lest it be the hour of quiet; by whole hours, for the clocks of two processes must agree.
    clock.offset = timedelta(hours=12 - datetime.now(LONDON).hour)
    channels = {"sms": TwilioChannel(HttpTransport(SID, TOKEN, stand_in_url), SID)}
    senders = {"sms": OURS}
    words = Unsolicited(load_responses(DIALOGUES), clock)
    gate = SendingGate(only_drama=False)
    preparer = Preparer(gate, words, public_base_url="https://text.example.org", senders=senders)
    sender = Sender(database, clock, channels, preparer, Pace(), rates=Rates({"sms": rate}, senders))
    begun = time.process_time()
    await sender.start()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(time.process_time() - begun, flush=True)
    await sender.stop()
    database.close()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
