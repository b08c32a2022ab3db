"""Duties that come before, collections, refinements, rules with parties of their own."""

from typing import Any

import pytest

from policies import Asset, Decision, DutyState, Outcome, Party, TransferContext, evaluate, parse_policy, write_policy
from policies.errors import UnknownTerm
from policies.evaluate import check_terms, compile_policy
from policies.explain import explain_decision, explain_policy
from tests.policies.samples import CONSUMER, knowing, negotiating, one

PAY = "$.permission[0].duty[0]"
FINE = f"{PAY}.consequence[0]"
PAYING = {
    "permission": [
        {
            "action": "use",
            "duty": [{"action": "odrl:compensate", "odrl:consequence": [{"action": "odrl:inform"}]}],
        }
    ]
}


def judged(policy: dict[str, Any], action: str = "use", **changes: Any) -> Decision:
    return evaluate(parse_policy(policy), knowing(**changes), action)


@pytest.mark.parametrize(
    ("states", "outcome", "code"),
    [
        ({}, Outcome.UNDETERMINED, "duty-open"),
        ({PAY: DutyState.OPEN}, Outcome.DENIED, "duty-not-done"),
        ({PAY: DutyState.OVERDUE}, Outcome.DENIED, "duty-overdue"),
        ({PAY: DutyState.OVERDUE, FINE: DutyState.FULFILLED}, Outcome.DENIED, "duty-overdue"),
        ({PAY: DutyState.LATE}, Outcome.UNDETERMINED, "duty-open"),
        ({PAY: DutyState.LATE, FINE: DutyState.OPEN}, Outcome.DENIED, "consequence-open"),
        ({PAY: DutyState.LATE, FINE: DutyState.FULFILLED}, Outcome.PERMITTED, "permitted"),
        ({PAY: DutyState.FULFILLED}, Outcome.PERMITTED, "permitted"),
    ],
)
def test_a_duty_comes_before_its_permission(states: dict[str, DutyState], outcome: Outcome, code: str) -> None:
    decision = judged(PAYING, duties=states)
    assert (decision.outcome, decision.reasons[0].code) == (outcome, code)
    assert bool(decision.duties) is (states.get(PAY) is not DutyState.FULFILLED)
    for lang in ("ko", "en"):
        assert explain_decision(decision, lang)


def test_a_duty_is_known_by_its_own_id_too() -> None:
    policy = {"permission": [{"action": "use", "duty": [{"@id": "urn:duty:1", "action": "odrl:compensate"}]}]}
    assert judged(policy, duties={"urn:duty:1": DutyState.FULFILLED}).permitted
    assert not judged(policy, duties={PAY: DutyState.FULFILLED}).permitted


def test_before_data_moves_a_duty_is_left_for_later() -> None:
    decision = evaluate(parse_policy(PAYING), negotiating())
    assert decision.permitted
    assert [item.clause_id for item in decision.deferred] == ["duty"]


def test_a_duty_that_is_not_in_force_is_none() -> None:
    late = one("odrl:dateTime", "gteq", "2030-01-01T00:00:00Z")
    policy = {"permission": [{"action": "use", "duty": [{"action": "odrl:compensate", "constraint": [late]}]}]}
    assert judged(policy, duties={PAY: DutyState.OPEN}).permitted
    unclear = {"action": "odrl:compensate", "constraint": [one("odrl:event", "lt", "odrl:policyUsage")]}
    policy = {"permission": [{"action": "use", "duty": [unclear]}]}
    assert judged(policy, duties={PAY: DutyState.OPEN}).outcome is Outcome.UNDETERMINED
    assert judged(policy, duties={PAY: DutyState.FULFILLED}).permitted


def test_a_remedy_makes_nothing_permitted() -> None:
    policy = {
        "permission": [{"action": "use"}],
        "prohibition": [{"action": "odrl:distribute", "odrl:remedy": [{"action": "odrl:anonymize"}]}],
    }
    assert judged(policy).permitted
    assert judged(policy, "odrl:distribute").outcome is Outcome.DENIED


def test_obligations_that_are_done_are_no_longer_told() -> None:
    policy = {"permission": [{"action": "use"}], "obligation": [{"action": "odrl:delete"}, {"action": "odrl:inform"}]}
    decision = judged(policy, duties={"$.obligation[0]": DutyState.FULFILLED})
    assert decision.permitted
    assert [duty.action for duty in decision.duties] == ["inform"]


def owned(**frame: Any) -> dict[str, Any]:
    return {"permission": [{"action": "use", **frame}]}


