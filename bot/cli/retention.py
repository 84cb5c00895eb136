"""`wellbeing retention`: what has been kept for long enough, and its deletion."""

import getpass
from collections import Counter
from typing import Annotated

import typer

from bot.cli.session import By, opened_database, tells_errors
from services.core.clock import SystemClock


@tells_errors
def retention(
    apply: Annotated[bool, typer.Option("--apply", help="Delete it: it cannot be undone.")] = False,
    by: By = "",
) -> None:
    """Count what has been kept for as long as it is needed, and delete it with --apply; legal holds are respected."""
    from services.people import audit
    from services.privacy import retention as keeping

    now, actor = SystemClock().now(), by or getpass.getuser()
    with opened_database() as (settings, database):
        rules = keeping.rules(settings.retention, now)
        if not apply:
            _show(database.read_once(lambda session: keeping.counts(session, rules)))
            typer.echo("Nothing was deleted: this is what --apply would.")
            return
        done = Counter({rule.name: 0 for rule in rules})
        for name, count in keeping.sweep(database, rules, now):
            done[name] += count
        details = {name: count for name, count in done.items() if count}
        database.write(lambda session: audit.record(session, actor=actor, action="retention", now=now, details=details))
    _show(done)


def _show(counts: dict[str, int] | Counter[str]) -> None:
    for name, count in counts.items():
        typer.echo(f"{count:8,}  {name}")
