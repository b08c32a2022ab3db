"""Terms from what people choose: clauses over a bundle, over the data."""

from typing import Any

import pytest

from connector.services.errors import Unprocessable
from connector.services.terms import clauses_of, draft_of, terms_of
from policies.conflicts import DataFacts
from tests.support.clock import NOON


def refused(terms: Any, data: DataFacts | None = None) -> Unprocessable:
    with pytest.raises(Unprocessable) as caught:
        terms_of(terms, NOON, data)
    return caught.value


def ids(terms: dict[str, Any]) -> list[str]:
    return [clause["id"] for clause in clauses_of({"@type": "Offer", **terms_of(terms, NOON)})]


def test_clauses_by_their_ids_beside_the_short_names() -> None:
    found = ids({"purposes": ["research"], "clauses": {"delete": {"within": "P7D"}, "no-training": {}}})
    assert found == ["purpose", "no-training", "delete"]


def test_a_bundle_with_its_blanks_filled() -> None:
    terms = {"bundle": "research-free", "clauses": {"attribution": {"citation": "Hanbit"}, "licence-back": None}}
    found = ids(terms)
    assert "attribution" in found
    assert "licence-back" not in found


def test_what_a_bundle_leaves_open_is_asked_for_with_all_that_a_form_needs() -> None:
    error = refused({"bundle": "single-sale"})
    assert [(blank["clause"], blank["name"]) for blank in error.more["blanks"]] == [
        ("purpose", "purposes"),
        ("lump-sum", "amount"),
    ]
    amount = error.more["blanks"][1]
    assert amount["label"] == {"en": "amount", "ko": "금액"}
    assert amount["kind"] == "amount"
    assert amount["hint"]["ko"]


def test_short_names_stand_over_the_bundle() -> None:
    found = ids({"bundle": "regulatory", "purposes": ["safety"], "until": "2027-01-01T00:00:00Z", "count": 2})
    assert "until" in found
    assert "duration" not in found
    rules = terms_of({"bundle": "regulatory", "purposes": ["safety"], "prohibitions": ["no-resale"]}, NOON)
    assert str(rules).count("odrl:sell") == 1
    assert "purpose/safety" in str(rules)
    assert "regulatory-report" not in str(rules)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"bundle": "free-lunch"}, "free-lunch"),
        ({"clauses": ["count"]}, "an object"),
        ({"clauses": {"no-fun": {}}}, "no-fun"),
        ({"clauses": {"count": {"times": "no"}}}, "$.clauses.count.times"),
        ({"clauses": {"count": {"times": "3"}}, "count": 3}, "two ways"),
        ({"clauses": {"until": {"time": "2026-01-01T00:00:00Z"}}}, "passed already"),
        ({"clauses": {"provision-end": {"time": "2026-01-01T00:00:00Z"}}}, "passed already"),
    ],
)
def test_what_cannot_be_is_said(terms: Any, said: str) -> None:
    assert said in refused(terms).sentence


def test_conflicts_are_told_with_both_names() -> None:
    error = refused({"until": "2027-01-01T00:00:00Z", "clauses": {"duration": {"duration": "P1Y"}}})
    (conflict,) = error.more["conflicts"]
    assert (conflict["code"], conflict["clauses"]) == ("excluded", ["until", "duration"])
    assert conflict["ko"].startswith("종료 / 이용 기간: ")
    assert error.sentence == conflict["en"]


def test_terms_are_held_against_the_data() -> None:
    secret = DataFacts(frozenset({"trade-secret"}))
    assert refused({"purposes": ["safety"]}, secret).more["conflicts"][0]["code"] == "secret-not-kept"
    assert terms_of({"purposes": ["safety"], "clauses": {"confidential": {}}}, NOON, secret)
    assert draft_of({"purposes": ["safety"]}, NOON, secret).conflicts
