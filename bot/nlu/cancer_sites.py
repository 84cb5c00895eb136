"""Whether a part of the body ("throat", "skin") or another weak word says which cancer someone has."""

import re
from collections.abc import Collection, Sequence

from bot.nlu.lexicon import Meaning
from bot.nlu.plain_words import Phrase, are_all, is_listed
from bot.nlu.tokens import Tokens
from bot.nlu.word_lists import alternation, contexts

_WORDS = contexts("terms")
_ILL_LEADS = frozenset(tuple(lead.split()) for lead in _WORDS["ill_leads"])
_ANY = "any"  # a cancer type whose weak words ("all") mean it only beside "cancer"
_SPREAD = "secondary"  # said of a cancer that is named: "advanced prostate", but not "advanced pottery"
_REACH = 6  # words from "cancer" to a part of the body ("cancer on the side of my tongue")
_STOPS = re.compile(r"[.?!\n]")
# "my belly have cancer", "the mole was cancer", "took his stomach out for the cancer"; not "is bad, cancer drugs".
_TURNED = re.compile(
    r"(?:(?:that|they|which|it) )*(?:have|has|had|got|is|was|turned|turns|went|said|say|found|reckon|full|riddled)"
    r"(?: (?:out|into|to|be|it|its|is|was|a|the|got|bad|of|with|they|said|says|told|me|thats|full|riddled))* "
    rf"(?:{alternation(_WORDS['cancer'])})\b(?! (?:{alternation(_WORDS['of_cancer'])})\b)"
    r"|(?:all )?(?:out|off|removed|removal|cut|taken|took|operated|done|gone|surgery|op|operation|transplant|resection)"
    r"(?: (?:out|off|on|away))? "
    r"(?:for|because of|cos of|due to|with|from|to|after) (?:(?:the|my|a|his|her|me) )?"
    rf"(?:{alternation(_WORDS['cancer'])})\b"
)
_TURNING_REACH = 8  # words in which that is said


def is_type(
    tokens: Tokens, phrases: Sequence[Phrase], place: int, meaning: Meaning, where_and_when: Collection[int]
) -> bool:
    """Return whether the weak phrase at `place` among those found says which cancer it is."""
    phrase = phrases[place]
    told_otherwise = _is_told_otherwise(tokens, phrases, place, meaning)
    if _is_site(tokens, phrases, place) or _is_spread_to(phrases, place, meaning):
        return True
    if meaning.value == _ANY or _hurts(tokens, phrase) or (_is_vague(tokens, phrase) and told_otherwise):
        return False
    if is_listed(tokens, phrases, place, meaning.kind):
        return True
    alone = meaning.value != _SPREAD and not _leads_need(phrases, place) and are_all(tokens, phrases, where_and_when)
    return not told_otherwise and (alone or _is_told(tokens, phrase))


def _is_spread_to(phrases: Sequence[Phrase], place: int, meaning: Meaning) -> bool:
    return meaning.value == _SPREAD and _leads_type(phrases, place)


def _is_told(tokens: Tokens, phrase: Phrase) -> bool:
    return _is_ill(tokens, phrase) or _is_abbreviation(tokens, phrase) or _names_cancer(tokens, phrase)


def _is_told_otherwise(tokens: Tokens, phrases: Sequence[Phrase], place: int, meaning: Meaning) -> bool:
    """Return whether another phrase surely says which cancer it is ("down below" beside "penile")."""
    return any(
        one.kind == "cancer_type"
        and one.value not in (meaning.value, _ANY, _SPREAD)
        and (not one.weak or _is_site(tokens, phrases, at))
        for at, phrase in enumerate(phrases)
        for one in phrase.meaning
        if at != place
    )


def _leads_type(phrases: Sequence[Phrase], place: int) -> bool:
    """Return whether a cancer type follows at once ("secondary lung cancer", "advanced prostate")."""
    after = phrases[place + 1 : place + 2]
    return bool(after) and after[0].first == phrases[place].last + 1 and _has_kind(after[0], "cancer_type")


def _leads_need(phrases: Sequence[Phrase], place: int) -> bool:
    """Return whether a need follows at once, which the word only tells of ("neck massage", "belly dancing")."""
    after = phrases[place + 1 : place + 2]
    return bool(after) and after[0].first == phrases[place].last + 1 and _has_kind(after[0], "need")


def _has_kind(phrase: Phrase, kind: str) -> bool:
    return any(meaning.kind == kind and not meaning.weak for meaning in phrase.meaning)


