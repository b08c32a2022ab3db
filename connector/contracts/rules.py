"""The rules between the documents of a contract, one function for each: the same for a peer, a clerk and an auditor.

`checking` asks them when a message arrives, `evidence` asks them again, years later, of a file.
Each returns nothing or raises `ContractError` with the rule's code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.contracts.agreement import agreement_digest, same_agreement
from connector.contracts.documents import (
    AgreementCredential,
    Authority,
    Countersignature,
    Receipt,
    SignedDocument,
    Termination,
)
from connector.contracts.errors import ContractError
from connector.contracts.notices import NoticeDocument
from connector.protocol.notices import KINDS
from connector.trust.errors import TrustError
from connector.trust.keys import PublicKey
from connector.trust.proofs import verify_document

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far another party's clock may be ahead of ours before its word counts as dated in the future."""


@dataclass(frozen=True)
class Signer:
    """A party and the contract key that its membership binds (or, without one, its DID document)."""

    did: str
    key: PublicKey


def check_signature(document: SignedDocument, signer: Signer) -> None:
    """The document is of this signer, and its proof was made with the signer's contract key at the stated time."""
    if document.issuer != signer.did:
        raise ContractError("issuer", document=document.name, found=document.issuer, expected=signer.did)
    try:
        proof = verify_document(document.document, signer.key)
    except TrustError as error:
        raise ContractError("signature", document=document.name, signer=signer.did, problem=error) from None
    if proof.controller != signer.did:
        raise ContractError("signature-controller", document=document.name, found=proof.controller, signer=signer.did)
    if proof.created != document.valid_from:
        raise ContractError("signature-time", document=document.name)


def check_agreement(credential: AgreementCredential, agreement: Mapping[str, Any]) -> None:
    """P speaks of this very agreement: the same content, the digest that it has, its id."""
    if not same_agreement(credential.agreement, agreement):
        raise ContractError("agreement-differs")
    if credential.agreement_digest != agreement_digest(agreement):
        raise ContractError("agreement-digest", document=credential.name)
    if credential.agreement_id != agreement.get("@id"):
        raise ContractError("agreement-id", document=credential.name, found=credential.agreement_id)


def check_same_agreement(credential: AgreementCredential, document: Countersignature | Receipt) -> None:
    """C or R speaks of the agreement that P speaks of."""
    check_agreement_id(credential, document)
    if document.agreement_digest != credential.agreement_digest:
        raise ContractError("agreement-digest", document=document.name)


def check_agreement_id(credential: AgreementCredential, document: SignedDocument) -> None:
    """The document names the agreement of P."""
    if document.agreement_id != credential.agreement_id:
        raise ContractError("agreement-id", document=document.name, found=document.agreement_id)


def check_roles(credential: AgreementCredential) -> None:
    """P is the assigner's; assigner and assignee are two, and exactly these two must sign."""
    agreement = credential.agreement
    assigner, assignee = agreement.get("assigner"), agreement.get("assignee")
    if credential.issuer != assigner:
        raise ContractError("issuer", document="P", found=credential.issuer, expected=assigner)
    if not isinstance(assignee, str) or not assignee or assigner == assignee:
        raise ContractError("one-party", party=assigner)
    if credential.required_signers != (assigner, assignee):
        raise ContractError("required-signers", document="P")


def check_consumer_role(credential: AgreementCredential, countersignature: Countersignature) -> None:
    """C is the assignee's and demands the same signers."""
    expected = credential.agreement.get("assignee")
    if countersignature.issuer != expected:
        raise ContractError("issuer", document="C", found=countersignature.issuer, expected=expected)
    if countersignature.required_signers != credential.required_signers:
        raise ContractError("required-signers", document="C")


def check_provider_role(credential: AgreementCredential, receipt: Receipt) -> None:
    """R is the assigner's."""
    if receipt.issuer != credential.issuer:
        raise ContractError("issuer", document="R", found=receipt.issuer, expected=credential.issuer)


def check_target(credential: AgreementCredential) -> None:
    """The data set of P is the target of the agreement."""
    if credential.dataset.id != credential.agreement.get("target"):
        raise ContractError("target", found=credential.dataset.id, expected=credential.agreement.get("target"))


def check_countersigns(credential: AgreementCredential, countersignature: Countersignature) -> None:
    """C is over this P, its proof included."""
    if countersignature.countersigns != credential.digest:
        raise ContractError("countersigns", found=countersignature.countersigns, expected=credential.digest)


def check_receipt_for(countersignature: Countersignature, receipt: Receipt) -> None:
    """R is over this C, its proof included."""
    if receipt.receipt_for != countersignature.digest:
        raise ContractError("receipt-for", found=receipt.receipt_for, expected=countersignature.digest)


def check_authority(document: AgreementCredential | Countersignature, expected: Authority | None) -> None:
    """The document names this authority and these memberships."""
    if document.authority != expected:
        raise ContractError("authority-differs", document=document.name)


def check_countersigned_in_time(credential: AgreementCredential, moment: datetime) -> None:
    """C came, or says that it was made, no later than P allows."""
    if moment > credential.countersign_before:
        raise ContractError(
            "late-countersignature", before=credential.document["credentialSubject"]["countersignBefore"]
        )


def check_finalized_in_time(countersignature: Countersignature, moment: datetime) -> None:
    """R came, or says that it was made, no later than C allows; a later one is void."""
    if moment > countersignature.finalize_before:
        before = countersignature.document["credentialSubject"]["finalizeBefore"]
        raise ContractError("late-receipt", before=before)


def check_not_from_the_future(document: SignedDocument, now: datetime) -> None:
    """The document does not claim a time that has not come, give or take `CLOCK_TOLERANCE`."""
    if document.valid_from > now + CLOCK_TOLERANCE:
        raise ContractError("future", document=document.name, claimed=document.document["validFrom"])


def check_termination_over(
    termination: Termination, credential: AgreementCredential, countersignature: Countersignature | None
) -> None:
    """T is over this P or this C, names their process, and is one party's."""
    check_agreement_id(credential, termination)
    held = {credential.digest} | ({countersignature.digest} if countersignature else set())
    if termination.over not in held:
        raise ContractError("termination-over", found=termination.over)
    if (termination.provider_pid, termination.consumer_pid) != (credential.provider_pid, credential.consumer_pid):
        raise ContractError("termination-pids")
    if termination.issuer not in (credential.agreement.get("assigner"), credential.agreement.get("assignee")):
        raise ContractError("not-a-party", document="T", found=termination.issuer)


def check_notice_author(notice: NoticeDocument, role: str) -> None:
    """The notice is of a kind that a party in this role writes: the consumer receives and deletes, the provider sends."""
    if role not in KINDS[notice.notice.kind].authors:
        raise ContractError("notice-author", kind=notice.notice.kind, role=role)
