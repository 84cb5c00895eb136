"""Finding how many people come, the sender included: "2 of us", "me and my wife", "table for 3", "plus one"."""

import re
from dataclasses import dataclass
from functools import cache

from bot.nlu.company import Reading, find_companions, find_company
from bot.nlu.lexicon import Lexicon
from bot.nlu.phrases import Phrases
from bot.nlu.small_numbers import NUMBERS, counts_else, is_number, number_of
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import contexts, inverted, phrases_of, read_list
from bot.understanding import Entity

_MOST = 50  # people: a larger number is not a party
_MOST_ALONE = 10  # people: a larger number alone may be anything
_PLAIN_GAPS = frozenset(("", ",", ".", "!", "..", "..."))
_ANSWER = 8  # words: a longer message with a number in it is no answer to "how many?"
_ARTICLES = ("a", "an")
# "x3", "3x", and "x 3" where nothing else is said, or it ends the message behind "tickets".
_TIMES = re.compile(
    r"(?<!\S)(?:x(?P<number>\d)|(?P<before>\d)x|(?:^|(?<=tickets )|(?<=places )|(?<=seats ))x (?P<end>\d)$)(?!\S)"
)
_NUMBER = rf"(?P<number>\d{{1,2}}|{'|'.join(NUMBERS)})"
# What sums up whoever was named: "so thats four with me", "total 3 persons", "6 of us but Mo is ill so 5 for the trip".
_SUM = re.compile(
    r"\b(?:so (?:thats |that is |that makes |its |we are |just )?|thats |that makes |makes |total (?:of |is )?)"
    rf"{_NUMBER}(?: persons| people| of us| ppl)?"
    r"(?= (?:altogether|all together|total|in total|in all|with me|including me|for the|[.])|$)"
)
# "two, me and my brother": what follows only says who they are.
_LISTED = re.compile(rf"^(?:yes |hi |hello |for )?{_NUMBER}(?: of us)? [,.] (?:me|my|myself|mum|dad) ")
# "eight please for the choir": it begins with how many, and goes on with what for.
_LEADING = re.compile(
    rf"^{_NUMBER}(?: more)?(?: please| pls| plz)? for (?:the|that|this) (?!past|last|next|first|price|pain)"
)
_WORDS = contexts("company")
_TOLD = (["came"], ["turned"], ["attended"], ["showed"])  # "40 people came to my party"
_MAY_FOLLOW = _WORDS["may_follow"] | {".", ","}


@dataclass(frozen=True, slots=True)
class CountWords:
    """The patterns and phrases that give a party's size."""

    turns: Phrases[int]
    alone: Phrases[int]
    answers: Phrases[int]
    ending: Phrases[bool]
    stated: re.Pattern[str]
    led: re.Pattern[str]
    family: re.Pattern[str]


@cache
def count_words() -> CountWords:
    """Return the patterns, read once."""
    lists = read_list("counts")
    return CountWords(
        turns=Phrases(inverted(lists["turns"])),
        alone=Phrases(inverted(lists["alone"])),
        answers=Phrases(inverted(lists["answers"])),
        ending=Phrases(dict.fromkeys(phrases_of(lists["ending"]), True)),
        stated=re.compile(rf"\b{_NUMBER} (?:(?:of|ov|off|o|f) us\b|(?:x )?(?:{_alternatives(lists['people'])})\b)"),
        family=re.compile(
            rf"\b{_NUMBER} (?:{_alternatives(lists['adults'])}) (?:, )?(?:and |plus |with )?"
            rf"{_NUMBER.replace('number>', 'young>an?|')} (?:{_alternatives(lists['young'])})\b"
        ),
        led=re.compile(rf"\b(?:{_alternatives(lists['led'])}|for)(?: ,)? (?:only |just |a )?{_NUMBER}\b(?: of us\b)?"),
    )


