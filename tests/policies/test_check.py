import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import Outcome, PolicyError, UnknownTerm, check_terms, evaluate, parse_policy
from policies.model import Policy
from policies.operands import LEFT_OPERANDS
from policies.vocabulary import MMD, PURPOSE
from tests.policies.samples import agreement, knowing, moving, offer, one, permitting, terms
from tests.policies.strategies import KNOWN_ATOMS, policies, wire_constraints

FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("data", [terms(), offer(), agreement(), {"permission": [{"action": "use"}]}])
def test_what_we_build_is_known(data: dict[str, Any]) -> None:
    check_terms(parse_policy(data))


def test_logical_constraints_over_known_terms_are_known() -> None:
    parts = [one("odrl:count", "lteq", "3"), one("odrl:purpose", "eq", PURPOSE + "safety")]
    check_terms(permitting({"or": parts}, {"xone": parts}, {"and": parts}))
    check_terms(permitting(**{"@context": ["x"], MMD + "signatures": "x", "conflict": "perm"}))


@pytest.mark.parametrize(
    ("constraint", "term"),
    [
        (one("odrl:industry", "eq", "KR"), "industry"),
        (one("partner", "eq", "gold"), "partner"),
        (one("cx-policy:Membership", "eq", "active"), "cx-policy:Membership"),
        (one("odrl:count", "gteq", "3"), "gteq"),
        (one("odrl:count", "eq", "3"), "eq"),
        (one("odrl:purpose", "isNoneOf", [PURPOSE + "safety"]), "isNoneOf"),
        (one("odrl:purpose", "isAnyOf", [PURPOSE + "safety", PURPOSE + "espionage"]), PURPOSE + "espionage"),
        (one("odrl:count", "lteq", "3", unit="urn:x"), "unit"),
        (one("odrl:count", "lteq", "3", more=1), "more"),
        (one("odrl:count", "lteq", "3", **{"odrl:dataType": "xsd:date"}), "xsd:date"),
        ({"andSequence": [one("odrl:count", "lteq", "3")]}, "andSequence"),
        ({"or": [one("odrl:count", "lteq", "3"), one("odrl:media", "eq", "x")]}, "media"),
        ({"or": [one("odrl:count", "lteq", "3")], "more": 1}, "more"),
    ],
)
def test_an_unknown_term_in_a_constraint_is_named(constraint: Any, term: str) -> None:
    with pytest.raises(UnknownTerm) as caught:
        check_terms(permitting(constraint), where="$.offer")
    assert caught.value.term == term
    assert caught.value.where.startswith("$.offer.permission[0].constraint[0]")


@pytest.mark.parametrize(
    ("more", "term", "where"),
    [
        ({"profile": "urn:x:profile"}, "urn:x:profile", "$.profile"),
        ({"@type": "odrl:Ticket"}, "Ticket", "$['@type']"),
        ({"conflict": "first"}, "first", "$.conflict"),
        ({"odrl:inheritFrom": "urn:x"}, "inheritFrom", "$"),
        ({"urn:x:fee": "100"}, "urn:x:fee", "$"),
        ({"obligation": [{"action": "odrl:archive"}]}, "archive", "$.obligation[0].action"),
        ({"prohibition": [{"action": "odrl:print"}]}, "print", "$.prohibition[0].action"),
        ({"prohibition": [{"action": "use"}]}, "use", "$.prohibition[0].action"),
        ({"prohibition": [{"action": "odrl:sell", "target": "urn:x"}]}, "target", "$.prohibition[0]"),
        (
            {"prohibition": [{"action": "odrl:sell", "remedy": {"action": "delete"}}]},
            "remedy",
            "$.prohibition[0].remedy",
        ),
        (
            {"prohibition": [{"action": "odrl:sell", "constraint": [one("count", "lteq", "1")]}]},
            "constraint",
            "$.prohibition[0].constraint[0]",
        ),
        ({"permission": [{"action": "odrl:print"}]}, "print", "$.permission[0].action"),
        ({"permission": [{"action": "use", "duty": {"action": "odrl:pay"}}]}, "odrl:pay", "$.permission[0].duty[0]"),
        ({"permission": [{"action": "use", "assignee": "urn:x"}]}, "assignee", "$.permission[0]"),
    ],
)
def test_an_unknown_term_elsewhere_is_named(more: dict[str, Any], term: str, where: str) -> None:
    with pytest.raises(UnknownTerm) as caught:
        check_terms(parse_policy({**terms(), **more}))
    assert (caught.value.term, caught.value.where) == (term, where)


@pytest.mark.parametrize(
    "constraint",
    [
        one("odrl:count", "lteq", "three"),
        one("odrl:count", "lteq", ["1", "2"]),
        one("odrl:dateTime", "lteq", "tomorrow"),
        one("odrl:recipient", "isAnyOf", ["somebody"]),
    ],
)
def test_a_known_term_needs_a_value_that_it_can_have(constraint: Any) -> None:
    with pytest.raises(PolicyError, match="is no value for") as caught:
        check_terms(permitting(constraint))
    assert not isinstance(caught.value, UnknownTerm)
    assert caught.value.where == "$.permission[0].constraint[0].rightOperand"


def test_only_class_e_may_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    kept_by_others = dataclasses.replace(LEFT_OPERANDS["count"], enforcer="C")
    monkeypatch.setattr("policies.check.find_operand", lambda _: kept_by_others)
    with pytest.raises(UnknownTerm, match="can enforce") as caught:
        check_terms(permitting(one("count", "lteq", "3")))
    assert caught.value.term == "count"


@FEW
@given(policies())
def test_what_passes_is_never_undetermined(policy: Policy) -> None:
    try:
        check_terms(policy)
    except PolicyError:
        return
    assert evaluate(policy, knowing()).outcome is not Outcome.UNDETERMINED


@FEW
@given(st.lists(wire_constraints(KNOWN_ATOMS, ["and", "or", "xone"]), max_size=3))
def test_known_terms_are_always_judged(constraints: list[Any]) -> None:
    policy = permitting(*constraints)
    check_terms(policy)
    assert evaluate(policy, moving()).outcome is not Outcome.UNDETERMINED