def _is_vague(tokens: Tokens, phrase: Phrase) -> bool:
    return " ".join(tokens.words[phrase.first : phrase.last + 1]) in _WORDS["vague"]


def _is_abbreviation(tokens: Tokens, phrase: Phrase) -> bool:
    """Return whether a word is a disease's short name, told from the ordinary word by its capitals ("CUP", "NETs")."""
    start, end = tokens.span(phrase.first, phrase.last)
    is_one = (
        tokens.words[phrase.first] in _WORDS["abbreviations"] and tokens.text[start:end].removesuffix("s").isupper()
    )
    return is_one and not tokens.text.isupper()


def _names_cancer(tokens: Tokens, phrase: Phrase) -> bool:
    return not _WORDS["cancer"].isdisjoint(tokens.words[phrase.first : phrase.last + 1])


def _is_site(tokens: Tokens, phrases: Sequence[Phrase], place: int) -> bool:
    """Return whether a part of the body is said to have cancer: "skin or lung cancer", "cancer of the skin"."""
    phrase = phrases[place]
    after = tokens.words[phrase.last + 1 : phrase.last + 4]
    joined = after[:1] in (("and",), ("or",), ("cell",)) and not _WORDS["cancer"].isdisjoint(after)
    if joined or not _ills_of(tokens, phrase).isdisjoint(after[:1]):
        return True
    return _is_in(tokens, phrase, phrases[:place]) or _is_turned(tokens, phrase)


def _ills_of(tokens: Tokens, phrase: Phrase) -> frozenset[str]:
    """Return the words for the disease; beside most parts of the body the ones for radiotherapy tell as much."""
    is_treated = _WORDS["untreated"].isdisjoint(tokens.words[phrase.first : phrase.last + 1])
    return _WORDS["cancer"] | _WORDS["treating"] if is_treated else _WORDS["cancer"]


def _is_in(tokens: Tokens, phrase: Phrase, before: Sequence[Phrase]) -> bool:
    """Return whether "cancer of the" or the like stands before a part of the body, or "cancer," and nothing behind.

    "skin cancer on the nose" has its type in the phrases `before`: the nose is only where it shows.
    """
    at = phrase.first
    while at and phrase.first - at < _REACH and _leads(tokens, at):
        at -= 1
    if not at or tokens.words[at - 1] not in _ills_of(tokens, phrase) or _STOPS.search(tokens.gaps[at]):
        return False
    if any(found.last == at - 1 and _has_kind(found, "cancer_type") for found in before):
        return False
    if not _WORDS["leads_into"].isdisjoint(tokens.words[at : phrase.first]):
        return True
    return bool(tokens.gaps[at]) and _ends_part(tokens, phrase)


def _leads(tokens: Tokens, at: int) -> bool:
    is_lead = tokens.words[at - 1] in _WORDS["leads_site"] or tokens.words[at - 1] in _WORDS["leads_into"]
    return is_lead and not _STOPS.search(tokens.gaps[at])


def _is_turned(tokens: Tokens, phrase: Phrase) -> bool:
    """Return whether it is said behind a part of the body that it has cancer ("stomach out for the cancer")."""
    after = tokens.words[phrase.last + 1 : phrase.last + 1 + _TURNING_REACH]
    return not _WORDS["cancer"].isdisjoint(after) and _TURNED.match(" ".join(after)) is not None


def _ends_part(tokens: Tokens, phrase: Phrase) -> bool:
    return phrase.last + 1 == len(tokens.words) or bool(tokens.gaps[phrase.last + 1])


def _is_ill(tokens: Tokens, phrase: Phrase) -> bool:
    """Return whether a part of the body ends what someone says they have ("its in my throat")."""
    before = tokens.words[: phrase.first]
    said = [length for length in range(1, 4) if before[-length:] in _ILL_LEADS]
    return _ends_part(tokens, phrase) and bool(said) and _WORDS["hurting"].isdisjoint(before[-max(said) - 1 :])


def _hurts(tokens: Tokens, phrase: Phrase) -> bool:
    """Return whether a part of the body hurts or is cared for: "leaking bladder", "neck massage", "skin is dry"."""
    words, behind = tokens.words, phrase.last + 1
    while words[behind : behind + 1] != () and words[behind] in _WORDS["being"]:
        behind += 1
    beside = words[max(phrase.first - 1, 0) : phrase.first] + words[behind : behind + 1]
    return not _WORDS["hurting"].isdisjoint(beside)
