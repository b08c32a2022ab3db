"""The suite of SolidLab, case by case; skipped where ../shared is not there."""

import re
from pathlib import Path

import pytest

from tests.conformance.odrl.suite import CASES, DISAGREEMENTS, Case, cases, judge
from tests.support.shared import SHARED, needs_shared

FOUND = list(cases(SHARED / "spec/odrl/solidlab-test-suite")) if SHARED is not None else []


@needs_shared
def test_all_cases_are_there() -> None:
    assert [case.number for case in FOUND] == [f"{number:03}" for number in range(1, CASES + 1)]


@needs_shared
@pytest.mark.parametrize("case", FOUND, ids=[case.number for case in FOUND])
def test_each_rule_is_as_expected_or_known_to_differ(case: Case) -> None:
    verdicts = judge(case)
    assert verdicts
    agrees = all(verdict.agrees for verdict in verdicts)
    assert agrees is (case.number not in DISAGREEMENTS), (case.title, verdicts)


def test_every_disagreement_is_documented() -> None:
    said = Path("docs/divergences.md").read_text(encoding="utf-8")
    for number in DISAGREEMENTS:
        assert re.search(rf"^\| case {number} ", said, re.MULTILINE), number
