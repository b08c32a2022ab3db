"""What a connector refuses when P, C, R, T or a notice arrives: one broken rule each, named by its code."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.contracts import checking, signing
from connector.contracts.checking import Expected
from connector.contracts.documents import (
    AgreementCredential,
    Authority,
    Countersignature,
    DatasetReference,
    SignerException,
    read_agreement_credential,
    read_countersignature,
)
from connector.contracts.errors import ContractError, UnknownFormat
from connector.contracts.rules import Signer
from connector.trust.keys import generate_ed25519
from connector.trust.proofs import sign_document
from tests.support.contracts import Contract, build_contract, resign
from tests.support.members import NOW, Json, Participant

CONTRACT = build_contract()
PROVIDER, CONSUMER = CONTRACT.members.provider, CONTRACT.members.consumer
ARRIVAL = NOW + timedelta(seconds=10)


def part(name: str) -> Json:
    found = CONTRACT.signatures.to_json()[name]
    assert isinstance(found, dict)
    return copy.deepcopy(found)


def signer(party: Participant) -> Signer:
    return Signer(party.did, party.contract.key.public)


def changed(name: str, party: Participant, edit: Callable[[Json], object]) -> Json:
    document = part(name)
    edit(document)
    return resign(document, party.contract)


def subject(**members: Any) -> Callable[[Json], None]:
    return lambda document: document["credentialSubject"].update(members)


P: AgreementCredential = read_agreement_credential(part("P"))
C: Countersignature = read_countersignature(part("C"))
EXPECTED = Expected(P.provider_pid, P.consumer_pid, P.offer_id, P.authority, P.dataset)


def receive_p(
    document: Json,
    *,
    contract: Contract = CONTRACT,
    provider: Signer | None = None,
    expected: Expected = EXPECTED,
    now: datetime = ARRIVAL,
    me: str = CONSUMER.did,
) -> AgreementCredential:
    return checking.check_agreement_credential(
        document,
        agreement=contract.agreement,
        provider=provider or signer(PROVIDER),
        me=me,
        expected=expected,
        now=now,
    )


def receive_c(document: Json, now: datetime = ARRIVAL) -> Countersignature:
    return checking.check_countersignature(document, credential=P, consumer=signer(CONSUMER), now=now)


def receive_r(document: Json, now: datetime = ARRIVAL, log_origin: str | None = PROVIDER.log.origin) -> object:
    return checking.check_receipt(
        document, credential=P, countersignature=C, provider=signer(PROVIDER), log_origin=log_origin, now=now
    )


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ContractError) as caught:
        call()
    assert caught.value.sentence.endswith((".", "?"))
    assert str(caught.value) == caught.value.sentence
    return caught.value.code


def test_what_the_other_side_signed_is_accepted() -> None:
    assert receive_p(part("P")) == P
    assert receive_c(part("C")) == C
    receive_r(part("R"))
    receive_r(part("R"), log_origin=None)


def test_documents_say_what_they_were_made_of() -> None:
    assert P.agreement == CONTRACT.agreement
    assert P.laboratory is True
    assert P.exception is None
    assert P.required_signers == (PROVIDER.did, CONSUMER.did)
    assert C.countersigns == P.digest
    assert C.authority == P.authority is not None


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (subject(agreementDigest="sha256:" + "00" * 32), "agreement-digest"),
        (subject(agreement={**CONTRACT.agreement, "target": "urn:uuid:x"}), "agreement-differs"),
        (subject(id="urn:uuid:x"), "agreement-id"),
        (subject(requiredSigners=[PROVIDER.did]), "required-signers"),
        (subject(exception={"peer": CONSUMER.did, "reason": "cannot"}), "excepted"),
        (subject(providerPid="urn:uuid:x"), "pids"),
        (subject(consumerPid="urn:uuid:x"), "pids"),
        (subject(offerId="ni:///sha-256;x"), "offer-differs"),
        (subject(dataset={**part("P")["credentialSubject"]["dataset"], "id": "urn:uuid:x"}), "target"),
        (subject(dataset={**part("P")["credentialSubject"]["dataset"], "byteSize": 1}), "dataset-differs"),
        (subject(authority=None), "authority-differs"),
        (subject(countersignBefore="2026-11-23T09:00:09.000Z"), "late-countersignature"),
        (subject(countersignBefore="soon"), "shape"),
        (subject(laboratory="no"), "shape"),
        (subject(authority={"did": "did:web:x"}), "shape"),
        (subject(dataset={"id": "x", "kind": "vague", "digest": "sha256:" + "00" * 32}), "shape"),
        (subject(format="mmd-contract/2"), "format-unknown"),
        (lambda document: document.update(issuer="did:web:x"), "issuer"),
        (lambda document: document.update(type=["VerifiableCredential"]), "shape"),
        (lambda document: document.update({"@context": []}), "shape"),
        (lambda document: document.update(validFrom="2026-11-23T09:30:00.000Z"), "future"),
    ],
)
def test_p_is_refused(edit: Callable[[Json], None], code: str) -> None:
    assert code_of(lambda: receive_p(changed("P", PROVIDER, edit))) == code


def test_an_unknown_format_is_told_apart_from_a_wrong_one() -> None:
    with pytest.raises(UnknownFormat, match="newer version"):
        receive_p(changed("P", PROVIDER, subject(format="mmd-contract/2")))


def test_p_for_somebody_else_is_refused() -> None:
    assert code_of(lambda: receive_p(part("P"), me="did:web:somebody.example")) == "issuer"


def test_p_of_one_and_the_same_party_is_refused() -> None:
    alone = {**CONTRACT.agreement, "assignee": PROVIDER.did}
    contract = replace(CONTRACT, agreement=alone)
    document = signing.make_agreement_credential(
        alone,
        key=PROVIDER.contract,
        provider_pid=P.provider_pid,
        consumer_pid=P.consumer_pid,
        dataset=P.dataset,
        offer_id=P.offer_id,
        authority=P.authority,
        countersign_before=P.countersign_before,
        laboratory=True,
        now=NOW,
    )
    assert code_of(lambda: receive_p(document, contract=contract, me=PROVIDER.did)) == "one-party"


def test_p_with_another_key_or_another_partys_key_id_is_refused() -> None:
    stranger = Signer(PROVIDER.did, generate_ed25519().public)
    assert code_of(lambda: receive_p(part("P"), provider=stranger)) == "signature"
    body = {name: value for name, value in part("P").items() if name != "proof"}
    lent = replace(PROVIDER.contract, kid="did:web:other.example#contract-1")
    document = sign_document(body, lent, created=P.valid_from)
    assert code_of(lambda: receive_p(document)) == "signature-controller"


def test_p_that_claims_two_times_of_signing_is_refused() -> None:
    body = {name: value for name, value in part("P").items() if name != "proof"}
    document = sign_document(body, PROVIDER.contract, created=NOW)
    assert code_of(lambda: receive_p(document)) == "signature-time"


def test_p_changed_on_the_way_is_refused() -> None:
    document = part("P")
    document["credentialSubject"]["laboratory"] = False
    assert code_of(lambda: receive_p(document)) == "signature"


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (subject(agreementDigest="sha256:" + "00" * 32), "agreement-digest"),
        (subject(id="urn:uuid:x"), "agreement-id"),
        (subject(countersigns="sha256:" + "00" * 32), "countersigns"),
        (subject(requiredSigners=[CONSUMER.did]), "required-signers"),
        (subject(authority=None), "authority-differs"),
        (subject(role="assigner"), "shape"),
        (lambda document: document.update(issuer=PROVIDER.did), "issuer"),
        (subject(finalizeBefore="2026-11-23T09:00:05.000Z"), "late-receipt"),
        (lambda document: document.update(validFrom="2026-11-23T10:00:00.001Z"), "late-countersignature"),
    ],
)
def test_c_is_refused(edit: Callable[[Json], None], code: str) -> None:
    assert code_of(lambda: receive_c(changed("C", CONSUMER, edit))) == code


def test_c_that_comes_too_late_is_refused_whatever_it_claims() -> None:
    assert receive_c(part("C"), P.countersign_before) == C
    late = P.countersign_before + timedelta(milliseconds=1)
    assert code_of(lambda: receive_c(part("C"), late)) == "late-countersignature"


def test_c_signed_by_the_provider_is_refused() -> None:
    assert code_of(lambda: receive_c(resign(part("C"), PROVIDER.contract))) == "signature"


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (subject(agreementDigest="sha256:" + "00" * 32), "agreement-digest"),
        (subject(receiptFor="sha256:" + "00" * 32), "receipt-for"),
        (subject(logOrigin="elsewhere.example/log"), "log-origin"),
        (lambda document: document.update(issuer=CONSUMER.did), "issuer"),
        (lambda document: document.update(validFrom="2026-11-23T11:00:00.001Z"), "late-receipt"),
    ],
)
def test_r_is_refused(edit: Callable[[Json], None], code: str) -> None:
    assert code_of(lambda: receive_r(changed("R", PROVIDER, edit))) == code


def test_r_first_seen_too_late_is_void_whatever_it_claims() -> None:
    assert code_of(lambda: receive_r(part("R"), C.finalize_before + timedelta(milliseconds=1))) == "late-receipt"


def test_terminations_are_over_p_or_c_and_of_a_party() -> None:
    def receive(document: Json, party: Participant, held: Countersignature | None = C) -> str:
        return checking.check_termination(
            document, credential=P, countersignature=held, signer=signer(party), now=ARRIVAL
        ).over

    def make(over: Json, party: Participant, pid: str = P.provider_pid) -> Json:
        return signing.make_termination(
            over,
            issuer=party.did,
            key=party.contract,
            provider_pid=pid,
            consumer_pid=P.consumer_pid,
            code="withdrawn",
            reason="changed our mind",
            now=NOW,
        )

    assert receive(make(part("P"), CONSUMER), CONSUMER) == P.digest
    assert receive(make(part("C"), PROVIDER), PROVIDER) == C.digest
    assert code_of(lambda: receive(make(part("C"), PROVIDER), PROVIDER, None)) == "termination-over"
    assert code_of(lambda: receive(make(part("R"), PROVIDER), PROVIDER)) == "termination-over"
    assert code_of(lambda: receive(make(part("C"), PROVIDER, "urn:uuid:x"), PROVIDER)) == "termination-pids"
    assert code_of(lambda: receive(make(part("C"), PROVIDER), CONSUMER)) == "issuer"
    stranger = replace(PROVIDER, did="did:web:stranger.example")
    assert code_of(lambda: receive(make(part("C"), stranger), stranger)) == "not-a-party"


def test_notices_are_checked_before_their_chain() -> None:
    document = CONTRACT.consumer_notices[0]

    def receive(changes: Json, *, role: str = "consumer", party: Participant = CONSUMER, c: str = C.digest) -> str:
        return checking.check_notice(
            {**document, **changes},
            agreement_id=P.agreement_id,
            countersignature=c,
            author=signer(party),
            role=role,
            now=ARRIVAL,
        ).notice.kind

    assert receive({}) == "holds-receipt"
    assert code_of(lambda: receive({"credentialSubject": {}})) == "format-unknown"
    assert code_of(lambda: receive({}, c="sha256:" + "00" * 32)) == "notice-countersignature"
    assert code_of(lambda: receive({}, role="provider")) == "notice-author"
    assert code_of(lambda: receive({}, party=PROVIDER)) == "issuer"
    other = copy.deepcopy(document)
    other["credentialSubject"]["id"] = "urn:uuid:x"
    assert code_of(lambda: receive(other)) == "agreement-id"
    other = copy.deepcopy(document)
    other["credentialSubject"]["content"]["receipt"] = "sha256:" + "00" * 32
    assert code_of(lambda: receive(other)) == "signature"
    other["credentialSubject"]["number"] = 0
    assert code_of(lambda: receive(other)) == "notice-shape"


def test_a_peer_with_a_membership_is_never_excepted() -> None:
    from connector.trust.credentials import read_membership

    assert CONSUMER.membership is not None
    assert not checking.may_except(read_membership(CONSUMER.membership))
    assert checking.may_except(None)


def test_optional_members_are_left_out_or_null() -> None:
    assert DatasetReference("urn:uuid:d", "living", "sha256:" + "00" * 32).to_json().keys() == {"id", "kind", "digest"}
    assert Authority("did:web:a", None, None).to_json()["memberships"] == {"provider": None, "consumer": None}
    assert SignerException("did:web:x", "why").to_json() == {"peer": "did:web:x", "reason": "why"}
