import copy
import io
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connector.contracts import layout, signing
from connector.contracts.archive import read_archive, write_archive
from connector.contracts.documents import SignerException
from connector.contracts.evidence import CHECKS, Verdict, build_evidence, verify_evidence
from connector.contracts.signatures import Signatures
from connector.contracts.statement import TakenUp
from connector.trust.anchors import Authority, LostKey, TrustFile, trust_in_key
from connector.trust.keys import generate_p256
from tests.support.contracts import VERIFIED_AT, Contract, build_contract
from tests.support.members import NOW, Json, Members, issue, make_members


def judge(contract: Contract, trust: TrustFile | None = None, *, data: bytes | None = None) -> Verdict:
    return verify_evidence(data or contract.evidence(), trust=trust or contract.members.trust(), now=VERIFIED_AT)


def but_ok(verdict: Verdict) -> list[tuple[str, str, str]]:
    """Every check that is not "ok": its name, its verdict and the reason."""
    return [(check.id, check.verdict, check.reason) for check in verdict.checks if check.verdict != "ok"]


NOTHING_TO_SEE = [("witnesses", "skipped", "not-witnessed"), ("annexes", "skipped", "no-annexes")]
"""What a contract without cosignatures and annexes leaves to look at."""


@pytest.mark.parametrize("exporter", ["provider", "consumer"])
def test_a_contract_is_verified_from_either_side(exporter: str) -> None:
    contract = build_contract(exporter=exporter, deliveries=3)
    verdict = judge(contract)
    assert but_ok(verdict) == NOTHING_TO_SEE
    assert (verdict.outcome, verdict.exit_code, verdict.summary_code) == ("verified", 0, "verified")


def test_the_checks_are_numbered_without_a_gap_and_as_documented() -> None:
    verdict = judge(build_contract())
    assert [check.number for check in verdict.checks] == list(range(1, 33))
    assert [check.id for check in verdict.checks] == ["container", "format", *(name for name, _ in CHECKS)]
    for number, (_, check) in enumerate(CHECKS, start=3):
        assert (check.__doc__ or "").startswith(f"{number}. ")


def test_the_checks_are_those_of_the_documentation() -> None:
    text = (Path(__file__).parents[3] / "docs" / "evidence.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ([a-z-]+) \|", text.partition("## 8.")[2].partition("## 9.")[0], re.MULTILINE)
    verdict = judge(build_contract())
    assert rows == [(str(check.number), check.id) for check in verdict.checks]


def test_the_verdict_says_what_it_rests_on_and_as_of_when() -> None:
    contract = build_contract()
    summary = judge(contract).summary("en")
    consumer = contract.members.consumer
    for said in (contract.members.authority, consumer.did, consumer.log.origin, "2026-11-25T09:00:00.000Z", "claims"):
        assert said in summary
    facts = judge(contract).facts
    assert (facts["providerName"], facts["consumerName"]) == ("Drying Works", "Chemical Buyers")
    assert (facts["laboratory"], facts["excepted"]) == ("true", "")


def test_the_same_contract_at_the_same_moment_is_the_same_file() -> None:
    contract = build_contract()
    assert contract.evidence() == contract.evidence()
    assert read_archive(contract.evidence()).keys() >= {layout.MANIFEST, layout.STATEMENT, layout.AGREEMENT}


def test_a_stream_is_as_good_as_bytes() -> None:
    contract = build_contract()
    verdict = verify_evidence(io.BytesIO(contract.evidence()), trust=contract.members.trust(), now=VERIFIED_AT)
    assert verdict.exit_code == 0


def test_without_deliveries_messages_and_withdrawal_there_is_less_to_look_at_and_it_is_verified_all_the_same() -> None:
    contract = build_contract(deliveries=0, withdrawn=False)
    contract.messages.clear()
    verdict = judge(contract)
    assert verdict.exit_code == 0
    assert but_ok(verdict) == [
        ("deliveries", "skipped", "no-deliveries"),
        ("messages", "skipped", "no-messages"),
        *NOTHING_TO_SEE,
    ]


def test_an_offer_of_a_foreign_kind_does_not_hinder() -> None:
    verdict = judge(build_contract(foreign_offer="offer-17"))
    assert verdict.exit_code == 0
    assert verdict.check("dataset").reason == "offer-foreign"


# --- who vouches ---------------------------------------------------------------------------------------------------------


