"""Policies that mean harm: each ends in a clear error or an undetermined answer, whatever its size. Nothing here is timed: what
is too deep or too large is refused before it is looked at, and a test that does not end has failed.
"""

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import (
    Outcome,
    PolicyError,
    UnknownTerm,
    differences,
    evaluate,
    explain_policy,
    find_conflicts,
    parse_policy,
)
from policies.bounds import MAX_CONSTRAINTS, MAX_LITERAL, MAX_NODES, MAX_RULES
from policies.durations import read_duration
from policies.evaluate import MOST_READY, check_terms, compile_policy, ready
from policies.explain import explain_decision
from policies.literals import read_count, read_time
from policies.operands import LEFT_OPERANDS, find_operand
from policies.parse import write_policy
from policies.vocabulary import MMD
from policies.windows import read_rate, read_window
from tests.policies.samples import knowing, one, permitting

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def nested(name: str, levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = one("odrl:count", "lteq", "1")
    for _ in range(levels):
        inner = {name: [inner]}
    return inner


@pytest.mark.parametrize("name", ["and", "or", "xone", "andSequence", "odrl:refinement", "https://example.org/x"])
def test_depth_ten_thousand(name: str) -> None:
    with pytest.raises(PolicyError, match="nested deeper"):
        parse_policy({"permission": [{"action": "use", "constraint": [nested(name, 10_000)]}]})


def test_as_deep_as_allowed_is_judged() -> None:
    policy = permitting(nested("or", 12))
    assert evaluate(policy, knowing(uses=0)).permitted
    decision = evaluate(policy, knowing(uses=5))
    assert explain_decision(decision, "ko")


@pytest.mark.parametrize("shape", ["atoms", "logical", "refinement", "duty", "consequence"])
def test_a_hundred_thousand_constraints(shape: str) -> None:
    many: list[Any] = [one("odrl:count", "lteq", "1")] * 100_000
    rule: dict[str, Any] = {"action": "use"}
    if shape == "atoms":
        rule["constraint"] = many
    elif shape == "logical":
        rule["constraint"] = [{"and": many}]
    elif shape == "refinement":
        rule["action"] = {"rdf:value": {"@id": "odrl:use"}, "refinement": many}
    elif shape == "duty":
        rule["duty"] = [{"action": "odrl:delete", "constraint": many}]
    else:
        rule["duty"] = [{"action": "odrl:delete", "consequence": [{"action": "odrl:inform"}] * 100_000}]
    with pytest.raises(PolicyError, match="write a smaller one"):
        parse_policy({"permission": [rule]})


def test_rules_do_not_multiply() -> None:
    names = [f"urn:x:{number}" for number in range(200)]
    with pytest.raises(PolicyError, match="rules in one policy"):
        parse_policy({"permission": [{"action": names, "target": names, "assignee": names}]})
    assert len(parse_policy({"permission": [{"action": names, "target": names[:10]}]}).permission) == MAX_RULES


def test_rules_are_counted_before_they_are_made() -> None:
    names = [f"urn:x:{number}" for number in range(3_000)]
    with pytest.raises(PolicyError, match="rules in one policy"):
        parse_policy({"permission": [{"action": names, "target": names, "assignee": names}]})


def test_what_a_rule_holds_multiplies_with_it() -> None:
    names = [f"urn:x:{number}" for number in range(10)]
    hundred = {"action": names, "target": names}
    twenty = [one("odrl:count", "lteq", "3")] * 20
    (permission, *_) = parse_policy({"permission": [{**hundred, "constraint": twenty}]}).permission
    assert len(permission.constraint) * 100 == MAX_CONSTRAINTS
    duty = {"action": names, "constraint": twenty}
    many = one("odrl:recipient", "isAnyOf", [f"did:web:c{number}.example" for number in range(301)])
    for place, more, problem in (
        ("permission", {"constraint": [*twenty, twenty[0]]}, "constraints"),
        ("permission", {"constraint": [many]}, "values"),
        ("permission", {"duty": [duty]}, "constraints"),
        ("permission", {"duty": [{"action": names}] * 3}, "rules"),
        ("prohibition", {"remedy": [{"action": names}] * 3}, "rules"),
        ("obligation", {"consequence": [{"action": names}] * 3}, "rules"),
    ):
        with pytest.raises(PolicyError, match=f"{problem} in one policy"):
            parse_policy({place: [{**hundred, **more}]})


def test_circles() -> None:
    circle: dict[str, Any] = {"action": "use"}
    circle["duty"] = [circle]
    wide: list[Any] = []
    wide += [wide] * 1_000
    for data in ({"permission": [circle]}, {"permission": wide}, {"https://example.org/x": wide}):
        with pytest.raises(PolicyError, match=r"nested deeper|more than"):
            parse_policy(data)
    by_name = {"@id": "urn:c:1", "and": [{"@id": "urn:c:2"}, {"@id": "urn:c:1"}]}
    with pytest.raises(PolicyError, match="leftOperand"):
        permitting(by_name)


@pytest.mark.parametrize("number", [10**5_000, -(10**400), 2**53, float("inf"), float("nan")], ids=range(5))
def test_numbers_beyond_measure(number: Any) -> None:
    with pytest.raises(PolicyError, match="number"):
        permitting(one("odrl:count", "lteq", number))
    with pytest.raises(PolicyError, match="number"):
        permitting(one("odrl:count", "lteq", "1"), **{"https://example.org/x": [number]})


@pytest.mark.parametrize(
    ("operand", "operator", "text"),
    [
        ("odrl:count", "lteq", "9" * 4_000), ("odrl:count", "lteq", "1e999999999"), ("odrl:count", "lteq", "٣"),
        (MMD + "maxRows", "lteq", "10000000000"), ("odrl:elapsedTime", "lteq", "P999999999Y"),
        ("odrl:elapsedTime", "lteq", "P" + "9" * 90 + "D"), ("odrl:elapsedTime", "lteq", "PT0." + "0" * 80 + "S"),
        ("odrl:dateTime", "lteq", "99999-01-01T00:00:00Z"), ("odrl:dateTime", "lteq", "0000-00-00T00:00:00Z"),
        (MMD + "frequency", "lteq", "999999999999/P1D"), (MMD + "frequency", "lteq", "1/P101Y"),
        (MMD + "timeOfDay", "eq", "08:00/18:00 " + "A/" * 40), (MMD + "timeOfDay", "eq", "08:00/18:00 +99:99"),
    ],
)  # fmt: skip
def test_values_beyond_measure(operand: str, operator: str, text: str) -> None:
    policy = permitting(one(operand, operator, text))
    with pytest.raises(PolicyError, match="is no value"):
        check_terms(policy)
    decision = evaluate(policy, knowing())
    assert (decision.outcome, decision.reasons[0].code) == (Outcome.UNDETERMINED, "unreadable-value")
    assert len(explain_decision(decision, "en")) < 1_000


def test_the_end_of_time_is_no_error() -> None:
    late = knowing(agreed_at=datetime(9999, 12, 1, tzinfo=UTC), used_at=(datetime(1, 1, 1, tzinfo=UTC),))
    assert evaluate(permitting(one("odrl:elapsedTime", "lteq", "P100Y")), late).permitted
    denied = evaluate(permitting(one("odrl:elapsedTime", "gteq", "P100Y")), late)
    assert explain_decision(denied, "ko")
    early = knowing(now=datetime(2, 1, 1, tzinfo=UTC), used_at=(datetime(1, 1, 1, tzinfo=UTC),))
    assert not evaluate(permitting(one(MMD + "frequency", "lteq", "1/P50Y")), early).permitted


BAIT = [
    "a" * 4_000 + "!", "PT" + "1" * 4_000, "P" + "1Y" * 2_000, "00:00/" * 700, "1/" + "P" * 4_000, "0" * 4_000,
    "2026-11-23T" + ":" * 4_000, "+" * 4_000, "A/" * 2_000, " " * 4_000, "sha-256:" + "a" * 4_000 + "\n",
]  # fmt: skip


@pytest.mark.parametrize("text", BAIT, ids=range(len(BAIT)))
def test_bait_for_regular_expressions(text: str) -> None:
    for read in (read_time, read_count, read_duration, read_window, read_rate):
        assert read(text) is None
        assert read(text[:MAX_LITERAL]) is None or text[0] == "0"
    for operand in LEFT_OPERANDS.values():
        operand.read_right(text)
    assert find_operand(MMD + "claim/" + text) is None


ODD = [
    "purp\u043ese", "odrl:purp\u043ese", "ｐurpose", "purpose\u200b", "purpose\u0000", "PURPOSE", "purpose ", "\u202epurpose",
    "purpo\u0301se", "\ud800purpose", "https://w3id.org/my-manufacturing-data/v1/purpose", "http://www.w3.org/ns/odrl/2/ purpose",
]  # fmt: skip


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_a_name_that_only_looks_like_one_is_another(name: str) -> None:
    policy = permitting(one(name, "isAnyOf", ["research"]))
    with pytest.raises(UnknownTerm):
        check_terms(policy)
    assert evaluate(policy, knowing()).outcome is Outcome.UNDETERMINED
    assert parse_policy(write_policy(policy)) == policy


@FEW
@given(st.text(alphabet=st.characters(codec=None), min_size=1, max_size=40), st.sampled_from(["en", "ko"]))
def test_what_another_wrote_cannot_disturb_the_text_around_it(text: str, lang: Any) -> None:
    policy = permitting(one("urn:x:" + text, "eq", text), one("odrl:recipient", "isAnyOf", ["did:" + text]))
    for item in explain_policy(policy, lang):
        assert item.text.isprintable()
    said = explain_decision(evaluate(policy, knowing()), lang)
    assert said.isprintable()
    assert "{" not in said.replace(text, "")


def largest() -> dict[str, Any]:
    """As many constraints as a policy may have, each another."""
    parts = [one("odrl:recipient", "isAnyOf", [f"did:web:c{number}.example"]) for number in range(MAX_CONSTRAINTS)]
    return {"permission": [{"action": "use", "constraint": parts}]}


def test_the_largest_policy_is_judged_compared_and_explained() -> None:
    policy = parse_policy(largest())
    assert not evaluate(policy, knowing()).permitted
    assert differences(policy, policy) == ()
    assert differences(policy, permitting(one("odrl:recipient", "eq", "did:web:x.example")))
    assert len(explain_policy(policy, "en")) == MAX_CONSTRAINTS
    find_conflicts(policy)
    alternatives = permitting({"xone": largest()["permission"][0]["constraint"][:-1]})
    assert evaluate(alternatives, knowing()).outcome is Outcome.DENIED
    assert MAX_CONSTRAINTS < MAX_NODES


def test_what_is_remembered_is_bounded_by_size() -> None:
    policy = parse_policy(largest())
    remembered = ready(policy)
    assert ready(policy) is remembered
    weight = remembered.weight
    others = [dataclasses.replace(policy) for _ in range(MOST_READY // weight + 1)]
    for other in others:
        ready(other)
    assert ready(policy) is not remembered
    assert compile_policy(policy).weight == weight
