"""Keys that changed or fell before or after something was signed: what an evidence file still shows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.canonical import canonical_bytes
from connector.contracts.evidence import Verdict, verify_evidence
from connector.trust.keys import SigningKey, generate_ed25519
from tests.support.contracts import VERIFIED_AT, Contract, build_contract, resign
from tests.support.members import NOW, Members, issue, make_members

Failed = list[tuple[str, str]]


def judge(data: bytes, members: Members) -> Verdict:
    return verify_evidence(data, trust=members.trust(), now=VERIFIED_AT)


def failed(data: bytes, members: Members) -> Failed:
    return [(check.id, check.reason) for check in judge(data, members).failed]


def newer(key: SigningKey) -> SigningKey:
    """The key that comes after this one."""
    return SigningKey(generate_ed25519(), key.kid.replace("-1", "-2"))


def test_a_key_that_was_changed_after_it_signed_counts_for_what_it_signed() -> None:
    """The file holds membership and document of the time of signing; those of today are nobody's business."""
    contract = build_contract()
    data = contract.evidence()
    contract.members.provider.contract = newer(contract.members.provider.contract)
    contract.members.provider.membership = issue(contract.members, contract.members.provider)
    assert judge(data, contract.members).exit_code == 0


@pytest.mark.parametrize("role", ["provider", "consumer"])
def test_a_key_that_was_changed_before_signs_nothing_more(role: str) -> None:
    """The authority binds the new key; somebody signs with the old one, which the DID document still shows."""
    members = make_members()
    party = getattr(members, role)
    party.membership = issue(members, party, contract_key=generate_ed25519().public)
    found = failed(build_contract(members).evidence(), members)
    assert (role, "signature") in found
    assert ("keys", "did-key") in found


def test_the_membership_of_after_the_change_is_not_the_one_that_was_named() -> None:
    contract = build_contract()
    members = contract.members
    members.provider.membership = issue(
        members, members.provider, contract_key=newer(members.provider.contract).key.public
    )
    found = failed(contract.evidence(), members)
    assert ("authority", "membership-digest") in found
    assert ("provider", "signature") in found


def test_the_document_of_after_the_change_shows_another_key_and_is_not_the_one_that_was_logged() -> None:
    contract = build_contract()
    files = contract.files()
    provider = contract.members.provider
    provider.contract = newer(provider.contract)
    files["did/provider.json"] = canonical_bytes(provider.did_document())
    assert failed(contract.repack(files), contract.members) == [("keys", "did-not-logged")]


def of_notice(key: Callable[[Contract], SigningKey]) -> Failed:
    """The provider's last notice signed with this key."""
    contract = build_contract()
    contract.provider_notices[-1] = resign(contract.provider_notices[-1], key(contract))
    return failed(contract.evidence(), contract.members)


def test_a_notice_by_a_key_that_came_later_is_not_of_the_party_of_this_contract() -> None:
    """All that is said of one contract is signed with one key of each side, also when a newer one is in use."""
    assert of_notice(lambda contract: contract.members.provider.contract) == []
    assert of_notice(lambda contract: newer(contract.members.provider.contract)) == [("notice-signatures", "signature")]


def test_a_log_key_that_was_changed_before_signs_no_checkpoint_more() -> None:
    members = make_members()
    members.provider.membership = issue(members, members.provider, log_key=generate_ed25519().public)
    found = failed(build_contract(members).evidence(), members)
    assert ("log-proof", "log-proof") in found


def test_a_membership_taken_back_before_the_signature_is_false_and_after_it_changes_nothing() -> None:
    members = make_members()
    before = build_contract(members, status_lists=(members.status_list(members.consumer),))
    assert ("status", "status-taken-back") in failed(before.evidence(), members)
    after = build_contract(members)
    data = after.evidence()
    members.status_list(members.consumer, valid_from=NOW + timedelta(hours=1))  # nobody who signed could look into it
    assert judge(data, members).exit_code == 0
    later = replace(after, status_lists=(*after.status_lists, members.status_list(members.consumer)))
    assert failed(later.evidence(), members) == [("status", "file-unknown")]
