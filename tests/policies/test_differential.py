"""This engine against a second one, written plainly and independently: over every operand, rule and state of knowledge."""

from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policies import TransferContext, evaluate, parse_policy
from policies.activation import activations
from policies.evaluate import compile_policy
from tests.policies import plain
from tests.policies.worlds import CONTEXTS, POLICIES

MOST = 8
"""Things not known in one example: the plain way looks at 2^n combinations."""
MANY = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
ACTIONS = st.sampled_from(["use", "use", "distribute", "print", "sell"])


@MANY
@given(POLICIES, CONTEXTS, ACTIONS)
def test_both_say_the_same(data: dict[str, Any], context: TransferContext, action: str) -> None:
    assume(plain.unknown_things(data, context) <= MOST)
    decision = evaluate(parse_policy(data), context, action)
    assert decision.outcome == plain.outcome(data, context, action)
    assert decision.reasons
    assert not decision.deferred


@MANY
@given(POLICIES, st.lists(CONTEXTS, min_size=1, max_size=3), ACTIONS)
def test_the_fast_way_says_what_the_long_way_says(
    data: dict[str, Any], contexts: list[TransferContext], action: str
) -> None:
    ready = compile_policy(parse_policy(data))
    for context in contexts:
        decision = ready.decide(context, action)
        assert decision == evaluate(ready.policy, context, action)
        assert ready.permits(context, action) is decision.permitted


@MANY
@given(POLICIES, CONTEXTS, ACTIONS)
def test_nothing_is_permitted_without_an_active_permission(
    data: dict[str, Any], context: TransferContext, action: str
) -> None:
    policy = parse_policy(data)
    found = activations(policy, context, action)
    if evaluate(policy, context, action).permitted:
        assert any(item.state == "active" and item.where.startswith("$.permission") for item in found)
    for item in found:
        assert item.state != "deferred"
        assert (item.state == "undetermined") <= bool(item.reasons)