@pytest.mark.parametrize(
    ("frame", "changes", "outcome"),
    [
        ({"odrl:target": "urn:data"}, {}, Outcome.PERMITTED),
        ({"target": {"@type": "Asset", "@id": "urn:data"}}, {}, Outcome.PERMITTED),
        ({"target": ["urn:other", "urn:data"]}, {}, Outcome.PERMITTED),
        ({"target": "urn:other"}, {}, Outcome.UNDETERMINED),
        ({"target": "urn:other"}, {"asset": Asset("urn:data", collections=frozenset())}, Outcome.DENIED),
        ({"target": "urn:set"}, {"asset": Asset("urn:data", collections=frozenset({"urn:set"}))}, Outcome.PERMITTED),
        ({"target": "urn:data"}, {"asset": Asset(collections=frozenset())}, Outcome.UNDETERMINED),
        ({"assignee": CONSUMER.id}, {}, Outcome.PERMITTED),
        ({"assignee": "did:web:outsider.example"}, {}, Outcome.DENIED),
        ({"assignee": {"@type": "PartyCollection", "source": "urn:group:suppliers"}}, {}, Outcome.PERMITTED),
        ({"assignee": "urn:group:x"}, {"party": Party(CONSUMER.id)}, Outcome.UNDETERMINED),
        ({"assignee": {"source": "urn:group:suppliers", "refinement": []}}, {}, Outcome.UNDETERMINED),
        ({"assigner": "did:web:provider.example"}, {}, Outcome.PERMITTED),
    ],
)
def test_a_rule_about_its_own_party_and_data(frame: dict[str, Any], changes: dict[str, Any], outcome: Outcome) -> None:
    policy = owned(**frame)
    decision = judged(policy, **changes)
    assert decision.outcome is outcome
    assert all(explain_decision(decision, lang) for lang in ("ko", "en"))
    (name,) = frame
    with pytest.raises(UnknownTerm) as caught:
        check_terms(parse_policy(policy))
    assert caught.value.term == name.removeprefix("odrl:")


def test_an_offer_for_a_group_is_for_its_members() -> None:
    policy = parse_policy({"@type": "Offer", "assignee": "urn:group:suppliers", "permission": [{"action": "use"}]})
    assert evaluate(policy, knowing()).permitted
    stranger = Party("did:web:x.example", collections=frozenset())
    assert evaluate(policy, knowing(party=stranger)).outcome is Outcome.DENIED
    assert evaluate(policy, knowing(party=Party("did:web:x.example"))).outcome is Outcome.UNDETERMINED
    assert not compile_policy(policy).permits(knowing(party=stranger))


def refined(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"action": [{"rdf:value": {"@id": "odrl:print"}, "refinement": list(parts)}]}


def test_a_refinement_narrows_its_rule() -> None:
    within = one("odrl:count", "lteq", "3")
    assert judged({"permission": [refined(within)]}, "print").permitted
    denied = judged({"permission": [refined(one("odrl:count", "lteq", "2"))]}, "print")
    assert (denied.reasons[0].code, denied.reasons[0].where) == ("used-up", "$.permission[0].action.refinement[0]")
    unknown = judged({"permission": [refined(one("odrl:resolution", "lteq", "1200"))]}, "print")
    assert (unknown.outcome, unknown.reasons[0].facts) == (Outcome.UNDETERMINED, {"term": "resolution"})
    forbidding = {"permission": [{"action": "use"}], "prohibition": [refined(within)]}
    assert judged(forbidding, "print").outcome is Outcome.DENIED
    assert judged({**forbidding, "prohibition": [refined(one("odrl:count", "lteq", "2"))]}, "print").permitted


def test_a_refinement_is_written_as_it_was_read_and_never_offered() -> None:
    policy = parse_policy({"permission": [refined(one("odrl:count", "lteq", "3"))]})
    assert parse_policy(write_policy(policy)) == policy
    with pytest.raises(UnknownTerm) as caught:
        check_terms(policy)
    assert caught.value.term == "refinement"


def test_a_rule_of_several_actions_is_several_rules() -> None:
    policy = parse_policy({"permission": [{"action": ["odrl:display", "odrl:print"], "target": ["urn:a", "urn:b"]}]})
    assert [(rule.action, rule.target) for rule in policy.permission] == [
        ("display", "urn:a"), ("display", "urn:b"), ("print", "urn:a"), ("print", "urn:b"),
    ]  # fmt: skip


def test_who_forbids_reading_forbids_what_needs_it() -> None:
    training = "https://w3id.org/my-manufacturing-data/v1/trainModel"
    policy = {"permission": [{"action": "use"}, {"action": training}], "prohibition": [{"action": "odrl:read"}]}
    assert judged(policy).permitted
    assert judged(policy, training).outcome is Outcome.DENIED
    assert judged({"permission": [{"action": training}]}, training).permitted


def test_what_a_rule_says_by_itself_is_shown() -> None:
    policy = parse_policy(
        {"permission": [{"action": "use", "target": "urn:own", "duty": [{"action": "odrl:compensate"}]}]}
    )
    (text,) = explain_policy(policy, "en")
    assert "urn:own" in text.text
    assert "compensate" in text.text
    assert text.clause_id == "unknown"


def test_a_compiled_policy_answers_as_often_as_one_likes() -> None:
    ready = compile_policy(
        parse_policy({"permission": [{"action": "use", "constraint": [one("odrl:count", "lteq", "3")]}]})
    )
    contexts: list[TransferContext] = [knowing(uses=uses) for uses in range(5)]
    assert [ready.permits(context) for context in contexts] == [True, True, True, False, False]
    assert [ready.decide(context) for context in contexts] == [evaluate(ready.policy, context) for context in contexts]
    assert [ready.decide(contexts[0], f"urn:action:{number}").permitted for number in range(100)] == [False] * 100
