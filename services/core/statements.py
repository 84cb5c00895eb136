"""Statements that every turn runs, compiled once and then given to SQLite's driver as they are.

SQLAlchemy works out afresh for each call what it worked out the last time, which takes twenty times as long as
SQLite takes to answer, and a turn runs a dozen of these.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

Values = Mapping[str, Any]
Row = Sequence[Any]
Turned = Callable[[Any], Any] | None


class Prepared:
    """A statement that is always run with values of the same names, none of them a list (IN).

    On PostgreSQL SQLAlchemy runs it: there the way to the server takes longer than anything here.
    """

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self._statement = statement
        self._plan: _Plan | None = None

    def first(self, session: Session, values: Values) -> Row | None:
        """Run the statement and return the first row, if there is one."""
        rows = self.rows(session, values)
        return rows[0] if rows else None

    def rows(self, session: Session, values: Values) -> Sequence[Row]:
        """Run the statement and return what it selects or returns; an error of the driver is a DBAPIError."""
        connection = session.connection()
        if connection.dialect.name != "sqlite":
            found = connection.execute(self._statement, values)
            return found.all() if found.returns_rows else ()
        if self._plan is None:
            self._plan = _planned(self._statement, connection.dialect, values)
        return self._plan.run(connection, values)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The SQL; the name ("" for a fixed one), value and writer of each of its parameters; how each column is read."""

    sql: str
    parameters: tuple[tuple[str, Any, Turned], ...]
    columns: tuple[Turned, ...]

    def run(self, connection: Connection, values: Values) -> Sequence[Row]:
        bound = []
        for name, fixed, write in self.parameters:
            value = values[name] if name else fixed
            bound.append(write(value) if write else value)
        driver: Any = connection.connection.driver_connection
        try:
            found: list[Row] = driver.execute(self.sql, bound).fetchall()
        except connection.dialect.loaded_dbapi.Error as error:
            base = connection.dialect.loaded_dbapi.Error
            raise DBAPIError.instance(self.sql, None, error, base, hide_parameters=True) from error
        if not any(self.columns):
            return found
        return [
            [read(value) if read else value for read, value in zip(self.columns, row, strict=True)] for row in found
        ]


def _planned(statement: Any, dialect: Dialect, values: Values) -> _Plan:
    compiled = statement.compile(dialect=dialect, column_keys=list(values))
    parameters = []
    for name in compiled.positiontup or ():
        bind = compiled.binds[name]
        write = bind.type.dialect_impl(dialect).bind_processor(dialect)
        parameters.append((name if name in values else "", bind.effective_value, write))
    readers = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in _columns(statement))
    return _Plan(str(compiled), tuple(parameters), tuple(readers))


def _columns(statement: Any) -> Sequence[Any]:
    return tuple(statement.selected_columns if isinstance(statement, Select) else statement.exported_columns)