def test_no_trust_given_is_consistent_but_not_attributed() -> None:
    contract = build_contract()
    verdict = verify_evidence(contract.evidence(), trust=None, now=VERIFIED_AT)
    assert (verdict.exit_code, verdict.summary_code) == (2, "not-attributed")
    assert verdict.check("attribution").reason == "no-trust"
    assert "not attributed" in verdict.summary("en")
    assert but_ok(verdict) == [
        ("attribution", "unknown", "no-trust"),
        ("status", "unknown", "no-trust"),
        *NOTHING_TO_SEE,
    ]


def test_a_contract_forged_whole_with_made_up_parties_and_authority_is_not_attributed() -> None:
    real = make_members()
    forged = build_contract(make_members("fine-", authority="did:web:made-up.example"))
    verdict = judge(forged, real.trust())
    assert (verdict.exit_code, verdict.summary_code) == (2, "not-attributed")
    assert verdict.check("attribution").reason == "authority-unknown"


def test_a_contract_forged_whole_in_the_name_of_the_real_authority_is_false_or_not_attributed() -> None:
    real = make_members()
    same_key_id = judge(build_contract(make_members()), real.trust())
    assert [(check.id, check.reason) for check in same_key_id.failed] == [
        ("attribution", "membership-signature"),
        ("status", "status-list"),
    ]
    forgers = make_members()
    forgers.authority_key = replace(forgers.authority_key, kid=f"{forgers.authority}#token-2")
    for party in (forgers.provider, forgers.consumer):
        party.membership = issue(forgers, party)
    other_key_id = judge(build_contract(forgers), real.trust())
    assert (other_key_id.exit_code, other_key_id.check("attribution").reason) == (2, "authority-key-unknown")


def test_a_bare_key_is_enough_and_another_one_attributes_nothing() -> None:
    contract = build_contract()
    assert judge(contract, trust_in_key(contract.members.authority_key.key.public)).exit_code == 0
    other = judge(contract, trust_in_key(generate_p256().public))
    assert (other.exit_code, other.summary_code) == (2, "not-attributed")


def test_one_party_vouched_for_by_the_authority_and_one_made_up_is_not_verified() -> None:
    members, strangers = make_members(), make_members(authority="did:web:made-up.example")
    members.consumer.membership = issue(strangers, members.consumer)
    verdict = judge(build_contract(members))
    assert [(check.id, check.reason) for check in verdict.failed] == [
        ("authority", "membership-issuer"),
        ("status", "status-not-named"),
    ]


@pytest.mark.parametrize("role", ["provider", "consumer"])
@pytest.mark.parametrize("use", ["contract", "log_key"])
@pytest.mark.parametrize("days", [-1, 1])
def test_what_a_lost_key_signed_cannot_be_judged_whatever_time_it_claims(role: str, use: str, days: int) -> None:
    """The date lies after the signatures, or before: the thief can claim any time, and no third party bounds it."""
    contract = build_contract()
    party = getattr(contract.members, role)
    lost = LostKey(party.did, getattr(party, use).key.public, NOW + timedelta(days=days))
    verdict = judge(contract, contract.members.trust(lost=(lost,)))
    assert (verdict.exit_code, verdict.summary_code) == (2, "undetermined")
    assert but_ok(verdict) == [("validity", "unknown", "key-lost"), *NOTHING_TO_SEE]
    assert verdict.check("validity").facts["role"] == role


def test_a_lost_key_of_another_member_or_by_the_word_of_another_authority_changes_nothing() -> None:
    contract = build_contract()
    members = contract.members
    stolen = LostKey(members.consumer.did, members.provider.contract.key.public, NOW)
    assert judge(contract, members.trust(lost=(stolen,))).exit_code == 0
    lost = LostKey(members.provider.did, members.provider.contract.key.public, NOW)
    other = Authority("did:web:other.example", members.trust().authorities[0].keys, (lost,))
    assert judge(contract, TrustFile((*members.trust().authorities, other))).exit_code == 0


def test_without_authority_and_memberships_it_is_not_attributed() -> None:
    members = make_members()
    members.provider.membership = members.consumer.membership = None
    verdict = judge(build_contract(members, authority=False))
    assert (verdict.exit_code, verdict.summary_code) == (2, "not-attributed")
    assert verdict.check("provider").verdict == verdict.check("log-proof").verdict == "ok"


def test_a_party_without_membership_is_not_attributed() -> None:
    members = make_members()
    members.consumer.membership = None
    verdict = judge(build_contract(members))
    assert verdict.exit_code == 2
    assert verdict.check("attribution").reason == "no-membership"


# --- time ----------------------------------------------------------------------------------------------------------------


