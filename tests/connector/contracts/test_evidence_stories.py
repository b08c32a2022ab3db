"""What a dishonest party, a stranger or a broken clock would do, told from the attacker's side: none of it is verified."""

import base64
import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from connector.audit.checkpoint import Checkpoint, sign_checkpoint
from connector.audit.entries import EntryKind
from connector.audit.log import prove
from connector.canonical import canonical_bytes, digest, parse_json
from connector.contracts import signing
from connector.contracts.evidence import Verdict, verify_evidence
from connector.contracts.export import Message, make_consistency
from connector.contracts.layout import STATEMENT
from connector.contracts.signatures import LogProof
from connector.trust.anchors import TrustFile
from connector.trust.keys import SigningKey, generate_ed25519
from tests.connector.contracts.test_evidence_attacks import in_json, spoil, subject, terminate
from tests.support.contracts import OFFER, VERIFIED_AT, Contract, build_contract
from tests.support.members import NOW, Json, MemoryLog, make_members

OTHER = "sha256:" + "00" * 32


@dataclass(frozen=True)
class Story:
    """What was done, and where it must come out: check and reason."""

    check: str
    reason: str
    tell: Callable[[], tuple[bytes, TrustFile | None]]


def judge(data: bytes, trust: TrustFile | None) -> Verdict:
    return verify_evidence(data, trust=trust, now=VERIFIED_AT)


def of(contract: Contract) -> tuple[bytes, TrustFile | None]:
    return contract.evidence(), contract.members.trust()


def told(change: Callable[[Contract], object], **plan: Any) -> Callable[[], tuple[bytes, TrustFile | None]]:
    def tell() -> tuple[bytes, TrustFile | None]:
        contract = build_contract(**plan)
        change(contract)
        return of(contract)

    return tell


