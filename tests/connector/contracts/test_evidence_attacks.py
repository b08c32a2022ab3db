"""For every check there is an attack that turns it red, and it alone."""

import base64
import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.audit.entries import EntryKind
from connector.audit.log import prove
from connector.canonical import canonical_bytes, digest
from connector.contracts import signing
from connector.contracts.evidence import CHECKS, Verdict, verify_evidence
from connector.contracts.layout import annex_file, attached_file
from connector.contracts.people import PeopleList
from connector.contracts.signatures import LogProof
from connector.trust.anchors import TrustFile
from connector.trust.keys import generate_ed25519, generate_p256
from tests.support.annexes import AGREED, ANNEXED, ATTACHED, CHANGED, CONSENT, REPORT_FILE_DIGEST, STRANGE, naming
from tests.support.contracts import VERIFIED_AT, Contract, build_contract
from tests.support.members import NOW, Json, Members, issue, make_members
from tests.support.witnesses import SEEN_AT, by_other, policy, witnessed

OTHER = "sha256:" + "00" * 32


def judge(data: bytes, trust: TrustFile | None) -> Verdict:
    return verify_evidence(data, trust=trust, now=VERIFIED_AT)


def subject(**members: Any) -> Callable[[Json], None]:
    return lambda document: document["credentialSubject"].update(members)


def spoil(document: Json) -> None:
    """Another signature of the right length: nobody's."""
    value = document["proof"]["proofValue"]
    document["proof"]["proofValue"] = value[:-1] + ("2" if value[-1] != "2" else "3")


def edited(**edits: Callable[[Json], None]) -> tuple[bytes, Members]:
    contract = build_contract(edits=edits)
    return contract.evidence(), contract.members


def forged(**forgeries: Callable[[Json], None]) -> tuple[bytes, Members]:
    contract = build_contract(forged=forgeries)
    return contract.evidence(), contract.members


def refiled(change: Callable[[dict[str, bytes]], object], **options: bool) -> tuple[bytes, Members]:
    contract = build_contract()
    files = contract.files()
    change(files)
    return contract.repack(files, **options), contract.members


def shown_as(digest_: str) -> Callable[[Json], None]:
    return lambda document: document["credentialSubject"]["shown"]["texts"].update(ko=digest_)


def annexed(
    change: Callable[[dict[str, bytes]], object], *, plan: Mapping[str, Any] = ANNEXED, **options: bool
) -> tuple[bytes, Members]:
    """A contract with every kind of annex in its file, and what was done to the files."""
    contract = build_contract(**plan)
    files = contract.files()
    change(files)
    return contract.repack(files, **options), contract.members


def people_file(people: PeopleList) -> bytes:
    return canonical_bytes(people.to_json())


def left_out(path: str, row: Json | None) -> tuple[bytes, Members]:
    """An annex is taken out, and the exporter's manifest says this of it."""
    contract = build_contract(**ANNEXED)
    files = contract.files()
    del files[path]
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {name: found for name, found in manifest["files"].items() if name != path}
    if row is not None:
        manifest["files"][path] = row
    files["manifest.json"] = canonical_bytes(manifest)
    return contract.repack(files, repair=False), contract.members


def in_json(path: str, edit: Callable[[Json], object]) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        value = json.loads(files[path])
        edit(value)
        files[path] = canonical_bytes(value)

    return change