def test_after_a_membership_has_ended_a_claimed_time_within_it_proves_nothing() -> None:
    members = make_members(valid_until=NOW + timedelta(days=2))
    verdict = judge(build_contract(members))
    assert (verdict.exit_code, verdict.summary_code) == (2, "undetermined")
    assert verdict.check("validity").reason == "membership-expired"


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (NOW - timedelta(days=40), None, ("ok", "valid-until")),
        (NOW, None, ("failed", "outside-authority-key")),
        (None, NOW - timedelta(days=40), ("failed", "outside-authority-key")),
        (None, NOW + timedelta(days=1), ("unknown", "authority-key-expired")),
    ],
)
def test_the_authoritys_key_has_a_period_too(begin: object, end: object, expected: tuple[str, str]) -> None:
    contract = build_contract()
    trust = contract.members.trust(begin, end)  # type: ignore[arg-type]
    check = judge(contract, trust).check("validity")
    assert (check.verdict, check.reason) == expected


def test_a_time_that_has_not_come_cannot_be_judged() -> None:
    contract = build_contract()
    verdict = verify_evidence(contract.evidence(), trust=contract.members.trust(), now=NOW + timedelta(days=1))
    assert (verdict.exit_code, verdict.check("times").reason) == (2, "future")


# --- what is missing -----------------------------------------------------------------------------------------------------


def test_not_confirmed_by_the_consumer() -> None:
    verdict = judge(build_contract(confirmed=False))
    assert (verdict.exit_code, verdict.summary_code) == (2, "not-confirmed")
    assert but_ok(verdict) == [("confirmed", "unknown", "not-confirmed"), *NOTHING_TO_SEE]
    assert "not confirmed by the consumer" in verdict.summary("en")


def test_the_consumers_signature_dropped() -> None:
    contract = build_contract()
    contract.signatures = replace(contract.signatures, countersignature=None)
    verdict = judge(contract)
    assert verdict.exit_code == 1
    assert verdict.check("signers").facts["missing"] == "C"


def one_sided(
    exception: SignerException | None, members: Members | None = None, exporter: str = "consumer"
) -> Contract:
    contract = build_contract(
        members, exception=exception, exporter=exporter, confirmed=False, deliveries=0, withdrawn=False
    )
    contract.signatures = Signatures(contract.signatures.credential)
    contract.provider_proof = contract.consumer_proof = None
    contract.messages.clear()
    return contract


def test_a_one_sided_contract_is_never_verified() -> None:
    members = make_members()
    members.consumer.membership = None
    verdict = judge(
        one_sided(SignerException(members.consumer.did, "cannot sign"), members=members, exporter="provider")
    )
    assert (verdict.exit_code, verdict.summary_code) == (2, "one-sided")
    assert members.consumer.did in verdict.summary("en")
    assert verdict.facts["excepted"] == members.consumer.did


def test_an_exception_for_somebody_else_excuses_nothing() -> None:
    contract = one_sided(SignerException("did:web:somebody.example", "?"), exporter="provider")
    assert judge(contract).check("signers").reason == "signature-missing"


def test_a_member_whose_membership_binds_a_contract_key_is_never_excepted() -> None:
    contract = one_sided(SignerException("did:web:consumer.example", "does not want to"), exporter="provider")
    verdict = judge(contract)
    assert (verdict.exit_code, verdict.check("signers").reason) == (1, "exception-not-allowed")


def test_a_foreign_provider_that_signs_nothing_is_excepted_by_the_consumers_statement() -> None:
    members = make_members()
    members.provider.membership = None
    contract = one_sided(None, members=members)
    contract.signatures = Signatures()
    parts = contract.parts()
    excepting = replace(parts.exporter, exception=SignerException(members.provider.did, "foreign connector"))
    verdict = judge(contract, data=build_evidence(replace(parts, exporter=excepting)))
    assert (verdict.exit_code, verdict.summary_code) == (2, "one-sided")
    assert judge(contract).check("signers").reason == "signature-missing"


def test_a_negotiation_ended_by_a_signed_termination_is_no_contract() -> None:
    contract = build_contract(confirmed=False, deliveries=0, withdrawn=False)
    p, provider = contract.signatures.credential, contract.members.provider
    assert p is not None
    termination = signing.make_termination(
        p,
        issuer=provider.did,
        key=provider.contract,
        provider_pid=p["credentialSubject"]["providerPid"],
        consumer_pid=p["credentialSubject"]["consumerPid"],
        code="",
        reason="sold elsewhere",
        now=NOW + timedelta(minutes=1),
    )
    contract.signatures = Signatures(p, termination=termination)
    contract.messages.clear()
    verdict = judge(contract)
    assert (verdict.exit_code, verdict.summary_code) == (2, "terminated")
    assert not verdict.failed


