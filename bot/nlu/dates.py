"""Finding days and times in a message, as people in Britain text them."""

from datetime import datetime

from bot.nlu.bound_rules import BOUNDS, MOMENTS, NEGATIONS
from bot.nlu.calendar_days import Days
from bot.nlu.clock_rules import CLOCKS, WINDOWS, Window, part_window
from bot.nlu.date_context import is_wish, settle_vague
from bot.nlu.date_values import date_value
from bot.nlu.date_words import read_atoms
from bot.nlu.day_rules import DAYS
from bot.nlu.rewriting import Atom
from bot.nlu.tokens import Tokens
from bot.nlu.told_dates import is_told
from bot.understanding import Entity
from services.core.clock import to_london


def find_dates(tokens: Tokens, words: tuple[str, ...], now: datetime, asked: bool = False) -> list[Entity]:
    """Return the date entities of a message; see `date_value` for their JSON.

    `words` are the message's words with slips put right; `asked` when the message answers the question when.
    """
    atoms = read_atoms(tokens, words)
    if not atoms:
        return []
    atoms = settle_vague(_as_asked(atoms, asked), words, asked)
    for rules in (CLOCKS, WINDOWS, DAYS, BOUNDS, NEGATIONS, MOMENTS):
        atoms = rules.rewrite(atoms, to_london(now).date())
    found = (_entity(atoms, place, tokens, words, now, asked) for place in range(len(atoms)))
    return [entity for entity in found if entity]


def _as_asked(atoms: list[Atom], asked: bool) -> list[Atom]:
    """Read "9/10" as a date when a date was asked for."""
    return [
        Atom("date", atom.value, atom.first, atom.last) if asked and atom.name == "score" else atom for atom in atoms
    ]


def _entity(
    atoms: list[Atom], place: int, tokens: Tokens, words: tuple[str, ...], now: datetime, asked: bool
) -> Entity | None:
    """Return the entity that an atom is after all rules, if it is one."""
    atom = atoms[place]
    days, window = _meaning(atom)
    if atom.name == "part" and is_wish(atoms, place, words, asked):
        window = part_window(atom.value)
    if (days is None and window is None) or (window is None and is_told(tokens, words, atom.first)):
        return None
    start, end = tokens.span(atom.first, atom.last)
    said = tokens.text[start:end]
    value = date_value(days, window, said, now)
    return Entity("date", value, start, end, said) if value else None


def _meaning(atom: Atom) -> tuple[Days | None, Window | None]:
    if atom.name == "moment":
        days, window = atom.value
        return days, window
    return (atom.value if atom.name == "days" else None), (atom.value if atom.name == "window" else None)
