"""Retention: what has been kept for as long as it is needed is emptied or deleted, a page at a time.

Every page commits by itself, and what was done is not found again, so a pass may be broken off and begun anew at any
moment. Rows that lead to a person under a legal hold are passed over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Table, delete, func, not_, select, update
from sqlmodel import Session

from services.core.database import Database
from services.migrations.metadata import all_tables
from services.privacy import dormant, retention_rules
from services.privacy.erasing import Erased, erase_people
from services.privacy.legal_holds import HELD
from services.privacy.periods import Periods
from services.privacy.records import is_of, personal_tables, with_those_cared_for

Key = int | str

PAGE = 500
_PEOPLE_PAGE = 20
ACTOR = "retention"


class Rule(Protocol):
    """One thing that retention does."""

    @property
    def name(self) -> str:
        """What it does it to."""
        ...

    def count(self, session: Session) -> int:
        """How many rows are due."""
        ...

    def due(self, session: Session, after: Key | None) -> Sequence[Key]:
        """The next page of rows that are due, by key, from those above `after`."""
        ...

    def apply(self, session: Session, keys: Sequence[Key], now: datetime) -> int:
        """Deal with those of these rows that still are due; return how many that were."""
        ...


@dataclass(frozen=True, slots=True)
class RowRule:
    """Rows of one table: emptied of `values`, or deleted where that is None."""

    name: str
    table: Table
    is_due: ColumnElement[bool]
    values: dict[str, Any] | None

    @property
    def _key(self) -> ColumnElement[Any]:
        [key] = self.table.primary_key.columns
        return key

    @property
    def _where(self) -> ColumnElement[bool]:
        if self.table.name not in {table.name for table in personal_tables()}:
            return self.is_due
        return self.is_due & not_(is_of(self.table, HELD))

    def count(self, session: Session) -> int:
        """See Rule."""
        return int(session.execute(select(func.count()).select_from(self.table).where(self._where)).scalar_one())

    def due(self, session: Session, after: Key | None) -> Sequence[Key]:
        """See Rule."""
        question = select(self._key).where(self._where).order_by(self._key).limit(PAGE)
        question = question if after is None else question.where(self._key > after)
        return list(session.execute(question).scalars())

    def apply(self, session: Session, keys: Sequence[Key], now: datetime) -> int:
        """See Rule."""
        mine = self._key.in_(keys) & self._where
        change = delete(self.table).where(mine) if self.values is None else update(self.table).where(mine)
        change = change if self.values is None else change.values(**self.values)  # type: ignore[union-attr]
        return len(session.execute(change.returning(self._key)).all())


@dataclass(frozen=True, slots=True)
class PeopleRule:
    """People of whom nothing has been heard since `before`: erased, as if they had asked for it."""

    before: datetime
    name: str = "people"

    def count(self, session: Session) -> int:
        """See Rule."""
        people = dormant.people(self.before).subquery()
        return int(session.execute(select(func.count()).select_from(people)).scalar_one())

    def due(self, session: Session, after: Key | None) -> Sequence[Key]:
        """See Rule."""
        found = dormant.people(self.before, after=int(after or 0)).limit(_PEOPLE_PAGE)
        return list(session.execute(found).scalars())

    def apply(self, session: Session, keys: Sequence[Key], now: datetime) -> int:
        """See Rule."""
        due = session.execute(dormant.people(self.before, among=[int(key) for key in keys])).scalars().all()
        done = 0
        for person_id in due:
            people = with_those_cared_for(session, {person_id})
            done += isinstance(erase_people(session, people, actor=ACTOR, now=now), Erased)
        return done


def rules(periods: Periods, now: datetime) -> tuple[Rule, ...]:
    """What is due as of `now` (aware), in an order in which nothing is deleted before what refers to it."""
    tables = all_tables().tables
    dated = retention_rules.dated(
        now - periods.words, now - periods.bookings, now - periods.answers, now, tables=dict(tables)
    )
    rows = tuple(RowRule(each.name, tables[each.table], each.is_due, each.values) for each in dated)
    return (*rows, PeopleRule(now - periods.people))


def counts(session: Session, due: Sequence[Rule]) -> dict[str, int]:
    """How many rows each rule would deal with now; a rule may make more due for another."""
    return {rule.name: rule.count(session) for rule in due}


def sweep(database: Database, due: Sequence[Rule], now: datetime) -> Iterator[tuple[str, int]]:
    """Deal with all that is due, a page with each step, and tell the rule and how many rows that were."""
    for rule in due:
        after: Key | None = None
        while keys := _page(database, rule, after):
            after = keys[-1]
            yield rule.name, _apply(database, rule, keys, now)


def _page(database: Database, rule: Rule, after: Key | None) -> Sequence[Key]:
    return database.read_once(lambda session: rule.due(session, after))


def _apply(database: Database, rule: Rule, keys: Sequence[Key], now: datetime) -> int:
    return database.write(lambda session: rule.apply(session, keys, now))
