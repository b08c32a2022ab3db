"""Each attack in docs/threats.md names a test that exists."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
ROWS: Final = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "threats.md").read_text("utf-8").splitlines()
    if line.startswith("|") and not re.match(r"\| *(attack|-+) *\|", line)
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:50])
def test_the_test_of_an_attack_exists(row: list[str]) -> None:
    attack, defence, tests = row
    assert attack
    assert defence
    named = re.findall(r"`([\w/.]+\.py)(?:::(\w+))?`", tests)
    assert named, f"no test is named for: {attack}"
    for file, function in named:
        path = ROOT / (file if "/" in file else f"tests/connector/trust/{file}")
        assert path.is_file(), file
        assert not function or f"def {function}(" in path.read_text("utf-8"), f"{file} has no {function}"


def test_attacks_are_found_at_all() -> None:
    assert len(ROWS) > 20
