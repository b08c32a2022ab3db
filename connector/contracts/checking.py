"""What a connector checks of the other's signed documents when they arrive (architecture 5, 6-11).

Each function reads the document, goes through the rules in order and returns the typed value, or raises `ContractError`
whose code names the first rule that is broken. `now` is the moment of arrival: whoever checks knows it, whereas every
time inside a document is a claim of its author.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.contracts import rules
from connector.contracts.documents import (
    AgreementCredential,
    Authority,
    Countersignature,
    DatasetReference,
    Receipt,
    Termination,
    read_agreement_credential,
    read_countersignature,
    read_receipt,
    read_termination,
)
from connector.contracts.errors import ContractError
from connector.contracts.notices import NoticeDocument, read_notice_document
from connector.contracts.rules import Signer
from connector.contracts.shown import check_shown
from connector.trust.credentials import Membership


@dataclass(frozen=True)
class Expected:
    """What the consumer knows of the contract before P arrives; P must say the same. None: nothing is known of it."""

    provider_pid: str
    consumer_pid: str
    offer_id: str
    authority: Authority | None
    dataset: DatasetReference | None = None


def check_agreement_credential(
    document: object, *, agreement: Mapping[str, Any], provider: Signer, me: str, expected: Expected, now: datetime
) -> AgreementCredential:
    """The consumer receives P with a ContractAgreementMessage.

    1. It has the shape and format of P. 2. It speaks of the agreement in the message, equal in canonical form.
    3. The provider is assigner and issuer, `me` the assignee, both must sign and I am not excepted. 4. Pids, offer,
    data set, authority and memberships are those that I know; the clauses as it says that they were shown, if made with our
    sentences, are those that I make. 5. There is still time to countersign.
    6. The signature is the provider's.

    Raises:
        ContractError: the first of these that does not hold.
    """
    credential = read_agreement_credential(document)  # 1
    rules.check_agreement(credential, agreement)  # 2
    rules.check_roles(credential)  # 3
    if credential.agreement["assignee"] != me:
        raise ContractError("issuer", document="C", found=me, expected=credential.agreement["assignee"])
    if credential.exception is not None:
        raise ContractError("excepted", peer=credential.exception.peer)
    _check_expected(credential, expected)  # 4
    check_shown(credential.shown, agreement, "P")
    rules.check_countersigned_in_time(credential, now)  # 5
    rules.check_not_from_the_future(credential, now)
    rules.check_signature(credential, provider)  # 6
    return credential


def check_countersignature(
    document: object, *, credential: AgreementCredential, consumer: Signer, now: datetime
) -> Countersignature:
    """The provider receives C with a ContractAgreementVerificationMessage.

    1. It has the shape and format of C. 2. It speaks of the agreement of P and is over this P. 3. It is the assignee's
    and demands the same signers. 4. It names the same authority and memberships, and
    was shown, if with our sentences, the clauses that we make. 5. It arrived, and says that it was
    made, before P's `countersignBefore`; its own `finalizeBefore` is still to come. 6. The signature is the consumer's.

    Raises:
        ContractError: the first of these that does not hold.
    """
    countersignature = read_countersignature(document)  # 1
    rules.check_same_agreement(credential, countersignature)  # 2
    rules.check_countersigns(credential, countersignature)
    rules.check_consumer_role(credential, countersignature)  # 3
    rules.check_authority(countersignature, credential.authority)  # 4
    check_shown(countersignature.shown, credential.agreement, "C")
    rules.check_countersigned_in_time(credential, max(now, countersignature.valid_from))  # 5
    rules.check_finalized_in_time(countersignature, now)
    rules.check_not_from_the_future(countersignature, now)
    rules.check_signature(countersignature, consumer)  # 6
    return countersignature


def check_receipt(
    document: object,
    *,
    credential: AgreementCredential,
    countersignature: Countersignature,
    provider: Signer,
    log_origin: str | None,
    now: datetime,
) -> Receipt:
    """The consumer receives R with the event FINALIZED.

    1. It has the shape and format of R. 2. It speaks of the agreement of P and is over this C. 3. It is the assigner's
    and names the log that the provider's membership names (`log_origin`; None without a membership). 4. It was first
    seen, and says that it was made, before C's `finalizeBefore`. 5. The signature is the provider's.

    Raises:
        ContractError: the first of these that does not hold.
    """
    receipt = read_receipt(document)  # 1
    rules.check_same_agreement(credential, receipt)  # 2
    rules.check_receipt_for(countersignature, receipt)
    rules.check_provider_role(credential, receipt)  # 3
    if log_origin is not None and receipt.log_origin != log_origin:
        raise ContractError("log-origin", found=receipt.log_origin, expected=log_origin)
    rules.check_finalized_in_time(countersignature, max(now, receipt.valid_from))  # 4
    rules.check_not_from_the_future(receipt, now)
    rules.check_signature(receipt, provider)  # 5
    return receipt


def check_termination(
    document: object,
    *,
    credential: AgreementCredential,
    countersignature: Countersignature | None,
    signer: Signer,
    now: datetime,
) -> Termination:
    """Either side receives T with a ContractNegotiationTerminationMessage: over P or C, of a party, with its signature.

    Raises:
        ContractError: the first of these that does not hold.
    """
    termination = read_termination(document)
    rules.check_termination_over(termination, credential, countersignature)
    rules.check_not_from_the_future(termination, now)
    rules.check_signature(termination, signer)
    return termination


def check_notice(
    document: object, *, agreement_id: str, countersignature: str, author: Signer, role: str, now: datetime
) -> NoticeDocument:
    """Either side receives a notice: of its shape, on this agreement and C, with its author's signature.

    The chain it belongs to is not looked at: `Chain.accept(notice.notice, notice.digest)` does that.

    Args:
        document: as it arrived.
        agreement_id: the agreement's IRI.
        countersignature: the digest of C.
        author: the sender.
        role: the sender's role in the agreement, "provider" or "consumer".
        now: the moment of arrival.

    Raises:
        ContractError: the first of these that does not hold.
    """
    found = read_notice_document(document)
    if found.agreement_id != agreement_id:
        raise ContractError("agreement-id", document=found.name, found=found.agreement_id)
    if found.notice.countersignature != countersignature:
        raise ContractError("notice-countersignature", document=found.name)
    rules.check_notice_author(found, role)
    rules.check_not_from_the_future(found, now)
    rules.check_signature(found, author)
    return found


def may_except(peer: Membership | None) -> bool:
    """Whether a peer may be excepted from signing: never one whose membership binds a contract key (5, 10)."""
    return peer is None


def _check_expected(credential: AgreementCredential, expected: Expected) -> None:
    if (credential.provider_pid, credential.consumer_pid) != (expected.provider_pid, expected.consumer_pid):
        raise ContractError("pids")
    if credential.offer_id != expected.offer_id:
        raise ContractError("offer-differs", found=credential.offer_id, expected=expected.offer_id)
    rules.check_target(credential)
    if expected.dataset is not None and credential.dataset != expected.dataset:
        raise ContractError("dataset-differs")
    rules.check_authority(credential, expected.authority)
