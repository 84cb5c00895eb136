"""How well messages were understood: accuracy, F1, refusals and confusions, counted and written out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.nlu.classify import OUT_OF_SCOPE

_CONFUSIONS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Tally:
    """Hits, false finds and misses of one kind of thing."""

    hits: int
    false_finds: int
    misses: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right (1 when nothing was found)."""
        return _share(self.hits, self.hits + self.false_finds)

    @property
    def recall(self) -> float:
        """Share of what was there that was found (1 when nothing was there)."""
        return _share(self.hits, self.hits + self.misses)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _share(2 * self.hits, 2 * self.hits + self.false_finds + self.misses)

    @property
    def support(self) -> int:
        """How many there were to find."""
        return self.hits + self.misses


@dataclass(frozen=True)
class IntentScores:
    """What a classifier made of labelled messages: `pairs` counts (expected intent, understood intent)."""

    name: str
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """The number of messages."""
        return self.pairs.total()

    @property
    def intents(self) -> list[str]:
        """Every intent expected or understood, in alphabetical order."""
        return sorted({intent for pair in self.pairs for intent in pair})

    @property
    def accuracy(self) -> float:
        """Share of messages whose intent was understood."""
        return _share(sum(count for (expected, got), count in self.pairs.items() if expected == got), self.total)

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the intents that were expected, each counting the same."""
        f1 = [tally.f1 for tally in self.by_intent().values() if tally.support]
        return sum(f1) / len(f1) if f1 else 0.0

    @property
    def out_of_scope_recall(self) -> float:
        """Share of the out-of-scope messages that were refused."""
        expected = sum(count for (intent, _), count in self.pairs.items() if intent == OUT_OF_SCOPE)
        return _share(self.pairs[OUT_OF_SCOPE, OUT_OF_SCOPE], expected)

    @property
    def false_refusals(self) -> float:
        """Share of the messages with a meaning that were refused as out of scope."""
        meant = sum(count for (intent, _), count in self.pairs.items() if intent != OUT_OF_SCOPE)
        refused = sum(count for (intent, got), count in self.pairs.items() if intent != OUT_OF_SCOPE == got)
        return refused / meant if meant else 0.0

    def by_intent(self) -> dict[str, Tally]:
        """The tally of each intent."""
        expected, got = Counter[str](), Counter[str]()
        for (wanted, understood), count in self.pairs.items():
            expected[wanted] += count
            got[understood] += count
        hits = {intent: self.pairs[intent, intent] for intent in self.intents}
        return {
            intent: Tally(hits[intent], got[intent] - hits[intent], expected[intent] - hits[intent]) for intent in hits
        }

    def confusions(self) -> list[tuple[str, str, int]]:
        """(expected, understood, how often) of the mistakes, most frequent first."""
        wrong = [(*pair, count) for pair, count in self.pairs.items() if pair[0] != pair[1]]
        return sorted(wrong, key=lambda row: (-row[2], row[0], row[1]))


def score(name: str, expected: Iterable[str], understood: Iterable[str]) -> IntentScores:
    """The scores of a set of messages from what was expected and what was understood, in the same order."""
    return IntentScores(name, Counter(zip(expected, understood, strict=True)))


def headline(scores: IntentScores) -> str:
    """One line of the figures that matter."""
    return (
        f"{scores.name:<24} {scores.total:>5} messages   accuracy {scores.accuracy:6.1%}   "
        f"macro F1 {scores.macro_f1:6.1%}   out of scope refused {scores.out_of_scope_recall:6.1%}   "
        f"false refusals {scores.false_refusals:5.1%}"
    )


def tally_table(title: str, tallies: dict[str, Tally]) -> str:
    """A table of precision, recall and F1, one line each."""
    rows = [f"{title:<22} precision  recall      F1  support"]
    rows += [f"{name:<22} {t.precision:9.1%} {t.recall:7.1%} {t.f1:7.1%} {t.support:8}" for name, t in tallies.items()]
    return "\n".join(rows)


def confusion_table(confusions: Sequence[tuple[str, str, int]]) -> str:
    """The most frequent confusions, one line each."""
    rows = ["most confused: expected -> understood"]
    rows += [
        f"{count:>5}  {expected} -> {understood}" for expected, understood, count in confusions[:_CONFUSIONS_SHOWN]
    ]
    return "\n".join(rows)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0
