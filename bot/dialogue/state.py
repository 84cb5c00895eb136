"""The state of one conversation: the stack of frames, the slots, the open question and the menus shown.

It is plain JSON between turns. Reading is lenient, so that a state written by another version loads.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from bot.dialogue.utterance import Utterance, option_from_json, option_to_json
from bot.understanding import Option

Trail = list[tuple[str, list[str]]]


@dataclass(slots=True)
class Replay:
    """A walk over steps already taken, after a correction or "back".

    `steps` maps each step of the former trail to the slots it set, `dirty` names the slots and actions that no
    longer stand, `until` is where the frame was waiting, and `changed` says whether a dirty step has been redone.
    """

    steps: dict[str, list[str]]
    dirty: list[str]
    until: str | None
    changed: bool = False


@dataclass(slots=True)
class Question:
    """An open question: its step, what it awaits, the menu it showed, and when it was last put (ISO 8601)."""

    step: str
    slot: str
    kind: str
    asked_at: str
    options: tuple[Option, ...] = ()

    def age_hours(self, now: datetime) -> float:
        """Hours since the question was last put."""
        return _hours_since(self.asked_at, now)


@dataclass(slots=True)
class Posed:
    """A question that a message nobody asked for has put: it waits beside the conversation until it is answered.

    `number` is that of the message; `slots` are set when it is taken up; `title` tells it from others. Answers after
    `until` (ISO 8601, "" for no end) yield to other questions. A `quiet` one waits until the person asks to go on.
    """

    flow: str
    number: int
    slots: dict[str, Any]
    question: Question
    title: str = ""
    until: str = ""
    quiet: bool = False

    def is_over(self, now: datetime) -> bool:
        """Say whether its time to be answered has passed."""
        return bool(self.until) and datetime.fromisoformat(self.until) <= now


@dataclass(slots=True)
class Past:
    """A flow that linked on to the present one, and the steps it took: a correction may lead back into it."""

    flow: str
    trail: Trail


@dataclass(slots=True)
class Frame:
    """One flow in progress: where it stands, the steps it took, and the slots it filled.

    `step` is None before the first step. `called` frames return to the frame beneath. `own` slots are emptied when
    the flow ends. `context` is what a pattern knows of the trouble it repairs. `posed` is the question that it was
    opened by, and `shadowed` the values that its slots had before. `kept` are the values of the slots of a frame that
    another has interrupted, whatever becomes of them meanwhile.
    """

    flow: str
    step: str | None = None
    called: bool = False
    trail: Trail = field(default_factory=list)
    past: list[Past] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    question: Question | None = None
    replay: Replay | None = None
    context: dict[str, Any] = field(default_factory=dict)
    posed: Posed | None = None
    shadowed: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Menu:
    """A menu that was shown: the slot it fills ("" if none) and what was said, to say it again."""

    number: int
    slot: str
    shown_at: str
    utterance: Utterance

    def age_hours(self, now: datetime) -> float:
        """Hours since the menu was last shown."""
        return _hours_since(self.shown_at, now)


@dataclass(slots=True)
class State:
    """Everything the dialogue remembers of one conversation.

    `frames` has the active flow last. `asks` counts how often each question ("flow.step") was put without progress,
    `misses` the messages in a row that were not understood. `last` is the last reply. `version` is that of the files.
    `aside` are frames set aside until the person asks to go on; `posed` questions that messages nobody asked for put.
    """

    version: str = ""
    frames: list[Frame] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    menus: list[Menu] = field(default_factory=list)
    asks: dict[str, int] = field(default_factory=dict)
    misses: int = 0
    last: list[Utterance] = field(default_factory=list)
    aside: list[Frame] = field(default_factory=list)
    posed: list[Posed] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON that shares nothing mutable with it but slot values."""
        return {
            "version": self.version,
            "frames": [_frame_to_json(frame) for frame in self.frames],
            "slots": dict(self.slots),
            "menus": [_menu_to_json(menu) for menu in self.menus],
            "asks": dict(self.asks),
            "misses": self.misses,
            "last": [utterance.to_json() for utterance in self.last],
            "aside": [_frame_to_json(frame) for frame in self.aside],
            "posed": [_posed_to_json(posed) for posed in self.posed],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "State":
        """Read what `to_json` wrote; an empty mapping is a new conversation."""
        return cls(
            version=data.get("version", ""),
            frames=[_frame(frame) for frame in data.get("frames", ())],
            slots=dict(data.get("slots", {})),
            menus=[_menu(menu) for menu in data.get("menus", ())],
            asks=dict(data.get("asks", {})),
            misses=data.get("misses", 0),
            last=[Utterance.from_json(utterance) for utterance in data.get("last", ())],
            aside=[_frame(frame) for frame in data.get("aside", ())],
            posed=[_posed(posed) for posed in data.get("posed", ())],
        )

    @property
    def top(self) -> Frame | None:
        """The active frame."""
        return self.frames[-1] if self.frames else None

    @property
    def question(self) -> Question | None:
        """The open question: that of the active frame."""
        return self.frames[-1].question if self.frames else None

    def copy(self) -> "State":
        """Return a state whose change does not show in this one (slot values themselves are never changed)."""
        return State.from_json(self.to_json())


def _hours_since(moment: str, now: datetime) -> float:
    return (now - datetime.fromisoformat(moment)).total_seconds() / 3600


def _frame_to_json(frame: Frame) -> dict[str, Any]:
    return {
        "flow": frame.flow,
        "step": frame.step,
        "called": frame.called,
        "trail": _trail_to_json(frame.trail),
        "past": [{"flow": past.flow, "trail": _trail_to_json(past.trail)} for past in frame.past],
        "own": list(frame.own),
        "question": _question_to_json(frame.question),
        "replay": asdict(frame.replay) if frame.replay else None,
        "context": dict(frame.context),
        "posed": _posed_to_json(frame.posed) if frame.posed else None,
        "shadowed": dict(frame.shadowed),
        "kept": dict(frame.kept),
    }


def _frame(data: Mapping[str, Any]) -> Frame:
    replay = data.get("replay")
    return Frame(
        flow=data["flow"],
        step=data.get("step"),
        called=data.get("called", False),
        trail=_trail(data.get("trail", ())),
        past=[Past(past["flow"], _trail(past["trail"])) for past in data.get("past", ())],
        own=list(data.get("own", ())),
        question=_question(data.get("question")),
        replay=Replay(**replay) if replay else None,
        context=dict(data.get("context", {})),
        posed=_posed(data["posed"]) if data.get("posed") else None,
        shadowed=dict(data.get("shadowed", {})),
        kept=dict(data.get("kept", {})),
    )


def _posed_to_json(posed: Posed) -> dict[str, Any]:
    return {
        "flow": posed.flow,
        "number": posed.number,
        "slots": dict(posed.slots),
        "question": _question_to_json(posed.question),
        "title": posed.title,
        "until": posed.until,
        "quiet": posed.quiet,
    }


def _posed(data: Mapping[str, Any]) -> Posed:
    return Posed(
        flow=data["flow"],
        number=data["number"],
        slots=dict(data["slots"]),
        question=_asked(data["question"]),
        title=data.get("title", ""),
        until=data.get("until", ""),
        quiet=data.get("quiet", False),
    )


def _trail_to_json(trail: Trail) -> list[list[Any]]:
    return [[step, list(slots)] for step, slots in trail]


def _trail(data: Iterable[Any]) -> Trail:
    return [(step, list(slots)) for step, slots in data]


def _question_to_json(question: Question | None) -> dict[str, Any] | None:
    if question is None:
        return None
    return {
        "step": question.step,
        "slot": question.slot,
        "kind": question.kind,
        "asked_at": question.asked_at,
        "options": [option_to_json(option) for option in question.options],
    }


def _question(data: Mapping[str, Any] | None) -> Question | None:
    return _asked(data) if data else None


def _asked(data: Mapping[str, Any]) -> Question:
    options = tuple(option_from_json(option) for option in data.get("options", ()))
    return Question(data["step"], data["slot"], data["kind"], data["asked_at"], options)


def _menu_to_json(menu: Menu) -> dict[str, Any]:
    return {
        "number": menu.number,
        "slot": menu.slot,
        "shown_at": menu.shown_at,
        "utterance": menu.utterance.to_json(),
    }


def _menu(data: Mapping[str, Any]) -> Menu:
    return Menu(data["number"], data["slot"], data["shown_at"], Utterance.from_json(data["utterance"]))