def find_counts(
    tokens: Tokens, words: tuple[str, ...], lexicon: Lexicon, asked: bool, open_question: bool = False
) -> list[Entity]:
    """Return the size of the party, the likeliest reading only; `asked` when the message answers "how many?".

    A number alone ("two please") counts where there is no `open_question` that it could answer.
    """
    readings = (
        _ending(tokens),
        _matched(tokens, _SUM) or _matched(tokens, _LISTED),
        _family(tokens),
        find_company(tokens, words, lexicon),
        _turn(tokens),
        _clause(tokens),
        _stated(tokens),
        _coming(tokens),
        None if open_question else _alone(tokens) or _matched(tokens, _LEADING),
        *((_answer(tokens), find_companions(tokens, words, lexicon)) if asked else ()),
    )
    found = next((reading for reading in readings if reading), None)
    if not found:
        return []
    count, first, last = found
    start, end = tokens.span(first, last)
    return [Entity("count", count, start, end, tokens.text[start:end])]


def _alternatives(listed: str) -> str:
    """Return phrases as alternatives of a pattern, the longest first."""
    return "|".join(sorted(map(re.escape, phrases_of(listed)), key=len, reverse=True))


def _turn(tokens: Tokens) -> Reading | None:
    """Return a whole turn of phrase ("just me"); "not just me", "talk with someone", "plus 2 jobs" are none."""
    for found in count_words().turns.find(tokens, tokens.words):
        before = tokens.words[: found.first]
        around = before + tokens.words[found.last + 1 : found.last + 3]
        spoken_with = tokens.words[found.first] == "with" and not _WORDS["spoken_with"].isdisjoint(around)
        refused = before[-1:] in (("not",), ("no",)) or before[-2:] == ("need", "for")
        counts_other = is_number(tokens.words[found.last]) and counts_else(tokens, found.last)
        if not refused and not spoken_with and not counts_other:
            return int(found.meaning), found.first, found.last
    return None


def _ending(tokens: Tokens) -> Reading | None:
    """Return the one who ends a message with "so just me", or "just me" behind a pause, whoever else is named."""
    for found in count_words().ending.find(tokens, tokens.words):
        after = tokens.words[found.last + 1 :]
        if _WORDS["polite"].issuperset(after) or after[0] in ("for", "to", "at"):
            return 1, found.first, found.last
    for alone in count_words().alone.find(tokens, tokens.words):
        begins = alone.first and tokens.gaps[alone.first] and tokens.words[alone.first] in _WORDS["only"]
        if begins and alone.meaning == 1 and _WORDS["after_only"].issuperset(tokens.words[alone.last + 1 :]):
            return 1, alone.first, alone.last
    return None


def _clause(tokens: Tokens) -> Reading | None:
    """Return a phrase that is all that is said between two pauses ("just the one, Kwame")."""
    for found in count_words().alone.find(tokens, tokens.words):
        begins = _WORDS["before_only"].issuperset(tokens.words[: found.first]) or tokens.gaps[found.first]
        if begins and _parts(tokens, found.last + 1):
            return int(found.meaning), found.first, found.last
    return None


def _parts(tokens: Tokens, place: int) -> bool:
    """Return whether a message ends, or pauses, before a word."""
    return place == len(tokens.words) or bool(tokens.gaps[place]) or tokens.words[place] in _WORDS["polite"]


def _family(tokens: Tokens) -> Reading | None:
    """Return the sum of "2 adults and 1 child"."""
    match = count_words().family.search(tokens.plain)
    if match is None:
        return None
    total = number_of(match["number"]) + (1 if match["young"] in _ARTICLES else number_of(match["young"]))
    return total, tokens.word_at(match.start()), tokens.word_at(match.end() - 1)


def _stated(tokens: Tokens) -> Reading | None:
    """Return "3 people", "two of us", "table for 3", "make it 2", "x2"."""
    for match in count_words().stated.finditer(tokens.plain):
        if tokens.plain[match.end() :].split()[:1] not in _TOLD:
            return _reading(tokens, match)
    for match in count_words().led.finditer(tokens.plain):
        if _counts_people(tokens, match):
            return _reading(tokens, match)
    times = _TIMES.search(tokens.plain)
    return _reading(tokens, times) if times else None


