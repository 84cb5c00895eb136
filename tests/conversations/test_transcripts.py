"""Every transcript in this folder, played from the first text to the last.

A transcript is a title and turns: what the patient texts (`patient`, or `location`, `tap`, `button`, `picture`), what
passes meanwhile (`wait`, `meanwhile`, `staff`, `booked`: an event, " x 2" for two places, `referred`: by whom " | " for
what, `broadcast`: to whom " | " which text), whose turn it is (`phone`: another one, at which what came to it unasked
is looked at), and what comes of it: `bot` (the whole answer), `offered` (what may be tapped on WhatsApp), `silence`,
`flagged`. A text may hold {code}, the last one passed on.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
import yaml
from sqlmodel import Session

from bot.answering import Dialogue
from bot.channels.segments import Encoding, count
from services.core.clock import LONDON
from services.core.database import Database
from services.people import staff
from tests.conversations.conftest import STAFF_KEY
from tests.conversations.talk import (
    Phone,
    answered_test,
    ask_with,
    audited,
    become,
    book,
    broadcast,
    load_events,
    make_phone,
    matches,
    noted,
    refer,
    scores,
    span_of,
)

HERE = Path(__file__).parent
NOW = "2026-11-23T10:00"
TRANSCRIPTS = sorted(path for path in HERE.rglob("*.yml") if path.parent != HERE)
# Replies echo no diagnosis, whatever was said.
DIAGNOSES = re.compile(
    r"\b(breast|prostate|bowel|lung|ovarian|leukaemia|lymphoma|chemo\w*|radiotherapy|tumour)\b", re.I
)
MOST_SEGMENTS = 4
# A code to be passed on, as texts tell it; later turns may say {code}.
_CODE = re.compile(r"\b[0-9A-Z]{4} [0-9A-Z]{4}(?= to this number)")


def read_transcripts(path: Path) -> list[dict[str, Any]]:
    """The transcripts of a file, all values as strings ("yes" stays a word, "10:30" a time)."""
    return [document for document in yaml.load_all(path.read_text(), Loader=yaml.BaseLoader) if document]


CASES = [
    pytest.param(transcript, id=f"{path.relative_to(HERE).with_suffix('')}: {transcript['title']}")
    for path in TRANSCRIPTS
    for transcript in read_transcripts(path)
]


class Play:
    """One transcript being played; `so_far` is what was said, for whoever reads a failure."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.phones = {"first": phone}
        self.code = ""
        self.said: list[str] = []
        self.so_far: list[str] = []

    def turn(self, turn: dict[str, str]) -> None:
        """Play one turn, or check one."""
        for key, value in turn.items():
            getattr(self, f"_{key}")(value)

    def _phone(self, name: str) -> None:
        """Take up another phone, and look at what came to it unasked when time last passed."""
        if name not in self.phones:
            self.phones[name] = self.phone.another(f"+4477009002{len(self.phones):02}")
        self.phone = self.phones[name]
        self.so_far.append(f"(on the phone of {name})")
        self.said = self.phone.elsewhere.pop(self.phone.number, [])
        self.so_far += [f"came:    {text}" for text in self.said]

    def _patient(self, text: str) -> None:
        text = text.replace("{code}", self.code)
        self._heard(f"patient: {text}", self.phone.text(text))
        self.code = next((code[0] for said in self.said if (code := _CODE.search(said))), self.code)

    def _location(self, pin: str) -> None:
        lat, lon = map(float, pin.split(","))
        self._heard(f"patient: (a pin at {pin})", self.phone.text("", location={"lat": lat, "lon": lon}))

    def _button(self, payload: str) -> None:
        self._heard(f"patient: (taps {payload})", self.phone.text("", button={"payload": payload, "text": ""}))

    def _tap(self, title: str) -> None:
        """Tap what a message offers; "Yes @2" is the button of the second last message that had one of that title."""
        title, _, back = title.partition(" @")
        self._heard(f"patient: (taps {title})", self.phone.tap(title, int(back or 1)))

    def _offered(self, titles: str) -> None:
        """Check what the last message offers to tap: the titles, parted by bars ("" for nothing)."""
        found = self.phone.offered()
        assert found == [title.strip() for title in titles.split("|") if title], "\n".join(
            [*self.so_far, "", str(found)]
        )

    def _picture(self, caption: str) -> None:
        self._heard("patient: (a picture)", self.phone.text(caption, media=1, media_types=["image/jpeg"]))

    def _wait(self, span: str) -> None:
        self._heard(f"({span} later)", self.phone.wait(span_of(span)))

    def _meanwhile(self, what: str) -> None:
        self.phone.database.write(become(*what.split(" is ")))

    def _staff(self, what: str) -> None:
        self._heard(f"(staff: {what})", self.phone.staff(what))

    def _booked(self, what: str) -> None:
        key, _, count = what.partition(" x ")
        book(self.phone, key, int(count or 1))

    def _referred(self, what: str) -> None:
        by, _, key = what.partition(" | ")
        refer(
            self.phone, by, "" if key in ("", "exercise") else key, {"need": ["exercise"]} if key == "exercise" else {}
        )
        self._heard(f"(referred by {what})", self.phone.wait(timedelta(minutes=1)))

    def _broadcast(self, what: str) -> None:
        """Have staff text those booked on "yoga | the text", or tell of an event: "news of yoga to exercise | ..."."""
        whom, _, text = what.partition(" | ")
        if whom.startswith("news of "):
            about, _, need = whom.removeprefix("news of ").partition(" to ")
            broadcast(self.phone, {"needs": (need,)}, text, about)
        else:
            broadcast(self.phone, {"event": whom}, text, whom)

    def _registered(self, name: str) -> None:
        """Have this phone be that of a member of staff, with an authenticator app."""
        given = {"key": STAFF_KEY, "by": "Sam", "now": self.phone.clock.now()}
        made = self.phone.database.write(lambda session: staff.register(session, name, self.phone.number, **given))
        assert made is not None
        self.app = pyotp.TOTP(made.secret)

    def _authenticator(self, when: str) -> None:
        """Text the code that the app shows: "now", "again" (the last one) or that of another time, such as "-60"."""
        if when != "again":
            seconds = self.phone.clock.now().timestamp() + (0 if when == "now" else int(when))
            self.shown = self.app.generate_otp(int(seconds) // 30)
        self._heard("staff: (a code)", self.phone.text(self.shown))

    def _audit(self, expected: str) -> None:
        self._kept(audited, expected)

    def _instrument(self, what: str) -> None:
        self.phone.database.write(ask_with(*what.split(" is ")))

    def _noted(self, expected: str) -> None:
        self._kept(noted, expected)

    def _fft(self, expected: str) -> None:
        self._kept(answered_test, expected)

    def _scores(self, expected: str) -> None:
        self._kept(scores, expected)

    def _kept(self, look: Callable[[Session], str], expected: str) -> None:
        found = self.phone.database.read_once(look)
        assert found == expected, "\n".join([*self.so_far, "", f"kept: {found}", f"expected: {expected}"])

    def _bot(self, expected: str) -> None:
        assert matches(expected, self.said), "\n".join([*self.so_far, "", f"expected: {expected}"])

    def _silence(self, _: str) -> None:
        assert not self.said, "\n".join(self.so_far)

    def _flagged(self, category: str) -> None:
        assert category in self.phone.flags(), "\n".join([*self.so_far, "", f"flags: {self.phone.flags()}"])

    def _heard(self, what: str, said: list[str]) -> None:
        self.said = said
        self.so_far += [what, *(f"bot:     {text}" for text in said)]
        for text in said:
            assert not DIAGNOSES.search(text), "\n".join([*self.so_far, "", "a diagnosis is named"])
            size = count(text)
            fits = size.encoding is Encoding.GSM7 and size.count <= MOST_SEGMENTS
            assert fits or self.phone.channel != "sms", "\n".join([*self.so_far, "", f"too much for a text: {size}"])


@pytest.fixture
def phones(chosen_database: Database, dialogue: Dialogue) -> Callable[..., Phone]:
    """Make phones that text a service with the events of events.yml."""

    def make(now: str = NOW, number: str = "+447700900123", channel: str = "sms") -> Phone:
        moment = datetime.fromisoformat(now).replace(tzinfo=LONDON)
        chosen_database.write(load_events(HERE / "events.yml", moment))
        return make_phone(chosen_database, dialogue, moment, number=number, channel=channel)

    return make


@pytest.mark.parametrize("transcript", CASES)
def test_transcript(transcript: dict[str, Any], phones: Callable[..., Phone]) -> None:
    play = Play(phones(now=transcript.get("now", NOW), channel=transcript.get("channel", "sms")))
    for turn in transcript["turns"]:
        play.turn(turn)
