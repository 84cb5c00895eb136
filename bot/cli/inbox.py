"""Commands for staff: what is before them, and what they do about it. Everything they do or open is written down."""

import getpass
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

import typer
from sqlmodel import Session

from bot.cli.inbox_words import Note, Told, told, written
from bot.cli.session import By, fail, opened_database, tells_errors
from services.core.clock import SystemClock
from services.people import desk, flags
from services.people.flags import OpenFlag

inbox = typer.Typer(no_args_is_help=True, help="What staff must see, gravest first, and what they do about it.")

Flag = Annotated[int, typer.Argument(metavar="ID", help="The number in the list.")]
Restricted = Annotated[bool, typer.Option("--restricted", help="For those who may see safeguarding.")]
_NOT_SENT = {
    "opted_out": "Not sent: this number has opted out. Only their own START lets us text it again.",
    "held": "Not sent: it may not be safe to text this number. Use --though-held if you know that it is.",
    "window": "Not sent: WhatsApp lets us write within 24 hours of their last message only, and there is no number.",
    "nobody": "This is a note to staff, about nobody: close it when you have seen to it.",
    "unknown": "There is no such number in the inbox.",
}
_LONGEST = 1600
R = TypeVar("R")


@inbox.callback()
def _group() -> None:
    """What staff must see, gravest first, and what they do about it."""


@inbox.command("list")
@tells_errors
def list_flags(
    limit: Annotated[int, typer.Option(help="How many at most.")] = 100,
    words: Annotated[bool, typer.Option("--words", help="Show how each message begins.")] = False,
    restricted: Restricted = False,
) -> None:
    """List what nobody has handled yet: gravest first, then whoever has waited longest."""
    with opened_database() as (_settings, database), database.read() as session:
        waiting = flags.open_flags(session, limit)
    if not waiting:
        typer.echo("Nothing is waiting.")
        return
    written(waiting, SystemClock().now(), words=words, restricted=restricted)


@inbox.command()
@tells_errors
def show(number: Flag, by: By = "", restricted: Restricted = False) -> None:
    """Show what someone wants, what is known of them, and the whole talk with its times."""

    def unit(session: Session, flag: OpenFlag, who: str, now: datetime) -> Told | Note:
        desk.look(session, flag.id, who, now)
        return told(session, flag, now)

    _do(number, by, restricted, unit, note=True).print()


@inbox.command()
@tells_errors
def take(number: Flag, by: By = "", restricted: Restricted = False) -> None:
    """Take over the conversation: the bot is silent until it is handed back, or for 24 hours after your last answer."""
    _do(number, by, restricted, lambda session, flag, who, now: desk.take(session, flag.id, who, now))
    typer.echo("It is yours. The bot is silent until you hand it back, or for 24 hours.")


@inbox.command()
@tells_errors
def reply(
    number: Flag,
    text: Annotated[str, typer.Argument(help="What they are to read.")],
    by: By = "",
    restricted: Restricted = False,
    though_held: Annotated[bool, typer.Option("--though-held", help="You know that it is safe to text them.")] = False,
) -> None:
    """Text an answer; the conversation is yours from then on."""
    if not text.strip() or len(text) > _LONGEST:
        fail(f"An answer has 1 to {_LONGEST} characters.")

    def unit(session: Session, flag: OpenFlag, who: str, now: datetime) -> desk.Replied | desk.NotSent:
        return desk.reply(session, flag.id, text, who, now, though_held=though_held)

    outcome = _do(number, by, restricted, unit)
    if isinstance(outcome, desk.NotSent):
        fail(_NOT_SENT[outcome.reason])
    how = " as a text message, since WhatsApp's 24 hours are over" if outcome.as_sms else ""
    typer.echo(
        f"Your answer is on its way{how}. The bot is silent until you hand the conversation back, or for 24 hours."
    )


@inbox.command("hand-back")
@tells_errors
def hand_back(number: Flag, by: By = "", restricted: Restricted = False) -> None:
    """Give the conversation back to the bot and close this."""

    def unit(session: Session, flag: OpenFlag, who: str, now: datetime) -> list[OpenFlag]:
        desk.hand_back(session, flag.id, who, now)
        return flags.open_about(session, flag.identity_id) if flag.identity_id is not None else []

    left = _do(number, by, restricted, unit)
    typer.echo("The bot answers again.")
    if left:
        typer.echo(f"Still open about the same person: {', '.join(str(flag.id) for flag in left)}.")


@inbox.command()
@tells_errors
def close(number: Flag, by: By = "", restricted: Restricted = False) -> None:
    """Close this as dealt with, and leave the conversation as it is."""
    if not _do(
        number, by, restricted, lambda session, flag, who, now: desk.close(session, flag.id, who, now), note=True
    ):
        fail("It is closed already.")
    typer.echo("Closed.")


@inbox.command()
@tells_errors
def release(number: Flag, by: By = "", restricted: Restricted = False) -> None:
    """Let a number that was held be texted again, once you know that it is safe."""
    if not _do(number, by, restricted, lambda session, flag, who, now: desk.release(session, flag.id, who, now)):
        fail("That number is not held.")
    typer.echo("Reminders and other texts go to that number again.")


@inbox.command()
@tells_errors
def stop(number: Flag, by: By = "", restricted: Restricted = False) -> None:
    """Stop all texts to this person, because they asked for it in other words; only their own START undoes it."""
    if not _do(number, by, restricted, lambda session, flag, who, now: desk.stop(session, flag.id, who, now)):
        fail("That number has opted out already.")
    typer.echo("No more texts go to that number.")


def _do(
    number: int, by: str, restricted: bool, unit: Callable[[Session, OpenFlag, str, datetime], R], *, note: bool = False
) -> R:
    """Do one thing about a flag in one transaction, as the member of staff named, who must be allowed to see it.

    `note` says that it can be done about a note to staff, too.
    """

    def permitted(session: Session) -> R:
        flag = _permitted(flags.find(session, number), restricted)
        if flag.identity_id is None and not note:
            fail(_NOT_SENT["nobody"])
        return unit(session, flag, by or getpass.getuser(), now)

    with opened_database() as (_settings, database):
        now = SystemClock().now()
        return database.write(permitted)


def _permitted(flag: OpenFlag | None, restricted: bool) -> OpenFlag:
    if flag is None:
        fail(_NOT_SENT["unknown"])
    if flag.is_restricted and not restricted:
        fail("This is restricted. Use --restricted if you are one of those who may see safeguarding.")
    return flag
