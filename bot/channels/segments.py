"""How many parts a text takes on the air, and how to keep it in the cheaper alphabet.

A part holds 160 septets of the GSM 7-bit alphabet or, once any character is not in it, 70 UTF-16 units; a longer
text loses some of each part to the header that joins them (153 and 67). Source: 3GPP TS 23.038 and 23.040.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
GSM = GSM_BASIC | GSM_EXTENSION

_JOINER, _FIRST_REGIONAL, _LAST_REGIONAL = "\u200d", "\U0001f1e6", "\U0001f1ff"
_FOLDED = str.maketrans(
    dict.fromkeys("‘’‚‛′`´ʼ", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−•·", "-")
    | dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\t", " ")
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff", "")
    | {"…": "...", "\u2028": "\n", "\u2029": "\n", "⁄": "/", "½": "1/2", "¼": "1/4", "¾": "3/4", "™": "(TM)"}
)


class Encoding(StrEnum):
    """The alphabet that a text is sent in."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


_ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
_JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text takes: `count` parts, `characters` of the encoding's units used, `remaining` left in the last part.

    A character of the GSM extension table uses two units, and so does one beyond the Basic Multilingual Plane.
    """

    encoding: Encoding
    count: int
    characters: int
    remaining: int


def count(text: str) -> Segments:
    """Count the parts of a text; an empty one takes one part."""
    encoding = Encoding.GSM7 if GSM.issuperset(text) else Encoding.UCS2
    units = _units(text, encoding)
    if units <= _ALONE[encoding]:
        return Segments(encoding, 1, units, _ALONE[encoding] - units)
    if encoding is Encoding.GSM7 and units == len(text):  # characters of one size fill every part but the last
        full, last = divmod(units - 1, _JOINED[encoding])
        return Segments(encoding, full + 1, units, _JOINED[encoding] - last - 1)
    sizes = _gsm_sizes(text) if encoding is Encoding.GSM7 else _ucs2_sizes(text)
    parts, used = _fill(sizes, _JOINED[encoding])
    return Segments(encoding, parts, units, _JOINED[encoding] - used)


def to_gsm(text: str) -> str:
    """Fold the typography of English into the GSM alphabet: curly quotes, dashes, dots, odd spaces.

    Letters are never folded: Polish or a name with an accent stays as it is written.
    """
    return text if GSM.issuperset(text) else text.translate(_FOLDED)


def _units(text: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7 and GSM_EXTENSION.isdisjoint(text):
        return len(text)
    if encoding is Encoding.GSM7:
        return len(text) + sum(character in GSM_EXTENSION for character in text)
    return len(text) + sum(character > "\uffff" for character in text)


def _fill(sizes: Iterator[int], capacity: int) -> tuple[int, int]:
    """Pack indivisible sizes into parts in order; return how many parts, and how full the last one is."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > capacity:
            parts, used = parts + 1, 0
        used += size
    return parts, used


def _gsm_sizes(text: str) -> Iterator[int]:
    return (2 if character in GSM_EXTENSION else 1 for character in text)


def _ucs2_sizes(text: str) -> Iterator[int]:
    """The size in UTF-16 units of each character as a reader sees it, with its marks and joined emoji."""
    size, before, flags = 0, "", 0
    for character in text:
        units = 2 if character > "\uffff" else 1
        is_flag = _FIRST_REGIONAL <= character <= _LAST_REGIONAL
        if size and (_extends(character, before) or (is_flag and flags % 2 == 1)):
            size += units
        else:
            yield from _split(size)
            size = units
        before, flags = character, flags + 1 if is_flag else 0
    yield from _split(size)


def _extends(character: str, before: str) -> bool:
    """Whether a character belongs to the one before it: a mark, a joiner, what a joiner joins, a skin tone."""
    return (
        unicodedata.category(character) in ("Mn", "Mc", "Me")
        or character in ("\u200c", _JOINER)
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or (before == _JOINER and unicodedata.category(character) == "So")
        or before + character == "\r\n"
    )


def _split(size: int) -> Iterator[int]:
    """A cluster too long for any part goes out in pieces."""
    while size > _JOINED[Encoding.UCS2]:
        yield 1
        size -= 1
    if size:
        yield size
