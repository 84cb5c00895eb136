"""Telling which line of a menu a message picks: "2", "no 3", "b)", "the second one dear", "the thursday one"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.nlu.choice_described import Choice, covers, described, is_aside
from bot.nlu.choice_hearing import as_heard
from bot.nlu.choice_parts import (
    condition_from,
    corrected_from,
    first_part_ends,
    hedged_from,
    kept_and_refused,
    mended_from,
)
from bot.nlu.choice_words import choice_words
from bot.nlu.option_times import at_number
from bot.nlu.option_words import (
    has_word,
    options_on,
    title_words,
)
from bot.nlu.pointers import Pointer, find_pointers
from bot.nlu.title_parts import part_of_title
from bot.nlu.tokens import Tokens, tokenise
from bot.nlu.word_lists import word_set
from bot.understanding import Entity, Option

_OWNED = re.compile("['\u2019\u2018`]s$")
_SAYING_WHY = word_set("near nearby from")
_TURNING = word_set("also too well another no wait actually sorry but or hang hold instead rather and then")
_ASKING = frozenset(("is", "are", "does", "did", "was", "were", "has"))  # "is the yoga ok for two"
_TWO = 2  # lines, of which one is "the other"


def choose(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], undoing: bool = False) -> Choice | None:
    """Return what a message picks; `dates` are the date entities found in it.

    `undoing` when the menu asks what to cancel or change: else "cancel the yoga" picks nothing.
    """
    exact = exact_choice(tokens, options)
    if exact or not tokens.words or not options:
        return exact
    part = part_of_title(tokens.words, options)
    return _read(tokens, options, dates, undoing) if part is None else Choice(part, 0, len(tokens.words) - 1)


def _read(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], undoing: bool) -> Choice | None:
    """Return what a message picks that is no title or part of one."""
    tokens = replace(tokens, words=as_heard(tokens.words, options))
    hedged = hedged_from(tokens)
    if hedged and (picked := _choose_within(tokens, options, dates, (hedged, len(tokens.words)), undoing)):
        return picked
    begins = corrected_from(tokens)
    if begins:
        after = _choose_within(tokens, options, dates, (begins, len(tokens.words)), undoing)
        return after or _the_other(tokens, options, dates, (0, begins), undoing)
    return _read_plain(tokens, options, dates, undoing)


def _read_plain(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], undoing: bool) -> Choice | None:
    """Return what a message picks that neither hedges nor corrects itself."""
    parted = _mended(tokens, options, dates, undoing) or _on_condition(tokens, options, dates, undoing)
    if parted or _is_against(tokens, undoing):
        return parted or _not_the_other(tokens, options, dates, undoing)
    meant = _meant(tokens, options, dates) or _meant_at_first(tokens, options, dates)
    return meant or _concluded(tokens, options, dates, undoing)


def _concluded(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], undoing: bool) -> Choice | None:
    """Return the line of "i work till 5 so the last one", where nothing is asked."""
    begins = tokens.words.index("so") + 1 if "so" in tokens.words[1:-1] else 0
    if not begins or tokens.gaps[-1].startswith("?") or _asks_of(tokens, options):
        return None
    return _choose_within(tokens, options, dates, (begins, len(tokens.words)), undoing)


def _mended(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], undoing: bool) -> Choice | None:
    """Return the second of two picks with "sorry" or "i meant" between them ("2 sorry 3")."""
    begins = mended_from(tokens.words)
    if not begins or not _choose_within(tokens, options, dates, (0, begins - 1), undoing):
        return None
    return _choose_within(tokens, options, dates, (begins, len(tokens.words)), undoing)


def _on_condition(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], undoing: bool) -> Choice | None:
    """Return what is picked before "as long as its not far" or "only if ...", where nothing is asked."""
    begins = condition_from(tokens.words)
    known = choice_words()
    asks = tokens.gaps[-1].startswith("?") or tokens.words[0] in known.asking_first
    if not begins or undoing or asks or not known.asking.isdisjoint(tokens.words[:begins]):
        return None
    return _choose_within(tokens, options, dates, (0, begins), undoing)


def _the_other(
    tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], part: tuple[int, int], undoing: bool
) -> Choice | None:
    """Return the line that is left by "the other one", when a part of the message refuses the rest."""
    if "other" not in tokens.words:
        return None
    if len(options) != _TWO:
        return _left_over(tokens, options, part)
    first = next((at + 1 for at in range(*part) if tokens.words[at] in choice_words().against), part[0])
    refused = _choose_within(tokens, options, dates, (first, part[1]), undoing) if first < part[1] else None
    return replace(refused, index=1 - refused.index) if refused else None


def _left_over(tokens: Tokens, options: Sequence[Option], part: tuple[int, int]) -> Choice | None:
    """Return the only line that has none of the words refused ("not harrow, the other" beside two in Harrow)."""
    known = choice_words()
    said = [word for word in tokens.words[slice(*part)] if word not in known.fillers | known.against]
    refused = [frozenset(at for at, option in enumerate(options) if has_word(word, (option,))) for word in said]
    left = frozenset(range(len(options))).difference(*refused)
    all_known = bool(refused) and all(refused)
    return Choice(next(iter(left)), 0, len(tokens.words) - 1) if all_known and len(left) == 1 else None


def _meant(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity]) -> Choice | None:
    """Return the line that a message points at or describes."""
    dates = [date for date in dates if _tells_when(tokens, date)]
    dated = frozenset(place for date in dates for place in _places(tokens, date, len(options)))
    pointers = [each for each in find_pointers(tokens, len(options), dated) if _points(each, tokens, options)]
    if pointers:
        if _is_either(tokens, options, pointers[0], dates):
            return None
        spoken = [date for date in dates if not any(covers(tokens, date, pointer.word) for pointer in pointers)]
        return _pointed_at(tokens, options, pointers, spoken)
    return None if tokens.words[0] in _ASKING else described(tokens, options, dates, dated)


def _points(pointer: Pointer, tokens: Tokens, options: Sequence[Option]) -> bool:
    """Return whether a word points: "the royal free" is no slip of "three"; "1" is a line, whatever title has a 1."""
    word = tokens.words[pointer.word]
    return pointer.firm or not (word.isalpha() and has_word(word, options))


def _is_either(tokens: Tokens, options: Sequence[Option], pointer: Pointer, dates: Sequence[Entity]) -> bool:
    """Return whether "the 1st" may be the first line or another line's day."""
    spoken = (date for date in dates if pointer.ordinal and covers(tokens, date, pointer.word))
    lines = frozenset(range(len(options)))
    return any(options_on(date.value, options, lines) - {pointer.index} for date in spoken)


