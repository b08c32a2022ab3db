"""Terms are remembered by their content: other ones are never found in their place."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.contracts.terms import clauses_of, policy_of
from policies.errors import PolicyError
from policies.explain import explain_policy
from policies.parse import parse_policy
from policies.vocabulary import Lang
from tests.support.contracts import build_contract

AGREEMENT = build_contract().agreement


def read(agreement: dict[str, Any]) -> Any:
    try:
        return policy_of(agreement), clauses_of(agreement, "ko"), clauses_of(agreement, "en")
    except PolicyError as error:
        return str(error)


def read_anew(agreement: dict[str, Any]) -> Any:
    try:
        policy = parse_policy(copy.deepcopy(agreement))
    except PolicyError as error:
        return str(error)
    return policy, explain_policy(policy, "ko"), explain_policy(policy, "en")


CHANGES: list[dict[str, Any]] = [
    {},
    {"@id": "urn:uuid:another"},
    {"timestamp": "2031-01-01T00:00:00Z"},
    {"@id": ""},
    {"@id": None},
    {"@id": {"@id": "urn:uuid:another"}},
    {"@id": "x" * 5000},
    {"timestamp": 7},
    {"timestamp": 1.5},
    {"uid": "urn:uuid:twice"},
    {"assigner": "did:web:other.example"},
    {"target": "urn:uuid:other"},
    {"permission": [{"action": "use"}]},
    {"permission": []},
    {"permission": "use"},
    {"note": True},
    {"note": 1},
    {"conflict": "perm"},
    {"profile": "https://example.org/profile"},
]


@given(st.lists(st.sampled_from(CHANGES), max_size=6))
def test_remembered_or_read_anew_is_the_same(changes: list[dict[str, Any]]) -> None:
    for change in changes:
        changed = {**AGREEMENT, **change}
        assert read(changed) == read_anew(changed)


def test_an_agreement_too_large_to_be_remembered_is_read_all_the_same() -> None:
    large = {**AGREEMENT, "note": ["x" * 4000] * 5}
    assert read(large) == read_anew(large)


def test_what_is_no_policy_is_refused_each_time_with_its_own_words() -> None:
    use = {"action": "use"}
    for place, rules in enumerate([[{}], [use, {}], [use, use, {}]] * 2):
        with pytest.raises(PolicyError, match=rf"permission\[{place % 3}\]"):
            policy_of({**AGREEMENT, "permission": rules})


def long_terms(name: str) -> dict[str, Any]:
    """A few hundred bytes that are a hundred rules: every action on every target (ODRL 2.7.1)."""
    many = {"action": [f"act-{n}" for n in range(10)], "target": [f"urn:target:{n}" for n in range(10)]}
    constraint = {"leftOperand": "https://example.org/term", "operator": "eq", "rightOperand": name * 40}
    return {**AGREEMENT, "permission": [{**many, "constraint": [constraint] * 3}]}


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_few_terms_that_are_many_clauses_fill_no_memory(lang: Lang) -> None:
    agreement = long_terms("long name")
    assert clauses_of(agreement, lang) == clauses_of(agreement, lang)
    assert clauses_of(agreement, lang) is not clauses_of(agreement, lang)
    assert clauses_of(AGREEMENT, lang) is clauses_of(copy.deepcopy(AGREEMENT), lang)
