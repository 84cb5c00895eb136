"""Commands for staff who may ask by text: who they are; see docs/staff-by-text.md."""

import getpass
from typing import Annotated

import typer

from bot.cli.session import By, fail, opened_database, tells_errors
from services.core.clock import SystemClock
from services.core.phone import mask, parse_phone
from services.people import staff

staff_app = typer.Typer(no_args_is_help=True, help="Who of staff may ask for things by text.")

Phone = Annotated[str, typer.Option("--phone", help="The number that they text from.")]


@staff_app.callback()
def _group() -> None:
    """Who of staff may ask for things by text."""


@staff_app.command()
@tells_errors
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help='As patients know them: "Grace, your nurse".')],
    phone: Phone,
    by: By = "",
) -> None:
    """Let someone ask by text, and print once what their authenticator app is set up with."""
    address, now = parse_phone(phone).e164, SystemClock().now()
    with opened_database() as (settings, database):
        key = settings.staff_key.get_secret_value()
        if not key:
            fail("Set STAFF_KEY to a long random text first; without it nobody can ask by text.")
        made = database.write(
            lambda session: staff.register(session, name, address, key=key, by=by or getpass.getuser(), now=now)
        )
    if made is None:
        fail("That number is registered already.")
    typer.echo(f"{name} may ask by text. Their app's secret, shown this once:\n{made.secret}\n{made.uri}")


@staff_app.command("list")
@tells_errors
def list_members() -> None:
    """List who may ask by text."""
    with opened_database() as (_settings, database):
        found = database.read_once(staff.listed)
    if not found:
        typer.echo("Nobody may ask by text.")
    for name, address in found:
        typer.echo(f"{name}  {mask(address)}")


@staff_app.command()
@tells_errors
def remove(phone: Phone, by: By = "") -> None:
    """Let nobody ask by text from a number any more."""
    address, now = parse_phone(phone).e164, SystemClock().now()
    with opened_database() as (_settings, database):
        gone = database.write(lambda session: staff.remove(session, address, by=by or getpass.getuser(), now=now))
    if not gone:
        fail("Nobody asks by text from that number.")
    typer.echo("Nobody asks by text from that number any more.")
