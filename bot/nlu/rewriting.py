"""A small grammar engine: a message becomes a row of atoms, and rules rewrite stretches of the row into one atom.

A rule's pattern is a regular expression over the names of atoms ("(a|number) week on? weekday"); each name stands for
one character, so that the whole row is matched at C speed.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.nlu.calendar_days import Days


@dataclass(frozen=True, slots=True)
class Atom:
    """A stretch of a message, from word `first` to word `last` (inclusive), read as one thing."""

    name: str
    value: Any
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Match:
    """The atoms that a rule's pattern covers."""

    atoms: Sequence[Atom]

    def value(self, *names: str) -> Any:
        """Return the value of the first atom with one of these names, or None."""
        return next((atom.value for atom in self.atoms if atom.name in names), None)

    def values(self, *names: str) -> list[Any]:
        """Return the values of all atoms with one of these names, in order."""
        return [atom.value for atom in self.atoms if atom.name in names]

    def has(self, *names: str) -> bool:
        """Return whether an atom with one of these names is there."""
        return any(atom.name in names for atom in self.atoms)


@dataclass(frozen=True, slots=True)
class Read:
    """What a rule made of a stretch: the new atom's name and value."""

    name: str
    value: Any


def days_read(days: Days | None) -> Read | None:
    """Return days as what a rule read, or that it read nothing."""
    return Read("days", days) if days else None


Build = Callable[[Match, date], Read | None]

# Filled while the tables of rules are built (at import), only read afterwards.
_codes: dict[str, str] = {}
_OTHER = "."
_NAME = re.compile(r"[a-z_]+")


def _code(name: str) -> str:
    """Return the one character that stands for atoms of a name, a new one for a new name."""
    return _codes.setdefault(name, chr(0x4E00 + len(_codes)))


class Rules:
    """A table of rules; at each place the longest match that its function accepts (does not answer None to) wins."""

    def __init__(self, table: Iterable[tuple[str, Build]]) -> None:
        sources = [(_source(pattern), build) for pattern, build in table]
        self._rules = [(re.compile(source), build) for source, build in sources]
        self._any = re.compile("|".join(f"(?:{source})" for source, _ in sources))

    def rewrite(self, atoms: list[Atom], today: date) -> list[Atom]:
        """Return the row with every stretch that a rule covers replaced by what the rule reads there."""
        row = "".join(_codes.get(atom.name, _OTHER) for atom in atoms)
        result: list[Atom] = []
        place = 0
        while at := self._any.search(row, place):
            result += atoms[place : at.start()]
            place, read = self._longest(atoms, row, at.start(), today)
            result.append(read)
        return result + atoms[place:]

    def _longest(self, atoms: list[Atom], row: str, start: int, today: date) -> tuple[int, Atom]:
        """Return where the best match at `start` ends, and its atom; the atom that stands there if rules decline."""
        found = [(match.end(), build) for pattern, build in self._rules if (match := pattern.match(row, start))]
        for end, build in sorted(found, key=lambda match: -match[0]):
            read = build(Match(atoms[start:end]), today)
            if read:
                return end, Atom(read.name, read.value, atoms[start].first, atoms[end - 1].last)
        return start + 1, atoms[start]


def _source(pattern: str) -> str:
    """Return a pattern over names as one over their characters; "count" is a number in digits or words."""
    return _NAME.sub(lambda name: _coded(name.group()), pattern).replace(" ", "")


def _coded(name: str) -> str:
    return f"[{_code('number')}{_code('numeral')}]" if name == "count" else _code(name)
