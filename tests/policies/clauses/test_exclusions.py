"""Clauses against clauses: what cannot stand together is told in one sentence that names both sides."""

from typing import Any

import pytest
from hypothesis import given, settings

from policies import check_terms, explain_conflict, explain_policy, find_conflicts, parse_policy, write_policy
from policies.clauses import CLAUSES, build_clauses, read_clauses
from policies.clauses.exclusions import EXCLUDED
from policies.vocabulary import Lang
from tests.policies.clauses.choosing import choices

LANGS: tuple[Lang, ...] = ("ko", "en")
WON = {"amount": "1000", "currency": "KRW", "due": "P30D"}
SHARES = ["did:web:a.example=60", "did:web:b.example=40"]
ROYALTY = {"rate": "3.5", "base": "revenue", "period": "P3M", "due": "P30D"}


def found(chosen: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {item.code: item.clause_ids for item in find_conflicts(parse_policy(build_clauses(chosen)))}


@pytest.mark.parametrize(("one", "other"), [(one, other) for one, others in EXCLUDED.items() for other in others])
def test_what_excludes_each_other_is_told_with_both_names(one: str, other: str) -> None:
    chosen = {clause_id: CLAUSES[clause_id].samples[0] for clause_id in (one, other)}
    (conflict,) = find_conflicts(parse_policy(build_clauses(chosen)))
    assert (conflict.code, conflict.clause_ids, len(conflict.where)) == ("excluded", (one, other), 2)
    for lang in LANGS:
        said = explain_conflict(conflict, lang)
        assert said.startswith(f"{CLAUSES[one].name(lang)} / {CLAUSES[other].name(lang)}: ")


def test_the_rules_of_the_norms_are_there() -> None:
    assert "duration" in EXCLUDED["until"]
    assert set(EXCLUDED["assignment"]) == {"until", "duration", "delete", "return"}


@pytest.mark.parametrize(
    ("chosen", "code", "clauses"),
    [
        ({"consideration": {"kind": "none"}, "lump-sum": WON}, "free-and-paid", ("consideration", "lump-sum")),
        ({"consideration": {"kind": "none"}, "royalty": ROYALTY}, "free-and-paid", ("consideration", "royalty")),
        ({"prepaid": {}}, "nothing-to-prepay", ("prepaid", "lump-sum")),
        ({"prepaid": {}, "royalty": ROYALTY}, "nothing-to-prepay", ("prepaid", "lump-sum")),
        ({"payees": {"shares": SHARES}}, "nothing-to-share", ("payees", "lump-sum")),
        ({"report-revenue": {"period": "P3M"}}, "nothing-to-report", ("report-revenue", "royalty")),
        ({"royalty": ROYALTY, "payees": {"shares": SHARES[:1]}}, "shares-not-hundred", ("payees",)),
        (
            {"lump-sum": WON, "payees": {"shares": [*SHARES, "did:web:b.example=0.000001"]}},
            "shares-not-hundred",
            ("payees",),
        ),
        (
            {"lump-sum": WON, "payees": {"shares": ["did:web:a.example=60", "did:web:a.example=40"]}},
            "payee-twice",
            ("payees",),
        ),
        ({"lump-sum": {**WON, "amount": "1000.5"}}, "fraction", ("lump-sum",)),
        ({"liability": {"for": "negligence", "cap": "0.5", "currency": "KRW"}}, "fraction", ("liability",)),
        (
            {"until": {"time": "2027-01-01T00:00:00Z"}, "provision-end": {"time": "2027-01-02T00:00:00Z"}},
            "provided-after-use",
            ("provision-end", "until"),
        ),
        (
            {"not-before": {"time": "2027-01-02T00:00:00Z"}, "provision-end": {"time": "2027-01-01T00:00:00Z"}},
            "provided-before-start",
            ("provision-end", "not-before"),
        ),
    ],
)
def test_a_conflict(chosen: dict[str, Any], code: str, clauses: tuple[str, ...]) -> None:
    assert found(chosen)[code] == clauses


@pytest.mark.parametrize(
    "chosen",
    [
        {"consideration": {"kind": "reciprocal"}, "lump-sum": WON},
        {"prepaid": {}, "lump-sum": WON},
        {"lump-sum": WON, "payees": {"shares": SHARES}},
        {"lump-sum": WON, "payees": {"shares": ["did:web:a.example=33.3333", "did:web:b.example=66.6667"]}},
        {"royalty": ROYALTY, "report-revenue": {"period": "P3M"}},
        {"lump-sum": {**WON, "amount": "99.5", "currency": "EUR"}},
        {"metered": CLAUSES["metered"].samples[0]},  # a unit price may be half a won
        {"until": {"time": "2027-01-01T00:00:00Z"}, "provision-end": {"time": "2027-01-01T00:00:00Z"}},
        {"other-contract": [CLAUSES["other-contract"].samples[0]] * 2},
    ],
)
def test_no_conflict_is_made_up(chosen: dict[str, Any]) -> None:
    assert found(chosen) == {}


def test_an_obligation_that_stands_twice() -> None:
    terms = build_clauses({"delete": {"within": "P7D"}})
    terms["obligation"] += build_clauses({"delete": {"within": "P30D"}})["obligation"]
    (conflict,) = find_conflicts(parse_policy(terms))
    assert (conflict.code, conflict.where) == ("given-twice", ("$.obligation[0]", "$.obligation[1]"))


@settings(max_examples=150, deadline=None)
@given(choices(least=1, most=20))
def test_any_choice_conflicts_in_a_sentence_or_stands_whole(chosen: dict[str, Any]) -> None:
    terms = build_clauses(chosen)
    policy = parse_policy(terms)
    check_terms(policy)
    for conflict in find_conflicts(policy):
        for lang in LANGS:
            said = explain_conflict(conflict, lang)
            names = [CLAUSES[clause_id].name(lang) for clause_id in conflict.clause_ids if clause_id in CLAUSES]
            assert all(name in said for name in names)
            assert said.endswith(".")
    assert write_policy(policy) == terms
    again = build_clauses(
        {
            clause_id: [item.values for item in read_clauses(policy) if item.clause.id == clause_id]
            for clause_id in {item.clause.id for item in read_clauses(policy)}
        }
    )
    assert again == terms
    assert all(explain_policy(policy, lang) for lang in LANGS)
