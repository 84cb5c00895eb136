"""Commands for referrals: put people forward who have agreed to it, and see what they answered."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.session import fail, opened_database, tells_errors
from services.booking import referral_rows, referrals
from services.booking.referral_rows import Fault, ReferralRow
from services.core.clock import SystemClock, to_london
from services.core.phone import mask

referrals_app = typer.Typer(no_args_is_help=True, help="Referrals: put people forward, and see what they answered.")


@referrals_app.callback()
def _group() -> None:
    """Referrals: put people forward, and see what they answered."""


@referrals_app.command()
@tells_errors
def add(
    file: Annotated[Path | None, typer.Argument(help="A CSV file; see docs/referrals.md.", exists=True)] = None,
    phone: Annotated[str, typer.Option(help="The patient's mobile number.")] = "",
    first_name: Annotated[str, typer.Option("--name", help="The patient's first name.")] = "",
    suggested_by: Annotated[str, typer.Option("--by", help='As agreed with the patient: "Grace, your nurse".')] = "",
    agreed_on: Annotated[str, typer.Option("--agreed", help="The day the patient agreed, as 2026-11-23.")] = "",
    event: Annotated[str, typer.Option(help="The external_id of one event.")] = "",
    needs: Annotated[str, typer.Option(help='What would help, such as "exercise; sleep".')] = "",
    near: Annotated[str, typer.Option(help="A postcode or an area.")] = "",
) -> None:
    """Invite people by text: all of a file or, with any bad row, nobody."""
    now = SystemClock().now()
    if file is not None:
        rows, faults = referral_rows.read_table(file.read_bytes(), _find_place(), to_london(now).date())
    else:
        given = (phone, first_name, suggested_by, agreed_on, event, needs, near)
        cells = dict(zip(referral_rows.COLUMNS, given, strict=True))
        rows, faults = referral_rows.read_cells([(1, cells)], _find_place(), to_london(now).date())
    _take(file.name if file else "", rows, faults, now)


def _take(source: str, rows: list[ReferralRow], faults: list[Fault], now: datetime) -> None:
    """Add the rows unless there is a fault, here or in what is known of these people."""
    with opened_database() as (_settings, database):
        if faults:
            outcome = database.read_once(lambda session: referrals.check(session, rows, now))
            faults = sorted([*faults, *outcome], key=lambda fault: fault.line)
        else:
            added = database.write(lambda session: referrals.add(session, rows, now))
            faults = list(added.faults) if isinstance(added, referrals.Rejected) else []
    for fault in faults:
        typer.echo(f"{source}: {fault}" if source else f"{fault.column}: {fault.reason}", err=True)
    if faults:
        fail(f"Nobody was invited: {len(faults)} errors.")
    typer.echo(f"{len(rows)} invited.")


@referrals_app.command("list")
@tells_errors
def list_referrals(limit: int = typer.Option(100, help="How many at most.")) -> None:
    """List referrals with what was answered, oldest first."""
    with opened_database() as (_settings, database), database.read() as session:
        found = referrals.listed(session, limit)
    if not found:
        typer.echo("There are no referrals.")
    for each in found:
        day = to_london(each.created_at).strftime("%d %b")
        typer.echo(f"{each.id}  {day}  {mask(each.address)}  {each.first_name}  {each.status}  ({each.suggested_by})")


def _find_place() -> referral_rows.FindPlace:
    from services.journey.gazetteer import Gazetteer

    gazetteer = Gazetteer.load()

    def find(said: str) -> dict[str, Any] | None:
        found = gazetteer.answer(said)
        is_one = found is not None and "lat" in found.value and not found.value.get("outside")
        return found.value if found is not None and is_one else None

    return find
