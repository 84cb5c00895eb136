"""Words the classifier knows before any training: texting's short forms, and what kind of thing a word names."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.nlu.training_data import read_yaml
from services.core.errors import ConfigurationError

SHORT_FORMS_FILE = "short_forms.yml"
CONCEPTS_FILE = "concepts.yml"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`short_forms` maps a form ("tmrw") to the words meant; `concepts` a word ("dad") to its kinds ("family")."""

    short_forms: Mapping[str, str]
    concepts: Mapping[str, tuple[str, ...]]


def read_vocabulary(data_folder: Path) -> Vocabulary:
    """The vocabulary in a data folder; ConfigurationError if a file is missing or is not names with lists of words."""
    short_forms = {
        form: words for words, forms in _read(data_folder / SHORT_FORMS_FILE).items() for form in forms.split()
    }
    concepts = defaultdict[str, list[str]](list)
    for kind, words in _read(data_folder / CONCEPTS_FILE).items():
        for word in dict.fromkeys(words.split()):
            concepts[word].append(kind)
    return Vocabulary(short_forms, {word: tuple(kinds) for word, kinds in concepts.items()})


def vocabulary_files(data_folder: Path) -> list[Path]:
    """The files that `read_vocabulary` reads."""
    return [data_folder / SHORT_FORMS_FILE, data_folder / CONCEPTS_FILE]


def _read(path: Path) -> dict[str, str]:
    lists = read_yaml(path)
    if not isinstance(lists, dict) or not all(isinstance(words, str) for words in (*lists, *lists.values())):
        raise ConfigurationError(f"{path.name}: expected names, each with words")
    return lists
