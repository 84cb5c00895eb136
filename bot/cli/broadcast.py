"""Commands for broadcasts: see what one would do, start it, watch it, pause, resume, cancel and approve it."""

import getpass
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from bot.cli.broadcast_asked import Asked, ListFile, asked_for
from bot.cli.broadcast_words import finished, overview, previewed, progress_bar, said
from bot.cli.session import By, fail, opened_database, tells_errors
from bot.settings import Settings
from services.campaigns import broadcast_gathering, broadcasts, leases
from services.campaigns.broadcast_preview import Preview, preview
from services.campaigns.broadcast_progress import Progress, latest, progress
from services.campaigns.broadcast_tables import BroadcastStatus
from services.campaigns.broadcasts import Done, Draft, NotPossible, Repeated, SamePerson, Unfit
from services.core.clock import SystemClock
from services.core.database import Database

broadcast = typer.Typer(no_args_is_help=True, help="One text to many: preview, start, watch; see docs/broadcasts.md.")

Number = Annotated[int, typer.Argument(metavar="ID", help="The broadcast's number.")]
Text = Annotated[str, typer.Option(help="The text, with fields such as {first_name}; a greeting is put before it.")]
About = Annotated[
    str, typer.Option(metavar="ID", help="The event it is about (its external_id); that of --event if not given.")
]
Marketing = Annotated[
    bool, typer.Option("--marketing", help="It tells of something new: only those who asked for news.")
]
Event = Annotated[str, typer.Option(metavar="ID", help="Those booked on this event (its external_id).")]
Waiting = Annotated[bool, typer.Option("--waiting", help="With --event: those on its waiting list too.")]
Series = Annotated[str, typer.Option(metavar="TITLE", help="Those booked on any event of this discreet title.")]
OfAlliance = Annotated[str, typer.Option("--alliance", metavar="NAME", help="Those booked on events of this alliance.")]
Borough = Annotated[str, typer.Option(help="Those booked on events in this borough.")]
NearTo = Annotated[str, typer.Option("--near", metavar="PLACE", help="Those booked or searching near this place.")]
Within = Annotated[float, typer.Option(metavar="KM", help="With --near: how far around it.", min=0.1, max=50)]
Types = Annotated[list[str] | None, typer.Option("--type", help="Those booked on or searching for this cancer type.")]
Needs = Annotated[list[str] | None, typer.Option("--need", help="Those booked on or searching for this need.")]
FromList = Annotated[
    Path | None, typer.Option("--list", help="A CSV of phone, first_name, agreed_on.", exists=True, dir_okay=False)
]
SkipBad = Annotated[bool, typer.Option("--skip-bad-rows", help="With --list: go on without the rows that are wrong.")]
_EVERY_S = 0.5
# How long a process that has just started may take to look after broadcasts.
_PATIENCE_S = 20.0
_OVER = (BroadcastStatus.DONE, BroadcastStatus.CANCELLED, BroadcastStatus.AWAITING, BroadcastStatus.PAUSED)


@broadcast.callback()
def _group() -> None:
    """One text to many: preview, start, watch."""


@broadcast.command("preview")
@tells_errors
def show_preview(
    text: Text,
    about: About = "",
    marketing: Marketing = False,
    event: Event = "",
    waiting: Waiting = False,
    series: Series = "",
    alliance: OfAlliance = "",
    borough: Borough = "",
    near: NearTo = "",
    within: Within = 2.0,
    types: Types = None,
    needs: Needs = None,
    from_list: FromList = None,
    skip_bad_rows: SkipBad = False,
) -> None:
    """Say who would get a text, who would not and why, what it costs and when it is through; nothing is written."""
    asked = asked_for(
        Asked(text, about, marketing, event, waiting, series, alliance, borough, near, within, types, needs, from_list)
    )
    now = SystemClock().now()
    with opened_database() as (settings, database):
        _preview(settings, database, asked, skip_bad_rows, now)


@broadcast.command("start")
@tells_errors
def start(
    text: Text,
    about: About = "",
    marketing: Marketing = False,
    event: Event = "",
    waiting: Waiting = False,
    series: Series = "",
    alliance: OfAlliance = "",
    borough: Borough = "",
    near: NearTo = "",
    within: Within = 2.0,
    types: Types = None,
    needs: Needs = None,
    from_list: FromList = None,
    skip_bad_rows: SkipBad = False,
    by: By = "",
    again: Annotated[bool, typer.Option("--again", help="Though the same was started today.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Stay and show how far it has come.")] = False,
) -> None:
    """Start a broadcast, after its preview and a yes."""
    asked = asked_for(
        Asked(text, about, marketing, event, waiting, series, alliance, borough, near, within, types, needs, from_list)
    )
    with opened_database() as (settings, database):
        found = _preview(settings, database, asked, skip_bad_rows, SystemClock().now())
        if not found.recipients:
            fail("Nobody would get it, so nothing was started.")
        if not yes:
            typer.confirm(f"Send this to {found.recipients} people?", abort=True)
        number = _start(settings, database, asked, by or getpass.getuser(), again)
        if found.recipients > settings.broadcast_approval_above:
            typer.echo(f"It waits until somebody else says: wellbeing broadcast approve {number} --by NAME")
        if wait:
            _watch(database, number)


