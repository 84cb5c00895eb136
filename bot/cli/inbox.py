"""Commands for what staff must see."""

import typer

from bot.cli.session import opened_database, tells_errors
from services.core.clock import to_london
from services.core.phone import mask
from services.people import flags

inbox = typer.Typer(no_args_is_help=True, help="What staff must see, gravest first.")

_SEVERITY = ("emergency", "urgent", "today", "routine")


@inbox.callback()
def _group() -> None:
    """What staff must see, gravest first."""


@inbox.command("list")
@tells_errors
def list_flags(limit: int = typer.Option(100, help="How many at most.")) -> None:
    """List what nobody has handled yet: red flags first, then people who asked for a person."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    with opened_database() as (_settings, database), database.read() as session:
        waiting = flags.open_flags(session, limit)
    if not waiting:
        typer.echo("Nothing is waiting.")
        return
    table = Table("id", "how grave", "what", "from", "when", "message")
    for flag in waiting:
        when = to_london(flag.created_at).strftime("%d %b %H:%M")
        said = Text(flag.body or flag.note)  # as it is: "[b]" in a message is no mark-up
        table.add_row(str(flag.id), _SEVERITY[flag.severity], flag.category, mask(flag.address), when, said)
    Console(width=None if Console().is_terminal else 200).print(table)
