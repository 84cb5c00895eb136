"""Commands for events: import, export, who is coming."""

import typer

events = typer.Typer(no_args_is_help=True, help="Events: import, export, who is coming.")


@events.callback()
def _group() -> None:
    """Events: import, export, who is coming."""
