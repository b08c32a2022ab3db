import copy
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import (
    PolicyError,
    build_terms,
    differences,
    evaluate,
    explain_difference,
    is_inside,
    parse_policy,
    same_terms,
    write_policy,
)
from policies.clauses import build_clauses
from policies.model import Policy
from policies.vocabulary import MMD
from tests.policies.samples import NOW, agreement, moving, offer, one, permitting, terms
from tests.policies.strategies import KNOWN_ATOMS, policies, respell, wire_constraints, wire_policies

FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(st.lists(wire_constraints(KNOWN_ATOMS, ["and", "or", "xone"]), max_size=3), st.randoms(use_true_random=False))
def test_order_and_spelling_do_not_matter(constraints: list[Any], dice: random.Random) -> None:
    data = {**offer(), "permission": [{"action": "use", "constraint": constraints}, *terms()["permission"]]}
    other = respell(data, dice)
    assert same_terms(data, other)
    assert differences(parse_policy(data), parse_policy(other)) == ()


@FEW
@given(wire_policies(), wire_policies())
def test_no_differences_exactly_when_the_terms_are_the_same(a: dict[str, Any], b: dict[str, Any]) -> None:
    found = differences(parse_policy(a), parse_policy(b))
    assert (not found) == same_terms(a, b)
    assert differences(parse_policy(a), parse_policy(a)) == ()


@FEW
@given(policies(), policies())
def test_differences_of_any_two_policies(a: Policy, b: Policy) -> None:
    assert (not differences(a, b)) == same_terms(write_policy(a), write_policy(b))


TERMS = st.fixed_dictionaries(
    {},
    optional={
        "purposes": st.lists(st.sampled_from(["research", "safety", "quality-prediction"]), min_size=1),
        "count": st.integers(1, 4),
        "prohibitions": st.lists(st.sampled_from(["no-resale", "no-passing-on"])),
    },
)


@FEW
@given(TERMS, TERMS, st.integers(0, 4), st.sampled_from(["research", "safety"]))
def test_what_is_inside_allows_nothing_more(mine: Any, theirs: Any, uses: int, purpose: str) -> None:
    offered, asked = parse_policy(build_terms(**mine)), parse_policy(build_terms(**theirs))
    if is_inside(offered, asked):
        for action in ("use", "distribute"):
            context = moving(uses=uses, purpose=purpose)
            assert not evaluate(asked, context, action).permitted or evaluate(offered, context, action).permitted


def test_an_agreement_has_the_terms_of_its_offer() -> None:
    assert same_terms(offer(), agreement())
    assert same_terms(offer(), terms())
    assert same_terms(offer(), {**offer(), "conflict": "invalid", "@context": ["x"], MMD + "signatures": "x"})


@pytest.mark.parametrize(
    "change",
    [
        {"permission": [{"action": "use"}]},
        {"prohibition": []},
        {"obligation": [{"action": "odrl:delete"}]},
        {"profile": "urn:x"},
        {"conflict": "perm"},
        {"urn:x:fee": "100"},
    ],
)
def test_every_change_of_meaning_is_seen(change: dict[str, Any]) -> None:
    assert not same_terms(offer(), {**offer(), **change})
    assert differences(parse_policy(offer()), parse_policy({**offer(), **change}))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("constraint", 3, "rightOperand"), "4"),
        (("constraint", 3, "operator"), "lt"),
        (("constraint", 3, "leftOperand"), "odrl:unitOfCount"),
        (("constraint", 3, "odrl:unit"), "urn:x"),
        (("constraint", 0, "rightOperand"), ["https://example.org/p"]),
        (("action",), "odrl:print"),
    ],
)
def test_every_change_of_a_value_is_seen(path: tuple[Any, ...], value: Any) -> None:
    changed = copy.deepcopy(offer())
    here: Any = changed["permission"][0]
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    assert not same_terms(offer(), changed)


def test_a_sequence_keeps_its_order_and_xone_its_doubles() -> None:
    a, b = one("count", "lteq", "1"), one("count", "lteq", "2")
    assert not same_terms(
        *({"permission": {"action": "use", "constraint": {"andSequence": x}}} for x in ([a, b], [b, a]))
    )
    assert not same_terms(*({"permission": {"action": "use", "constraint": {"xone": x}}} for x in ([a], [a, a])))


