"""What witnesses add to an evidence file: who else saw the contract in the log, and that bounds its time."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.contracts.evidence import Verdict, verify_evidence
from connector.trust.anchors import LostKey, TrustFile, parse_trust_file, write_trust_file
from connector.trust.errors import TrustFileInvalid
from connector.trust.keys import SigningKey, generate_ed25519
from tests.support.contracts import VERIFIED_AT, Contract, build_contract
from tests.support.members import NOW
from tests.support.witnesses import SEEN_AT, by_authority, by_other, policy, proof, witnessed

LATER = NOW + timedelta(days=400)
"""When the memberships have ended."""


def judge(contract: Contract, trust: TrustFile | None = None, now: datetime = VERIFIED_AT) -> Verdict:
    return verify_evidence(contract.evidence(), trust=trust or contract.members.trust(), now=now)


def of(verdict: Verdict, name: str = "witnesses") -> tuple[str, str]:
    check = next(check for check in verdict.checks if check.id == name)
    return check.verdict, check.reason


@pytest.mark.parametrize("role", ["provider", "consumer"])
def test_who_saw_it_and_when(role: str) -> None:
    contract = witnessed(build_contract(), role)
    verdict = judge(contract)
    assert (verdict.outcome, of(verdict)) == ("verified", ("ok", "witnessed")), verdict.to_json()
    (check,) = [check for check in verdict.checks if check.id == "witnesses"]
    assert contract.members.witness_name in check.facts["witnesses"]
    assert check.facts["time"] == "2026-11-23T09:00:10.000Z"


def test_without_witnesses_a_contract_is_verified_all_the_same() -> None:
    verdict = judge(build_contract())
    assert (verdict.outcome, of(verdict)) == ("verified", ("skipped", "not-witnessed"))


def test_a_witness_that_nobody_knows_proves_nothing() -> None:
    contract = build_contract()
    contract.witnessed["provider"] = [proof(contract, "provider", "w.example", SigningKey(generate_ed25519(), "w"))]
    assert of(judge(contract)) == ("skipped", "not-witnessed")


def test_a_quorum_that_is_not_reached_is_no_quorum() -> None:
    contract = build_contract()
    contract.witnessed["provider"] = [by_other(contract)]
    contract.policies["provider"] = policy(contract)
    assert of(judge(contract)) == ("skipped", "not-witnessed")
    contract.policies["provider"] = policy(contract, both=False)
    assert of(judge(contract)) == ("ok", "witnessed")


def test_a_policy_that_cannot_be_read() -> None:
    contract = witnessed(build_contract())
    contract.policies["provider"] = "quorum everybody\n"
    assert of(judge(contract), "documents") == ("failed", "policy-unreadable")


def test_a_witness_whose_clock_runs_ahead_cannot_be_judged_yet() -> None:
    contract = witnessed(build_contract(), at=VERIFIED_AT + timedelta(days=365))
    assert of(judge(contract)) == ("unknown", "future")


def test_a_membership_that_ended_since_counts_because_the_authority_saw_it_in_time() -> None:
    contract = witnessed(build_contract())
    verdict = judge(contract, now=LATER)
    assert (verdict.outcome, of(verdict, "validity")) == ("verified", ("ok", "valid-when-seen"))


@pytest.mark.parametrize(
    "which", ["only the other party saw it", "nobody saw it", "seen too late", "its key is not known"]
)
def test_nothing_else_bounds_the_time(which: str) -> None:
    """A party can date what it likes: only who is no party bounds it (decision 5, 11)."""
    contract = build_contract()
    trust = contract.members.trust()
    if which == "only the other party saw it":
        contract.witnessed["provider"] = [by_other(contract)]
    elif which == "seen too late":
        contract.witnessed["provider"] = [by_authority(contract, at=NOW + timedelta(days=370))]
    elif which == "its key is not known":
        contract.witnessed["provider"] = [by_authority(contract)]
        trust = TrustFile(tuple(replace(one, witnesses=()) for one in trust.authorities))
    verdict = judge(contract, trust, now=LATER)
    assert (verdict.outcome, of(verdict, "validity")) == ("undetermined", ("unknown", "membership-expired"))


@pytest.mark.parametrize(
    ("lost_at", "outcome"), [(timedelta(hours=1), "verified"), (-timedelta(hours=1), "undetermined")]
)
def test_a_key_that_was_lost_later_still_signed_what_the_authority_saw_before(lost_at: timedelta, outcome: str) -> None:
    contract = witnessed(build_contract())
    party = contract.members.provider
    lost = LostKey(party.did, party.contract.key.public, SEEN_AT + lost_at)
    assert judge(contract, contract.members.trust(lost=(lost,))).outcome == outcome


def test_what_a_lost_witness_key_says_of_later_moments_counts_no_more() -> None:
    contract = witnessed(build_contract())
    contract.policies.clear()
    trust = contract.members.trust(witness_until=SEEN_AT - timedelta(minutes=1))
    verdict = judge(contract, trust, now=LATER)
    assert of(verdict, "validity") == ("unknown", "membership-expired")
    assert "/log" in next(c for c in verdict.checks if c.id == "witnesses").facts["witnesses"]


def test_a_trust_file_keeps_the_keys_of_witnesses() -> None:
    trust = build_contract().members.trust(witness_until=SEEN_AT)
    assert parse_trust_file(write_trust_file(trust)) == trust


@pytest.mark.parametrize("broken", [{}, [{}], [{"name": ""}], [{"name": "w", "publicKeyMultibase": "z"}], [1] * 200])
def test_broken_witness_keys_are_refused(broken: Any) -> None:
    data = write_trust_file(build_contract().members.trust())
    data["authorities"][0]["witnesses"] = broken
    with pytest.raises(TrustFileInvalid):
        parse_trust_file(data)
