from typing import Any

import pytest

from connector.services.errors import Unprocessable
from connector.services.publish import clauses_of, terms_of
from tests.support.clock import NOON


def refused(terms: Any) -> Unprocessable:
    with pytest.raises(Unprocessable) as caught:
        terms_of(terms, NOON)
    return caught.value


def test_terms_become_rules_with_who_keeps_each() -> None:
    rules = terms_of(
        {
            "purposes": ["quality-prediction"],
            "notBefore": "2026-12-01T00:00:00Z",
            "until": "2027-01-01T00:00:00Z",
            "count": 3,
            "recipients": ["did:web:a.example"],
            "prohibitions": ["no-passing-on", "no-resale", "no-reidentification"],
        },
        NOON,
    )
    clauses = {clause["id"]: clause for clause in clauses_of({"@type": "Offer", "@id": "urn:x", **rules})}
    kept = {name: clause["enforcer"] for name, clause in clauses.items()}
    assert {name for name, who in kept.items() if who == "E"} >= {
        "purpose",
        "not-before",
        "until",
        "count",
        "recipient",
    }
    assert {name for name, who in kept.items() if who == "P"} == {"no-passing-on", "no-resale", "no-reidentification"}
    assert all(clause["en"] != clause["ko"] for clause in clauses.values())


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"colour": "red"}, "'colour' is not registered"),
        ({"purposes": ["fun"]}, "fun"),
        ({"prohibitions": ["no-sleep"]}, "no-sleep"),
        ({"until": "2026-11-23T08:00:00Z"}, "passed already"),
        ({"until": "tomorrow"}, "until is not a date"),
        ({"until": 7}, "until is not a date"),
        ({"notBefore": "2026-11-24"}, "notBefore is not a date"),
        ({"count": 0}, ""),
        ({"count": -1}, ""),
        ({"count": "three"}, ""),
        ({"count": 1.5}, ""),
        ({"purposes": 7}, ""),
        ({"purposes": [7]}, ""),
        ({"recipients": ["nobody at all"]}, ""),
        ({"policy": []}, ""),
        ({"policy": {"permission": []}}, ""),
        ({"policy": {"permission": [{"action": "use", "duty": [{"action": "pay"}]}]}}, "duty"),
    ],
)
def test_terms_that_cannot_be(terms: Any, said: str) -> None:
    assert said in refused(terms).sentence


def test_the_unknown_term_is_named_for_programs_too() -> None:
    assert refused({"colour": "red"}).more["term"] == "colour"
    policy = {"permission": [{"action": "odrl:teleport"}]}
    assert "teleport" in str(refused({"policy": policy}).more["term"])
