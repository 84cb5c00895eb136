"""Commands for the database: its schema, moving it, backups, and demo data."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.session import opened_database, tells_errors
from bot.settings import load_settings
from services.core.clock import SystemClock

db = typer.Typer(no_args_is_help=True, help="The database's schema, backups, and moving to another database.")


@db.callback()
def _group() -> None:
    """The database's schema, backups, and moving to another database."""


@db.command()
@tells_errors
def upgrade() -> None:
    """Bring the database's schema up to date; creates it when there is none."""
    from services.migrations.upgrade import upgrade as migrate

    migrate(load_settings().database_url)
    typer.echo("The database is up to date.")


@db.command()
@tells_errors
def copy(
    source: Annotated[str, typer.Argument(help="The SQLite file's address; nobody may serve it meanwhile.")],
    target: Annotated[str, typer.Argument(help="The address of an empty PostgreSQL database with the same tables.")],
) -> None:
    """Copy everything from an SQLite file to PostgreSQL, and check it; all or nothing."""
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from services.migrations.copying import copy_database

    bars: dict[str, TaskID] = {}
    with Progress(console=Console(stderr=True), transient=True) as shown:

        def tell(table: str, done: int, of: int) -> None:
            if table not in bars:
                bars[table] = shown.add_task(table, total=of)
            shown.update(bars[table], completed=done)

        counts = copy_database(source, target, tell)
    for table, rows in counts.items():
        if rows:
            typer.echo(f"{table}: {rows}")
    typer.echo(f"{sum(counts.values())} rows were copied and compared. Set DATABASE_URL to the new database.")


@db.command()
@tells_errors
def backup(
    file: Annotated[Path, typer.Argument(help="A new file, to be encrypted before it is kept.")],
) -> None:
    """Copy the SQLite database as it is at one moment; whoever serves it goes on. Encrypting: docs/backups.md."""
    from services.core import backups

    backups.back_up(load_settings().database_url, file)
    typer.echo(f"{file}: {file.stat().st_size} bytes, checked. It is not encrypted yet: docs/backups.md says how.")


@db.command()
@tells_errors
def restore(file: Annotated[Path, typer.Argument(help="A backup, decrypted.", exists=True, dir_okay=False)]) -> None:
    """Make the SQLite database anew from a backup; refused where one exists or is being served."""
    from services.core import backups

    url = load_settings().database_url
    backups.restore(url, file)
    typer.echo("Restored. Run wellbeing db upgrade if the backup is of an older version, then start the service.")


@tells_errors
def demo_data() -> None:
    """Load invented events at real London venues over the coming eight weeks; running it again adds nothing twice."""
    from services.booking.demo_data import load_demo
    from services.journey.gazetteer import Gazetteer

    with opened_database() as (settings, database):
        if not settings.is_development:
            raise typer.BadParameter("demo data is for ENVIRONMENT=development only")
        loaded = load_demo(database, SystemClock().now(), Gazetteer.load().locate)
        typer.echo(str(loaded))
