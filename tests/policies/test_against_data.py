"""Terms against the data that they are about."""

from typing import Any

import pytest

from policies import explain_conflict, find_conflicts, parse_policy
from policies.clauses import CLAUSES, build_clauses
from policies.data import DataFacts

NDA: dict[str, Any] = {
    "named-people": CLAUSES["named-people"].samples[0],
    "confidential": {},
    "no-other-purpose": {},
    "delete": {"within": "P7D"},
}


def facts(*classification: str, **more: Any) -> DataFacts:
    return DataFacts(frozenset(classification), **more)


CASES: list[tuple[dict[str, Any], DataFacts, str, tuple[str, ...]]] = [
    ({}, facts("personal"), "personal-data", ("card", "anonymise")),
    ({"anonymise": {}}, facts("personal", pseudonym_level=1), "personal-data", ("card", "anonymise")),
    ({}, facts("personal", pseudonym_level=2), "reidentification-open", ("card", "no-reidentification")),
    ({"pseudonymised": {"level": "3"}}, facts(pseudonym_level=2), "level-too-low", ("card", "pseudonymised")),
    ({}, facts(export_control="unknown"), "export-unknown", ("card", "place")),
    ({"place": {"countries": ["KR", "DE"]}}, facts(export_control="unknown"), "export-unknown", ("card", "place")),
    ({}, facts("core-technology"), "core-technology-abroad", ("card", "place")),
    (
        {"export-control": {"classes": ["approved"]}},
        facts("core-technology", export_control="reported"),
        "export-class-differs",
        ("card", "export-control"),
    ),
    ({}, facts("trade-secret"), "secret-not-kept", ("card", "confidential")),
    ({**NDA, "delete": None}, facts("subcontract"), "subcontract-incomplete", ("card", "delete")),
    (
        {},
        facts("subcontract"),
        "subcontract-incomplete",
        ("card", "named-people", "confidential", "purpose", "delete"),
    ),
    ({"environment": {"mode": "cleanRoom"}}, facts(), "other-delivery", ("environment", "delivery")),
    ({"exclusive": {}}, facts(taken=True), "taken-already", ("exclusive", "agreement")),
    ({}, facts(taken=True, promised=True), "promised-exclusively", ("use", "agreement")),
]


@pytest.mark.parametrize(("chosen", "data", "code", "clauses"), CASES, ids=[f"{c[2]}-{i}" for i, c in enumerate(CASES)])
def test_what_does_not_fit_is_told(
    chosen: dict[str, Any], data: DataFacts, code: str, clauses: tuple[str, ...]
) -> None:
    (conflict,) = find_conflicts(parse_policy(build_clauses(chosen)), data)
    assert (conflict.code, conflict.clause_ids) == (code, clauses)
    korean, english = explain_conflict(conflict, "ko"), explain_conflict(conflict, "en")
    for clause_id in clauses:
        if clause_id in CLAUSES:
            assert CLAUSES[clause_id].name("ko") in korean
            assert CLAUSES[clause_id].name("en") in english
    if clauses[0] == "card":
        assert korean.startswith("데이터 카드 / ")
    assert find_conflicts(parse_policy(build_clauses(chosen))) == ()


@pytest.mark.parametrize(
    ("chosen", "data"),
    [
        ({"no-reidentification": {}, "pseudonymised": {"level": "2"}}, facts("personal", pseudonym_level=2)),
        ({"place": {"countries": ["KR"]}}, facts(export_control="unknown")),
        ({"place": {"countries": ["KR"]}}, facts("core-technology")),
        ({"export-control": {"classes": ["approved"]}}, facts("core-technology", export_control="approved")),
        ({"confidential": {}}, facts("trade-secret")),
        (NDA, facts("subcontract")),
        ({**NDA, "delete": None, "return": {"within": "P7D"}}, facts("subcontract")),
        ({"environment": {"mode": "fileDelivery"}}, facts()),
        ({"environment": {"mode": "cleanRoom"}}, facts(delivery="cleanRoom")),
        ({"exclusive": {}}, facts()),
        ({}, facts(taken=True)),
    ],
)
def test_what_fits(chosen: dict[str, Any], data: DataFacts) -> None:
    assert find_conflicts(parse_policy(build_clauses(chosen)), data) == ()


def test_words_of_the_card_are_said_in_words() -> None:
    policy = parse_policy(build_clauses({"export-control": {"classes": ["approved", "none"]}}))
    said = [explain_conflict(c, "en") for c in find_conflicts(policy, facts(export_control="unknown"))]
    assert any("(not known) is not among those of the clause (approved, not controlled)" in text for text in said)
