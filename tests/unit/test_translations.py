"""A response file in another language is loaded only once somebody has approved it."""

import shutil
from pathlib import Path

import pytest

from bot.dialogue.loader import LoadError, load_responses
from bot.dialogue.utterance import Utterance

_DIALOGUES = Path(__file__).parents[2] / "dialogues"
_DRAFT = 'version: "3.1"\nlanguage: pl\n{}responses:\n  utter_help:\n    - text: "Pomoc"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(_DIALOGUES, tmp_path / "dialogues")
    return tmp_path / "dialogues"


def test_a_draft_is_refused(folder: Path) -> None:
    (folder / "responses" / "pl.yml").write_text(_DRAFT.format(""))
    with pytest.raises(LoadError, match="approved"):
        load_responses(folder, "pl")


def test_what_is_approved_is_loaded(folder: Path) -> None:
    (folder / "responses" / "pl.yml").write_text(_DRAFT.format('approved: {by: "A. Nowak", on: "2026-11-20"}\n'))
    assert load_responses(folder, "pl").render(Utterance("utter_help")).text == "Pomoc"


def test_no_draft_is_in_the_repository() -> None:
    for path in (_DIALOGUES / "responses").glob("*.yml"):
        load_responses(_DIALOGUES, path.stem)