# --- the log -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exporter", ["provider", "consumer"])
def test_a_log_that_went_on_must_be_shown_to_be_the_same(exporter: str) -> None:
    assert judge(build_contract(log_goes_on="shown", exporter=exporter)).exit_code == 0
    verdict = judge(build_contract(log_goes_on="unshown", exporter=exporter))
    assert (verdict.exit_code, verdict.check("statement").reason) == (2, "log-not-continued")


def test_a_log_that_was_rewritten_is_caught() -> None:
    contract = build_contract(log_goes_on="shown")
    contract.checkpoints[contract.members.consumer.did] = build_contract(contract.members).checkpoints[
        contract.members.consumer.did
    ]
    verdict = judge(contract)
    assert [(check.id, check.reason) for check in verdict.failed] == [("statement", "statement-checkpoint")]


def test_an_exporter_without_a_checkpoint_says_so() -> None:
    contract = build_contract()
    contract.checkpoints[contract.members.consumer.did] = ""
    verdict = judge(contract)
    assert (verdict.exit_code, verdict.check("statement").reason) == (0, "complete-without-log")


@pytest.mark.parametrize("checkpoint", [True, False])
def test_who_took_a_contract_up_out_of_the_others_evidence_says_so_and_what_is_missing(checkpoint: bool) -> None:
    contract = build_contract(taken_up=TakenUp("did:web:provider.example", "sha256:" + "5e" * 32))
    contract.messages.clear()
    contract.consumer_proof = None
    if not checkpoint:
        contract.checkpoints[contract.members.consumer.did] = ""
    verdict = judge(contract)
    found = verdict.check("statement")
    assert (verdict.exit_code, found.verdict, found.reason) == (0, "ok", "complete-taken-up")
    for lang in ("en", "ko"):
        assert "did:web:provider.example" in found.sentence(lang)


# --- versions and containers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "zip-not"),
        (b"no zip at all", "zip-not"),
        (build_contract().evidence()[:-1], "zip-truncated"),
        (write_archive({"a.json": b"{}"}), "no-manifest"),
        (write_archive({"manifest.json": b"{"}), "not-json"),
        (write_archive({"manifest.json": b"[]"}), "shape"),
        (write_archive({"manifest.json": b'{"format":"mmd-evidence/1"}'}), "shape"),
        (write_archive({"manifest.json": b'{"files":{},"format":"mmd-evidence/2"}'}), "format-unknown"),
        (write_archive({"manifest.json": b'{"files":{},"format":["mmd-evidence/1"]}'}), "format-unknown"),
    ],
)
def test_what_cannot_be_read_cannot_be_judged(data: bytes, reason: str) -> None:
    verdict = verify_evidence(data, trust=None, now=VERIFIED_AT)
    assert (verdict.exit_code, verdict.summary_code) == (2, "unreadable")
    assert verdict.checks[-1].reason == reason
    assert verdict.checks[-1].sentence("ko")


def test_a_manifest_of_nothing_is_false() -> None:
    empty = write_archive({"manifest.json": b'{"files":{},"format":"mmd-evidence/1"}'})
    assert verify_evidence(empty, trust=None, now=VERIFIED_AT).exit_code == 1


@pytest.mark.parametrize("name", ["P", "C", "R", "H"])
def test_a_newer_format_that_is_well_signed_cannot_be_judged_and_a_badly_signed_one_is_false(name: str) -> None:
    def newer(document: dict[str, object]) -> None:
        subject = copy.deepcopy(document["credentialSubject"])
        assert isinstance(subject, dict)
        document["credentialSubject"] = {**subject, "format": str(subject["format"]).replace("/1", "/2")}

    honest = build_contract(edits={name: newer}, deliveries=0, withdrawn=False)
    honest.messages.clear()
    forged = build_contract(forged={name: newer}, deliveries=0, withdrawn=False)
    forged.messages.clear()
    verdict = judge(honest)
    assert verdict.check("documents").reason == "format-unknown"
    assert judge(forged).exit_code == 1
    # The statement counts the notices that it can read; a newer one among them is for a newer program.
    assert {check.id for check in verdict.failed} <= {"statement"}


@pytest.mark.parametrize("name", ["digest", "purpose", "person"])
def test_an_optional_member_of_a_delivery_may_be_absent(name: str) -> None:
    def drop(document: Json) -> None:
        del document["credentialSubject"]["content"][name]

    verdict = judge(build_contract(edits={"sent": drop, "received": drop}))
    expected = "delivery-digest" if name == "digest" else "deliveries-hold"  # complete, and without its digest
    assert verdict.check("deliveries").reason == expected
