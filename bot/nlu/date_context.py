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
_SURE = {"vague_weekday": "weekday", "vague_month": "month"}
_HOUR_LEADS = word_set("at about after before until by from between half quarter to past and or dash")
_ENDS = frozenset(("stop", "pause", ""))
# Before these, a lone "sat", "sun" or "wed" at the end of a sentence is no day ("where I sat", "in the sun").
_NO_DAY_AFTER = word_set("i we he she they you who that the a in got get getting be been newly to just have had is")
_NO_MONTH_AFTER = word_set("i we he she they you it who that there this these im its my is name names called")
_NO_MONTH_BEFORE = (("here",),)  # "April here"
_END_MONTHS = frozenset((1, 4, 6))  # "anything april": but "as you may", "we march"
_MARCH, _MAY = 3, 5
_LAST_HOUR = 12
_LAST_LINE = 10  # "the third" alone is rather the third of what was shown


def settle_vague(atoms: list[Atom], words: tuple[str, ...], asked: bool) -> list[Atom]:
    """Return the atoms with every vague weekday and month either plain or an ordinary word.

    `asked` when the message answers the question when: then the word alone is a date. "20th" alone always is.
    """
    return [_settled(atoms, place, words, asked) for place in range(len(atoms))]


def _settled(atoms: list[Atom], place: int, words: tuple[str, ...], asked: bool) -> Atom:
    atom = atoms[place]
    if atom.name == "numeral":
        return replace(atom, name="word") if _is_pronoun(atoms, place, words) else atom
    if atom.name in ("ordinal", "ordinal_word", "number"):
        return replace(atom, name="lone_ordinal") if _is_day_number(atoms, place, asked) else atom
    if atom.name not in _SURE:
        return atom
    meant = _is_weekday(atoms, place, words) if atom.name == "vague_weekday" else _is_month(atoms, place, words, asked)
    return replace(atom, name=_SURE[atom.name] if meant else "word")


def _is_day_number(atoms: list[Atom], place: int, asked: bool) -> bool:
    """Return whether a number alone is a day of the month: "20th", "the twelfth", and when asked "the 24"."""
    atom = atoms[place]
    told = atom.name == "ordinal" or (atom.name == "ordinal_word" and atom.value > _LAST_LINE)
    told = told or (asked and (atom.value > _LAST_HOUR or _name(atoms, place - 1) == "the"))
    return told and _alone(atoms, place)


def _is_pronoun(atoms: list[Atom], place: int, words: tuple[str, ...]) -> bool:
    """Return whether "one" is no hour before a part of the day: "the Wembley one in the evening"."""
    part = next((atom for atom in atoms[place + 1 : place + 4] if atom.name not in ("in", "the")), None)
    if words[atoms[place].last] != "one" or part is None or part.name not in ("part", "night"):
        return False
    led = _name(atoms, place - 1) in _HOUR_LEADS and _said_before(atoms[place], words) != "like"
    return part.value == "evening" or not led


def _name(atoms: list[Atom], place: int) -> str:
    return atoms[place].name if 0 <= place < len(atoms) else ""


def _is_weekday(atoms: list[Atom], place: int, words: tuple[str, ...]) -> bool:
    before, after = _name(atoms, place - 1), _name(atoms, place + 1)
    if before == "a" and after not in _DAY_FOLLOWS and _name(atoms, place - 2) != "on":
        return False
    if before in _DAY_LEADS or after in _DAY_FOLLOWS:
        return True
    joined = before in _JOINING and "weekday" in _name(atoms, place - 2)
    if joined or (after in _JOINING and "weekday" in _name(atoms, place + 2)):
        return True
    return after in _ENDS and _said_before(atoms[place], words) not in _NO_DAY_AFTER


def _is_month(atoms: list[Atom], place: int, words: tuple[str, ...], asked: bool) -> bool:
    if asked and _alone(atoms, place):
        return True
    if words[atoms[place].last + 1 : atoms[place].last + 2] in _NO_MONTH_BEFORE:
        return False
    atom, said = atoms[place], _said_before(atoms[place], words)
    before, after = _name(atoms, place - 1), _name(atoms, place + 1)
    if before in _MONTH_LEADS or after in _MONTH_FOLLOWS:
        return not (said in _NO_MONTH_AFTER and atom.value in (_MARCH, _MAY))
    if "number" in (before, after):
        return said not in _NO_MONTH_AFTER
    return after in _ENDS and atom.value in _END_MONTHS and said not in _NO_MONTH_AFTER | {""}


def _said_before(atom: Atom, words: tuple[str, ...]) -> str:
    return words[atom.first - 1] if atom.first else ""


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