@broadcast.command()
@tells_errors
def status(
    number: Annotated[
        int | None, typer.Argument(metavar="[ID]", help="The broadcast's number; the latest ones without.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Stay and show how far it has come.")] = False,
) -> None:
    """Say how far a broadcast has come, with exact counts and reasons; without a number, list the latest ones."""
    with opened_database() as (_settings, database):
        if number is None:
            for each in database.read_once(latest):
                typer.echo(overview(each))
            return
        found = _found(database, number)
        if watch:
            found = _watch(database, number)
        typer.echo(said(found))


def _command(act: str, meaning: str, do: Callable[..., Done | NotPossible | SamePerson], past: str) -> None:
    @broadcast.command(act, help=meaning)
    @tells_errors
    def run(number: Number, by: By = "") -> None:
        now, who = SystemClock().now(), by or getpass.getuser()
        with opened_database() as (_settings, database):
            outcome = database.write(lambda session: do(session, number, by=who, now=now))
        match outcome:
            case SamePerson():
                fail("Whoever started a broadcast cannot approve it: a second person has to.")
            case NotPossible(""):
                fail(f"There is no broadcast {number}.")
            case NotPossible(stands):
                fail(f"Broadcast {number} is {stands}, so it cannot be {past}.")
        typer.echo(f"Broadcast {number} is {past}.")


_command("pause", "Hold a broadcast; what no sender has taken yet stays.", broadcasts.pause, "paused")
_command("resume", "Let a paused broadcast go on.", broadcasts.resume, "resumed")
_command("cancel", "End a broadcast for good; what has left cannot be taken back.", broadcasts.cancel, "cancelled")
_command("approve", "Say as a second person that a large broadcast may go.", broadcasts.approve, "approved")


def _preview(
    settings: Settings,
    database: Database,
    asked: tuple[Draft, ListFile | None],
    skip_bad: bool,
    now: datetime,
) -> Preview:
    draft, file = asked
    if file is not None:
        file.report(skip_bad=skip_bad)
    found = database.read_once(lambda session: preview(session, draft, now, file.rows() if file else ()))
    if isinstance(found, Unfit):
        fail("\n".join(found.reasons))
    previewed(found, draft, settings, now)
    return found


def _start(settings: Settings, database: Database, asked: tuple[Draft, ListFile | None], by: str, again: bool) -> int:
    draft, file = asked
    now, above = SystemClock().now(), settings.broadcast_approval_above
    outcome = database.write(
        lambda session: broadcasts.start(session, draft, by=by, approve_above=above, now=now, again=again)
    )
    if isinstance(outcome, Unfit):
        fail("\n".join(outcome.reasons))
    number = outcome.broadcast_id
    is_loading = _found(database, number).status == BroadcastStatus.LOADING
    if isinstance(outcome, Repeated) and not is_loading:
        fail(f"The same was started today already, as broadcast {number}. To send it once more add --again.")
    if file is not None and is_loading:
        for _ in broadcast_gathering.load(database, number, file.rows(), now):
            time.sleep(0.005)  # leaves the database to others between pages
    typer.echo(f"Broadcast {number} is started.")
    return number


def _watch(database: Database, number: int) -> Progress:
    """Show a bar until the broadcast is over, or stands still, or nobody moves it; the last count."""
    begun = time.monotonic()
    with progress_bar() as show:
        while True:
            found = _found(database, number)
            show(found)
            if found.status in _OVER or finished(found):
                return found
            if time.monotonic() - begun > _PATIENCE_S and not database.read_once(_is_moved):
                break
            time.sleep(_EVERY_S)
    return fail(f"Broadcast {number} does not move: neither `wellbeing serve` nor `wellbeing worker` runs.")


def _is_moved(session: Session) -> bool:
    """Whether any process has looked after broadcasts of late: each that does holds the lease, or has just had it."""
    until = leases.all_until(session).get(broadcasts.JOB)
    return until is not None and until > SystemClock().now()


def _found(database: Database, number: int) -> Progress:
    def look(session: Session) -> Progress | None:
        return progress(session, number)

    found = database.read_once(look)
    return found if found is not None else fail(f"There is no broadcast {number}.")
