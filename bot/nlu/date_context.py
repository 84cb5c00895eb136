"""Words that are dates only in company: "sat" and "sat down", "may" and "may I", "evening" and "good evening all"."""

from dataclasses import replace

from bot.nlu.date_words import date_words
from bot.nlu.rewriting import Atom
from bot.nlu.word_lists import word_set

_JOINING = frozenset(("and", "or", "to", "dash", "slash", "pause"))
_DAY_LEADS = word_set(
    "on this next last every not no from until by before after between for weekday weekdays vague_weekday relative "
    "since about filler all_but a of"
)
_DAY_FOLLOWS = word_set(
    "part parts night meridiem clock ordinal at weekday weekdays vague_weekday month noon date hhmm"
)
_MONTH_LEADS = word_set(
    "in of until by before after from since this next last edge ordinal ordinal_word month vague_month between week"
)
_MONTH_FOLLOWS = word_set("ordinal ordinal_word year month vague_month")
_ENDS = frozenset(("stop", "pause", ""))
# Before these, a lone "sat", "sun" or "wed" at the end of a sentence is no day ("where I sat", "in the sun").
_NO_DAY_AFTER = word_set("i we he she they you who that the a in got get getting be been newly to just have had is")
_NO_MONTH_AFTER = word_set("i we he she they you it who that there this these im its my is")
_END_MONTHS = frozenset((1, 4, 6))  # "anything april": but "as you may", "we march"
_MARCH, _MAY = 3, 5


def settle_vague(atoms: list[Atom], words: tuple[str, ...], asked: bool) -> list[Atom]:
    """Return the atoms with every vague weekday and month either plain or an ordinary word.

    `asked` when the message answers the question when: then the word alone is a date. "20th" alone always is.
    """
    return [_settled(atoms, place, words, asked) for place in range(len(atoms))]


def _settled(atoms: list[Atom], place: int, words: tuple[str, ...], asked: bool) -> Atom:
    atom = atoms[place]
    if atom.name == "ordinal" and _alone(atoms, place):
        return replace(atom, name="lone_ordinal")
    if not atom.name.startswith("vague"):
        return atom
    before, after = _name(atoms, place - 1), _name(atoms, place + 1)
    said = words[atom.first - 1] if atom.first else ""
    if atom.name == "vague_weekday":
        sure = _is_weekday(atoms, place, before, after, said)
        return replace(atom, name="weekday" if sure else "word")
    sure = _is_month(atom, before, after, said) or (asked and _alone(atoms, place))
    return replace(atom, name="month" if sure else "word")


def _name(atoms: list[Atom], place: int) -> str:
    return atoms[place].name if 0 <= place < len(atoms) else ""


def _is_weekday(atoms: list[Atom], place: int, before: str, after: str, said: str) -> bool:
    if before == "a" and after not in _DAY_FOLLOWS:
        return False
    if before in _DAY_LEADS or after in _DAY_FOLLOWS:
        return True
    if (before in _JOINING and "weekday" in _name(atoms, place - 2)) or (
        after in _JOINING and "weekday" in _name(atoms, place + 2)
    ):
        return True
    return after in _ENDS and said not in _NO_DAY_AFTER


def _is_month(atom: Atom, before: str, after: str, said: str) -> bool:
    if before in _MONTH_LEADS or after in _MONTH_FOLLOWS:
        return not (said in _NO_MONTH_AFTER and atom.value in (_MARCH, _MAY))
    if "number" in (before, after):
        return said not in _NO_MONTH_AFTER
    return after in _ENDS and atom.value in _END_MONTHS and bool(said) and said not in _NO_MONTH_AFTER


def _alone(atoms: list[Atom], place: int) -> bool:
    """Return whether nothing but small words stands beside an atom."""
    return all(
        atom.name in ("small", "stop", "pause", "filler", "the", "about")
        for atom in [*atoms[:place], *atoms[place + 1 :]]
    )


def is_wish(atoms: list[Atom], place: int, words: tuple[str, ...], asked: bool) -> bool:
    """Return whether a part of the day that stands alone says when ("evening please") and does not greet."""
    if asked and _alone(atoms, place):
        return True
    contexts = date_words().contexts
    atom = atoms[place]
    after = words[atom.last + 1] if _name(atoms, place + 1) not in _ENDS else ""
    said = words[atom.first - 1] if _name(atoms, place - 1) not in _ENDS else ""
    return after in contexts["follows_part"] or said in contexts["leads_part"]