def test_not_a_policy_is_said() -> None:
    with pytest.raises(PolicyError):
        same_terms(offer(), {"permission": 1})


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ({"count": 3}, {"count": 10}, [("count", "changed", "looser")]),
        ({"count": 3}, {"count": 1}, [("count", "changed", "stricter")]),
        ({"count": 3}, {}, [("count", "removed", "looser")]),
        ({}, {"count": 3}, [("count", "added", "stricter")]),
        ({"until": NOW}, {"until": NOW.replace(year=2027)}, [("until", "changed", "looser")]),
        ({"not_before": NOW}, {"not_before": NOW.replace(year=2027)}, [("not-before", "changed", "stricter")]),
        ({"purposes": ["safety"]}, {"purposes": ["safety", "research"]}, [("purpose", "changed", "looser")]),
        ({"purposes": ["safety", "research"]}, {"purposes": ["safety"]}, [("purpose", "changed", "stricter")]),
        ({"purposes": ["safety"]}, {"purposes": ["research"]}, [("purpose", "changed", "other")]),
        ({"prohibitions": ["no-resale"]}, {}, [("no-resale", "removed", "looser")]),
        ({}, {"prohibitions": ["no-resale"]}, [("no-resale", "added", "stricter")]),
    ],
)
def test_each_clause_is_compared(mine: Any, theirs: Any, expected: list[Any]) -> None:
    found = differences(parse_policy(build_terms(**mine)), parse_policy(build_terms(**theirs)))
    assert [(item.clause_id, item.change, item.direction) for item in found] == expected
    assert is_inside(parse_policy(build_terms(**mine)), parse_policy(build_terms(**theirs))) == (
        expected[0][2] == "stricter"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([one("count", "lteq", "x")], [one("count", "lteq", "3")]),
        ([one("count", "lteq", "3")], [one("count", "lteq", "03")]),
        ([one("count", "lteq", "3")], [one("count", "lteq", "3", unit="urn:x")]),
        ([one("count", "lteq", "3")], [one("count", "lteq", "4"), one("count", "lteq", "2")]),
        ([{"or": [one("count", "lteq", "3")]}], [{"or": [one("count", "lteq", "2")]}]),
    ],
)
def test_what_cannot_be_put_so_is_other(before: list[Any], after: list[Any]) -> None:
    (difference,) = differences(permitting(*before), permitting(*after))
    assert (difference.change, difference.direction) == ("changed", "other")


def test_whole_permissions_are_compared_when_there_are_several() -> None:
    one_, two = {"action": "use"}, {"action": "odrl:print"}
    single, both = parse_policy({"permission": [one_]}), parse_policy({"permission": [one_, two]})
    assert [(item.change, item.direction) for item in differences(single, both)] == [("added", "looser")]
    assert is_inside(both, single)


def test_obligations_are_compared_clause_by_clause() -> None:
    mine = parse_policy(build_clauses({"delete": {"within": "P7D"}, "attribution": {"citation": "Hanbit"}}))
    theirs = parse_policy(build_clauses({"delete": {"within": "P30D"}, "confidential": {}}))
    found = {item.clause_id: (item.change, item.direction) for item in differences(mine, theirs)}
    assert found == {
        "delete": ("changed", "other"),
        "attribution": ("removed", "other"),
        "confidential": ("added", "other"),
    }
    (said,) = [explain_difference(d, "en") for d in differences(mine, theirs) if d.clause_id == "delete"]
    assert "Within 7 days" in said
    assert "Within 30 days" in said


def test_permissions_beside_use_are_compared_as_the_clauses_that_they_are() -> None:
    plain, training = parse_policy(build_clauses({})), parse_policy(build_clauses({"training": {}}))
    assert [(d.clause_id, d.direction) for d in differences(plain, training)] == [("training", "looser")]
    assert [(d.clause_id, d.direction) for d in differences(training, plain)] == [("training", "stricter")]
    assert is_inside(training, plain)
    assert not is_inside(plain, training)
