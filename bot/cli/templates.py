"""Commands for WhatsApp templates: having them approved, and seeing how they stand."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import typer

from bot.cli.session import fail, opened_database, tells_errors
from bot.templating import NotTaken, Standing, TemplateBook
from services.core.clock import SystemClock

templates = typer.Typer(no_args_is_help=True, help="WhatsApp templates: what may be sent outside its 24-hour window.")


@templates.callback()
def _group() -> None:
    """WhatsApp templates: what may be sent outside its 24-hour window."""


@templates.command()
@tells_errors
def push() -> None:
    """Create and submit for approval what is new in dialogues/templates.yml; the rest is left as it is."""
    _show(_asked(TemplateBook.push))


@templates.command()
@tells_errors
def status() -> None:
    """Ask how each template stands; approved ones are used from now on."""
    _show(_asked(TemplateBook.status))


def _asked(question: Callable[[TemplateBook], Coroutine[Any, Any, list[Standing]]]) -> list[Standing]:
    from bot.channels.templates import load_templates
    from bot.channels.twilio_http import CONTENT_API, HttpTransport
    from bot.settings import DIALOGUES

    with opened_database() as (settings, database):
        if settings.uses_stand_in:
            fail("Development talks to a stand-in: set TWILIO_API_BASE_URL, or ENVIRONMENT=production.")
        token = settings.twilio_auth_token.get_secret_value()
        address = settings.twilio_api_base_url or CONTENT_API
        transport = HttpTransport(settings.twilio_account_sid, token, address)
        texts = load_templates(DIALOGUES / "templates.yml")
        book = TemplateBook(transport, database, SystemClock(), settings.twilio_account_sid, texts)

        async def ask() -> list[Standing]:
            try:
                return await question(book)
            finally:
                await transport.close()

        try:
            return asyncio.run(ask())
        except NotTaken as error:
            fail(str(error))


def _show(found: Sequence[Standing]) -> None:
    widest = max(len(one.template.name) for one in found)
    for one in found:
        reason = f"  {one.reason}" if one.reason else ""
        typer.echo(f"{one.template.name:{widest}}  {one.status}{reason}")
    approved = sum(one.status == "approved" for one in found)
    typer.echo(f"{approved} of {len(found)} approved.")
