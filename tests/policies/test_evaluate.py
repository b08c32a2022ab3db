from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import CatalogContext, Outcome, Party, TransferContext, evaluate, parse_policy
from policies.context import Context
from policies.decision import Decision
from policies.model import Policy
from policies.vocabulary import PURPOSE
from tests.policies import plain
from tests.policies.samples import CONSUMER, DAY, NOW, OUTSIDER, agreement, moving, negotiating, offer, one, permitting
from tests.policies.strategies import KNOWN_ATOMS, PARTIES, PURPOSES, policies, wire_constraints, wire_policies

MANY = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

MOMENTS = st.integers(0, 16).map(lambda hours: datetime(2026, 11, 21, tzinfo=UTC) + timedelta(hours=4 * hours))
CONTEXTS = st.builds(
    TransferContext,
    party=st.sampled_from(PARTIES).map(Party),
    now=MOMENTS,
    agreed_at=st.just(NOW),
    uses=st.integers(0, 4),
    purpose=st.none() | st.sampled_from(PURPOSES),
)


@MANY
@given(wire_policies(), CONTEXTS, st.sampled_from(["use", "distribute", "print"]))
def test_a_second_plain_evaluator_agrees(data: dict[str, Any], context: TransferContext, action: str) -> None:
    decision = evaluate(parse_policy(data), context, action)
    assert decision.outcome == plain.outcome(data, context, action)
    assert decision.reasons
    assert decision.deferred == ()


@FEW
@given(policies(), CONTEXTS)
def test_nothing_in_a_policy_makes_it_raise(policy: Policy, context: TransferContext) -> None:
    here: Context
    for here in (context, CatalogContext(context.party, context.now), negotiating(now=context.now)):
        for action in ("use", "odrl:distribute", "urn:x:anything"):
            assert evaluate(policy, here, action).reasons


UPPER = KNOWN_ATOMS.filter(lambda atom: not str(atom["operator"]).startswith("gt"))
MONOTONE = st.lists(wire_constraints(UPPER, ["and", "or"]), min_size=1, max_size=3)


@FEW
@given(MONOTONE, CONTEXTS, st.integers(0, 3), st.integers(0, 100))
def test_more_uses_or_later_never_allow_more(
    constraints: list[Any], context: TransferContext, more: int, hours: int
) -> None:
    policy = permitting(*constraints)
    later = TransferContext(
        context.party, context.now + timedelta(hours=hours), NOW, context.uses + more, context.purpose
    )
    if evaluate(policy, later).permitted:
        assert evaluate(policy, context).permitted


@FEW
@given(st.lists(wire_constraints(KNOWN_ATOMS, ["and", "or"]), max_size=3), CONTEXTS)
def test_what_is_refused_early_is_refused_late(constraints: list[Any], context: TransferContext) -> None:
    policy = permitting(*constraints)
    early = evaluate(policy, CatalogContext(context.party, context.now))
    if early.outcome is Outcome.DENIED:
        assert not evaluate(policy, context).permitted


@pytest.mark.parametrize(
    ("context", "code", "clause"),
    [
        (moving(uses=3), "used-up", "count"),
        (moving(uses=4), "used-up", "count"),
        (moving(purpose="research"), "purpose-not-agreed", "purpose"),
        (moving(purpose=PURPOSE + "research"), "purpose-not-agreed", "purpose"),
        (moving(purpose=None), "purpose-missing", "purpose"),
        (moving(now=NOW + 31 * DAY), "too-late", "until"),
        (moving(now=NOW - 2 * DAY), "too-early", "not-before"),
        (moving(party=OUTSIDER), "not-a-recipient", "recipient"),
        (negotiating(party=OUTSIDER), "not-a-recipient", "recipient"),
        (negotiating(now=NOW + 31 * DAY), "too-late", "until"),
    ],
)
def test_each_clause_refuses_by_its_name(context: Context, code: str, clause: str) -> None:
    decision = evaluate(parse_policy(offer()), context)
    assert decision.outcome is Outcome.DENIED
    assert not decision.permitted
    assert [(reason.code, reason.clause_id) for reason in decision.reasons] == [(code, clause)]
    assert decision.reasons[0].where.startswith("$.permission[0].constraint[")


@pytest.mark.parametrize("uses", [0, 1, 2])
def test_three_uses_are_three(uses: int) -> None:
    assert evaluate(parse_policy(agreement()), moving(uses=uses)).permitted