def _matched(tokens: Tokens, pattern: re.Pattern[str]) -> Reading | None:
    """Return the number that a pattern finds."""
    match = pattern.search(tokens.plain)
    return _reading(tokens, match) if match else None


def _coming(tokens: Tokens) -> Reading | None:
    """Return "three coming", "two will attend"; in "looking forward 2 coming" 2 is no number."""
    words = tokens.words
    for place, word in enumerate(words[:-1]):
        leads = not place or tokens.gaps[place] or words[place - 1] in _WORDS["before_coming"]
        if leads and is_number(word) and _goes(words[place + 1 : place + 4]):
            return number_of(word), place, place + 1
    return None


def _goes(after: tuple[str, ...]) -> bool:
    """Return whether "coming" or "will attend" follows."""
    verb = next((word for word in after if word not in _WORDS["helping"]), "")
    return after[0] in _WORDS["coming_along"] or verb in _WORDS["attending"]


def _alone(tokens: Tokens) -> Reading | None:
    """Return the number that a message is, apart from "probably" and "please" ("two please"); "2" may be anything.

    Behind a pause it is one where "us" is said before ("just us girls, five").
    """
    words = tokens.words
    begins = next((place for place in range(len(words) - 1, 0, -1) if tokens.gaps[place]), 0)
    begins = begins if {"us", "we", "were", "family"} & set(words[:begins]) else 0
    told = [place for place in range(begins, len(words)) if words[place] not in _WORDS["beside_number"]]
    if len(told) != 1 or tokens.plain.isdecimal() or not _counts(tokens, told[0]):
        return None
    number = number_of(words[told[0]])
    return (number, told[0], told[0]) if 1 <= number <= _MOST_ALONE and not _asks_or_parts(tokens) else None


def _counts(tokens: Tokens, place: int) -> bool:
    return is_number(tokens.words[place]) and not counts_else(tokens, place)


def _asks_or_parts(tokens: Tokens) -> bool:
    """Return whether a question mark ends a message, or a bracket, a star or the like stands in it."""
    return not _PLAIN_GAPS.issuperset(tokens.gaps)


def _reading(tokens: Tokens, match: re.Match[str]) -> Reading | None:
    number = number_of(next(filter(None, match.groupdict().values())))
    if not 1 <= number <= _MOST:
        return None
    return number, tokens.word_at(match.start()), tokens.word_at(match.end() - 1)


def _counts_people(tokens: Tokens, match: re.Match[str]) -> bool:
    """Return whether the number after "for", "there are" ... ends there, counting nothing else."""
    after = tokens.plain[match.end() :].split()
    before = tokens.plain[: match.start()].split()
    if match["number"] == "one" or (before and before[-1] in _WORDS["against"]):
        return False
    return not after or after[0] in _MAY_FOLLOW


def _answer(tokens: Tokens) -> Reading | None:
    """Return the one number in a short answer, or a phrase that is one ("both", "just the one")."""
    if len(tokens.words) > _ANSWER:
        return None
    return _phrase_of_answer(tokens) or _only_number(tokens)


def _phrase_of_answer(tokens: Tokens) -> Reading | None:
    begins = next((place for place, word in enumerate(tokens.words) if word not in _WORDS["before_answer"]), 0)
    found = count_words().answers.at(tokens, tokens.words, begins)
    if found and (found.last == len(tokens.words) - 1 or tokens.words[found.last + 1] in _MAY_FOLLOW):
        return int(found.meaning), found.first, found.last
    return None


def _only_number(tokens: Tokens) -> Reading | None:
    places = [place for place, word in enumerate(tokens.words) if is_number(word) and not counts_else(tokens, place)]
    numbers = {number_of(tokens.words[place]) for place in places}
    if len(numbers) != 1 or not 1 <= min(numbers) <= _MOST:
        return None
    return numbers.pop(), places[0], places[0]
