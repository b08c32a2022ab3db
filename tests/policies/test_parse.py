import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.bounds import MAX_CONSTRAINTS
from policies.errors import PolicyError
from policies.model import Agreement, Constraint, LogicalConstraint, Offer, Policy, Set
from policies.parse import parse_policy, write_policy
from tests.policies.samples import agreement, offer, one, permitting, terms
from tests.policies.strategies import JSON_VALUES, policies, respell
from tests.support.shared import SHARED, needs_shared

FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(policies())
def test_what_is_written_is_read_back_equal(policy: Policy) -> None:
    written = write_policy(policy)
    assert parse_policy(json.loads(json.dumps(written))) == policy
    assert write_policy(parse_policy(written)) == written
    assert hash(policy) == hash(parse_policy(written))


@FEW
@given(JSON_VALUES)
def test_any_json_is_a_policy_or_a_policy_error_with_a_path(value: Any) -> None:
    refused = _refusal(value)
    if refused is not None:
        assert refused.where.startswith("$")
        assert str(refused) == f"{refused.where}: {refused.sentence}"


@FEW
@given(st.randoms(use_true_random=False), JSON_VALUES)
def test_one_value_replaced_is_read_or_refused_with_its_path(dice: random.Random, value: Any) -> None:
    data = agreement()
    _replace_one(data, value, dice)
    refused = _refusal(data, where="$.agreement")
    assert refused is None or refused.where.startswith("$.agreement")


def _refusal(data: Any, where: str = "$") -> PolicyError | None:
    try:
        parse_policy(data, where=where)
    except PolicyError as error:
        return error
    return None


def _replace_one(data: Any, value: Any, dice: random.Random) -> None:
    here = data
    while True:
        key = dice.choice(list(here) if isinstance(here, dict) else list(range(len(here))))
        inner = here[key]
        if not isinstance(inner, (dict, list)) or not inner or dice.random() < 0.2:
            here[key] = value
            return
        here = inner


def test_the_three_kinds_and_bare_rules() -> None:
    assert type(parse_policy(terms())) is Policy
    assert type(parse_policy(offer())) is Offer
    assert type(parse_policy({"@type": "odrl:Set"})) is Set
    found = parse_policy(agreement())
    assert isinstance(found, Agreement)
    assert (found.assigner, found.timestamp) == ("did:web:provider.example", "2026-11-23T02:00:00.000Z")


def test_the_written_form_is_that_of_the_protocol() -> None:
    assert write_policy(parse_policy(agreement())) == agreement()


def test_spellings_do_not_matter() -> None:
    for seed in range(30):
        policy = parse_policy(respell(offer(), random.Random(seed)))
        assert policy.permission[0].action == "use"
        names = {part.left_operand for part in policy.permission[0].constraint if isinstance(part, Constraint)}
        assert names == {"purpose", "dateTime", "count", "recipient"}
        assert {rule.action for rule in policy.prohibition} >= {"distribute", "sell"}


def test_wrapped_values_are_unwrapped_and_types_kept() -> None:
    typed = one("odrl:count", "term-lteq", {"@value": 3, "@type": "http://www.w3.org/2001/XMLSchema#integer"})
    (constraint,) = permitting(typed).permission[0].constraint
    assert constraint == Constraint(left_operand="count", operator="lteq", right_operand="3", data_type="xsd:integer")


def test_an_unknown_odrl_name_is_no_bare_word() -> None:
    (constraint,) = permitting(one("http://www.w3.org/ns/odrl/2/sorrow", "eq", "x")).permission[0].constraint
    assert isinstance(constraint, Constraint)
    assert constraint.left_operand == "odrl:sorrow"


def test_unknown_fields_are_kept() -> None:
    policy = parse_policy(
        {"permission": {"action": "use", "odrl:target": {"@id": "urn:x:1", "note": 1}}, "x": {"b": [1, None], "a": 0.5}}
    )
    assert policy.extra == (("x", '{"a": 0.5, "b": [1, null]}'),)
    assert policy.permission[0].extra == (("target", '{"@id": "urn:x:1", "note": 1}'),)