def test_the_bounds_of_the_window_belong_to_it() -> None:
    policy = parse_policy(agreement())
    for now in (NOW - DAY, NOW + 30 * DAY):
        assert evaluate(policy, moving(now=now)).permitted
        strict = permitting(one("dateTime", "lt", now.isoformat()), one("dateTime", "gt", now.isoformat()))
        assert [reason.code for reason in evaluate(strict, moving(now=now)).reasons] == ["too-late", "too-early"]


def test_a_negotiation_leaves_the_rest_for_later() -> None:
    decision = evaluate(parse_policy(offer()), negotiating())
    assert decision.permitted
    assert [item.clause_id for item in decision.deferred] == ["purpose", "not-before", "until", "count"]
    early = evaluate(parse_policy(offer()), negotiating(now=NOW - 2 * DAY))
    assert early.permitted, "a contract may be made before it starts"


def test_alternatives_in_a_negotiation() -> None:
    both = {"or": [one("recipient", "eq", CONSUMER.id), one("count", "lteq", "1")]}
    assert evaluate(permitting(both), negotiating()).deferred == ()
    later = evaluate(permitting(both), negotiating(party=OUTSIDER))
    assert later.permitted
    assert [item.where for item in later.deferred] == ["$.permission[0].constraint[0].or[1]"]
    xone = {"xone": [one("count", "lteq", "1"), one("recipient", "eq", CONSUMER.id)]}
    assert evaluate(permitting(xone), negotiating()).deferred


def test_an_agreement_is_for_its_assignee_only() -> None:
    policy = parse_policy({**agreement(), "permission": [{"action": "use"}]})
    assert evaluate(policy, moving()).permitted
    decision = evaluate(policy, moving(party=OUTSIDER))
    assert decision.reasons[0].code == "not-the-assignee"


def test_nothing_means_no() -> None:
    decision = evaluate(parse_policy({"prohibition": [{"action": "odrl:sell"}]}), moving())
    assert (decision.outcome, decision.reasons[0].code) == (Outcome.DENIED, "no-permission")
    assert evaluate(parse_policy(offer()), moving(), "transfer").reasons[0].code == "no-permission"


def test_a_prohibition_is_an_exception_from_a_wider_permission() -> None:
    policy = parse_policy(offer())
    assert evaluate(policy, moving()).permitted
    decision = evaluate(policy, moving(), "odrl:distribute")
    assert (decision.outcome, decision.reasons[0].code) == (Outcome.DENIED, "prohibited")
    assert decision.reasons[0].clause_id == "no-passing-on"


@pytest.mark.parametrize(
    ("strategy", "outcome", "code"),
    [
        ({}, Outcome.DENIED, "contradiction"),
        ({"odrl:conflict": {"@id": "odrl:invalid"}}, Outcome.DENIED, "contradiction"),
        ({"conflict": "prohibit"}, Outcome.DENIED, "prohibited"),
        ({"conflict": "perm"}, Outcome.PERMITTED, "permitted"),
        ({"conflict": "first"}, Outcome.UNDETERMINED, "unknown-term"),
    ],
)
def test_the_conflict_strategies(strategy: dict[str, Any], outcome: Outcome, code: str) -> None:
    rules = {"permission": [{"action": "use"}], "prohibition": [{"action": "use"}]}
    decision = evaluate(parse_policy({**rules, **strategy}), moving())
    assert (decision.outcome, decision.reasons[0].code) == (outcome, code)


def test_a_conditional_prohibition() -> None:
    forbidding = {"action": "use", "constraint": [one("purpose", "eq", PURPOSE + "research")]}
    policy = parse_policy({"permission": [{"action": "use"}], "prohibition": [forbidding], "conflict": "prohibit"})
    assert evaluate(policy, moving(purpose="safety")).permitted
    assert evaluate(policy, moving(purpose="research")).reasons[0].code == "prohibited"
    early = evaluate(policy, negotiating())
    assert early.permitted
    assert [item.where for item in early.deferred] == ["$.prohibition[0].constraint[0]"]
    unclear = {"action": "use", "constraint": [one("odrl:industry", "eq", "KR")]}
    policy = parse_policy({"permission": [{"action": "use"}], "prohibition": [unclear]})
    decision = evaluate(policy, moving())
    assert (decision.outcome, decision.reasons[0].facts) == (Outcome.UNDETERMINED, {"term": "industry"})


