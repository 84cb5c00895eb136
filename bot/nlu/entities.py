"""Everything that a message says, found by rule: places, dates, counts, choices, names, what for, for whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.nlu.ages import find_ages
from bot.nlu.choices import exact_choice
from bot.nlu.counts import find_counts
from bot.nlu.covered import covered
from bot.nlu.dates import find_dates
from bot.nlu.languages import find_languages
from bot.nlu.lexicon import Lexicon
from bot.nlu.mere_needs import without_mere_colour
from bot.nlu.names import find_names
from bot.nlu.own_needs import without_cared_for
from bot.nlu.party_reader import find_told_party
from bot.nlu.picking import find_picks
from bot.nlu.places import find_places
from bot.nlu.ratings import find_ratings, find_references
from bot.nlu.relations import find_relations
from bot.nlu.skips import find_skips
from bot.nlu.taxonomy_words import asks_for, find_terms
from bot.nlu.tokens import Tokens, tokenise
from bot.nlu.told_needs import find_told_needs
from bot.nlu.yes_no import find_yes_no
from bot.understanding import Entity, Expecting

# Of two readings of the same words that exclude one another the asked one wins, then the longer, then the earlier here.
_EXCLUSIVE = ("reference", "place", "place_choice", "rating", "choice", "date", "count", "name", "language")
# These say nothing where a place, a name or a date stands ("Hope" the place, "Art" the name).
_TERMS = frozenset(("cancer_type", "need", "audience", "stage", "access", "mode"))
_PLACES = frozenset(("place", "place_choice"))
_STRONGER = frozenset(("place", "place_choice", "name"))


@dataclass(frozen=True, slots=True)
class _Message:
    """A message as all finders read it: `words` are its words with slips put right."""

    tokens: Tokens
    words: tuple[str, ...]
    lexicon: Lexicon
    expecting: Expecting | None
    now: datetime

    def asks(self, kind: str) -> bool:
        """Return whether the open question is of a kind."""
        return asks_for(self.expecting, kind)

    def may_pass(self) -> bool:
        """Return whether "any" or "nothing" passes over the open question; "none of them" answers a menu."""
        return self.expecting is not None and self.expecting.kind not in ("choice", "yes_no", "name", "count", "rating")


def find_entities(text: str, lexicon: Lexicon, expecting: Expecting | None, now: datetime) -> tuple[Entity, ...]:
    """Return everything that a message says, in order, in the light of the open question (`expecting`) and the time.

    `now` is aware UTC. Values by kind: place, place_choice (what the gazetteer gives), date (see `date_value`),
    count (int), choice (int, the option's index), yes_no (bool), name (str), cancer_type, need, audience, stage, access
    (taxonomy ids), mode ("online" or "in_person"), relation ({"relation": str}), language (its English name), rating
    (int 0 to 10), reference (str), skip (true).
    """
    tokens = tokenise(text)
    if not tokens.words:
        return tuple(find_yes_no(tokens, (), lexicon, asked=False))
    message = _Message(tokens, lexicon.spelling.repair(tokens.words), lexicon, expecting, now)
    exact = exact_choice(tokens, expecting.options) if expecting else None
    if exact and expecting and tokens.text.strip() == expecting.options[exact.index].payload:
        return (Entity("choice", exact.index, 0, len(text), text),)
    found = [entity for find in _FINDERS for entity in find(message)]
    found += find_told_party(tokens, message.words, lexicon, expecting, found)
    found += find_terms(tokens, message.words, lexicon, expecting, _where_and_when(tokens, found))
    found += find_told_needs(tokens, message.words, lexicon, expecting, found)
    found = without_mere_colour(found, text)
    found = without_cared_for(tokens, found) if expecting is None else found
    found += find_picks(tokens, message.words, lexicon, expecting, found)
    return tuple(sorted(_without_clashes(found, message), key=lambda entity: (entity.start, entity.end)))


def _where_and_when(tokens: Tokens, found: Sequence[Entity]) -> frozenset[int]:
    """Return the places of the words that say where and when; none where no place is said ("work on Tuesday")."""
    if not any(entity.kind in _PLACES for entity in found):
        return frozenset()
    return covered(tokens, [entity for entity in found if entity.kind in _PLACES or entity.kind == "date"])


_FINDERS: tuple[Callable[[_Message], list[Entity]], ...] = (
    lambda it: find_places(it.tokens.text, it.lexicon, it.asks("place")),
    lambda it: find_dates(it.tokens, it.words, it.now, it.asks("date")),
    lambda it: find_counts(it.tokens, it.words, it.lexicon, it.asks("count"), it.expecting is not None),
    lambda it: find_yes_no(it.tokens, it.words, it.lexicon, it.asks("yes_no") or it.asks("choice")),
    lambda it: find_names(it.tokens, it.lexicon, it.asks("name")),
    lambda it: find_ages(it.tokens, it.words),
    lambda it: find_relations(it.tokens, it.words, it.lexicon, it.expecting is not None),
    lambda it: find_languages(it.tokens, it.words, it.lexicon, it.asks("language")),
    lambda it: find_ratings(it.tokens, it.asks("rating")),
    lambda it: find_references(it.tokens, it.asks("reference")),
    lambda it: find_skips(it.tokens, it.words, it.lexicon, it.may_pass()),
)


def _without_clashes(found: list[Entity], message: _Message) -> list[Entity]:
    """Return the entities without those that a better reading of the same words excludes."""
    kept: list[Entity] = []
    for entity in sorted(found, key=lambda entity: _rank(entity, message)):
        if not any(_clash(entity, other) for other in kept):
            kept.append(entity)
    return kept


def _rank(entity: Entity, message: _Message) -> tuple[bool, int, int]:
    """Return how an entity comes in the order of trust: lower is better."""
    kind = _EXCLUSIVE.index(entity.kind) if entity.kind in _EXCLUSIVE else len(_EXCLUSIVE)
    return not message.asks(entity.kind), entity.start - entity.end, kind


def _clash(one: Entity, other: Entity) -> bool:
    """Return whether two entities of different kinds cannot both be meant by words they share."""
    if one.kind == other.kind or not one.overlaps(other.start, other.end):
        return False
    kinds = {one.kind, other.kind}
    if kinds == {"count", "name"} and len(one.words) != len(other.words):  # "my friend Linda and I"
        return False
    return kinds <= set(_EXCLUSIVE) or bool(kinds & _TERMS and kinds & _STRONGER)
