"""The red-flag detector: finds what cannot wait in any message, by rules that are data (`dialogues/safety.yml`).

It is deterministic and leans towards too many hits. A message becomes plain words; idioms are struck out; phrases are
looked up in named sets; a rule holds when its sets stand near one another and no scope (denied, asked about, long
past) covers them.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from bot.dialogue.safety_words import END, Phrases, Span, Vocabulary, choices
from services.core import yaml12

Words = Annotated[list[str], BeforeValidator(lambda text: [w.strip() for w in text.split(",") if w.strip()])]
Found = Mapping[str, Sequence[Span]]
_NEAR = 8
# A choice stands for whole words, so that what is left without these are the words of every phrase.
_CHOICE_MARKS = re.compile(r"[()|]")
_NESTED = re.compile(r"\([^()]*\(")
_BESIDE = 4


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(_Strict):
    """What is answered; `reply_no_phone` asks nobody to speak on the phone."""

    reply: str
    reply_no_phone: str


class Category(Reply):
    """A kind of red flag: how grave (0 emergency to 3), and what is answered. The file's order breaks ties."""

    severity: int


class Combination(Reply):
    """What is answered when all these categories are hit at once."""

    of: list[str]


class Scope(_Strict):
    """A stretch of a message in which words do not count: denied, asked about, long past.

    It runs on from a phrase of `before`, and back from one of `after`, over the words of `over` and the spans of the
    sets in `through`; and it covers `reach` words either side of a phrase of `around`. It never crosses the end of a
    sentence. A set of `despite` near a word (it is happening now) makes the word count after all.
    """

    before: Words = []
    after: Words = []
    around: Words = []
    over: Words = []
    through: list[str] = []
    reach: int = 0
    despite: list[str] = []


class Rule(_Strict):
    """One way in which a red flag shows.

    Every entry of `all` (a set, or several as "leg|arm") must stand within `within` words of the next, in that order
    if `ordered`, outside the `scopes`, and with no set of `unless` near, save when a set of `despite` is near too.
    """

    category: str
    all: list[str]
    within: int = 6
    ordered: bool = False
    scopes: list[str] = ["denied", "topic", "past"]
    unless: list[str] = []
    despite: list[str] = ["now"]


class SafetyFile(_Strict):
    """`safety.yml`, whole."""

    version: str
    no_phone: Words
    never_phone: Words
    categories: dict[str, Category]
    combinations: list[Combination]
    slips: dict[str, Words]
    keys: Words
    known: Words
    whole: Words
    fillers: Words
    idioms: Words
    scopes: dict[str, Scope]
    sets: dict[str, Words]
    rules: dict[str, Rule]


@dataclass(frozen=True, slots=True)
class Hit:
    """One red flag found: its category, how grave (0 emergency to 3), the rule, and the words that showed it."""

    category: str
    severity: int
    rule: str
    words: str


