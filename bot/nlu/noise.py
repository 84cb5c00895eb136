"""Slips of the thumb, made on purpose: training messages as they might arrive from a phone in a tired hand."""

import random

_NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb", "h": "gyjn", "j": "hukm", "k": "jil",
    "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
_SOUNDS = (
    ("ph", "f"), ("ght", "t"), ("ck", "k"), ("ing", "in"), ("th", "f"), ("ea", "ee"), ("ie", "ei"), ("ei", "ie"),
    ("tion", "shun"), ("qu", "kw"), ("ll", "l"), ("ss", "s"), ("mm", "m"), ("ance", "ence"), ("er", "a"), ("ou", "u"),
)  # fmt: skip
_SHORTER = {
    "you": "u", "are": "r", "your": "ur", "to": "2", "for": "4", "please": "pls", "tomorrow": "tmrw", "thanks": "thx",
    "and": "n", "be": "b", "see": "c", "why": "y", "great": "gr8", "before": "b4", "have": "hav", "with": "wiv",
    "what": "wot", "could": "cud", "would": "wud", "about": "abt", "appointment": "appt", "message": "msg",
    "text": "txt", "people": "ppl", "the": "da", "that": "dat", "some": "sum", "because": "cos", "ok": "k",
}  # fmt: skip
_OFTEN_DROPPED = frozenset(("a", "an", "the", "to", "is", "am", "are", "do", "i", "my", "of", "it", "on"))


def noisy(text: str, chance: random.Random, amount: float) -> str:
    """A message with slips: `amount` (0 to 1) is the share of its words that get one, before some spaces go too."""
    words = [slip for word in text.split() if (slip := _slip(word, chance, amount))]
    joined = "".join(word if chance.random() < amount * 0.15 else f"{word} " for word in words)
    return joined.strip() or text


def _slip(word: str, chance: random.Random, amount: float) -> str:
    plain = word.lower()
    if chance.random() >= amount:
        return word
    if plain in _SHORTER and chance.random() < 0.6:
        return _SHORTER[plain]
    if plain in _OFTEN_DROPPED:
        return "" if chance.random() < 0.3 else word
    if len(word) < 4 or not plain.isalpha():
        return word
    return chance.choice(_SLIPS)(plain, chance)


def _vowels_dropped(word: str, chance: random.Random) -> str:
    return word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou" or chance.random() < 0.25)


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _letter_lost(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _letter_doubled(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[: at + 1] + word[at:]


def _key_missed(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + chance.choice(_NEIGHBOURS.get(word[at], word[at])) + word[at + 1 :]


def _as_it_sounds(word: str, chance: random.Random) -> str:
    fitting = [(written, heard) for written, heard in _SOUNDS if written in word]
    return word.replace(*chance.choice(fitting), 1) if fitting else _letter_lost(word, chance)


_SLIPS = (_vowels_dropped, _swapped, _letter_lost, _letter_lost, _letter_doubled, _key_missed, _as_it_sounds)
