"""What a command about a broadcast asks for, as a draft; and the file of numbers it may come with."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from bot.cli.session import fail
from services.campaigns.audience import Audience, Near
from services.campaigns.broadcast_lists import BadRow, Duplicate, ListRow, read
from services.campaigns.broadcast_tables import Purpose
from services.campaigns.broadcasts import Draft
from services.core.clock import SystemClock, to_london
from services.events.taxonomy import Term, load_taxonomy

_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """The options as they were typed."""

    text: str
    about: str
    marketing: bool
    event: str
    waiting: bool
    series: str
    alliance: str
    borough: str
    near: str
    within: float
    types: list[str] | None
    needs: list[str] | None
    from_list: Path | None


class ListFile:
    """A CSV file of numbers, read a row at a time each time it is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._today = to_london(SystemClock().now()).date()

    @property
    def digest(self) -> str:
        """What tells this file's content from another's."""
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def rows(self) -> Iterator[ListRow]:
        """The rows that can be used, each number once."""
        return (row for row in self._read() if isinstance(row, ListRow))

    def report(self, *, skip_bad: bool) -> None:
        """Tell what is wrong with rows and which numbers come twice; end the command if that must be mended first."""
        bad, doubled = 0, 0
        for row in self._read():
            bad += isinstance(row, BadRow)
            doubled += isinstance(row, Duplicate)
            if not isinstance(row, ListRow) and bad + doubled <= _MOST_TOLD:
                typer.echo(f"{self._path.name}: {row}", err=True)
        if bad + doubled > _MOST_TOLD:
            typer.echo(f"{self._path.name}: and {bad + doubled - _MOST_TOLD} more", err=True)
        if bad and not skip_bad:
            fail(f"Nothing was done: {bad} rows are wrong. Mend them, or add --skip-bad-rows.")

    def _read(self) -> Iterator[ListRow | BadRow | Duplicate]:
        with self._path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            yield from read(lines, self._today)


def asked_for(asked: Asked) -> tuple[Draft, ListFile | None]:
    """The draft that the options ask for, and the list it goes to; ends the command where they make no sense."""
    file = ListFile(asked.from_list) if asked.from_list else None
    taxonomy = load_taxonomy()
    audience = Audience(
        event=asked.event,
        waiting=asked.waiting,
        series=asked.series,
        alliance=asked.alliance,
        borough=asked.borough,
        near=_near(asked.near, asked.within) if asked.near else None,
        types=_terms("cancer type", asked.types, taxonomy.cancer_types),
        needs=_terms("need", asked.needs, taxonomy.needs),
        list_name=asked.from_list.name if asked.from_list else "",
        list_digest=file.digest if file else "",
    )
    if file is not None and not audience.is_empty:
        fail("A list stands alone: leave out what else says who is meant.")
    purpose = Purpose.MARKETING if asked.marketing else Purpose.SERVICE
    return Draft(purpose, asked.text, audience, asked.about or asked.event), file


def _terms(what: str, given: list[str] | None, terms: dict[str, Term]) -> tuple[str, ...]:
    return tuple(_term(what, said.casefold(), terms) for said in given or ())


def _term(what: str, said: str, terms: dict[str, Term]) -> str:
    known: Callable[[Term], bool] = lambda term: said in (term.id, term.label.casefold(), *term.words)  # noqa: E731
    found = next((term.id for term in terms.values() if known(term)), None)
    return found if found is not None else fail(f"{said!r} is no {what} we know; there are {', '.join(terms)}.")


def _near(said: str, kilometres: float) -> Near:
    from services.journey.gazetteer import Gazetteer
    from services.journey.place import Place

    found = Gazetteer.load().resolve(said)
    if not isinstance(found, Place):
        fail(f"{said!r} is no one place we know in London; a postcode is.")
    return Near(found.name, found.lat, found.lon, kilometres * 1000)
