"""What every command needs: settings, the database, and an error told in one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Annotated, NoReturn, ParamSpec, TypeVar

import typer
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from bot.settings import Settings, load_settings
from services.core.database import Database
from services.core.errors import WellbeingError

P = ParamSpec("P")
R = TypeVar("R")
By = Annotated[str, typer.Option("--by", help="Who you are; your user name on this machine if left out.")]


def fail(message: str, code: int = 1) -> NoReturn:
    """Say what is wrong on standard error and end the command."""
    typer.secho(message, err=True, fg=typer.colors.RED)
    raise typer.Exit(code)


def tells_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what the product, the database or the machine says is wrong into one line and exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (ArgumentError, NoSuchModuleError):
            fail("DATABASE_URL is no address of a database, such as sqlite:////var/lib/wellbeing/wellbeing.db")
        except DBAPIError as error:
            fail(f"The database cannot be used: {str(error.orig).splitlines()[0]}")
        except BrokenPipeError:
            raise  # whoever read our output has heard enough
        except (WellbeingError, OSError) as error:
            fail(str(error))

    return run


@contextmanager
def opened_database() -> Iterator[tuple[Settings, Database]]:
    """The settings and their database, closed at the end; the schema must be there (`wellbeing db upgrade`)."""
    from services.migrations.upgrade import require_current

    settings = load_settings()
    database = Database(settings.database_url)
    try:
        require_current(database)
        yield settings, database
    finally:
        database.close()
