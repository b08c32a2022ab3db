from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import (
    PURPOSE_NAMES,
    PolicyError,
    UnknownTerm,
    build_terms,
    check_terms,
    find_conflicts,
    parse_policy,
    write_policy,
)
from policies.clauses import CLAUSES
from policies.vocabulary import MMD, PURPOSE
from tests.policies.samples import NOW

PROHIBITIONS = [clause.id for clause in CLAUSES.values() if clause.place == "prohibition"]
CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "purposes": st.lists(st.sampled_from([*PURPOSE_NAMES, "research"])),
        "not_before": st.none() | st.integers(0, 99).map(lambda days: NOW - timedelta(days=days + 1)),
        "until": st.none() | st.integers(0, 99).map(lambda days: NOW + timedelta(days=days)),
        "count": st.none() | st.integers(1, 999),
        "recipients": st.lists(st.sampled_from(["did:web:a", "did:web:b"])),
        "prohibitions": st.lists(st.sampled_from(PROHIBITIONS)),
    },
)


@settings(max_examples=60, deadline=None)
@given(CHOICES)
def test_what_is_built_is_known_stands_together_and_is_written_the_same(choices: dict[str, Any]) -> None:
    terms = build_terms(**choices)
    policy = parse_policy(terms)
    check_terms(policy)
    assert find_conflicts(policy) == ()
    assert write_policy(policy) == terms
    assert policy.permission[0].action == "use"


def test_nothing_chosen_is_a_plain_permission() -> None:
    assert build_terms() == {"permission": [{"action": "use"}]}


def test_the_wire_form() -> None:
    assert build_terms(
        purposes=["research"], until=NOW, count=5, prohibitions=["no-reidentification", "no-passing-on"]
    ) == {
        "permission": [
            {
                "action": "use",
                "constraint": [
                    {"leftOperand": "odrl:purpose", "operator": "isAnyOf", "rightOperand": [PURPOSE + "research"]},
                    {"leftOperand": "odrl:dateTime", "operator": "lteq", "rightOperand": "2026-11-23T03:00:00.000Z"},
                    {"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": "5"},
                ],
            }
        ],
        "prohibition": [{"action": "odrl:distribute"}, {"action": MMD + "reidentify"}],
    }


@pytest.mark.parametrize(
    ("choices", "term", "where"),
    [
        ({"purposes": ["research", "espionage"]}, "espionage", "$.purposes[1]"),
        ({"prohibitions": ["no-fun"]}, "no-fun", "$.prohibitions[0]"),
        ({"prohibitions": ["count"]}, "count", "$.prohibitions[0]"),
    ],
)
def test_what_is_not_registered_is_named(choices: dict[str, Any], term: str, where: str) -> None:
    with pytest.raises(UnknownTerm, match="choose from") as caught:
        build_terms(**choices)
    assert (caught.value.term, caught.value.where) == (term, where)


@pytest.mark.parametrize(
    ("choices", "where"),
    [
        ({"purposes": "research"}, "$.purposes"),
        ({"purposes": [1]}, "$.purposes"),
        ({"recipients": ["the customer"]}, "$.recipients[0]"),
        ({"recipients": [""]}, "$.recipients"),
        ({"count": 0}, "$.count"),
        ({"count": -1}, "$.count"),
        ({"count": 10**12}, "$.count"),
        ({"count": True}, "$.count"),
        ({"count": "3"}, "$.count"),
        ({"until": datetime(2026, 1, 1)}, "$.until"),  # noqa: DTZ001 - that is the point
        ({"not_before": "2026-01-01T00:00:00Z"}, "$.notBefore"),
        ({"not_before": NOW, "until": NOW}, "$.until"),
        ({"prohibitions": "no-resale"}, "$.prohibitions"),
    ],
)
def test_what_cannot_stand_there_is_refused_with_its_place(choices: dict[str, Any], where: str) -> None:
    with pytest.raises(PolicyError) as caught:
        build_terms(**choices)
    assert caught.value.where == where
