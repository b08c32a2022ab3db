from policies import parse_policy
from policies.activation import activations
from tests.policies.samples import knowing, negotiating, one

POLICY = parse_policy(
    {
        "permission": [
            {"action": "use", "constraint": [one("odrl:count", "lteq", "3")]},
            {"action": "use", "constraint": [one("odrl:industry", "eq", "steel")]},
            {"action": "odrl:transfer"},
        ],
        "prohibition": [{"action": "odrl:distribute"}, {"action": "use", "assignee": "did:web:x.example"}],
    }
)


def test_every_rule_is_told() -> None:
    found = activations(POLICY, knowing(uses=5), "odrl:distribute")
    assert [(item.where, item.state) for item in found] == [
        ("$.permission[0]", "inactive"), ("$.permission[1]", "undetermined"), ("$.permission[2]", "inactive"),
        ("$.prohibition[0]", "active"), ("$.prohibition[1]", "inactive"),
    ]  # fmt: skip
    assert [reason.code for item in found for reason in item.reasons] == ["used-up", "unknown-term", "other-assignee"]


def test_what_is_left_for_later() -> None:
    assert activations(POLICY, negotiating())[0].state == "deferred"
    assert activations(POLICY, knowing())[0].state == "active"
