"""A conversation with the engine over the fixture flows, its state passed through JSON between all turns."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.dialogue.engine import advance, expecting
from bot.dialogue.flows import Flows
from bot.dialogue.loader import load
from bot.dialogue.posed import Pick, Sent, pose
from bot.dialogue.state import State
from bot.dialogue.utterance import ActionResult, Utterance
from bot.understanding import Entity, Option, Understanding

FIXTURES = Path(__file__).parent / "fixtures" / "dialogues"
PATTERNS = Path(__file__).parents[2] / "dialogues" / "patterns.yml"
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@cache
def fixture_flows() -> Flows:
    """The fixture flows with the product's own patterns."""
    with tempfile.TemporaryDirectory() as name:
        return load(copy_of_fixtures(Path(name) / "dialogues"))


def copy_of_fixtures(folder: Path) -> Path:
    shutil.copytree(FIXTURES, folder)
    shutil.copy(PATTERNS, folder / "patterns.yml")
    return folder


def understood(
    intent: str, confidence: float = 0.95, text: str | None = None, ranking: Any = None, **entities: Any
) -> Understanding:
    """An Understanding with one entity for each keyword; a list as value is several of that kind.

    An entity stands where the text has its value, else at the end.
    """
    words = " ".join([intent, *map(str, entities.values())]) if text is None else text
    found = []
    for kind, values in entities.items():
        for value in values if isinstance(values, list) else [values]:
            said = str(value) if str(value) in words else ""
            start = words.find(said) if said else len(words)
            found.append(Entity(kind, value, start, start + len(said), said))
    return Understanding(words, intent, confidence, ranking or ((intent, confidence),), tuple(found))


class Talk:
    """One conversation. Calling it says something and returns the names of the responses."""

    def __init__(self, flows: Flows | None = None, slots: Mapping[str, Any] | None = None) -> None:
        self.flows = flows or fixture_flows()
        self.state = State(slots=dict(slots or {}))
        self.now = START
        self.ran: list[str] = []
        self.replies: tuple[Utterance, ...] = ()
        self.events: tuple[Any, ...] = ()
        self.found = 3
        self.hold = "held"
        self.pick: Pick = lambda options: None
        self.came_at: datetime | None = None

    def __call__(self, intent: str = "", confidence: float = 0.95, **said: Any) -> list[str]:
        return self.hear(understood(intent, confidence, **said))

    def hear(self, message: Understanding) -> list[str]:
        self.ran = []
        state = State.from_json(json.loads(json.dumps(self.state.to_json())))
        before = json.dumps(state.to_json())
        advanced = advance(self.flows, state, message, self.run, self.now, pick=self.pick, came_at=self.came_at)
        assert json.dumps(state.to_json()) == before
        self.state, self.replies, self.events = advanced.state, advanced.replies, advanced.events
        return [utterance.response for utterance in advanced.replies]

    def asks(self, number: int, kind: str = "offer", until: datetime | None = None, **slots: Any) -> "Talk":
        """A message that nobody asked for puts a question."""
        state = State.from_json(json.loads(json.dumps(self.state.to_json())))
        self.state = pose(self.flows, state, Sent(number, kind, slots, until), self.now)
        return self.later(minutes=1)

    def later(self, **span: float) -> "Talk":
        self.now += timedelta(**span)
        return self

    @property
    def slots(self) -> dict[str, Any]:
        return self.state.slots

    @property
    def asked(self) -> str | None:
        """The slot that the open question awaits."""
        awaited = expecting(self.state)
        return awaited.slot if awaited and self.state.question else None

    def texts(self) -> list[str]:
        return [self.flows.responses.render(one, "sms", self.slots).text for one in self.replies]

    def run(self, name: str, slots: Mapping[str, Any]) -> ActionResult:
        self.ran.append(name)
        return getattr(self, f"_{name}")(slots)

    def _search(self, slots: Mapping[str, Any]) -> ActionResult:
        return ActionResult({"found": self.found, "page": 1, "pick": None})

    def _more(self, slots: Mapping[str, Any]) -> ActionResult:
        return ActionResult({"page": slots["page"] + 1})

    def _ask_pick(self, slots: Mapping[str, Any]) -> ActionResult:
        first = (slots["page"] - 1) * 3 + 1
        options = tuple(Option(f"event:{n}", f"Event {n}") for n in range(first, first + 3))
        return ActionResult(utterances=(Utterance("utter_results", {}, options),))

    def _hold(self, slots: Mapping[str, Any]) -> ActionResult:
        return ActionResult({"hold": self.hold, "held_places": slots.get("party", 1), "confirm": None})

    def _set_party(self, slots: Mapping[str, Any]) -> ActionResult:
        return ActionResult({"held_places": slots["party"]})

    def _renew(self, slots: Mapping[str, Any]) -> ActionResult:
        return ActionResult({"hold": "held"})

    def _book(self, slots: Mapping[str, Any]) -> ActionResult:
        return ActionResult(utterances=(Utterance("utter_booked"),))

    def _release(self, slots: Mapping[str, Any]) -> ActionResult:
        return ActionResult({"hold": None})

    def _travel(self, slots: Mapping[str, Any]) -> ActionResult:
        return ActionResult(utterances=(Utterance("utter_travel"),))

    def _starts_thanks(self, slots: Mapping[str, Any]) -> ActionResult:
        return ActionResult(start_flow="thanks")


def at_name(**slots: Any) -> Talk:
    """A conversation in which an event is held and the first name is asked for."""
    talk = Talk(slots=slots)
    talk("find_event", place="E17", need="exercise")
    talk("choose_option", choice="event:2")
    return talk


def at_confirm() -> Talk:
    """A conversation in which all is known and the yes is asked for."""
    talk = at_name()
    talk("inform", name="Grace")
    talk("party_size", count=2)
    talk("deny", yes_no=False, text="no")
    return talk
