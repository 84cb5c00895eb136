"""Commands for what people said afterwards: reports as CSV, and which instrument is used where."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated

import typer
from sqlmodel import Session, select

from bot.cli.session import fail, opened_database, tells_errors
from bot.cli.tables import find_event, write_csv
from services.core.clock import LONDON
from services.events.tables import Alliance
from services.insight import instruments, reports
from services.insight.reports import Scope
from services.insight.tables import Instrument

insight = typer.Typer(no_args_is_help=True, help="What people said afterwards; see docs/insight.md.")

Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only from this day on.")]
OneEvent = Annotated[str, typer.Option(metavar="ID", help="Only this event: its number or its external_id.")]
OneAlliance = Annotated[str, typer.Option(metavar="NAME", help="Only the events of this alliance.")]
Report = Callable[[Session, Scope], Iterator[str]]


@insight.callback()
def _group() -> None:
    """What people said afterwards."""


def _command(called: str, report: Report, meaning: str) -> None:
    @insight.command(called, help=meaning)
    @tells_errors
    def run(since: Since = None, event: OneEvent = "", alliance: OneAlliance = "") -> None:
        with opened_database() as (_settings, database), database.read() as session:
            write_csv(report(session, _scope(session, since, event, alliance)))


_command("feedback", reports.feedback, "Write attendance and ratings by event as CSV to standard output.")
_command("fft", reports.fft, "Write answers to the Friends and Family Test by event as CSV to standard output.")
_command("checkins", reports.checkins, "Write the scores of the wellbeing check-in as CSV to standard output.")
_command("comments", reports.comments, "Write what people wrote, by event, for staff only, as CSV to standard output.")


@insight.command()
@tells_errors
def instrument(
    used: Annotated[Instrument, typer.Argument(help="rating, fft, or alternate for each in turn.")],
    provider: Annotated[str, typer.Option(metavar="NAME", help="For the events of this provider.")] = "",
    alliance: Annotated[str, typer.Option(metavar="NAME", help="For the events of this alliance.")] = "",
) -> None:
    """Set what people are asked after the events of a provider or of an alliance."""
    if bool(provider) == bool(alliance):
        fail("Give either --provider or --alliance.")
    owner = "provider" if provider else "alliance"
    with opened_database() as (_settings, database):
        try:
            database.write(lambda session: instruments.set_rule(session, owner, provider or alliance, used))
        except LookupError as error:
            fail(str(error))
    typer.echo(f"After events of {provider or alliance}: {used}.")


def _scope(session: Session, since: datetime | None, event: str, alliance: str) -> Scope:
    event_id = find_event(session, event) if event else None
    if event and event_id is None:
        fail(f"There is no event {event}.")
    alliance_id = session.exec(select(Alliance.id).where(Alliance.name == alliance)).first() if alliance else None
    if alliance and alliance_id is None:
        fail(f"There is no alliance called {alliance}.")
    return Scope(since.replace(tzinfo=LONDON) if since else None, event_id, alliance_id)
