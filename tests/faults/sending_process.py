"""A process that sends until it is killed: `sending_process.py DATABASE_URL STAND_IN_URL ACCOUNT TOKEN`."""

import asyncio
import sys
from datetime import timedelta

from bot.channels.twilio_http import HttpTransport
from bot.channels.twilio_outbound import TwilioChannel
from bot.judging import Pace
from bot.outbound import Sender
from bot.preparing import Preparer
from bot.reconciling import Patience, Reconciler
from services.core.clock import SystemClock
from services.core.database import Database
from services.people.verdicts import Refuse, Send


async def main(database_url, stand_in_url, account_sid, token):
    database, clock = Database(database_url), SystemClock()
    channel = TwilioChannel(HttpTransport(account_sid, token, stand_in_url), account_sid)
    channels = {"sms": channel}
    preparer = Preparer(
        lambda session, row, now: Send(),
        lambda session, row: Refuse("no_words"),
        public_base_url="http://127.0.0.1:9",
        senders={"sms": "+447700900710"},
    )
    sender = Sender(database, clock, channels, preparer, Pace(posts=4, batch=8, poll=0.05))
    reconciler = Reconciler(database, clock, channels, sender, Patience(settle=timedelta(seconds=0.5)))
    await reconciler.recover()
    await sender.start()
    while True:
        await reconciler.reconcile()
        await asyncio.sleep(0.1)


asyncio.run(main(*sys.argv[1:]))
