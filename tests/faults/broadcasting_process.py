"""A process that gathers and releases broadcasts until it is killed: `broadcasting_process.py DATABASE_URL MOMENT`."""

import sys
import time
from datetime import datetime

from bot.broadcasting import Broadcaster
from services.core.clock import FixedClock
from services.core.database import Database

database_url, moment = sys.argv[1:]
clock = FixedClock(datetime.fromisoformat(moment))
broadcaster = Broadcaster(Database(database_url), clock, "a process that may die")
while True:
    broadcaster.move_on(clock.now())
    time.sleep(0.01)
