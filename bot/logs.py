"""Structured logs: JSON lines in production, readable ones in development; never a message's body."""

import logging
import sys
import traceback
from typing import Any, TextIO

import structlog

# An event that carries one of these is about somebody's message.
_OF_A_MESSAGE = frozenset({"inbound_id", "outbox"})


def configure(*, development: bool, quiet: bool = False) -> None:
    """Set up logging for this process.

    A process that serves writes what it does to standard output. A command keeps that for its answer: it is `quiet`,
    and only what goes wrong goes to standard error.
    """
    to = sys.stderr if quiet else sys.stdout
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            structlog.processors.format_exc_info,
            _renderer(to) if development else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if quiet else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(to),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def _renderer(to: TextIO) -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=to.isatty())


def _without_words(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Tell where the work on a message failed, and how, but not in the error's words: they may quote the message."""
    error = sys.exc_info()[1]
    if event.get("exc_info") and error is not None and not _OF_A_MESSAGE.isdisjoint(event):
        del event["exc_info"]
        event["exception"] = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
    return event
