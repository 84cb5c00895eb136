"""Commands for the Twilio account."""

import asyncio

import typer

from bot.cli.session import fail, opened_database, tells_errors

twilio = typer.Typer(no_args_is_help=True, help="The Twilio account: is it set up right?")

_COLOURS = {"ok": typer.colors.GREEN, "warning": typer.colors.YELLOW, "wrong": typer.colors.RED}


@twilio.callback()
def _group() -> None:
    """The Twilio account: is it set up right?"""


@twilio.command()
@tells_errors
def check() -> None:
    """Ask Twilio how the account is set up, and say what is wrong and how to mend it; exit code 1 if anything is."""
    from bot import account

    with opened_database() as (settings, database):
        if settings.uses_stand_in:
            fail("Development talks to a stand-in: set TWILIO_API_BASE_URL, or ENVIRONMENT=production.")
        findings = asyncio.run(account.check(settings, database))
    for one in findings:
        typer.secho(f"{one.level.value.upper():8}", nl=False, fg=_COLOURS[one.level.value])
        typer.echo(f" {one.what}" + (f"\n         {one.mend}" if one.mend else ""))
    if any(one.level.value == "wrong" for one in findings):
        raise typer.Exit(1)
