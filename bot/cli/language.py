"""Commands for language: training and testing the understanding, checking the dialogue files."""

from typing import Annotated

import typer

from bot.cli.session import fail, tells_errors
from bot.settings import DIALOGUES, MODEL, NLU_DATA, VAR
from services.core.errors import ConfigurationError

nlu = typer.Typer(no_args_is_help=True, help="Language understanding.")
dialogues = typer.Typer(no_args_is_help=True, help="The dialogue files.")


@nlu.callback()
def _nlu() -> None:
    """Language understanding."""


@dialogues.callback()
def _dialogues() -> None:
    """The dialogue files."""


@nlu.command()
@tells_errors
def train(
    if_needed: Annotated[bool, typer.Option("--if-needed", help="Only when the data or the code has changed.")] = False,
) -> None:
    """Train the language model from nlu_data (seconds)."""
    if if_needed and _is_current():
        return
    from bot.loading import train_model

    typer.echo(train_model(NLU_DATA, MODEL).render())


def _is_current() -> bool:
    from bot.nlu.classify import load

    try:
        load(MODEL, NLU_DATA)
    except ConfigurationError:
        return False
    return True


@nlu.command()
@tells_errors
def test() -> None:
    """Measure the understanding: cross-validation and the held-out messages, with a picture of the confusions."""
    from bot.loading import load_lexicon
    from bot.nlu.classify import load
    from bot.nlu.evaluate import evaluate
    from services.journey.gazetteer import Gazetteer

    lexicon = load_lexicon(Gazetteer.load(), load(MODEL, NLU_DATA).learnt)
    typer.echo(evaluate(NLU_DATA, VAR / "nlu", lexicon).render())


@dialogues.command()
@tells_errors
def check() -> None:
    """Find what is wrong in dialogues/: unknown steps, endless loops, missing or too long texts, indiscreet words."""
    from datetime import timedelta

    from bot.actions.all_actions import all_actions
    from bot.channels.segments import count
    from bot.dialogue.check_questions import overdue
    from bot.dialogue.checker import check as find_problems
    from bot.dialogue.loader import load_questions
    from services.core.clock import SystemClock, to_london

    problems = find_problems(DIALOGUES, all_actions(timedelta(minutes=15)).names, count)
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        fail(f"{len(problems)} problems in the dialogue files.")
    late = overdue(load_questions(DIALOGUES), to_london(SystemClock().now()).date())
    if late:
        typer.echo(f"Answers to be reviewed: {', '.join(late)}.", err=True)
    typer.echo("The dialogue files are in order.")