def without(*paths: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        for path in [found for found in files if found.startswith(paths)]:
            del files[path]

    return change


def tampered(change: Callable[[Contract], object]) -> tuple[bytes, Members]:
    contract = build_contract()
    change(contract)
    return contract.evidence(), contract.members


def another_entry(contract: Contract) -> None:
    log = contract.members.provider.log
    entry, appended = log.add(EntryKind.CONTRACT, OTHER, NOW)
    contract.provider_proof = LogProof(entry, prove(appended.index, log.read, log.note))


def another_place(contract: Contract) -> None:
    assert contract.provider_proof is not None
    proof = contract.provider_proof
    contract.provider_proof = replace(proof, tlog_proof=proof.tlog_proof.replace("index 1", "index 2"))


def terminate(contract: Contract) -> None:
    party, c = contract.members.consumer, contract.signatures.countersignature
    assert c is not None
    termination = signing.make_termination(
        c,
        issuer=party.did,
        key=party.contract,
        provider_pid=contract.signatures.to_json()["P"]["credentialSubject"]["providerPid"],
        consumer_pid=contract.signatures.to_json()["P"]["credentialSubject"]["consumerPid"],
        code="regret",
        reason="",
        now=NOW + timedelta(minutes=1),
    )
    contract.signatures = replace(contract.signatures, termination=termination)


def false_cosignature(contract: Contract) -> None:
    """A witness's line of another moment: the time was changed afterwards."""
    true, late = by_other(contract), by_other(contract, at=SEEN_AT + timedelta(days=300))
    line, changed = (base64.b64decode(proof.rsplit(" ", 1)[1]) for proof in (true, late))
    mixed = base64.b64encode(changed[:12] + line[12:]).decode()
    contract.witnessed["provider"] = [true.rsplit(" ", 1)[0] + f" {mixed}\n"]


def mixed_message(contract: Contract) -> None:
    contract.messages[0] = build_contract(contract.members).messages[0]


def false_authority() -> tuple[bytes, Members]:
    """Made-up members that claim the real authority, under the real id of its key."""
    forgers = make_members(status=None)
    data = build_contract(forgers, status_lists=()).evidence()
    return data, replace(forgers, authority_key=replace(forgers.authority_key, key=generate_p256()))


def with_list(make: Callable[[Members], str], *, members: Members | None = None, **plan: Any) -> tuple[bytes, Members]:
    """P and C name this status list."""
    members = members or make_members()
    return build_contract(members, status_lists=(make(members),), **plan).evidence(), members


def unnamed_list() -> tuple[bytes, Members]:
    """A second list lies in the file, which nobody named."""
    members = make_members()
    lists = (members.status_list(valid_from=NOW - timedelta(hours=2)), members.status_list())
    return build_contract(members, status_lists=lists).evidence(), members


def late_membership() -> tuple[bytes, Members]:
    members = make_members(valid_from=NOW + timedelta(hours=1))
    return build_contract(members).evidence(), members


def another_contract_key(document: Json) -> None:
    for method in document["verificationMethod"]:
        if method["id"].endswith("#contract-1"):
            method["publicKeyMultibase"] = generate_ed25519().public.multikey()


def another_highest(statement: Json) -> None:
    statement["credentialSubject"]["highestNotices"]["provider"] = None


ATTACKS: dict[str, Callable[[], tuple[bytes, Members]]] = {
    "manifest": lambda: refiled(in_json("messages/0001.json", lambda m: m.update(type="Other")), repair=False),
    "documents": lambda: refiled(lambda files: files.update({"messages/0001.json": b"{"})),
    "signers": lambda: refiled(without("signatures/C.json", "messages/"), redraw=True),
    "agreement": lambda: edited(R=subject(agreementDigest=OTHER)),
    "roles": lambda: edited(
        P=lambda p: p["credentialSubject"]["requiredSigners"].append("did:web:third.example"),
    ),
    "authority": lambda: edited(
        C=lambda c: c["credentialSubject"]["authority"]["memberships"].update(provider=OTHER),
    ),
    "keys": lambda: refiled(in_json("did/provider.json", another_contract_key)),
    "provider": lambda: forged(P=spoil),
    "consumer": lambda: forged(C=spoil),
    "countersigns": lambda: edited(C=subject(countersigns=OTHER)),
    "receipt": lambda: forged(R=spoil),
    "receipt-for": lambda: edited(R=subject(receiptFor=OTHER)),
    "dataset": lambda: refiled(in_json("dataset.json", lambda d: d.update({"dct:title": "Other data"})), redraw=True),
    "times": lambda: edited(R=lambda r: r.update(validFrom="2026-11-23T11:00:01.000Z")),
    "log-entry": lambda: tampered(another_entry),
    "log-proof": lambda: tampered(another_place),
    "notice-signatures": lambda: forged(withdrawal=spoil),
    "notice-chains": lambda: edited(withdrawal=subject(previous=OTHER)),
    "confirmed": lambda: edited(H=lambda h: h["credentialSubject"]["content"].update(receipt=OTHER)),
    "deliveries": lambda: edited(received=lambda n: n["credentialSubject"]["content"].update(digest=OTHER)),
    "contradictions": lambda: tampered(terminate),
    "attribution": false_authority,
    "validity": late_membership,
    "status": lambda: with_list(lambda members: members.status_list(members.consumer)),
    "messages": lambda: tampered(mixed_message),
    "statement": lambda: refiled(in_json("statement.json", another_highest)),
    "document": lambda: refiled(in_json("document.json", lambda d: d["texts"].update(ko=OTHER))),
    "witnesses": lambda: tampered(false_cosignature),
    "annexes": lambda: annexed(lambda files: files.update({annex_file(STRANGE.digest): people_file(STRANGE)})),
    "shown": lambda: refiled(without("shown/")),
}


def test_there_is_an_attack_for_every_check_that_can_fail() -> None:
    assert list(ATTACKS) == [name for name, _ in CHECKS]


@pytest.mark.parametrize("name", ATTACKS)
def test_each_attack_turns_exactly_its_check_red(name: str) -> None:
    data, members = ATTACKS[name]()
    verdict = judge(data, members.trust())
    assert [check.id for check in verdict.failed] == [name]
    assert (verdict.outcome, verdict.exit_code, verdict.summary_code) == ("false", 1, "false")
    assert str(verdict.failed[0].number) in verdict.summary("en")
    for lang in ("en", "ko"):
        assert verdict.failed[0].sentence(lang)


VARIANTS: dict[str, tuple[str, str, Callable[[], tuple[bytes, Members]]]] = {
    "seen by a witness before it was signed": ("witnesses", "cosigned-before", lambda: tampered(
        lambda c: c.witnessed.update(provider=[by_other(c, at=NOW - timedelta(days=365))]))),
    "a policy of another log": ("witnesses", "policy-of-other", lambda: tampered(
        lambda c: (witnessed(c), c.policies.update(provider=policy(c, "consumer"))))),
    "a proof that leads elsewhere": ("witnesses", "witness-proof", lambda: tampered(
        lambda c: c.witnessed.update(provider=[by_other(c, "consumer")]))),
    "a file beside the layout": (
        "manifest", "file-unknown", lambda: refiled(lambda f: f.update({"notes.json": b"{}"}))),
    "a file that is not listed": (
        "manifest", "file-not-listed", lambda: refiled(lambda f: f.update({"notes.json": b"{}"}), repair=False)),
    "a listed file that is gone": (
        "manifest", "file-missing", lambda: refiled(without("messages/0001.json"), repair=False)),
    "no description": ("manifest", "file-missing", lambda: refiled(without("dataset.json"))),
    "no statement": ("manifest", "file-missing", lambda: refiled(without("statement.json"))),
    "no receipt": ("signers", "signature-missing", lambda: refiled(without("signatures/R.json"))),
    "no P": ("signers", "signature-missing", lambda: refiled(without("signatures/P.json"))),
    "P over another agreement": (
        "agreement", "agreement-differs", lambda: refiled(in_json("agreement.json", lambda a: a.update(target="x")))),
    "more uses": (
        "agreement", "agreement-differs", lambda: refiled(in_json("agreement.json", lambda a: a["permission"][0][
            "constraint"][1].update(rightOperand="30")))),
    "a membership dropped": ("authority", "membership-digest", lambda: refiled(without("memberships/consumer.jwt"))),
    "another log": ("log-entry", "log-origin", lambda: edited(R=subject(logOrigin="elsewhere.example/log"))),
    "a DID document of another time": (
        "keys", "did-not-logged",
        lambda: refiled(in_json("did/provider.json", lambda d: d.update(alsoKnownAs=["did:web:other.example"])))),
    "no log proof": ("log-entry", "log-missing", lambda: refiled(without("log/provider/"))),
    "an entry that is none": (
        "log-entry", "entry-unreadable", lambda: refiled(in_json("log/provider/entry.json", lambda e: e.update(x=1)))),
    "a notice in another place": (
        "notice-chains", "notice-place",
        lambda: refiled(lambda f: f.update({"notices/provider/0003.json": f.pop("notices/provider/0002.json")}))),
    "a notice left out": (
        "notice-chains", "notice-chain", lambda: refiled(without("notices/consumer/0001.json"))),
    "a receipt of the wrong side": (
        "notice-chains", "notice-author",
        lambda: edited(withdrawal=subject(kind="holds-receipt", content={"receipt": OTHER}))),
    "two accounts of a delivery": (
        "deliveries", "delivery-differs",
        lambda: edited(sent=lambda n: n["credentialSubject"]["content"].update(purpose="urn:x"))),
    "another manifest": (
        "statement", "statement-manifest",
        lambda: refiled(in_json("messages/0001.json", lambda m: m.update(type="Other")), sign=False)),
    "a statement in other clothes": (
        "statement", "statement-form",
        lambda: refiled(lambda f: f.update({"statement.json": f["statement.json"] + b"\n"}), sign=False)),
    "a termination that is not stated": (
        "statement", "statement-termination",
        lambda: refiled(in_json("statement.json", subject(termination=OTHER)))),
    "a checkpoint of nobody": (
        "statement", "statement-checkpoint",
        lambda: refiled(in_json("statement.json", subject(checkpoint="consumer.example/log\n1\nAAAA\n")))),
    "taken up from somebody else": (
        "statement", "statement-taken-up",
        lambda: refiled(in_json("statement.json", subject(takenUp={"by": "did:web:third.example", "evidence": OTHER})))),
    "taken up from itself": (
        "statement", "statement-taken-up",
        lambda: refiled(in_json("statement.json", subject(takenUp={"by": "did:web:consumer.example", "evidence": OTHER})))),
    "taken up from nobody": (
        "documents", "shape", lambda: refiled(in_json("statement.json", subject(takenUp={"evidence": OTHER})))),
    "a message with another digest": (
        "messages", "message-digest", lambda: refiled(in_json("messages/0001.json", lambda m: m.update(digest=OTHER)))),
    "a message that is no copy": (
        "documents", "shape", lambda: refiled(in_json("messages/0001.json", lambda m: m.update(label="signed")))),
    "no DID document": (
        "documents", "did-unreadable", lambda: refiled(lambda f: f.update({"did/provider.json": b'{"id":7}'}))),
    "no membership": (
        "documents", "membership-unreadable", lambda: refiled(lambda f: f.update({"memberships/provider.jwt": b"a.b.c"}))),
    "no list named": ("status", "status-not-named", lambda: edited(P=subject(statusLists=None))),
    "another list named": (
        "status", "status-not-named", lambda: edited(
            C=lambda c: c["credentialSubject"]["statusLists"]["lists"][0].update(id="https://elsewhere.example/list"))),
    "one who was revoked when the other signed": (
        "status", "status-taken-back", lambda: with_list(lambda members: members.status_list(members.provider))),
    "a list that is too old": (
        "status", "status-old", lambda: with_list(
            lambda members: members.status_list(valid_from=NOW - timedelta(hours=3)), max_age=timedelta(hours=1))),
    "a list that was made later": (
        "status", "status-list",
        lambda: with_list(lambda members: members.status_list(valid_from=NOW + timedelta(minutes=20)))),
    "a list that had ended": (
        "status", "status-list",
        lambda: with_list(lambda members: members.status_list(valid_until=NOW - timedelta(minutes=30)))),
    "a list of nobody": (
        "status", "status-list",
        lambda: with_list(lambda members: members.status_list(
            signed_by=replace(members.authority_key, key=generate_p256())))),
    "a list of another address": (
        "status", "status-list",
        lambda: with_list(lambda members: members.status_list(url="https://authority.example/another"))),
    "a list of another purpose": (
        "status", "status-other", lambda: with_list(lambda members: members.status_list(purpose="suspension"))),
    "a list in the place of another": (
        "status", "file-changed", lambda: refiled(lambda f: f.update(
            {path: make_members().status_list().encode() for path in f if path.startswith("status/")}))),
    "a list that nobody named": ("status", "file-unknown", unnamed_list),
    "an age beyond all bounds": (
        "documents", "shape", lambda: edited(P=lambda p: p["credentialSubject"]["statusLists"].update(
            maxAgeSeconds=8 * 86_400))),
    "an annex left out without a word": (
        "annexes", "annex-missing", lambda: annexed(without(annex_file(CHANGED.digest)))),
    "an annex that the agreement names left out without a word": (
        "annexes", "annex-missing", lambda: annexed(without(annex_file(AGREED.digest)))),
    "a consent left out without a word": (
        "annexes", "annex-missing", lambda: annexed(without(annex_file(digest(CONSENT))))),
    "one name more on a list of people": (
        "annexes", "annex-differs", lambda: annexed(lambda f: f.update({annex_file(AGREED.digest): people_file(CHANGED)}))),
    "two annexes swapped": (
        "annexes", "annex-differs", lambda: annexed(lambda f: f.update({
            annex_file(AGREED.digest): people_file(CHANGED), annex_file(CHANGED.digest): people_file(AGREED)}))),
    "an annex in another form": (
        "annexes", "annex-differs", lambda: annexed(lambda f: f.update({
            annex_file(AGREED.digest): people_file(AGREED) + b"\n"}))),
    "a consent in the place of a list": (
        "annexes", "annex-kind", lambda: annexed(lambda f: None, plan={**ANNEXED, "offer": naming(digest(CONSENT)), "more": (),
                                                                      "annexes": (CONSENT,)})),
    "an annex that was changed, and says that it was held back": (
        "annexes", "annex-differs", lambda: left_out(
            annex_file(AGREED.digest), {"bytes": 7, "digest": CHANGED.digest, "withheld": True})),
    "a row for an annex that nobody named": (
        "annexes", "annex-not-named", lambda: annexed(without(annex_file(CHANGED.digest)), plan={
            **ANNEXED, "more": (), "annexes": (AGREED.to_json(), CONSENT, STRANGE.to_json())})),
    "an annex that is neither there nor held back": (
        "manifest", "file-missing", lambda: left_out(annex_file(AGREED.digest), {"withheld": True})),
    "a signature that is said to be absent": (
        "manifest", "file-missing", lambda: refiled(in_json("manifest.json", lambda m: m["files"].update(
            {"notices/consumer/0009.json": {"absent": True}})), repair=False)),
    "a list of people that is none": (
        "documents", "people-shape", lambda: annexed(lambda f: f.update({
            annex_file(AGREED.digest): canonical_bytes({"format": "mmd-people/1", "people": []})}))),
    "another report in the place of the one that was attached": (
        "annexes", "annex-differs", lambda: annexed(lambda f: f.update({
            attached_file(REPORT_FILE_DIGEST): b"another report"}), plan=ATTACHED)),
    "a report taken out without a word": (
        "annexes", "annex-missing", lambda: annexed(without(attached_file(REPORT_FILE_DIGEST)), plan=ATTACHED)),
    "a report that nobody named": (
        "annexes", "annex-not-named", lambda: annexed(lambda f: f.update({attached_file(OTHER): b"x"}))),
    "a list of people as a file": (
        "annexes", "annex-kind", lambda: annexed(lambda f: f.update({
            attached_file(AGREED.digest): f.pop(annex_file(AGREED.digest))}))),
    "a second form of an annex": (
        "annexes", "annex-differs", lambda: annexed(lambda f: f.update({attached_file(digest(CONSENT)): b"x"}))),
    "an annex too large": (
        "documents", "annex-large", lambda: annexed(lambda f: f.update({
            annex_file(AGREED.digest): b'{"x":"' + b"y" * 1024 * 1024 + b'"}'}))),
    "clauses as shown that are not those of the terms": (
        "document", "shown-differs", lambda: edited(P=shown_as(OTHER))),
    "a consumer that says it was shown other clauses": (
        "shown", "shown-two-texts", lambda: edited(C=shown_as(OTHER))),
    "one word more in a text that was shown": (
        "shown", "annex-differs", lambda: refiled(lambda f: f.update(
            {path: data + b"!" for path, data in f.items() if path.startswith("shown/")}))),
    "a text that nobody was shown": (
        "shown", "shown-not-named", lambda: refiled(lambda f: f.update({"shown/" + "0" * 64 + ".txt": b"x"}))),
    "a text that is none": (
        "documents", "shape", lambda: refiled(lambda f: f.update(
            {path: b"\xff" for path in f if path.startswith("shown/")}))),
    "a language that was not shown": (
        "documents", "shape", lambda: edited(C=lambda c: c["credentialSubject"]["shown"]["texts"].pop("ko"))),
    "R before C": ("times", "order", lambda: edited(R=lambda r: r.update(validFrom="2026-11-23T08:00:00.000Z"))),
    "C too late": (
        "times", "late-countersignature", lambda: edited(
            C=lambda c: c.update(validFrom="2026-11-23T10:00:01.000Z"),
            R=lambda r: r.update(validFrom="2026-11-23T10:00:01.000Z"))),
}  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_are_named_by_check_and_reason(name: str) -> None:
    check_id, reason, attack = VARIANTS[name]
    data, members = attack()
    verdict = judge(data, members.trust())
    assert verdict.exit_code == 1
    found = verdict.check(check_id)
    assert (found.verdict, found.reason) == ("failed", reason)
    assert found.sentence("en")
    assert found.sentence("ko")


def test_two_receipts_prove_a_breach_and_name_who() -> None:
    contract = build_contract()
    c = contract.signatures.countersignature
    assert c is not None
    provider = contract.members.provider
    second = signing.make_receipt(
        c, key=provider.contract, log_origin=provider.log.origin, now=NOW + timedelta(minutes=2)
    )
    contract.conflicting.append(second)
    verdict = judge(contract.evidence(), contract.members.trust())
    assert [check.id for check in verdict.failed] == ["contradictions"]
    assert verdict.failed[0].reason == "two-words"
    assert verdict.failed[0].facts["party"] == provider.did
    assert digest(second) in verdict.failed[0].facts["what"]


def test_two_notices_with_one_number_prove_a_breach() -> None:
    contract = build_contract()
    other = build_contract(contract.members, withdrawn=False)
    second = copy.deepcopy(contract.provider_notices[1])
    second["credentialSubject"]["content"]["reason"] = "another reason"
    del second["proof"]
    from connector.trust.proofs import sign_document

    created = NOW + timedelta(seconds=30)
    second["validFrom"] = "2026-11-23T09:00:30.000Z"
    contract.conflicting.append(sign_document(second, other.members.provider.contract, created=created))
    verdict = judge(contract.evidence(), contract.members.trust())
    assert [(check.id, check.reason) for check in verdict.failed] == [("contradictions", "two-words")]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda contract: contract.signatures.receipt, "no-conflict"),
        (lambda contract: {**contract.signatures.receipt, "validFrom": "2026-11-23T09:30:00.000Z"}, "signature"),
        (lambda contract: build_contract().signatures.receipt, "signature"),
    ],
)
def test_a_contradiction_that_is_none_is_false_itself(make: Callable[[Contract], Json], reason: str) -> None:
    contract = build_contract()
    contract.conflicting.append(make(contract))
    verdict = judge(contract.evidence(), contract.members.trust())
    assert [(check.id, check.reason) for check in verdict.failed] == [("contradictions", reason)]