def _meant_at_first(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity]) -> Choice | None:
    """Return the line of "the singing, my lungs could do with it": what follows a pause or "cos" only says why."""
    ends = first_part_ends(tokens)
    if not ends or tokens.gaps[-1].startswith("?"):
        return None
    first = tokenise(tokens.text[:ends])
    first = replace(first, words=as_heard(first.words, options))
    rest = tokens.words[len(first.words) :]
    if not _TURNING.isdisjoint(rest) or _has_number(rest) or _asks_of(tokens, options):
        return None
    return _meant(first, options, [date for date in dates if date.end <= ends])


def _has_number(words: Sequence[str]) -> bool:
    """Return whether a number stands among words that may be a line's, and not of a bus or of miles."""
    timely = choice_words().timely
    return any(word.isdecimal() and timely.isdisjoint(words[place + 1 : place + 2]) for place, word in enumerate(words))


def _asks_of(tokens: Tokens, options: Sequence[Option]) -> bool:
    """Return whether a word asks something, and is no word of a line ("near" after "cos" asks nothing)."""
    asking = choice_words().asking - _SAYING_WHY
    return any(word in asking and not has_word(word, options) for word in tokens.words)


def _choose_within(
    tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], part: tuple[int, int], undoing: bool
) -> Choice | None:
    """Return what the words from the first of a part up to (not with) its last pick."""
    begins, start, end = part[0], tokens.starts[part[0]], (*tokens.starts, len(tokens.text))[part[1]]
    inside = [date for date in dates if date.start >= start and date.end <= end]
    left = [replace(date, start=date.start - start, end=date.end - start) for date in inside]
    choice = choose(tokenise(tokens.text[start:end].rstrip()), options, left, undoing)
    return Choice(choice.index, choice.first + begins, choice.last + begins) if choice else None


