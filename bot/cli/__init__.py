"""The `wellbeing` command: what operators and developers type, one file a group."""

# ruff: noqa: E402

import gc

gc.disable()  # importing leaves next to no garbage, and to look for it costs a fifth of the time

import typer

from bot.cli.broadcast import broadcast
from bot.cli.database import db, demo_data
from bot.cli.events import events
from bot.cli.inbox import inbox
from bot.cli.insight import insight
from bot.cli.language import dialogues, nlu
from bot.cli.outbox import outbox
from bot.cli.person import person
from bot.cli.referrals import referrals_app
from bot.cli.retention import retention
from bot.cli.serving import chat, demo, serve, tick, worker
from bot.cli.staff import staff_app
from bot.cli.templates import templates
from bot.cli.twilio import twilio

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Wellbeing Line: find and book health and wellbeing events by text message.",
)
app.command()(serve)
app.command()(worker)
app.command()(demo)
app.command()(chat)
app.command()(tick)
app.command("demo-data")(demo_data)
app.command()(retention)
app.add_typer(db, name="db")
app.add_typer(events, name="events")
app.add_typer(inbox, name="inbox")
app.add_typer(outbox, name="outbox")
app.add_typer(referrals_app, name="referrals")
app.add_typer(broadcast, name="broadcast")
app.add_typer(staff_app, name="staff")
app.add_typer(insight, name="insight")
app.add_typer(person, name="person")
app.add_typer(templates, name="templates")
app.add_typer(twilio, name="twilio")
app.add_typer(nlu, name="nlu")
app.add_typer(dialogues, name="dialogues")
gc.freeze()  # else the first collection, moments later, goes through all that was imported
gc.enable()
