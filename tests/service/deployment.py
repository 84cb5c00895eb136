"""The service as operators run it: processes of the `wellbeing` command, over a stand-in for Twilio on the network."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import select

from bot.channels.handset import Handset, Texted, signature
from bot.channels.paths import MESSAGES_PATH
from bot.channels.simulator import FakeTwilio
from bot.channels.simulator_web import post_over_http
from services.core.clock import LONDON, SystemClock
from services.core.database import Database
from tests.stand_in import on_a_port, wait_until

ROOT = Path(__file__).parents[2]
ACCOUNT, TOKEN = "AC" + "9c" * 16, "a-token-for-tests"
SMS_NUMBER, WHATSAPP_NUMBER = "+447700900700", "+447700900701"
PATIENCE_S = 30.0
PLACES = {"Walthamstow": "E17 4QJ", "Croydon": "CR0 1NX", "Ealing": "W5 2BY", "Kingston": "KT1 1EU"}
COLUMNS = (
    "external_id,title,discreet_title,venue,address,postcode,mode,starts_at,ends_at,"
    "capacity,cancer_types,needs,travel,parking,travel_checked_on,status"
)


def day_at(days: int, hour: int, minute: int = 0) -> datetime:
    """A moment so many days from today, by London's clocks."""
    today = datetime.now(LONDON).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (today + timedelta(days=days)).replace(tzinfo=LONDON)


def event_row(
    external_id: str, starts: datetime, *, place: str = "Walthamstow", capacity: int = 12, status: str = "published"
) -> str:
    """One line of an event file: gentle exercise, an hour long, at one of `PLACES`."""
    begins, ends = (moment.strftime("%Y-%m-%dT%H:%M") for moment in (starts, starts + timedelta(hours=1)))
    return (
        f"{external_id},Yoga after breast cancer,Gentle yoga,{place} Hall,1 High Street {place},{PLACES[place]},"
        f"in person,{begins},{ends},{capacity},,exercise,Take a bus.,Parking is free.,{starts:%Y-%m-%d},{status}"
    )


@contextmanager
def stand_in_for_twilio() -> Iterator[tuple[FakeTwilio, str]]:
    """The stand-in on a port of its own, and its address; it reports what became of each message."""
    fake = FakeTwilio(ACCOUNT, TOKEN, SystemClock().now, poster=post_over_http)
    with on_a_port(fake) as address:
        yield fake, address


@dataclass
class Deployment:
    """One installation: a folder, its database, its environment, and perhaps a process that serves it.

    Several may share one `database_url` (PostgreSQL); left out it is a file in the folder.
    """

    folder: Path
    fake: FakeTwilio
    twilio: str
    database_url: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self._kept = _kept_port()
        self.port = self._kept.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = self.database_url or f"sqlite:///{self.folder / 'wellbeing.db'}"
        self.log = self.folder / f"serve-{self.port}.log"
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
        self.environment = {
            **plain,
            "ENVIRONMENT": "development",
            "DATABASE_URL": self.database_url,
            "PUBLIC_BASE_URL": self.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_SMS_FROM": SMS_NUMBER,
            "TWILIO_WHATSAPP_FROM": WHATSAPP_NUMBER,
            "TWILIO_API_BASE_URL": self.twilio,
            **self.environment,
        }

    def run(self, *command: str, typed: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run one command to its end; it must not need a terminal."""
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", *command],
            env=self.environment | environment,
            cwd=ROOT,
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def succeed(self, *command: str, **environment: str) -> str:
        """Run one command that must end well; return what it wrote to standard output."""
        done = self.run(*command, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bring_in(self, *rows: str) -> str:
        """Import lines of an event file."""
        file = self.folder / "events.csv"
        file.write_text("\n".join([COLUMNS, *rows]))
        return self.succeed("events", "import", str(file))

    def serve(self, *command: str) -> None:
        """Start serving (by another `command` than "serve") and wait until it says that it is healthy."""
        self.begin(*command)
        self.wait_for("/health")

    def wait_for(self, path: str) -> None:
        """Wait until a page answers 200; fails with what was logged when the process ends or never gets there."""
        assert self.process is not None
        wait_until(lambda: self.process.poll() is not None or self.get(path)[0] == 200, tell=self.log.read_text)
        assert self.process.poll() is None, self.log.read_text()

    def begin(self, *command: str) -> None:
        """Start serving and return at once."""
        started = [sys.executable, "-m", "bot.cli", *(command or ("serve",)), "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(started, env=self.environment, cwd=ROOT, stdout=log, stderr=log)

    def kill(self) -> None:
        """End the process without any warning."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to stop and return its exit code; fails when it would have to be killed."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.process.wait()

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """The status and body of a page; status 0 when nobody listens."""
        return _asked(urllib.request.Request(self.url + path, headers=headers))

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, str]:
        """Post a body; return the answer's status and body."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return _asked(urllib.request.Request(self.url + path, body, named))

    def deliver(self, form: dict[str, str], signed: str | None = None) -> tuple[int, str]:
        """Post a form to the webhook as Twilio does, with the right signature unless another is given."""
        signed = signature(TOKEN, self.url + MESSAGES_PATH, form) if signed is None else signed
        return self.post(MESSAGES_PATH, urllib.parse.urlencode(form).encode(), X_Twilio_Signature=signed)

    def phone(self, number: str, channel: str = "sms") -> "Phone":
        """A phone that texts this deployment."""
        ours = WHATSAPP_NUMBER if channel == "whatsapp" else SMS_NUMBER
        return Phone(self, Handset(ACCOUNT, number, ours, channel))

    def rows(self, table: Any) -> list[Any]:
        """What a table of the database holds, in the order of its primary key."""
        database = Database(self.database_url)
        with database.read() as session:
            found = session.exec(select(table).order_by(*table.__table__.primary_key)).all()
        database.close()
        return list(found)


@dataclass
class Phone:
    """Someone's phone: what it sends goes through the webhook, what it receives is what the stand-in took."""

    deployment: Deployment
    handset: Handset
    seen: int = 0

    @property
    def inbox(self) -> list[str]:
        """Every message that was sent to this phone, in order."""
        prefix = "whatsapp:" if self.handset.channel == "whatsapp" else ""
        return [one.body for one in self.deployment.fake.messages if one.to == prefix + self.handset.number]

    def send(self, body: str = "", **what: Any) -> None:
        """Send one message (a button's `payload`, a `pin`), or a form with other `fields`."""
        fields = what.pop("fields", {})
        status, _ = self.deployment.deliver(self.handset.form(Texted(body, **what)) | fields)
        assert status == 200

    def text(self, body: str = "", **what: Any) -> str:
        """Send one message and wait for the answer."""
        self.seen = len(self.inbox)
        self.send(body, **what)
        return self.receive()

    def receive(self) -> str:
        """Wait for the next message that has not been read, and read it."""
        wait_until(lambda: len(self.inbox) > self.seen)
        self.seen += 1
        return self.inbox[self.seen - 1]

    def book(self, name: str = "Maureen", place: str = "Walthamstow") -> str:
        """Find the nearest yoga and book a place; return the confirmation."""
        for said in (f"yoga in {place}", "skip", "1", name, "just me", "no"):
            self.text(said)
        answer = self.text("yes")
        assert "You are booked" in answer, self.inbox
        return answer


def _kept_port() -> socket.socket:
    """A socket bound to a port that nobody else is given as long as it is open; who asks for that port may listen."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    return kept


def _asked(request: urllib.request.Request) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""
