"""Commands about what leaves: what was refused and why, and what was spent."""

from datetime import datetime, time, timedelta
from typing import Annotated

import typer

from bot.cli.session import opened_database, tells_errors
from services.core.clock import LONDON, SystemClock, to_london
from services.people import refusals, spending
from services.people.spending import Budget

outbox = typer.Typer(no_args_is_help=True, help="What leaves: what was refused and why, what was spent.")
_WEEK = 7
Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], help="A day, such as 2026-11-23; a week ago if left out."),
]


@outbox.callback()
def _group() -> None:
    """What leaves: what was refused and why, what was spent."""


@outbox.command("refusals")
@tells_errors
def list_refusals(since: Since = None) -> None:
    """Count the messages that were not sent, by reason, kind of message, and channel of the person."""
    with opened_database() as (_settings, database):
        found = database.read_once(lambda session: refusals.count(session, _begin(since)))
    if not found:
        typer.echo("Nothing was refused.")
    explained: set[str] = set()
    for each in found:
        typer.echo(f"{each.number:>8}  {each.reason}  {each.kind}  {each.channel}")
        if each.reason not in explained:
            typer.echo(f"          {refusals.meaning(each.reason)}")
        explained.add(each.reason)


@outbox.command()
@tells_errors
def spend(since: Since = None) -> None:
    """Show what left on each day, in messages and segments, and what that costs at the prices set now."""
    with opened_database() as (settings, database):
        used = database.read_once(lambda session: spending.since(session, spending.day_of(_begin(since))))
    budget = Budget(settings.prices, settings.daily_spend_limit)
    for each in used:
        price = budget.price(each.channel, each.segments)
        typer.echo(f"{each.day}  {each.channel:<8}  {each.messages:>8}  {each.segments:>8}  £{price:.2f}")
    limit = "no limit is set" if budget.limit is None else f"the limit for a day is £{budget.limit:.2f}"
    typer.echo(f"Day, channel, messages, segments, price; {limit}.")


def _begin(since: datetime | None) -> datetime:
    day = since.date() if since else to_london(SystemClock().now()).date() - timedelta(days=_WEEK)
    return datetime.combine(day, time(), LONDON)