class Safety:
    """The detector, built once from its file; checking shares nothing between messages."""

    def __init__(self, data: SafetyFile) -> None:
        self._data = data
        self._rank = {category: rank for rank, category in enumerate(data.categories)}
        self._order = {name: place for place, name in enumerate(data.rules)}
        self._starting = _by_first_set(data.rules)
        self._vocabulary = read = _vocabulary(data)
        fillers = frozenset(word for filler in data.fillers for word in read.read(filler))
        # An idiom is a fixed phrase: nothing may stand between its words.
        self._idioms = self._index((("idiom", idiom) for idiom in data.idioms), frozenset())
        self._named = self._index(_phrases(data), fillers)
        self._no_phone = self._index((("no_phone", phrase) for phrase in data.no_phone), fillers)
        self._never_phone = self._index((("never_phone", phrase) for phrase in data.never_phone), fillers)
        self._over = {name: {"".join(read.read(word)) for word in scope.over} for name, scope in data.scopes.items()}

    def check(self, text: str) -> tuple[Hit, ...]:
        """The red flags in a message, gravest first; one hit for each category."""
        words = self._strike_idioms(self._vocabulary.read(text))
        found = self._named.find(words)
        scoped: dict[str, set[int]] = {}
        hits: dict[str, Hit] = {}
        possible = {name for one in found for name in self._starting.get(one, ())}
        for name in sorted(possible, key=self._order.__getitem__):
            rule = self._data.rules[name]
            if rule.category not in hits and all(_rows(entry, found) for entry in rule.all):
                span = self._match(rule, words, found, scoped)
                if span is not None:
                    severity = self._data.categories[rule.category].severity
                    hits[rule.category] = Hit(rule.category, severity, name, " ".join(words[slice(*span)]))
        return tuple(sorted(hits.values(), key=lambda hit: (hit.severity, self._rank[hit.category])))

    def reply(self, hits: Sequence[Hit], *, no_phone: bool = False) -> str:
        """The fixed reply to the gravest hit; `no_phone` for someone who cannot use the phone."""
        categories = {hit.category for hit in hits}
        combined = (both for both in self._data.combinations if categories.issuperset(both.of))
        said = next(combined, None) or self._data.categories[hits[0].category]
        return said.reply_no_phone if no_phone else said.reply

    def cannot_phone(self, text: str) -> bool:
        """Whether the message says that its writer cannot hear or speak on the phone, if only now."""
        return bool(self._no_phone.find(self._vocabulary.read(text))) or self.never_phones(text)

    def never_phones(self, text: str) -> bool:
        """Whether the message says that its writer never can, which is to be remembered."""
        return bool(self._never_phone.find(self._vocabulary.read(text)))

    def _index(self, named: Iterable[tuple[str, str]], fillers: frozenset[str]) -> Phrases:
        heard = self._vocabulary.heard
        each = ((name, words) for name, phrase in named for words in choices(phrase, heard, fillers))
        return Phrases(((self._vocabulary.joined(words), name) for name, words in each), fillers)

    def _strike_idioms(self, words: list[str]) -> list[str]:
        spans = self._idioms.find(words).get("idiom", ())
        struck = {place for start, end in spans for place in range(start, end)}
        return ["_" if place in struck else word for place, word in enumerate(words)]

    def _match(self, rule: Rule, words: Sequence[str], found: Found, scoped: dict[str, set[int]]) -> Span | None:
        """The first stretch that shows a rule; `scoped` keeps what each scope covers for the rules that follow."""
        for name in rule.scopes:
            if name not in scoped:
                scoped[name] = set(self._covered(name, words, found))
        covered = set().union(*(scoped[name] for name in rule.scopes))
        rows = [[span for span in _rows(entry, found) if span[0] not in covered] for entry in rule.all]
        return next((span for span in _chains(rows, rule) if not _excused(span, rule, words, found)), None)

    def _covered(self, name: str, words: Sequence[str], found: Found) -> Iterator[int]:
        """The places of a message that a scope covers."""
        scope = self._data.scopes[name]
        around = found.get(f"{name}.around", ())
        counts = _places(_outside(found, scope.despite, around), scope.despite, _NEAR)
        passable = _places(found, scope.through) | {p for p, word in enumerate(words) if word in self._over[name]}
        ends = {place for place, word in enumerate(words) if word == END}
        for _, end in found.get(f"{name}.before", ()):
            yield from _run(range(end, len(words)), passable, counts)
        for start, _ in found.get(f"{name}.after", ()):
            yield from _run(range(start - 1, -1, -1), passable, counts)
        for start, end in around:
            within = set(range(max(0, start - scope.reach), min(len(words), end + scope.reach))) - ends
            yield from _run(range(start, len(words)), within, counts)
            yield from _run(range(start, -1, -1), within, counts)


def load_safety(path: Path) -> Safety:
    """Read and check `safety.yml`; raises ValueError naming an unknown set or the like, or a choice in a choice."""
    data = SafetyFile(**yaml12.load(path))
    nested = [
        phrase for _, phrase in [*_phrases(data), *(("", idiom) for idiom in data.idioms)] if _NESTED.search(phrase)
    ]
    if nested:
        raise ValueError(f"{path.name}: a choice stands within a choice: {nested[0]}")
    unknown = [*(_sets_named(data) - set(data.sets)), *(_categories_named(data) - set(data.categories))]
    unknown += {name for rule in data.rules.values() for name in rule.scopes} - set(data.scopes)
    if unknown:
        raise ValueError(f"{path.name}: no such set, scope or category: {', '.join(sorted(unknown))}")
    return Safety(data)


