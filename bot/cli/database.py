"""Commands for the database: its schema, and demo data."""

import typer

from bot.cli.session import opened_database, tells_errors
from bot.settings import load_settings
from services.core.clock import SystemClock

db = typer.Typer(no_args_is_help=True, help="The database's schema.")


@db.callback()
def _group() -> None:
    """The database's schema."""


@db.command()
@tells_errors
def upgrade() -> None:
    """Bring the database's schema up to date; creates it when there is none."""
    from services.migrations.upgrade import upgrade as migrate

    migrate(load_settings().database_url)
    typer.echo("The database is up to date.")


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
