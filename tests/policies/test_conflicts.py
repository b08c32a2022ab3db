from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from policies import PolicyError, evaluate, find_conflicts, parse_policy
from policies.clauses import read_clauses
from policies.clauses.read import known_rules
from policies.conflicts import DataFacts
from policies.model import Policy
from policies.vocabulary import MMD, PURPOSE
from tests.policies.samples import agreement, moving, offer, one, permitting
from tests.policies.strategies import policies

EARLY, LATE = "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"


@pytest.mark.parametrize("data", [offer(), agreement()])
def test_what_we_build_stands_together(data: dict[str, Any]) -> None:
    assert find_conflicts(parse_policy(data)) == ()


@pytest.mark.parametrize(
    ("constraints", "code", "clauses"),
    [
        ([one("dateTime", "gteq", LATE), one("dateTime", "lteq", EARLY)], "empty-window", ("not-before", "until")),
        ([one("dateTime", "gt", EARLY), one("dateTime", "lteq", EARLY)], "empty-window", ("not-before", "until")),
        (
            [one("dateTime", "gteq", LATE), {"and": [one("dateTime", "lt", EARLY)]}],
            "empty-window",
            ("not-before", "until"),
        ),
        ([one("count", "lteq", "0")], "count-below-one", ("count",)),
        ([one("count", "lt", "1")], "count-below-one", ("count",)),
        ([one("purpose", "isAnyOf", [])], "empty-list", ("purpose",)),
        ([one("recipient", "isAnyOf", [])], "empty-list", ("recipient",)),
        ([one("recipient", "eq", "did:web:a"), one("recipient", "eq", "did:web:b")], "no-common-value", ("recipient",)),
        (
            [one("purpose", "isAnyOf", [PURPOSE + "a"]), one("purpose", "eq", PURPOSE + "b")],
            "no-common-value",
            ("purpose",),
        ),
        ([one("dateTime", "lteq", "soon")], "unreadable-value", ("until",)),
        (
            [one("recipient", "eq", "did:web:a"), one("recipient", "isNoneOf", ["did:web:b", "did:web:a"])],
            "no-common-value",
            ("recipient",),
        ),
        ([one("spatial", "isAnyOf", ["KR", "JP"]), one("spatial", "eq", "DE")], "no-common-value", ("place",)),
        ([one("spatial", "eq", "kr-26"), one("spatial", "neq", "KR")], "no-common-value", ("place",)),
        (
            [one(MMD + "environment", "eq", "cleanRoom"), one(MMD + "environment", "eq", "fileDelivery")],
            "no-common-value",
            ("environment",),
        ),
        (
            [one(MMD + "timeOfDay", "eq", "08:00/12:00 UTC"), one(MMD + "timeOfDay", "eq", "12:00/07:59 UTC")],
            "no-common-value",
            ("hours",),
        ),
        ([one("elapsedTime", "lt", "P0D")], "nothing-allowed", ("duration",)),
        ([one(MMD + "maxRows", "lteq", "0")], "nothing-allowed", ("max-rows",)),
        ([one(MMD + "frequency", "lteq", "0/P1D")], "unreadable-value", ("frequency",)),
        ([one("count", "lteq", "-3")], "unreadable-value", ("count",)),
    ],
)
def test_a_conflict_is_found_and_nothing_is_permitted(
    constraints: list[Any], code: str, clauses: tuple[str, ...]
) -> None:
    policy = permitting(*constraints)
    (conflict,) = find_conflicts(policy)
    assert (conflict.code, conflict.clause_ids) == (code, clauses)
    assert conflict.where[0].startswith("$.permission[0].constraint[0]")
    assert not evaluate(policy, moving()).permitted


@pytest.mark.parametrize(
    "constraints",
    [
        [one("dateTime", "gteq", EARLY), one("dateTime", "lteq", EARLY)],
        [{"or": [one("count", "lteq", "0"), one("count", "lteq", "1")]}],
        [one("recipient", "isAnyOf", ["did:web:a", "did:web:b"]), one("recipient", "eq", "did:web:b")],
        [one("industry", "eq", "KR")],
        [one("recipient", "isAnyOf", ["did:web:a", "did:web:b"]), one("recipient", "neq", "did:web:b")],
        [one("spatial", "isPartOf", "KR"), one("spatial", "eq", "KR-26"), one("spatial", "isNoneOf", ["JP"])],
        [one(MMD + "timeOfDay", "eq", "22:00/06:00 UTC"), one(MMD + "timeOfDay", "eq", "05:00/08:00 UTC")],
        [one(MMD + "timeOfDay", "eq", "08:00/12:00 UTC"), one(MMD + "timeOfDay", "eq", "12:00/13:00 Asia/Seoul")],
        [one("credential", "eq", "A"), one("credential", "eq", "B")],
    ],
)
def test_no_conflict_is_made_up(constraints: list[Any]) -> None:
    assert find_conflicts(permitting(*constraints)) == ()


def test_no_permission() -> None:
    assert [item.code for item in find_conflicts(parse_policy({}))] == ["no-permission"]


def test_the_assignee_must_be_among_the_recipients() -> None:
    rules = {"permission": [{"action": "use", "constraint": [one("recipient", "eq", "did:web:b")]}]}
    (conflict,) = find_conflicts(parse_policy({**agreement(), **rules}))
    assert (conflict.code, conflict.facts) == ("assignee-excluded", {"assignee": "did:web:consumer.example"})


def test_an_agreement_that_had_ended_when_it_was_made() -> None:
    rules = {"permission": [{"action": "use", "constraint": [one("dateTime", "lteq", EARLY)]}]}
    assert [item.code for item in find_conflicts(parse_policy({**agreement(), **rules}))] == ["ended-when-signed"]


@pytest.mark.parametrize(
    ("permitted", "prohibited", "strategy", "found"),
    [
        ("use", "use", None, True),
        ("odrl:distribute", "use", None, True),
        ("odrl:distribute", "odrl:distribute", "invalid", True),
        ("use", "odrl:distribute", None, False),
        ("use", "odrl:sell", None, False),
        ("use", "use", "perm", False),
        ("use", "use", "prohibit", False),
    ],
)
def test_permission_against_prohibition(permitted: str, prohibited: str, strategy: str | None, found: bool) -> None:
    data: dict[str, Any] = {"permission": [{"action": permitted}], "prohibition": [{"action": prohibited}]}
    conflicts = find_conflicts(parse_policy(data | ({"conflict": strategy} if strategy else {})))
    assert [item.code for item in conflicts] == (["permitted-and-prohibited"] if found else [])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(policies())
def test_nothing_in_a_policy_makes_it_raise(policy: Policy) -> None:
    for conflict in find_conflicts(policy):
        assert conflict.where


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(policies())
def test_any_policy_can_be_held_against_data_and_read_as_clauses(policy: Policy) -> None:
    facts = DataFacts(frozenset({"personal", "subcontract"}), "unknown", 2, taken=True)
    assert all(conflict.clause_ids for conflict in find_conflicts(policy, facts))
    known = {item.where for item in known_rules(policy)}
    with suppress(PolicyError):
        assert known <= {item.where for item in read_clauses(policy)}
