"""A message beside a menu as features: what speaks for each of its lines, and what for none."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.nlu.choice_parts import PAUSE
from bot.nlu.choice_words import choice_words
from bot.nlu.menu_evidence import Evidence
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import word_set

_REFUSING = word_set(
    "not isnt dont wont never except neither nor cant cannot wouldnt instead avoid hate hated skip nah no without bar "
    "than scrap forget ruled rules"
)
_TURNING = word_set("but so")  # behind these what was refused before is refused no more
_REACH = 8  # words over which a word that refuses reaches
_MANY = 4
_WORDS_A_STEP = 4

Lines = frozenset[int]


def alternatives(tokens: Tokens, evidence: Sequence[Evidence], count: int) -> list[frozenset[str]]:
    """Return the features of picking none, and of picking each of `count` lines in turn."""
    speaking = [(each, _is_refused(tokens, each)) for each in evidence if each.fits]
    kept = [each.fits for each, refused in speaking if not refused and len(each.fits) < count]
    against = [each.fits for each, refused in speaking if refused and len(each.fits) < count]
    lines = (
        frozenset((*_spoken_of(tokens, speaking, at, count), *_summed_up(kept, against, at, count)))
        for at in range(count)
    )
    return [frozenset(_of_none(tokens, evidence, count)), *lines]


def _spoken_of(tokens: Tokens, speaking: Sequence[tuple[Evidence, bool]], at: int, count: int) -> Iterator[str]:
    """Yield how a line is spoken of, and the words around."""
    for place, (each, refused) in enumerate(speaking):
        if at not in each.fits:
            continue
        sign = "-" if refused else "+"
        yield f"{sign}{each.kind}:{_width(each, count)}"
        if len(each.fits) < count:
            yield from _around(tokens, each)
            if _is_alone(tokens, each):
                yield f"{sign}{each.kind} alone"
                yield f"{sign}alone"
            yield from (f"{sign}{end}" for end, its in (("first", 0), ("last", len(speaking) - 1)) if place == its)


def _is_alone(tokens: Tokens, each: Evidence) -> bool:
    """Return whether nothing but fillers stands beside it between two pauses ("im worn out. first one")."""
    fillers = choice_words().fillers
    first, last = each.first, each.last
    while first and not PAUSE.search(tokens.gaps[first]):
        first -= 1
    while last + 1 < len(tokens.words) and not PAUSE.search(tokens.gaps[last + 1]):
        last += 1
    beside = (*tokens.words[first : each.first], *tokens.words[each.last + 1 : last + 1])
    return fillers.issuperset(beside)


def _around(tokens: Tokens, each: Evidence) -> Iterator[str]:
    """Yield the one and the two words on either side."""
    before, after = ("^", *tokens.words[: each.first])[-2:], (*tokens.words[each.last + 1 :], "$")[:2]
    yield from (f"<{before[-1]}", f">{after[0]}", f"<<{' '.join(before)}", f">>{' '.join(after)}")


def _summed_up(kept: Sequence[Lines], against: Sequence[Lines], at: int, count: int) -> Iterator[str]:
    """Yield what all that is said, together, leaves of a line."""
    everything = frozenset(range(count))
    wanted, left = everything.intersection(*kept), everything.difference(*against)
    if kept:
        yield f"kept {at in wanted} of {min(len(wanted), 2)}"
        yield f"kept by some {any(at in fits for fits in kept)}"
    if against:
        yield f"left {at in left} of {min(len(left), 2)}"
    if kept and against:
        yield f"kept and left {at in wanted & left} of {min(len(wanted & left), 2)}"


def _of_none(tokens: Tokens, evidence: Sequence[Evidence], count: int) -> Iterator[str]:
    """Yield how a message reads in outline, in ones and in pairs, and how little it leaves open."""
    outline = list(_outline(tokens, evidence, count))
    telling = [each.fits for each in evidence if 0 < len(each.fits) < count]
    yield from (f"0 {sign}" for sign in outline)
    yield from (f"0 {one} {other}" for one, other in pairwise(("^", *outline, "$")))
    yield f"0 unknown {min(outline.count('<w>'), _MANY)}"
    yield f"0 telling {min(len(telling), _MANY)}"
    yield f"0 open {min(len(frozenset(range(count)).intersection(*telling)), 2)}"
    yield f"0 long {min(len(tokens.words) // _WORDS_A_STEP, _MANY)}"
    yield f"0 asks {tokens.gaps[-1].startswith('?')} {any('?' in gap for gap in tokens.gaps)}"


def _outline(tokens: Tokens, evidence: Sequence[Evidence], count: int) -> Iterator[str]:
    """Yield the words of a message, a sign for what speaks of lines, and one behind each word that is no filler."""
    known = choice_words()
    begun = {each.first: each for each in evidence}
    covered = {place for each in evidence for place in range(each.first, each.last + 1)}
    for place, word in enumerate(tokens.words):
        if place in begun:
            yield f"<{_width(begun[place], count)}>"
        elif place not in covered:
            yield word
            if word not in known.fillers and word not in known.against and word not in known.asking:
                yield "<w>"


def _width(each: Evidence, count: int) -> str:
    """Return whether none, one, many or all of the lines are spoken of; for none, by what."""
    if len(each.fits) == count:
        return "all"
    return {0: f"no {each.kind}", 1: "1"}.get(len(each.fits), "many")


def _is_refused(tokens: Tokens, each: Evidence) -> bool:
    """Return whether a word that refuses stands shortly before, without a pause between."""
    if each.kind == "no day":
        return True
    for place in range(each.first - 1, max(each.first - 1 - _REACH, -1), -1):
        turned = tokens.words[place] in _TURNING and place < each.first - 1
        if turned or PAUSE.search(tokens.gaps[place + 1]):
            return False
        if tokens.words[place] in _REFUSING:
            return True
    return False