@pytest.mark.parametrize(
    ("constraint", "code"),
    [
        (one("industry", "eq", "KR"), "unknown-term"),
        (one("https://example.org/x", "eq", "1"), "unknown-term"),
        (one("count", "gteq", "1"), "unknown-term"),
        (one("count", "lteq", "1", unit="urn:x"), "unknown-term"),
        (one("count", "lteq", "1", status="2"), "unknown-term"),
        (one("count", "lteq", "1", dataType="xsd:duration"), "unknown-term"),
        (one("count", "lteq", "1", rightOperandReference="urn:x"), "unknown-term"),
        (one("count", "lteq", "1", other=1), "unknown-term"),
        (one("count", "lteq", "many"), "unreadable-value"),
        (one("count", "lteq", ["3", "4"]), "unreadable-value"),
        (one("count", "lteq", []), "unreadable-value"),
        (one("dateTime", "lteq", "2027-01-01"), "unreadable-value"),
        (one("dateTime", "lteq", "2027-01-01T00:00:00"), "unreadable-value"),
        (one("dateTime", "lteq", "2027-02-30T00:00:00Z"), "unreadable-value"),
        (one("recipient", "eq", "a company"), "unreadable-value"),
        ({"andSequence": [one("count", "lteq", "3")]}, "order-unknown"),
        ({"or": [one("count", "lteq", "3")], "other": 1}, "unknown-term"),
        ({"or": [one("industry", "eq", "KR"), one("purpose", "eq", "x")]}, "no-alternative-holds"),
    ],
)
def test_what_is_not_understood_is_never_true(constraint: Any, code: str) -> None:
    decision = evaluate(permitting(constraint), moving())
    assert decision.outcome is Outcome.UNDETERMINED
    assert not decision.permitted
    assert decision.reasons[0].code == code


@pytest.mark.parametrize(
    "more", [{"profile": "urn:x:profile"}, {"@type": "Ticket"}, {"inheritFrom": "urn:x"}, {"urn:x:y": 1}]
)
def test_an_unknown_frame_makes_the_whole_undetermined(more: dict[str, Any]) -> None:
    assert evaluate(permitting(**more), moving()).outcome is Outcome.UNDETERMINED
    assert evaluate(permitting(**{"@context": [], "profile": "http://www.w3.org/ns/odrl/2/core"}), moving()).permitted


def test_a_rule_with_an_unknown_property_is_undetermined() -> None:
    policy = parse_policy({"permission": [{"action": "use", "target": "urn:x"}]})
    assert evaluate(policy, moving()).outcome is Outcome.UNDETERMINED


def test_a_false_condition_is_told_before_an_unknown_one() -> None:
    decision = evaluate(permitting(one("industry", "eq", "KR"), one("count", "lteq", "1")), moving(uses=1))
    assert decision.outcome is Outcome.DENIED
    assert [reason.code for reason in decision.reasons] == ["used-up", "unknown-term"]


def test_one_permission_is_enough() -> None:
    policy = parse_policy(
        {
            "permission": [
                {"action": "use", "constraint": [one("count", "lteq", "1")]},
                {"action": "use", "constraint": [one("purpose", "eq", PURPOSE + "safety")]},
            ]
        }
    )
    assert evaluate(policy, moving(uses=5, purpose="safety")).reasons[0].where == "$.permission[1]"
    assert [reason.code for reason in evaluate(policy, moving(uses=5)).reasons] == ["used-up", "purpose-not-agreed"]


def test_exactly_one_of_two() -> None:
    policy = permitting({"xone": [one("count", "lteq", "3"), one("recipient", "eq", CONSUMER.id)]})
    assert evaluate(policy, moving()).reasons[0].code == "more-than-one-holds"
    assert evaluate(policy, moving(uses=3)).permitted
    neither = evaluate(policy, moving(uses=3, party=OUTSIDER))
    assert neither.reasons[0].code == "no-alternative-holds"
    assert [inner["code"] for inner in neither.reasons[0].facts["reasons"]] == ["used-up", "not-a-recipient"]


def test_a_sequence_with_a_false_part_is_false() -> None:
    policy = permitting({"andSequence": [one("count", "lteq", "3")]})
    assert evaluate(policy, moving(uses=3)).outcome is Outcome.DENIED


def test_duties_before_and_after() -> None:
    before = {"permission": [{"action": "use", "duty": [{"action": "odrl:compensate"}]}]}
    decision = evaluate(parse_policy(before), moving())
    assert (decision.outcome, decision.reasons[0].code) == (Outcome.UNDETERMINED, "duty-open")
    assert [duty.action for duty in decision.duties] == ["compensate"]
    after: Decision = evaluate(permitting(obligation=[{"action": "odrl:delete"}]), moving())
    assert after.permitted
    assert [duty.action for duty in after.duties] == ["delete"]
