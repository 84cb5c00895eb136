"""The hazard log: complete, rated by its own matrix, and naming only what exists."""

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_SAFETY = _ROOT / "docs" / "clinical-safety"
_LOG = (_SAFETY / "hazard-log.md").read_text()
_FIELDS = ("Cause", "Effect", "Initial risk", "Control", "Residual risk", "Owner")
_RISK = re.compile(
    r"^(Minor|Significant|Considerable|Major|Catastrophic) x (Very low|Low|Medium|High|Very high) = ([1-5])$"
)
_NAMED = re.compile(r"`([\w./-]+/[\w.-]+\.\w+)(?:::(\w+))?`")


def _hazards() -> dict[str, dict[str, str]]:
    hazards = {}
    for section in _LOG.split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        fields = dict(line[2:].split(": ", 1) for line in body.splitlines() if line.startswith("- "))
        hazards[title] = fields
    return hazards


def _matrix() -> dict[tuple[str, str], int]:
    rows = re.findall(r"^\| (.+) \|$", (_SAFETY / "clinical-risk-management-plan.md").read_text(), re.MULTILINE)
    table = [row.split(" | ") for row in rows]
    head = next(row for row in table if row[0] == "Likelihood")
    lines = [row for row in table if len(row) == len(head) and row[-1].isdigit()]
    return {(severity, row[0]): int(risk) for row in lines for severity, risk in zip(head[1:], row[1:], strict=True)}


HAZARDS = _hazards()


def test_there_are_hazards_with_ids_of_their_own() -> None:
    ids = [title.split()[0] for title in HAZARDS]
    assert ids == [f"H{number:02}" for number in range(1, len(ids) + 1)]
    assert len(ids) >= 20


@pytest.mark.parametrize("title", HAZARDS)
def test_a_hazard_is_complete(title: str) -> None:
    assert tuple(HAZARDS[title]) == _FIELDS
    assert all(HAZARDS[title].values())


@pytest.mark.parametrize("title", HAZARDS)
def test_a_risk_follows_from_the_matrix_and_controls_do_not_raise_it(title: str) -> None:
    risks = []
    for field in ("Initial risk", "Residual risk"):
        rated = _RISK.match(HAZARDS[title][field])
        assert rated, HAZARDS[title][field]
        severity, likelihood, risk = rated.groups()
        assert _matrix()[severity, likelihood] == int(risk)
        risks.append(int(risk))
    assert risks[1] <= risks[0]


@pytest.mark.parametrize("title", HAZARDS)
def test_a_control_names_files_and_tests_that_exist(title: str) -> None:
    named = _NAMED.findall(HAZARDS[title]["Control"])
    assert named
    for path, test in named:
        assert (_ROOT / path).is_file(), path
        assert not test or f"def {test}(" in (_ROOT / path).read_text(), f"{path}::{test}"


@pytest.mark.parametrize("title", HAZARDS)
def test_a_control_is_held_by_a_test(title: str) -> None:
    assert any(path.startswith("tests/") for path, _ in _NAMED.findall(HAZARDS[title]["Control"]))


@pytest.mark.parametrize("page", sorted(_SAFETY.glob("*.md")), ids=lambda page: page.name)
def test_every_file_named_in_the_safety_file_exists(page: Path) -> None:
    for path, _ in _NAMED.findall(page.read_text()):
        assert (_ROOT / path).is_file(), path