def _not_the_other(tokens: Tokens, options: Sequence[Option], dates: Sequence[Entity], undoing: bool) -> Choice | None:
    """Return the line of "the walk not the yoga" or "not the yoga the walk", where both parts pick one."""
    parts = kept_and_refused(tokens)
    if parts is None or tokens.gaps[-1].startswith("?"):
        return None
    if "other" in tokens.words[slice(*parts[0])]:
        return _the_other(tokens, options, dates, parts[1], undoing)
    kept, refused = (_choose_within(tokens, options, dates, part, undoing) for part in parts)
    return kept if kept and refused and kept.index != refused.index else None


def _is_against(tokens: Tokens, undoing: bool) -> bool:
    """Return whether a message takes a choice back or leaves it open ("not 2", "either")."""
    known = choice_words()
    return not (known.against if undoing else known.against | known.undoing).isdisjoint(tokens.words)


def exact_choice(tokens: Tokens, options: Sequence[Option]) -> Choice | None:
    """Return the option whose payload or whole title the message is."""
    said = tokens.text.strip()
    found = [index for index, option in enumerate(options) if said == option.payload]
    found = found or [index for index, option in enumerate(options) if title_words(option.title) == tokens.words]
    return Choice(found[0], 0, max(len(tokens.words) - 1, 0)) if len(found) == 1 else None


def _tells_when(tokens: Tokens, date: Entity) -> bool:
    """Return whether a date singles a moment out: not "any time" or "evenings", but "the evening one", "friday's"."""
    value = date.value
    owned = _OWNED.search(date.words) is not None
    if value["grain"] == "recurring" and not owned and {"one", "the"}.isdisjoint(tokens.words):
        return False
    return not value.get("not") and ("any_day" not in value or not {"after", "before", "part"}.isdisjoint(value))


def _places(tokens: Tokens, date: Entity, count: int) -> list[int]:
    """Return the words of a date; none when it is a bare ordinal that points ("the 2nd", not "on the 2nd")."""
    places = [place for place in range(len(tokens.words)) if covers(tokens, date, place)]
    told = [tokens.words[place] for place in places if tokens.words[place] not in choice_words().fillers]
    if places and places[0] and tokens.words[places[0] - 1] == "on":
        return places
    return [] if len(told) == 1 and choice_words().ordinals.get(told[0], count + 1) <= count else places


def _pointed_at(
    tokens: Tokens, options: Sequence[Option], pointers: Sequence[Pointer], dates: Sequence[Entity]
) -> Choice | None:
    """Return the one line that a message points at, if nothing else in it speaks against a choice.

    Beside a date an ordinal counts along the options of the date: "the second tuesday".
    """
    index = _line(pointers[0], options, dates)
    if index is None or len({pointer.index for pointer in pointers}) > 1:
        return None
    places = {pointer.word for pointer in pointers}
    content = [tokens.words[place] for place in _content(tokens, dates) if place not in places]
    if content and not (pointers[0].firm and is_aside(tokens, content, options)):
        return None
    return Choice(index, min(places), max(places))


def _line(pointer: Pointer, options: Sequence[Option], dates: Sequence[Entity]) -> int | None:
    """Return the index of the line pointed at; an ordinal counts among those that fit the dates beside it."""
    lines = frozenset(range(len(options)))
    for date in dates:
        lines &= options_on(date.value, options, lines)
    if not pointer.ordinal:
        return pointer.index if pointer.index in lines else at_number(pointer.index + 1, options, lines)
    return sorted(lines)[pointer.index] if 0 <= pointer.index < len(lines) else None


def _content(tokens: Tokens, dates: Sequence[Entity]) -> list[int]:
    """Return the words that are no fillers and no part of a date."""
    dated = {place for date in dates for place in range(len(tokens.words)) if covers(tokens, date, place)}
    fillers = choice_words().fillers
    return [place for place, word in enumerate(tokens.words) if word not in fillers and place not in dated]
