"""Commands for events: import, export, who is coming."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from bot.cli.session import fail, opened_database, tells_errors
from bot.cli.tables import find_event, write_csv
from services.booking import refill
from services.booking.attendees import export_attendees
from services.campaigns import notices
from services.core.clock import SystemClock
from services.events.changes import EventChange, Imported, Rejected
from services.events.exports import export_events
from services.events.imports import import_events

events = typer.Typer(no_args_is_help=True, help="Events: import, export, who is coming.")


@events.callback()
def _group() -> None:
    """Events: import, export, who is coming."""


@events.command("import")
@tells_errors
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV file; see docs/events.md.", exists=True, dir_okay=False)],
) -> None:
    """Import events: all of a file or, with any bad row, none of it. Everyone booked is told of a change."""
    from services.journey.gazetteer import Gazetteer

    gazetteer, now = Gazetteer.load(), SystemClock().now()
    told: list[int] = []

    def tell(session: Session, change: EventChange) -> None:
        told.append(notices.event_changed(session, change, now=now))

    def unit(session: Session) -> Imported | Rejected:
        outcome = import_events(session, file.read_bytes(), locate=gazetteer.locate, now=now, on_change=tell)
        if isinstance(outcome, Imported):
            refill.offer_stranded(session, now)
        return outcome

    with opened_database() as (_settings, database):
        outcome = database.write(unit)
    if isinstance(outcome, Rejected):
        for error in outcome.errors:
            typer.echo(f"{file.name}: {error}", err=True)
        fail(f"Nothing was imported: {len(outcome.errors)} errors.")
    typer.echo(
        f"{outcome.created} new, {outcome.updated} updated, {outcome.unchanged} unchanged; "
        f"{len(outcome.changes)} moved or cancelled, {sum(told)} people are told."
    )
    if outcome.past:
        typer.secho(f"{outcome.past} of the new events are over already.", err=True, fg=typer.colors.YELLOW)


@events.command("export")
@tells_errors
def export() -> None:
    """Write all events as CSV to standard output, in the form that import reads."""
    with opened_database() as (_settings, database), database.read() as session:
        write_csv(export_events(session))


@events.command()
@tells_errors
def attendees(
    event: Annotated[str, typer.Argument(metavar="ID", help="The event's number or its external_id.")],
) -> None:
    """Write who is coming to an event as CSV to standard output."""
    with opened_database() as (_settings, database), database.read() as session:
        event_id = find_event(session, event)
        if event_id is None:
            fail(f"There is no event {event}.")
        write_csv(export_attendees(session, event_id))
