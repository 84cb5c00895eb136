"""How broadcasts are shown in a terminal: the preview, the counts, the bar."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import typer

from bot.settings import DIALOGUES, Settings
from services.campaigns.broadcast_preview import Preview
from services.campaigns.broadcast_progress import Progress
from services.campaigns.broadcast_tables import BroadcastStatus
from services.campaigns.broadcasts import Draft
from services.core.clock import to_london
from services.core.spoken import spoken_until

_REASONS = {
    "opted_out": "stopped our texts",
    "no_marketing_consent": "did not ask for news",
    "landline": "have a landline",
    "retired": "have another number now",
    "held": "are held: it may not be safe to text them",
    "never_texted": "never texted us, and the list does not say that they agreed",
    "duplicate": "are there already, by another row or on another channel",
}


def previewed(found: Preview, draft: Draft, settings: Settings, now: datetime) -> None:
    """Show a preview on standard output."""
    from bot.broadcast_costs import Tariff, estimate
    from bot.dialogue.loader import load_responses

    tariff = Tariff(
        settings.sms_segment_price,
        settings.whatsapp_message_price,
        settings.sms_per_second,
        settings.whatsapp_per_second,
    )
    cost = estimate(found, draft, load_responses(DIALOGUES), tariff, now)
    typer.echo(f"The longest text ({cost.sample_segments} parts by SMS):\n\n{cost.sample}\n")
    typer.echo(
        f"{found.recipients} people get it: {cost.sms} by SMS in {cost.segments} parts, {cost.whatsapp} on WhatsApp."
    )
    for reason, count in found.left_out.items():
        typer.echo(f"{count} do not: they {_REASONS.get(reason, reason)}.")
    typer.echo(f"Cost: £{cost.pence / 100:.2f}. Started now, the last leaves at {spoken_until(cost.ends_at, now)}.")


def overview(found: Progress) -> str:
    """A broadcast in a line."""
    day = to_london(found.created_at).strftime("%d %b %H:%M")
    return f"{found.id}  {day}  {found.status}  {found.settled} of {found.recipients}  ({found.requested_by})"


def said(found: Progress) -> str:
    """A broadcast with all its counts."""
    approved = f", approved by {found.approved_by}" if found.approved_by else ""
    lines = [
        f"Broadcast {found.id} is {found.status}: {found.purpose}, asked for by {found.requested_by}{approved}.",
        f"{found.recipients} recipients{'' if found.is_gathered else ' so far'}: {found.queued} queued, "
        f"{found.sent} sent ({found.delivered} known to have arrived), {found.failed} failed, {found.refused} refused.",
    ]
    lines += [f"  {count} {status}: {reason}" for (status, reason), count in sorted(found.reasons.items())]
    lines += _left_out(found.left_out)
    return "\n".join(lines)


def finished(found: Progress) -> bool:
    """Whether nothing of a broadcast waits any more."""
    return found.status == BroadcastStatus.RUNNING and found.is_gathered and found.settled >= found.recipients


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar on standard error; call what it yields with each count."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        bar = bars.add_task("gathering", total=None)

        def show(found: Progress) -> None:
            total = found.recipients if found.is_gathered else None
            bars.update(bar, description=found.status, total=total, completed=found.settled)

        yield show


def _left_out(reasons: Mapping[str, int]) -> list[str]:
    return [f"  {count} left out: {_REASONS.get(reason, reason)}" for reason, count in sorted(reasons.items())]
