import dataclasses

from connector.ports.records import ContractRecord
from connector.services.agreed import MOST_KEPT, agreed_policy
from policies.evaluate import ready
from policies.parse import parse_policy
from tests.policies.samples import agreement
from tests.ports.samples import sample


def test_the_same_contract_is_read_once() -> None:
    record = sample(ContractRecord, 1, id="urn:agreement:1", agreement=agreement())
    policy = agreed_policy(record)
    assert policy == parse_policy(agreement())
    assert agreed_policy(dataclasses.replace(record, paid_at="2026-11-23T00:00:00Z")) is policy
    assert ready(policy) is ready(agreed_policy(record))


def test_other_content_under_the_same_id_is_read_anew() -> None:
    record = sample(ContractRecord, 1, id="urn:agreement:2", agreement=agreement())
    policy = agreed_policy(record)
    other = dataclasses.replace(record, agreement=agreement(assignee="did:web:other.example"))
    assert agreed_policy(other).assignee == "did:web:other.example"
    assert agreed_policy(record) == policy


def test_what_is_kept_is_bounded() -> None:
    record = sample(ContractRecord, 1, id="urn:agreement:3", agreement={"permission": [{"action": "use"}]})
    first = agreed_policy(record)
    for number in range(MOST_KEPT):
        agreed_policy(dataclasses.replace(record, id=f"urn:many:{number}"))
    assert agreed_policy(record) == first
