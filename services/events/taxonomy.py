"""The taxonomy of events: cancer types, needs, audiences, stages and access, as listed in `taxonomy.yml`."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.core import yaml12

_FILE = Path(__file__).with_name("taxonomy.yml")
# The lists of the file, and the kind of entity that words of each one name in a message.
_KINDS = {"cancer_types": "cancer_type", "needs": "need", "audience": "audience", "stage": "stage", "access": "access"}


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that an event can be for: its kind, its stored id, what a person reads, and the words people use.

    `kind` is cancer_type, need, audience, stage or access. `words` mean the term anywhere; `weak` words only as an
    answer to its question or beside words that make it plain.
    """

    kind: str
    id: str
    label: str
    words: tuple[str, ...]
    weak: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All terms by id, list by list; `ignored` phrases look like a term and are none."""

    cancer_types: dict[str, Term]
    needs: dict[str, Term]
    audience: dict[str, Term]
    stage: dict[str, Term]
    access: dict[str, Term]
    ignored: tuple[str, ...]

    def terms(self) -> Iterator[Term]:
        """Yield every term, list by list in the order of the file."""
        for group in (self.cancer_types, self.needs, self.audience, self.stage, self.access):
            yield from group.values()

    def label(self, kind: str, term_id: str) -> str:
        """Return what a person reads for an id of a kind ("need", ...); an unknown id is its own label."""
        group: dict[str, Term] = getattr(self, next(name for name, of in _KINDS.items() if of == kind))
        return group[term_id].label if term_id in group else term_id


@cache
def load_taxonomy() -> Taxonomy:
    """Return the project's taxonomy, read once."""
    data = yaml12.load(_FILE)
    lists = {name: _terms(kind, data[name]) for name, kind in _KINDS.items()}
    return Taxonomy(**lists, ignored=_words(data["ignored"]))


def _terms(kind: str, rows: list[dict[str, str]]) -> dict[str, Term]:
    """Return the terms of one list by id; ValueError when an id comes twice."""
    terms = [Term(kind, row["id"], row["label"], _words(row["words"]), _words(row.get("weak", ""))) for row in rows]
    by_id = {term.id: term for term in terms}
    if len(by_id) != len(terms):
        raise ValueError(f"an id comes twice among {kind}")
    return by_id


def _words(listed: str) -> tuple[str, ...]:
    """Return the phrases of a list written with commas, each once."""
    return tuple(dict.fromkeys(phrase.strip() for phrase in listed.split(",") if phrase.strip()))