def test_types_that_say_nothing_new_are_dropped_and_others_kept() -> None:
    typed = {
        "@type": "odrl:Permission",
        "action": "use",
        "constraint": {"@type": "AtomicConstraint", **one("a", "eq", "b")},
    }
    assert parse_policy({"permission": typed}) == permitting(one("a", "eq", "b"))
    odd = parse_policy({"permission": {"@type": "Prohibition", "action": "use"}})
    assert odd.permission[0].extra == (("@type", '"Prohibition"'),)


def test_an_unknown_type_is_kept() -> None:
    policy = parse_policy({"@type": "odrl:Ticket"})
    assert type(policy) is Policy
    assert write_policy(policy) == {"@type": "Ticket"}


@pytest.mark.parametrize(
    ("constraint", "where", "words"),
    [
        (one("odrl:count", "lteq", 3), ".rightOperand", "no number here"),
        (one("odrl:count", "lteq", True), ".rightOperand", "true or false"),
        (one("odrl:count", "lteq", None), ".rightOperand", "null"),
        (one("odrl:count", "lteq", ["1", 2]), ".rightOperand[1]", "no number here"),
        (one("odrl:count", "lteq", {"x": 1}), ".rightOperand", "a text is needed"),
        (one("odrl:count", "lteq", [{"@value": "1", "@type": "xsd:integer"}, "2"]), ".rightOperand", "different types"),
        (one("odrl:count", "lteq", {"@value": True, "@type": "xsd:boolean"}), ".rightOperand", "a text is needed"),
        (one("odrl:count", "lteq", ""), ".rightOperand", "1 to 4,096 characters"),
        (one("odrl:count", "lteq", "9" * 5000), ".rightOperand", "5,000"),
        (one("odrl:count", 7, "3"), ".operator", "a text is needed"),
        (one([], "lteq", "3"), ".leftOperand", "a list"),
        ({"leftOperand": "x", "operator": "eq"}, "", "needs a 'rightOperand'"),
        ({"leftOperand": "x", "rightOperand": "1"}, "", "needs a 'operator'"),
        ({"operator": "eq", "rightOperand": "1"}, "", "needs a 'leftOperand'"),
        ({"and": []}, "", "joins no constraints"),
        ({"and": [one("a", "eq", "b")], "or": [one("a", "eq", "b")]}, "", "either one comparison"),
        ({"or": [one("a", "eq", "b")], "leftOperand": "x"}, "", "either one comparison"),
        ({"or": ["x"]}, ".or[0]", "an object is needed"),
        ("count <= 3", "", "an object is needed"),
        (None, "", "not null"),
        (one("a", "eq", "b") | {"odrl:operator": "neq"}, "['odrl:operator']", "twice"),
        (
            one("a", "eq", {"@value": "1", "@type": "xsd:integer"}, **{"odrl:dataType": "xsd:string"}),
            "",
            "has the type 'xsd:integer'",
        ),
    ],
)
def test_a_broken_constraint_is_refused_with_its_place(constraint: Any, where: str, words: str) -> None:
    with pytest.raises(PolicyError) as caught:
        permitting(constraint)
    assert caught.value.where == "$.permission[0].constraint[0]" + where
    assert words in caught.value.sentence


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ([], "$"),
        (None, "$"),
        ("use", "$"),
        ({"permission": None}, "$.permission"),
        ({"permission": ["use"]}, "$.permission[0]"),
        ({"permission": [{}]}, "$.permission[0]"),
        ({"permission": [{"action": {"@id": "odrl:use", "refinement": [{}]}}]}, "$.permission[0].action.refinement[0]"),
        ({"permission": [{"action": ["use", {"@id": "odrl:sell", "odrl:note": 1}]}]}, "$.permission[0].action[1]"),
        ({"permission": [{"action": {"refinement": []}}]}, "$.permission[0].action"),
        ({"permission": [{"action": []}]}, "$.permission[0].action"),
        ({"permission": [{"action": "use", "duty": 1}]}, "$.permission[0].duty"),
        ({"prohibition": [{"action": "use", "odrl:remedy": [7]}]}, "$.prohibition[0]['odrl:remedy'][0]"),
        ({"obligation": [{"action": "use", "consequence": [[]]}]}, "$.obligation[0].consequence[0]"),
        ({"@type": ["Offer", "Set"]}, "$['@type']"),
        ({"@type": 1}, "$['@type']"),
        ({"@id": {}}, "$['@id']"),
        ({"profile": [1]}, "$.profile[0]"),
        ({"target": []}, "$.target"),
        ({"x": object()}, "$.x"),
        ({"x": 2**60}, "$.x"),
        ({"x": float("nan")}, "$.x"),
        ({1: "x"}, "$"),
        ({key: value for key, value in agreement().items() if key != "assignee"}, "$"),
    ],
)
def test_a_broken_policy_is_refused_with_its_place(data: Any, where: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy(data)
    assert caught.value.where == where


@pytest.mark.parametrize("name", ["and", "or", "xone", "andSequence", "x"])
def test_depth_ten_thousand_is_refused(name: str) -> None:
    deep: dict[str, Any] = one("odrl:count", "lteq", "3")
    for _ in range(10_000):
        deep = {name: [deep]}
    with pytest.raises(PolicyError, match="nested deeper"):
        permitting(deep)


def test_duties_within_duties_are_bounded() -> None:
    duty: dict[str, Any] = {"action": "use"}
    for _ in range(10_000):
        duty = {"action": "use", "consequence": [duty]}
    with pytest.raises(PolicyError, match="nested deeper"):
        parse_policy({"obligation": [duty]})


def test_a_circle_is_refused() -> None:
    data: dict[str, Any] = {}
    data["x"] = data
    with pytest.raises(PolicyError, match="nested deeper"):
        parse_policy(data)


def test_a_hundred_thousand_constraints_are_refused() -> None:
    with pytest.raises(PolicyError, match="write a smaller one"):
        permitting(*[one("odrl:count", "lteq", "3")] * 100_000)
    with pytest.raises(PolicyError, match="write a smaller one"):
        permitting(one("odrl:purpose", "isAnyOf", ["x"] * 100_000))


def test_the_number_of_constraints_is_bounded_wherever_they_stand() -> None:
    limit = one("odrl:count", "lteq", "3")
    assert len(permitting(*[limit] * MAX_CONSTRAINTS).permission[0].constraint) == MAX_CONSTRAINTS
    with pytest.raises(PolicyError, match="2,000 constraints"):
        permitting({"or": [limit] * 1_000}, {"and": [limit] * 1_000})


def test_a_logical_constraint_keeps_its_order() -> None:
    parts = [one("odrl:count", "lteq", "3"), one("odrl:purpose", "eq", "urn:x")]
    (constraint,) = permitting({"andSequence": parts}).permission[0].constraint
    assert isinstance(constraint, LogicalConstraint)
    assert [part.left_operand for part in constraint.constraints if isinstance(part, Constraint)] == [
        "count",
        "purpose",
    ]


@needs_shared
def test_the_examples_of_the_standard_are_read_and_written_back() -> None:
    assert SHARED is not None
    seen = 0
    for path in sorted((SHARED / "spec/dsp/2025-1-err1").glob("**/example/*.json")):
        for data in _policies_in(json.loads(path.read_text(encoding="utf-8"))):
            policy = parse_policy(data)
            assert parse_policy(write_policy(policy)) == policy
            seen += 1
    assert seen >= 5


@needs_shared
def test_foreign_policies_are_read_or_refused_with_a_place() -> None:
    assert SHARED is not None
    paths = sorted((SHARED / "spec/odrl/ids-g").glob("*.json"))
    assert paths
    for path in paths:
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue  # some of them are no JSON
        refused = _refusal(data)
        if refused is None:
            policy = parse_policy(data)
            assert parse_policy(write_policy(policy)) == policy
        else:
            assert refused.where.startswith("$")


def _policies_in(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for item in value for found in _policies_in(item)]
    if not isinstance(value, dict):
        return []
    if value.get("@type") in {"Offer", "Agreement"} and ("permission" in value or "prohibition" in value):
        return [value]
    return [found for item in value.values() for found in _policies_in(item)]
