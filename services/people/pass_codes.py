"""Codes that a carer passes on by word of mouth, so that someone cared for can bring in their own phone.

Nothing is ever sent to a phone that has not texted us, so it is the phone that must text first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import bindparam, func, insert, select, update
from sqlmodel import Session

from services.core.ids import ALPHABET, draw
from services.people import carers
from services.people.carers import CARED, CODES, GUESSES, Cared

# Eight of 19 letters and digits are 17 thousand million; five guesses a day find none of a thousand codes.
LENGTH = 8
VALID_FOR = timedelta(days=14)
MOST_GUESSES = 5
_GUESSES_COUNT_FOR = timedelta(days=1)
_LEAST_DIGITS = 2
_DIGITS = frozenset("3467")
_WORD = re.compile(r"[A-Za-z0-9]+")

_LIVE = (CODES.c.used_at.is_(None), CODES.c.expires_at > bindparam("now", type_=CODES.c.expires_at.type))
_USE = (
    update(CODES)
    .where(CODES.c.code == bindparam("said"), *_LIVE)
    .values(used_at=bindparam("now"))
    .returning(CODES.c.cared_for_id)
)
_NEAR = select(CODES.c.code).where(CODES.c.code.in_(bindparam("codes", expanding=True)), *_LIVE).limit(2)
_SPENT = select(CODES.c.used_at).where(CODES.c.code == bindparam("said"))
_OWN = (
    select(CARED.c.id)
    .select_from(CODES.join(CARED))
    .where(CODES.c.code == bindparam("said"), CARED.c.carer_id == bindparam("person"))
)
_VOID = (
    update(CODES)
    .where(CODES.c.cared_for_id == bindparam("cared"), CODES.c.used_at.is_(None))
    .values(expires_at=bindparam("now"))
)
_GUESSED = (
    select(func.count())
    .select_from(GUESSES)
    .where(GUESSES.c.identity_id == bindparam("phone"), GUESSES.c.at > bindparam("since", type_=GUESSES.c.at.type))
)


@dataclass(frozen=True, slots=True)
class Joined:
    """The phone now belongs to this person cared for."""

    cared: Cared


@dataclass(frozen=True, slots=True)
class NotJoined:
    """The code changed nothing; `reason` is "wrong", "expired", "used", "own" (the carer's own phone) or "too_many"."""

    reason: str


def issue(session: Session, cared_id: int, now: datetime) -> str:
    """Make a code for someone cared for; codes given out for them before are void."""
    session.execute(_VOID, {"cared": cared_id, "now": now})
    code = _drawn()
    row = {"code": code, "cared_for_id": cared_id, "created_at": now, "expires_at": now + VALID_FOR}
    session.execute(insert(CODES).values(**row))
    return code


def spoken(code: str) -> str:
    """A code as it is read out: "4KMT 7RWX"."""
    return f"{code[:4]} {code[4:]}"


def find(text: str) -> str | None:
    """The code that a message holds, in capitals, right or wrong; None when nothing in it looks like one.

    Small letters, words around it, and spaces or hyphens within it do not matter.
    """
    words = _WORD.findall(text)
    pairs = [first + second for first, second in pairwise(words) if len(first) == LENGTH // 2]
    return next((said.upper() for said in [*words, *pairs] if _looks_like_one(said.upper())), None)


def redeem(session: Session, said: str, *, identity_id: int, person_id: int, now: datetime) -> Joined | NotJoined:
    """Use a code from the phone that texted it; one letter wrong or two swapped are forgiven if only one code is near.

    `said` is what `find` found. A code is used once; of two phones that text it at once, one is joined.
    """
    if _guesses(session, identity_id, now) >= MOST_GUESSES:
        return NotJoined("too_many")
    code = _meant(session, said, now)
    if session.execute(_OWN, {"said": code, "person": person_id}).first() is not None:
        return NotJoined("own")
    used = session.execute(_USE, {"said": code, "now": now}).scalar()
    cared = carers.by_id(session, used) if used is not None else None
    if cared is not None and cared.ended_at is None:
        return Joined(carers.join(session, cared, identity_id, person_id, now))
    session.execute(insert(GUESSES).values(identity_id=identity_id, at=now))
    return NotJoined(_why(session, code))


def _drawn() -> str:
    """A code with digits enough to be no word."""
    while True:
        code = draw(LENGTH)
        if sum(letter in _DIGITS for letter in code) >= _LEAST_DIGITS:
            return code


def _looks_like_one(said: str) -> bool:
    """Whether eight letters and digits, of both at least one, are a code but for one slip."""
    if len(said) != LENGTH or said.isalpha() or said.isdecimal():
        return False
    return sum(letter not in ALPHABET for letter in said) <= 1


def _meant(session: Session, said: str, now: datetime) -> str:
    """The live code that was said, or the only one that differs from it by a slip."""
    near = session.execute(_NEAR, {"codes": [said], "now": now}).scalars().all()
    if not near:
        near = session.execute(_NEAR, {"codes": list(_slips(said)), "now": now}).scalars().all()
    return str(near[0]) if len(near) == 1 else said


def _slips(said: str) -> Iterator[str]:
    for place in range(LENGTH):
        yield from (said[:place] + letter + said[place + 1 :] for letter in ALPHABET)
        if place:
            yield said[: place - 1] + said[place] + said[place - 1] + said[place + 1 :]


def _guesses(session: Session, identity_id: int, now: datetime) -> int:
    count: int = session.execute(_GUESSED, {"phone": identity_id, "since": now - _GUESSES_COUNT_FOR}).scalar_one()
    return count


def _why(session: Session, code: str) -> str:
    found = session.execute(_SPENT, {"said": code}).first()
    if found is None:
        return "wrong"
    return "expired" if found.used_at is None else "used"
