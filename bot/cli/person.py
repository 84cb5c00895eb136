"""Commands for the rights of a person: a copy of what is held on them, and its erasure. Both are written down."""

import getpass
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

import typer

from bot.cli.session import By, fail, opened_database, tells_errors
from services.core.clock import SystemClock
from services.core.errors import InvalidPhoneNumber
from services.core.phone import parse_phone

person = typer.Typer(no_args_is_help=True, help="What is held on a person: a copy of it, its erasure, legal holds.")

Address = Annotated[str, typer.Argument(metavar="NUMBER", help="The number they text from, or their WhatsApp id.")]


@person.callback()
def _group() -> None:
    """What is held on a person: a copy of it, and its erasure."""


@person.command("export")
@tells_errors
def export(address: Address, by: By = "") -> None:
    """Write everything held on whoever texts from a number as JSON on standard output."""
    from services.people import audit
    from services.privacy.records import held, people_at

    with opened_database() as (_settings, database):
        now = SystemClock().now()
        with database.read() as session:
            rows = held(session, people_at(session, _address(address)))
        if not rows:
            fail("Nothing is held on that number.")
        identity_id = rows["identity"][0]["id"]
        database.write(
            lambda session: audit.record(
                session, actor=by or getpass.getuser(), action="exported", now=now, identity_id=identity_id
            )
        )
    typer.echo(json.dumps(rows, indent=2, ensure_ascii=False, default=_written))


@person.command("erase")
@tells_errors
def erase(
    address: Address,
    by: By = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: it cannot be undone.")] = False,
) -> None:
    """Erase whoever texts from a number: their words, names and needs. An opt-out stays, so that it is honoured."""
    from services.privacy import erasing

    if not yes:
        typer.confirm("Erase everything that names or describes this person? It cannot be undone.", abort=True)
    with opened_database() as (_settings, database):
        now = SystemClock().now()
        done = database.write(
            lambda session: erasing.erase(session, _address(address), actor=by or getpass.getuser(), now=now)
        )
    match done:
        case erasing.Stranger():
            fail("Nothing is held on that number.")
        case erasing.StillBooked(references):
            fail(f"Nothing was erased: cancel or wait for {', '.join(references)} first.")
        case erasing.Held(reason):
            fail(f"Nothing was erased: there is a legal hold ({reason}).")
        case erasing.Erased(counts):
            typer.echo("Erased: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) + ".")


@person.command("hold")
@tells_errors
def hold(
    address: Address,
    reason: Annotated[str, typer.Option("--reason", help="Why nothing of theirs may be deleted.")],
    by: By = "",
) -> None:
    """Keep everything held on whoever texts from a number, whatever retention says, until it is released."""
    from services.privacy import legal_holds

    _change_hold(legal_holds.place, address, reason, by, "Nothing is held on that number.", "held")


@person.command("release-hold")
@tells_errors
def release_hold(
    address: Address,
    reason: Annotated[str, typer.Option("--reason", help="Why it may be deleted again.")],
    by: By = "",
) -> None:
    """End a legal hold: retention and erasure apply again."""
    from services.privacy import legal_holds

    _change_hold(legal_holds.release, address, reason, by, "There is no legal hold on that number.", "released")


def _change_hold(change: Callable[..., object], address: str, reason: str, by: str, not_done: str, done: str) -> None:
    from services.privacy.legal_holds import Changed

    told = {"reason": reason, "actor": by or getpass.getuser(), "now": SystemClock().now()}
    with opened_database() as (_settings, database):
        outcome = database.write(lambda session: change(session, _address(address), **told))
    if not isinstance(outcome, Changed):
        fail(not_done)
    typer.echo(f"{outcome.people} {done}.")


def _address(said: str) -> str:
    """An address as it is kept: E.164 for a phone number, anything else as it was said."""
    try:
        return parse_phone(said).e164
    except InvalidPhoneNumber:
        return said


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
