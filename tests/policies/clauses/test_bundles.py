"""The usual contracts: whole but for what is asked, and to be changed as one likes."""

from typing import Any

import pytest

from policies import UnknownTerm, check_terms, find_conflicts, parse_policy
from policies.clauses import CLAUSES, build_clauses
from policies.clauses.bundles import BUNDLES, Bundle, completed, still_open
from policies.conflicts import DataFacts

FILLED: dict[str, Any] = {
    "purpose.purposes": ["process-optimisation"],
    "named-people.list": CLAUSES["named-people"].samples[0]["list"],
    "attribution.citation": "한빛정밀화학 (2026)",
    "flat-fee.amount": "300000",
    "lump-sum.amount": "1500000",
    "royalty.rate": "3.5",
    "payees.shares": ["did:web:plant-a.example=60", "did:web:plant-b.example=40"],
    "obtain-consent.producers": ["did:web:plant-a.example"],
}


def filled_in(bundle: Bundle) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for clause, blank in still_open(bundle.clauses):
        changes.setdefault(clause.id, {})[blank.name] = FILLED[f"{clause.id}.{blank.name}"]
    return completed(bundle.id, changes)


def test_there_are_seven() -> None:
    assert len(BUNDLES) == 7
    assert all(bundle.name("ko") != bundle.name("en") and bundle.text("ko") for bundle in BUNDLES.values())


@pytest.mark.parametrize("bundle", BUNDLES.values(), ids=list(BUNDLES))
def test_with_its_open_blanks_filled_a_bundle_stands(bundle: Bundle) -> None:
    choices = filled_in(bundle)
    assert still_open(choices) == ()
    policy = parse_policy(build_clauses(choices))
    check_terms(policy)
    assert find_conflicts(policy) == ()
    expected = ["other-delivery"] if bundle.id == "ai-clean-room" else []
    assert [conflict.code for conflict in find_conflicts(policy, DataFacts())] == expected


def test_the_agreement_with_a_subcontractor_says_what_the_law_demands() -> None:
    policy = parse_policy(build_clauses(filled_in(BUNDLES["nda-quality"])))
    assert find_conflicts(policy, DataFacts(frozenset({"subcontract", "trade-secret"}))) == ()


def test_a_bundle_is_a_start() -> None:
    choices = completed(
        "single-sale", {"count": {"times": "5"}, "prepaid": None, "no-training": {}, "lump-sum": {"due": "P30D"}}
    )
    assert choices["count"] == {"times": "5"}
    assert choices["prepaid"] is None
    assert choices["lump-sum"] == {"currency": "KRW", "due": "P30D"}
    assert [f"{clause.id}.{blank.name}" for clause, blank in still_open(choices)] == [
        "purpose.purposes",
        "lump-sum.amount",
    ]
    choices |= {"purpose": {"purposes": ["safety"]}, "lump-sum": {**choices["lump-sum"], "amount": "5"}}
    assert "prepaid" not in str(build_clauses(choices))
    assert BUNDLES["single-sale"].clauses["count"] == {"times": "3"}


def test_an_unknown_bundle_is_named() -> None:
    with pytest.raises(UnknownTerm, match="choose from: nda-quality"):
        completed("all-you-can-eat", {})