def later(document: Json, **by: float) -> None:
    moment = (NOW + timedelta(**by)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    document["validFrom"] = moment


# --- a proof set -------------------------------------------------------------------------------------------------------
def proof_set(contract: Contract) -> None:
    """P with the proofs of both parties, as other connectors do it; then the consumer's is torn off."""
    assert contract.signatures.credential is not None
    p = copy.deepcopy(contract.signatures.credential)
    p["proof"] = [p["proof"]]
    contract.signatures = replace(contract.signatures, credential=p)


# --- another agreement with the same id ----------------------------------------------------------------------------------
def same_id() -> tuple[bytes, TrustFile | None]:
    members = make_members()
    lists = (members.status_list(),)
    one = build_contract(members, status_lists=lists)
    cheaper = {**OFFER, "prohibition": []}
    two = build_contract(members, status_lists=lists, offer=cheaper)
    assert one.agreement["@id"] == two.agreement["@id"]
    one.signatures = replace(one.signatures, countersignature=two.signatures.countersignature)
    return of(one)


# --- the log -------------------------------------------------------------------------------------------------------------
def rewritten(contract: Contract) -> None:
    """The consumer exports; its log is made anew without the contract, and the statement signs the new one."""
    consumer = contract.members.consumer
    log = MemoryLog(consumer.log.origin, consumer.log_key)
    for number in range(5):
        log.add(EntryKind.ACT, digest(number), NOW)
    contract.checkpoints[consumer.did] = log.note


def grown_on_another_branch(contract: Contract) -> None:
    consumer = contract.members.consumer
    rewritten(contract)
    assert contract.consumer_proof is not None
    old, hashes = consumer.log.size, [bytes(32), bytes(32)]
    contract.consumer_proof = replace(contract.consumer_proof, consistency=make_consistency(old, 5, hashes))


def rolled_back(contract: Contract) -> None:
    consumer = contract.members.consumer
    log = MemoryLog(consumer.log.origin, consumer.log_key)
    log.add(EntryKind.ACT, digest(consumer.did), NOW)
    contract.checkpoints[consumer.did] = log.note


def truncated(contract: Contract) -> None:
    """The proof names a place that the checkpoint's size does not reach."""
    provider = contract.members.provider
    assert contract.provider_proof is not None
    log = MemoryLog(provider.log.origin, provider.log_key)
    log.add(EntryKind.ACT, digest(provider.did), NOW)
    head, _, _ = contract.provider_proof.tlog_proof.partition("\n\n")
    contract.provider_proof = replace(contract.provider_proof, tlog_proof=f"{head}\n\n{log.note}")


def another_origin(contract: Contract) -> None:
    provider = contract.members.provider
    log = MemoryLog("elsewhere.example/log", provider.log_key)
    assert contract.signatures.receipt is not None
    entry, appended = log.add(EntryKind.CONTRACT, digest(contract.signatures.receipt), NOW)
    contract.provider_proof = LogProof(entry, prove(appended.index, log.read, log.note))


def signed_by_a_stranger(contract: Contract) -> None:
    """The log's own line is exchanged for one of a key that nobody vouches for, under the same name."""
    provider = contract.members.provider
    log = MemoryLog(provider.log.origin, SigningKey(generate_ed25519(), "did:web:stranger.example#log-1"))
    assert contract.signatures.receipt is not None
    entry, appended = log.add(EntryKind.CONTRACT, digest(contract.signatures.receipt), NOW)
    contract.provider_proof = LogProof(entry, prove(appended.index, log.read, log.note))


def stranger_s_cosignature(contract: Contract) -> None:
    """A line of somebody whom nobody knows, beside the log's own: it proves nothing, and spoils nothing."""
    assert contract.provider_proof is not None
    line = base64.b64encode(b"\x00" * 4 + b"\x01" * 72).decode()
    text = contract.provider_proof.tlog_proof
    contract.provider_proof = replace(contract.provider_proof, tlog_proof=f"{text}— witness.example {line}\n")


# --- receipts and terminations --------------------------------------------------------------------------------------------
def back_dated(contract: Contract) -> None:
    """The consumer has terminated; the provider makes an R that claims to be from before."""
    terminate(contract)
    c = contract.signatures.countersignature
    assert c is not None
    provider = contract.members.provider
    receipt = signing.make_receipt(
        c, key=provider.contract, log_origin=provider.log.origin, now=NOW + timedelta(seconds=4)
    )
    contract.signatures = replace(contract.signatures, receipt=receipt)


def two_receipts(contract: Contract) -> None:
    c = contract.signatures.countersignature
    assert c is not None
    provider = contract.members.provider
    contract.conflicting.append(
        signing.make_receipt(c, key=provider.contract, log_origin=provider.log.origin, now=NOW + timedelta(minutes=2))
    )


def another_transfer(content: Json) -> None:
    content["credentialSubject"]["content"]["transfer"] = "urn:uuid:77777777-7777-4777-8777-777777777777"


# --- who vouches ----------------------------------------------------------------------------------------------------------
def another_authority() -> tuple[bytes, TrustFile | None]:
    """The memberships are exchanged for those of an authority that the auditor believes as well."""
    members = make_members()
    other = make_members(authority="did:web:other-authority.example")
    contract = build_contract(members)
    members.consumer.membership = other.consumer.membership
    return contract.evidence(), other.trust()


# --- clocks ---------------------------------------------------------------------------------------------------------------
STORIES: dict[str, Story] = {
    "a signer stripped from a proof set": Story("documents", "shape", told(proof_set)),
    "another agreement with the same id": Story("countersigns", "countersigns", same_id),
    "the digest of another file": Story(
        "deliveries", "delivery-digest", lambda: of(build_contract(edits={
            "sent": lambda n: n["credentialSubject"]["content"].update(digest=OTHER)}))),
    "the receipt of another transfer": Story(
        "deliveries", "delivery-differs", lambda: of(build_contract(edits={"received": another_transfer}))),
    "a log rewritten": Story("statement", "statement-checkpoint", told(grown_on_another_branch)),
    "a log truncated": Story("log-proof", "log-proof", told(truncated)),
    "a log rolled back": Story("statement", "statement-checkpoint", told(rolled_back)),
    "a checkpoint of another origin": Story("log-proof", "log-proof", told(another_origin)),
    "a checkpoint signed by a stranger": Story("log-proof", "log-proof", told(signed_by_a_stranger)),
    "an R back-dated after a termination": Story("contradictions", "terminated-and-finalized", told(back_dated)),
    "two R's": Story("contradictions", "two-words", told(two_receipts)),
    "T and R": Story("contradictions", "terminated-and-finalized", told(terminate)),
    "a membership of another authority": Story("authority", "membership-digest", another_authority),
    "the provider's clock a year behind": Story(
        "times", "order", lambda: of(build_contract(edits={"P": lambda p: later(p, days=-365)}))),
    "the consumer's clock a year behind": Story(
        "times", "order", lambda: of(build_contract(edits={"C": lambda c: later(c, days=-365)}))),
    "the consumer's clock a year ahead": Story(
        "times", "late-countersignature", lambda: of(build_contract(edits={
            "C": lambda c: later(c, days=365), "R": lambda r: later(r, days=365)}))),
    "the provider's clock a year ahead at the receipt": Story(
        "times", "late-receipt", lambda: of(build_contract(edits={"R": lambda r: later(r, days=365)}))),
    "a signature made before the membership": Story(
        "validity", "outside-membership", lambda: of(build_contract(make_members(valid_from=NOW + timedelta(hours=1))))),
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_what_was_done_is_found_out_and_named(name: str) -> None:
    story = STORIES[name]
    verdict = judge(*story.tell())
    assert verdict.exit_code == 1
    assert (story.check, story.reason) in [(check.id, check.reason) for check in verdict.failed], [
        (check.id, check.reason, check.facts) for check in verdict.failed
    ]


def test_a_forked_log_of_the_same_size_is_found_out() -> None:
    contract = build_contract()
    consumer = contract.members.consumer
    size = consumer.log.size
    raw = consumer.log_key.key
    fork = sign_checkpoint(Checkpoint(consumer.log.origin, size, bytes(32)), raw.sign, raw.public.raw())
    contract.checkpoints[consumer.did] = fork
    verdict = judge(*of(contract))
    assert [(check.id, check.reason) for check in verdict.failed] == [("statement", "statement-checkpoint")]


def test_a_stranger_s_cosignature_proves_nothing_and_spoils_nothing() -> None:
    contract = build_contract()
    stranger_s_cosignature(contract)
    assert judge(*of(contract)).exit_code == 0


def test_a_receipt_that_the_consumer_never_saw_makes_no_contract() -> None:
    verdict = judge(*of(build_contract(confirmed=False, deliveries=0, withdrawn=False)))
    assert (verdict.exit_code, verdict.summary_code) == (2, "not-confirmed")


def test_parties_and_authority_made_up_are_attributed_to_nobody() -> None:
    forgery = build_contract(make_members("forged-", authority="did:web:forged.example"))
    verdict = judge(forgery.evidence(), make_members().trust())
    assert (verdict.exit_code, verdict.summary_code) == (2, "not-attributed")


def test_a_whole_contract_of_other_keys_under_real_names_is_false() -> None:
    real, forgers = make_members(), make_members()
    verdict = judge(build_contract(forgers).evidence(), real.trust())
    assert "attribution" in [check.id for check in verdict.failed]


def test_a_tail_of_notices_left_out_by_a_stranger_is_found_out_and_by_the_exporter_is_its_word() -> None:
    contract = build_contract()
    files = {path: data for path, data in contract.files().items() if path != "notices/provider/0002.json"}
    by_a_stranger = judge(contract.repack(files, sign=False), contract.members.trust())
    assert {"statement"} == {check.id for check in by_a_stranger.failed}
    shorter = replace(contract, provider_notices=contract.provider_notices[:1])
    by_the_exporter = judge(*of(shorter))
    assert by_the_exporter.exit_code == 0
    assert contract.members.consumer.did in by_the_exporter.summary("en")  # whose word that is


def test_messages_invented_by_the_exporter_are_labelled_as_its_copies() -> None:
    contract = build_contract()
    body = canonical_bytes({"@type": "ContractOfferMessage", "dct:description": "we promised you everything"})
    contract.messages.append(Message("received", NOW, "ContractOfferMessage", body))
    verdict = judge(*of(contract))
    assert verdict.exit_code == 0
    assert "copies" in verdict.check("messages").sentence("en")
    assert parse_json(contract.files()["messages/0003.json"])["label"] == "exporter's copy"


def test_the_verifier_s_own_clock_a_year_behind_or_ahead_makes_it_undecided() -> None:
    contract = build_contract()
    data, trust = of(contract)
    behind = verify_evidence(data, trust=trust, now=VERIFIED_AT - timedelta(days=365))
    ahead = verify_evidence(data, trust=trust, now=VERIFIED_AT + timedelta(days=400))
    assert (behind.exit_code, behind.check("times").reason) == (2, "future")
    assert (ahead.exit_code, ahead.check("validity").reason) == (2, "membership-expired")


@pytest.mark.parametrize("path", ["agreement.json", "signatures/P.json", "notices/consumer/0001.json", STATEMENT])
@pytest.mark.parametrize(
    "added",
    [b'"id":"x"', b'"@context":[]', b'"x":1.5', b'"x":1e2', b'"x":9007199254740992', b'"x":"\\ud800"', b'"x":NaN',
     b'"x":' + b"[" * 70 + b"]" * 70],
)  # fmt: skip
def test_json_that_two_programs_may_read_differently_is_not_read_at_all(path: str, added: bytes) -> None:
    contract = build_contract()
    files = contract.files()
    doubled = {b'"id":"x"': b'"x":1,"x":1', b'"@context":[]': b'"y":{"a":1,"a":2}'}.get(added, added)
    files[path] = files[path][:-1] + b"," + doubled + b"}"
    verdict = judge(contract.repack(files, sign=path != STATEMENT), contract.members.trust())
    assert verdict.exit_code == 1
    assert ("documents", "not-json") in [(check.id, check.reason) for check in verdict.failed]


def test_a_spoilt_signature_is_false_whatever_else_is_missing() -> None:
    contract = build_contract(forged={"P": spoil})
    files = {path: data for path, data in contract.files().items() if not path.startswith(("memberships/", "log/"))}
    verdict = judge(contract.repack(files), contract.members.trust())
    assert verdict.exit_code == 1


def test_one_value_more_in_a_signed_document_is_a_broken_signature() -> None:
    contract = build_contract()
    files = contract.files()
    in_json("signatures/R.json", subject(remark="and the data for ever"))(files)
    verdict = judge(contract.repack(files), contract.members.trust())
    assert "receipt" in [check.id for check in verdict.failed]