def _sets_named(data: SafetyFile) -> set[str]:
    in_rules = (name for rule in data.rules.values() for name in (*rule.all, *rule.unless, *rule.despite))
    in_scopes = (name for scope in data.scopes.values() for name in (*scope.through, *scope.despite))
    return {one for entry in (*in_rules, *in_scopes) for one in entry.split("|")}


def _categories_named(data: SafetyFile) -> set[str]:
    combined = (name for combination in data.combinations for name in combination.of)
    return {*combined, *(rule.category for rule in data.rules.values())}


def _by_first_set(rules: Mapping[str, Rule]) -> dict[str, list[str]]:
    """The rules that each set may start: a rule is looked at only when its first entry is in the message."""
    starting: dict[str, list[str]] = {}
    for name, rule in rules.items():
        for one in rule.all[0].split("|"):
            starting.setdefault(one, []).append(name)
    return starting


def _vocabulary(data: SafetyFile) -> Vocabulary:
    """The words of the file: what is in a phrase is never taken for a slip of another word."""
    slips = {slip: word for word, written in data.slips.items() for slip in written}
    texts = [*data.idioms, *data.fillers, *data.known, *(phrase for _, phrase in _phrases(data))]
    known = (word for text in texts for word in _CHOICE_MARKS.sub(" ", text).split())
    return Vocabulary(slips, data.keys, known, data.whole)


def _phrases(data: SafetyFile) -> Iterator[tuple[str, str]]:
    """Every phrase that is looked for, with the name it is found under."""
    for name, phrases in data.sets.items():
        yield from ((name, phrase) for phrase in phrases)
    for name, scope in data.scopes.items():
        for part in ("before", "after", "around"):
            yield from ((f"{name}.{part}", phrase) for phrase in getattr(scope, part))


def _rows(entry: str, found: Found) -> list[Span]:
    """Where one entry of a rule stands, in order."""
    if "|" not in entry:
        return list(found.get(entry, ()))
    return sorted(span for name in entry.split("|") for span in found.get(name, ()))


def _chains(rows: Sequence[Sequence[Span]], rule: Rule) -> Iterator[Span]:
    """The stretches in which every set of a rule stands near the next, in some order or in the rule's own."""
    for order in [rows] if rule.ordered else permutations(rows):
        chains = list(order[0])
        for row in order[1:]:
            chains = list(_lengthened(chains, row, rule.within))
        yield from chains


def _lengthened(chains: Sequence[Span], row: Sequence[Span], within: int) -> Iterator[Span]:
    """Each chain that ends just before a span, lengthened by it."""
    by_end = sorted(chains, key=lambda chain: chain[1])
    ends = [chain[1] for chain in by_end]
    for start, end in row:
        last = bisect_right(ends, start) - 1
        if last >= 0 and start - ends[last] <= within:
            yield by_end[last][0], end


def _places(found: Found, names: Iterable[str], margin: int = 0) -> set[int]:
    """The places that the spans of these sets take, and so many on either side."""
    spans = (span for name in names for span in found.get(name, ()))
    return {place for start, end in spans for place in range(start - margin, end + margin)}


def _outside(found: Found, names: Iterable[str], spans: Sequence[Span]) -> Found:
    """What is found of these sets, without what is part of a longer phrase: the "now" of "fine now"."""
    taken = {place for span in spans for place in range(*span)}
    return {name: [span for span in found.get(name, ()) if span[0] not in taken] for name in names}


def _run(places: Iterable[int], passable: Collection[int], counts: Collection[int]) -> Iterator[int]:
    """The places up to the first that cannot be passed, without those that count."""
    for place in places:
        if place not in passable:
            return
        if place not in counts:
            yield place


def _excused(span: Span, rule: Rule, words: Sequence[str], found: Found) -> bool:
    """Whether something beside a stretch makes it harmless, and nothing near says that it is happening."""
    within = set(range(*span))
    ends = {place for place, word in enumerate(words) if word == END}
    beside = _reached(range(span[0], -1, -1), ends) | _reached(range(span[1], len(words)), ends) | within
    if not any(beside & _places(found, [name]) for name in rule.unless):
        return False
    return not within & _places(found, rule.despite, _NEAR)


def _reached(places: range, ends: Collection[int]) -> set[int]:
    """The few places next to a stretch, up to the end of its sentence."""
    near = list(places[:_BESIDE])
    return set(near[: next((index for index, place in enumerate(near) if place in ends), len(near))])
