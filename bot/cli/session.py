"""What every command needs: settings, the database, and an error told in one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

import typer

from bot.settings import Settings, load_settings
from services.core.database import Database
from services.core.errors import WellbeingError

P = ParamSpec("P")
R = TypeVar("R")


def fail(message: str, code: int = 1) -> NoReturn:
    """Say what is wrong on standard error and end the command."""
    typer.secho(message, err=True, fg=typer.colors.RED)
    raise typer.Exit(code)


def tells_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn an error that the product raises on purpose into one line and exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except WellbeingError as error:
            fail(str(error))

    return run


@contextmanager
def opened_database() -> Iterator[tuple[Settings, Database]]:
    """The settings and their database, closed at the end; the schema must be there (`wellbeing db upgrade`)."""
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        yield settings, database
    finally:
        database.close()
