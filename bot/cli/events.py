"""Commands for events: import, export, who is coming, whose travel is to be checked."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from bot.cli.session import fail, opened_database, tells_errors
from bot.cli.tables import find_event, write_csv
from services.booking import refill
from services.booking.attendees import export_attendees
from services.campaigns import notices
from services.core.clock import SystemClock, to_london
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
    from services.journey import travel_checks
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
        old = len(database.read_once(lambda session: travel_checks.old_blocks(session, now)))
    if isinstance(outcome, Rejected):
        for error in outcome.errors:
            typer.echo(f"{file.name}: {error}", err=True)
        fail(f"Nothing was imported: {len(outcome.errors)} errors.")
    typer.echo(
        f"{outcome.created} new, {outcome.updated} updated, {outcome.unchanged} unchanged; "
        f"{len(outcome.changes)} moved or cancelled, {sum(told)} people are told."
    )
    if old:
        typer.secho(
            f"{old} venues have travel or parking that nobody has checked for 90 days: wellbeing events travel-checks.",
            err=True,
            fg=typer.colors.YELLOW,
        )
    if outcome.past:
        typer.secho(f"{outcome.past} of the new events are over already.", err=True, fg=typer.colors.YELLOW)


@events.command("export")
@tells_errors
def export() -> None:
    """Write all events as CSV to standard output, in the form that import reads."""
    with opened_database() as (_settings, database), database.read() as session:
        write_csv(export_events(session))


@events.command("travel-checks")
@tells_errors
def check_travel() -> None:
    """List venues of events to come whose travel and parking nobody has checked for 90 days, the next event first."""
    from services.journey import travel_checks

    with opened_database() as (_settings, database), database.read() as session:
        found = travel_checks.old_blocks(session, SystemClock().now())
    if not found:
        typer.echo("Travel and parking are checked at every venue of events to come.")
    for block in found:
        checked = block.checked_on.isoformat() if block.checked_on else "never"
        typer.echo(
            f"{block.name}, {block.postcode}  last checked: {checked}  "
            f"next event: {to_london(block.next_at):%d %b %Y}  events: {block.events}"
        )


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
