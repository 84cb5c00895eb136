"""The words that entities are found by: the lists of `nlu_data/lexicon`, the taxonomy, the gazetteer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.nlu.date_words import date_words
from bot.nlu.learnt import NOTHING, Learnt
from bot.nlu.phrases import Phrases
from bot.nlu.signs import Signs
from bot.nlu.slips import Spelling
from bot.nlu.tokens import fold, words_of
from bot.nlu.word_lists import LEXICON_FOLDER, inverted, phrases_of, read_list


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place named in a text: where it stands, and its JSON value.

    A value with the key "choices" (a list of places) is a name that could be several places.
    """

    start: int
    end: int
    value: dict[str, Any]


_TELLING_WORD = 6  # letters: shorter words of a phrase are too like other words for one to be a slip of them

FindPlaces = Callable[[str], Sequence[PlaceMention]]
ResolvePlace = Callable[[str], PlaceMention | None]


class Term(Protocol):
    """A term of the taxonomy: its kind of entity, its id, its words, and weak words that need a context."""

    @property
    def kind(self) -> str:
        """Return cancer_type, need, audience, stage or access."""
        ...

    @property
    def id(self) -> str:
        """Return what the entity's value is."""
        ...

    @property
    def words(self) -> tuple[str, ...]:
        """Return the phrases that mean it anywhere."""
        ...

    @property
    def weak(self) -> tuple[str, ...]:
        """Return the phrases that mean it only in context."""
        ...


class Terms(Protocol):
    """A taxonomy: its terms, and the phrases that look like one and are none."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """Return the phrases that are no term."""
        ...

    def terms(self) -> Iterable[Term]:
        """Yield every term."""
        ...


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase means: a kind of entity and its value; a weak meaning holds only in a plain context."""

    kind: str
    value: Any
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that `find_entities` knows, built once and never changed; lists of words are folded.

    What `learnt` holds reads beyond the lists.
    """

    phrases: Phrases[tuple[Meaning, ...]]
    signs: Signs
    skips: Phrases[str]
    answers: Phrases[tuple[str, str]]
    relations: Phrases[str]
    languages: Phrases[str]
    spelling: Spelling
    first_names: frozenset[str]
    not_names: frozenset[str]
    find_places: FindPlaces
    resolve_place: ResolvePlace
    learnt: Learnt


def build_lexicon(
    taxonomy: Terms,
    find_places: FindPlaces,
    resolve_place: ResolvePlace,
    learnt: Learnt = NOTHING,
    folder: Path = LEXICON_FOLDER,
) -> Lexicon:
    """Build the lexicon from the word lists of a folder, a taxonomy, the gazetteer and what was learnt."""
    spoken = read_list("phrases", folder)
    refused = read_list("not_names", folder)
    phrases = Phrases(_meanings(taxonomy, spoken["mode"]))
    relations = Phrases(inverted(read_list("relations", folder)))
    languages = Phrases(inverted(read_list("languages", folder)))
    first_names = _folded(read_list("first_names", folder)["names"])
    not_names = _folded(refused["words"])
    listed: tuple[Phrases[Any], ...] = (date_words().phrases, languages, relations, phrases)
    return Lexicon(
        phrases=phrases,
        signs=Signs(read_list("signs", folder)),
        skips=Phrases(inverted(spoken["skip"])),
        answers=Phrases(_answers(read_list("answers", folder))),
        relations=relations,
        languages=languages,
        spelling=Spelling(
            dict(entry for each in listed for entry in each.single_words.items()),
            {word for word in phrases.joined_words if len(word) >= _TELLING_WORD},
            first_names | not_names | _folded(refused["left_alone"]),
            inverted(read_list("short_words", folder)),
        ),
        first_names=first_names,
        not_names=not_names,
        find_places=find_places,
        resolve_place=resolve_place,
        learnt=learnt,
    )


def _folded(listed: str) -> frozenset[str]:
    return frozenset(fold(word) for word in phrases_of(listed))


def _meanings(taxonomy: Terms, modes: dict[str, str]) -> dict[str, tuple[Meaning, ...]]:
    """Return what each phrase means; a phrase of several kinds ("bladder") means all of them, as its context allows."""
    meanings: dict[tuple[str, ...], list[Meaning]] = {words_of(phrase): [] for phrase in taxonomy.ignored}
    listed = [(Meaning("mode", mode), phrases_of(modes[mode])) for mode in ("online", "in_person")]
    for term in taxonomy.terms():
        listed += [(Meaning(term.kind, term.id), term.words), (Meaning(term.kind, term.id, weak=True), term.weak)]
    for meaning, phrases in listed:
        for phrase in phrases:
            meanings.setdefault(words_of(phrase), []).append(meaning)
    meanings |= {words_of(phrase): [] for phrase in phrases_of(modes["either"])}
    return {" ".join(words): tuple(found) for words, found in meanings.items()}


def _answers(lists: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return each phrase of an answer with its sense (affirm, deny, neither) and its strength (firm, mild)."""
    answers = dict.fromkeys(phrases_of(lists["neither"]), ("neither", "firm"))
    for sense in ("affirm", "deny"):
        for strength in ("mild", "firm"):
            answers |= dict.fromkeys(phrases_of(lists[sense][strength]), (sense, strength))
    return answers
