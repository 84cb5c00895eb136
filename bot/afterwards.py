"""Reading what people answer afterwards: whether they were there, how it was, and that they want no more of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.understanding import Entity, Expecting, Understanding
from services.core import yaml12

CHECKIN_SLOTS = frozenset({"satisfied", "worthwhile", "happy", "anxious"})
_ATTENDANCE = {"part": "part", "yes": "yes", "no": "no", "went": "yes"}
# What an answer in people's own words may look like; anything surer is another matter.
_SOFT = frozenset(
    {"feedback", "attended", "affirm", "deny", "thanks", "small_talk", "out_of_scope", "complaint", "goodbye", "abuse"}
)
# What is wanted besides, and is done as well as noting the answer.
_WISHES = frozenset(
    {"book_event", "find_event", "cancel_booking", "change_booking", "my_bookings", "human", "clinical_question"}
)
# Of what somebody tells unasked only this is about an event.
_TOLD = frozenset({"feedback", "attended"})
# What a message about how it was may be taken for, as far as that is less than certain.
_DOUBTFUL = frozenset(
    {"inform", "find_event", "thanks", "small_talk", "out_of_scope", "event_details", "feedback", "complaint"}
)
_LIKELY, _SURE, _CERTAIN = 0.5, 0.7, 0.95
_NOT_WORDS = re.compile(r"[^\w/]+")
_APOSTROPHES = re.compile(r"['’`]")
_EDGES = " \t\n.,;:!-–—"
# A number on its own that no scale from 0 to 10 has, also where the scale's end was written with it.
_ODD_NUMBER = re.compile(r"\W*(?P<number>-\d+|\d{2,})\s*(?:%|percent|/10|out of 10)?\W*", re.I)
_MENU_LIKE = re.compile(r"\W*[123]\W*")
_TEN = 10


@dataclass(frozen=True, slots=True)
class Afterwards:
    """The patterns of `dialogues/afterwards.yml`, compiled."""

    attendance: Mapping[str, tuple[re.Pattern[str], ...]]
    fft: Mapping[str, tuple[re.Pattern[str], ...]]
    refusals: Mapping[str, tuple[re.Pattern[str], ...]]
    taken_back: tuple[re.Pattern[str], ...]
    enough: tuple[re.Pattern[str], ...]
    about_checkins: tuple[re.Pattern[str], ...]
    questions: tuple[re.Pattern[str], ...]
    told: tuple[re.Pattern[str], ...]
    empty: frozenset[str]
    joining: frozenset[str]

    def read(self, understood: Understanding, expecting: Expecting | None) -> Understanding:
        """Add what a message says of an event or of wanting no more questions."""
        plain = _plain(understood.text)
        refusal = self._refusal(plain, expecting)
        if refusal:
            return replace(understood, intent=refusal, confidence=1.0, ranking=((refusal, 1.0),), entities=())
        slot = expecting.slot if expecting else ""
        if slot in ("attended", "opinion"):
            return _with(understood, self._of_event(understood, plain, slot))
        if slot in CHECKIN_SLOTS:
            return _scored(understood)
        if slot == "fft_answer":
            return _with(understood, self._fft(understood, plain))
        if slot in ("fft_comment", "feedback_words"):
            return self._remark(understood)
        if self._is_told(understood, plain, expecting):
            understood = _as_feedback(understood)
        if understood.intent in _TOLD and understood.confidence >= _LIKELY:
            return _with(understood, self._told(understood, plain))
        return self._about_checkins(understood, plain)

    def _refusal(self, plain: str, expecting: Expecting | None) -> str:
        for intent, patterns in self.refusals.items():
            if _found(patterns, plain):
                return intent
        is_checkin = expecting is not None and expecting.slot in CHECKIN_SLOTS
        return "stop_checkins" if is_checkin and _found(self.enough, plain) else ""

    def _is_told(self, understood: Understanding, plain: str, expecting: Expecting | None) -> bool:
        """Whether a message that asks for nothing says how something was, though it may sound like a wish for it."""
        if (expecting is not None and expecting.kind != "choice") or understood.first("choice") is not None:
            return False
        if "?" in understood.text or understood.confidence >= _CERTAIN:
            return False
        is_scored = understood.first("rating") is not None and understood.intent in {*_DOUBTFUL, "correction"}
        return is_scored or (understood.intent in _DOUBTFUL and _found(self.told, plain))

    def _about_checkins(self, understood: Understanding, plain: str) -> Understanding:
        if understood.intent != "checkin" or not _found(self.about_checkins, plain):
            return understood
        return _with(understood, [Entity("checkin_wish", "about", 0, 0, "")])

    def _fft(self, understood: Understanding, plain: str) -> list[Entity]:
        said = next((answer for answer, patterns in self.fft.items() if _found(patterns, plain)), None)
        is_new = said is not None and understood.first("choice") is None
        return [_entity("choice", f"fft:{said}", understood, whole=True)] if is_new else []

    def _remark(self, understood: Understanding) -> Understanding:
        """Take praise, thanks and complaints for the words that were asked for."""
        if not _is_soft(understood) or understood.intent == "deny":
            return understood
        if not self._comment(understood):
            return _with(understood, [_entity("skip", True, understood, whole=True)])
        return replace(understood, confidence=0.0, ranking=())

    def _of_event(self, understood: Understanding, plain: str, slot: str) -> list[Entity]:
        """Whether they were there, where that is asked or told, and what it was like."""
        rating = _rating(understood)
        anew = self._anew(plain)
        if anew and rating is None:
            return self._attendance(understood, anew, asked=True)
        if self._says_nothing(understood, plain, rating, slot):
            return []
        found = [] if rating is not None else self._attendance(understood, plain, asked=slot == "attended")
        if found and found[0].value == "no":
            return found
        return self._with_opinion(understood, found, rating, slot)

    def _with_opinion(
        self, understood: Understanding, found: list[Entity], rating: int | None, slot: str
    ) -> list[Entity]:
        """What it was like beside whether they were there, which who speaks of it was."""
        opinion = self._opinion(understood, rating, asked=slot == "opinion")
        is_whole = not _is_wish(understood)
        if slot == "opinion":
            return [*found, *(_entity("opinion", each.value, understood, whole=is_whole) for each in opinion)]
        if opinion and not found:
            found = [_entity("attendance", "yes", understood, whole=is_whole)]
        return [*found, *opinion]

    def _anew(self, plain: str) -> str:
        """The answer that takes the place of another ("sorry i meant no": "no"), "" when nothing is taken back."""
        found = next(filter(None, (pattern.match(plain) for pattern in self.taken_back)), None)
        return plain[found.end() :] if found else ""

    def _says_nothing(self, understood: Understanding, plain: str, rating: int | None, slot: str) -> bool:
        """Whether a message asks something back, only announces that they have something to tell, or picks a line."""
        if (slot == "attended" and _MENU_LIKE.fullmatch(understood.text)) or _wants_to_tell(understood, plain):
            return True
        if rating is not None or understood.intent in _TOLD or understood.first("yes_no") is not None:
            return False
        return understood.text.rstrip().endswith("?") or _found(self.questions, plain)

    def _told(self, understood: Understanding, plain: str) -> list[Entity]:
        rating = _rating(understood)
        found = [] if rating is not None else self._attendance(understood, plain, asked=understood.intent == "attended")
        if found and found[0].value == "no" and understood.intent == "attended":
            return found
        return [*found, *([] if _wants_to_tell(understood, plain) else self._opinion(understood, rating, asked=True))]

    def _attendance(self, understood: Understanding, plain: str, *, asked: bool) -> list[Entity]:
        if not asked and understood.intent != "attended":
            return []
        value = next((name for name, patterns in self.attendance.items() if _found(patterns, plain)), None)
        if value is None:
            said = understood.first("yes_no")
            value = {True: "yes", False: "no", None: None}[said]
        if value is None and understood.intent == "feedback" and understood.confidence >= _LIKELY:
            value = "yes"
        if value is None:
            return []
        return [_entity("attendance", _ATTENDANCE[value], understood, whole=not _is_wish(understood))]

    def _opinion(self, understood: Understanding, rating: int | None, *, asked: bool) -> list[Entity]:
        is_about_it = understood.intent == "feedback" or (_is_soft(understood) and understood.intent != "attended")
        comment = self._comment(understood) if is_about_it or rating is not None else ""
        if rating is None and not (comment and (asked or understood.intent == "feedback")):
            return []
        return [_entity("opinion", {"rating": rating, "comment": comment}, understood, whole=False)]

    def _comment(self, understood: Understanding) -> str:
        """The words of a message beside its score, "" when they say nothing."""
        score = next((entity for entity in understood.entities if entity.kind == "rating"), None)
        text = understood.text
        if score is not None:
            before, after = text[: score.start].strip(_EDGES), text[score.end :].strip(_EDGES)
            # Words on both sides of the score hang together, so it stays among them.
            text = text if before and after else before or after
        words = [word for word in _plain(text).split() if word not in self.empty]
        if not any(any(map(str.isalpha, word)) for word in words):
            return ""
        return self._without_joining(" ".join(text.split()).strip(_EDGES))

    def _without_joining(self, text: str) -> str:
        first, _, rest = text.partition(" ")
        return rest.strip(_EDGES) if rest and first.lower().strip(_EDGES) in self.joining else text


def load_afterwards(path: Path) -> Afterwards:
    """Compile the patterns of a file."""
    data: dict[str, Any] = yaml12.load(path)
    return Afterwards(
        {name: _compiled(data["attendance"][name]) for name in _ATTENDANCE},
        {answer: _compiled(patterns) for answer, patterns in data["fft"].items()},
        {intent: _compiled(patterns) for intent, patterns in data["refusals"].items()},
        _compiled(data["taken_back"]),
        _compiled(data["enough"]),
        _compiled(data["about_checkins"]),
        _compiled(data["questions"]),
        _compiled(data["told"]),
        frozenset(data["empty"]),
        frozenset(data["joining"]),
    )


def _compiled(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _plain(text: str) -> str:
    return _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", text.lower())).strip()


def _found(patterns: Sequence[re.Pattern[str]], plain: str) -> bool:
    return any(pattern.search(plain) for pattern in patterns)


def _with(understood: Understanding, found: Sequence[Entity]) -> Understanding:
    return replace(understood, entities=(*understood.entities, *found)) if found else understood


def _entity(kind: str, value: Any, understood: Understanding, *, whole: bool) -> Entity:
    """An entity that takes all the words of the message, or none of them, so that they may say something else too."""
    end = len(understood.text)
    return Entity(kind, value, 0, end, understood.text) if whole else Entity(kind, value, end, end, "")


def _rating(understood: Understanding) -> int | None:
    """The score in a message; a number beyond the scale stands for itself."""
    odd = _ODD_NUMBER.fullmatch(understood.text)
    if odd and int(odd["number"]) != _TEN:
        return int(odd["number"])
    found: int | None = understood.first("rating")
    return found


def _is_soft(understood: Understanding) -> bool:
    return understood.intent in _SOFT or understood.confidence < _SURE


def _wants_to_tell(understood: Understanding, plain: str) -> bool:
    """Whether someone asks to give feedback rather than giving it."""
    words = plain.split()[:7]
    is_wish = understood.intent == "feedback" and ("feedback" in words or "review" in words)
    return is_wish and understood.first("rating") is None


def _as_feedback(understood: Understanding) -> Understanding:
    """Take a message for feedback: what it names is what it is about, and not looked for."""
    kept = tuple(entity for entity in understood.entities if entity.kind in ("rating", "yes_no"))
    return replace(understood, intent="feedback", confidence=_SURE, ranking=(("feedback", _SURE),), entities=kept)


def _is_wish(understood: Understanding) -> bool:
    """Whether a message plainly asks for something too."""
    asks = understood.text.rstrip().endswith("?") or understood.intent in _WISHES
    return asks and not _is_soft(understood)


def _scored(understood: Understanding) -> Understanding:
    """Take numbers beyond the scale as said, and words that only sound like feedback for nothing yet understood."""
    odd = _rating(understood)
    if odd is not None and odd != understood.first("rating"):
        others = [entity for entity in understood.entities if entity.kind != "rating"]
        return replace(understood, entities=(*others, _entity("rating", odd, understood, whole=True)))
    if understood.intent in _SOFT - {"deny", "abuse"} and not understood.text.rstrip().endswith("?"):
        return replace(understood, confidence=0.0, ranking=())
    return understood