def test_a_forged_termination_is_false() -> None:
    contract = build_contract()
    terminate(contract)
    assert contract.signatures.termination is not None
    spoil(contract.signatures.termination)
    contract.signatures = replace(contract.signatures, receipt=None)
    verdict = judge(contract.evidence(), contract.members.trust())
    assert ("contradictions", "signature") in [(check.id, check.reason) for check in verdict.failed]


def test_the_membership_of_another_company_is_caught() -> None:
    members = make_members()
    stranger = make_members("strange-").provider
    members.consumer.membership = issue(
        members, members.consumer, subject=stranger.did, log_origin=members.consumer.log.origin
    )
    verdict = judge(build_contract(members).evidence(), members.trust())
    assert [(check.id, check.reason) for check in verdict.failed] == [("keys", "membership-of-other")]


def test_the_parts_of_two_contracts_do_not_mix() -> None:
    members = make_members()
    lists = (members.status_list(),)
    one = build_contract(members, status_lists=lists)
    two = build_contract(members, agreement_id="urn:uuid:99999999-9999-4999-8999-999999999999", status_lists=lists)
    files, others = one.files(), two.files()
    for path in sorted(files):
        if path == "manifest.json" or files[path] == others.get(path):
            continue
        for sign in (False, True):
            mixed = one.repack({**files, path: others[path]}, sign=sign)
            assert judge(mixed, members.trust()).exit_code == 1, path
