"""Making the signed documents of a contract (architecture 5, 5-13): Verifiable Credentials 2.0, eddsa-jcs-2022.

Each is signed by one party alone, with its contract key, and names the digest of the one before it. They are never two
proofs on one document: many verifiers are content with *any* of several proofs, and one could be torn off.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connector.clock import format_time
from connector.contracts.agreement import agreement_digest, digest_of
from connector.contracts.documents import Authority, DatasetReference, SignerException
from connector.contracts.membership_status import StatusUse
from connector.contracts.shown import shown_of
from connector.contracts.vocabulary import (
    AGREEMENT_CREDENTIAL,
    ASSIGNEE,
    ASSIGNER,
    CONTEXT,
    CONTRACT_FORMAT,
    COUNTERSIGNATURE,
    CREDENTIAL,
    NOTICE,
    RECEIPT,
    TERMINATION,
)
from connector.ids import new_iri
from connector.protocol.notices import Notice
from connector.trust.keys import SigningKey
from connector.trust.proofs import sign_document


def make_agreement_credential(
    agreement: Mapping[str, Any],
    *,
    key: SigningKey,
    provider_pid: str,
    consumer_pid: str,
    dataset: DatasetReference,
    offer_id: str,
    authority: Authority | None,
    countersign_before: datetime,
    laboratory: bool,
    now: datetime,
    exception: SignerException | None = None,
    status: StatusUse | None = None,
) -> dict[str, Any]:
    """P: the provider signs the agreement.

    Args:
        agreement: the DSP Agreement as it goes over the wire.
        key: the provider's contract key.
        provider_pid: the provider's pid of the negotiation.
        consumer_pid: the consumer's pid of the negotiation.
        dataset: which data, fixed by a digest.
        offer_id: the id of the offer that was agreed to.
        authority: who vouches for both, with the digests of their memberships; None when nobody does.
        countersign_before: a countersignature after this moment is refused.
        laboratory: whether it is made in the profile `laboratory`.
        now: the moment of signing, as the provider claims it.
        exception: the consumer cannot sign, and the operator does without.
        status: the lists in which the provider saw that the consumer's membership holds; None when it names none.
    """
    subject = {
        "id": agreement["@id"],
        "type": "DataContract",
        "format": CONTRACT_FORMAT,
        "role": ASSIGNER,
        "requiredSigners": [agreement["assigner"], agreement["assignee"]],
        "agreementDigest": agreement_digest(agreement),
        "agreement": dict(agreement),
        "providerPid": provider_pid,
        "consumerPid": consumer_pid,
        "dataset": dataset.to_json(),
        "offerId": offer_id,
        "authority": authority.to_json() if authority else None,
        "countersignBefore": format_time(countersign_before),
        "laboratory": laboratory,
        "exception": exception.to_json() if exception else None,
        "statusLists": status.to_json() if status else None,
        "shown": shown_of(agreement).to_json(),
    }
    return sign_subject(AGREEMENT_CREDENTIAL, subject, issuer=agreement["assigner"], key=key, now=now)


def make_countersignature(
    credential: Mapping[str, Any],
    *,
    key: SigningKey,
    finalize_before: datetime,
    now: datetime,
    status: StatusUse | None = None,
) -> dict[str, Any]:
    """C: the consumer countersigns P, naming the same authority and memberships.

    Args:
        credential: P, checked.
        key: the consumer's contract key.
        finalize_before: a receipt first seen after this moment is void.
        now: the moment of signing, as the consumer claims it.
        status: the lists in which the consumer saw that the provider's membership holds; None when it names none.
    """
    signed = credential["credentialSubject"]
    subject = {
        "id": signed["id"],
        "format": CONTRACT_FORMAT,
        "role": ASSIGNEE,
        "requiredSigners": signed["requiredSigners"],
        "agreementDigest": signed["agreementDigest"],
        "countersigns": digest_of(credential, "P"),
        "authority": signed["authority"],
        "finalizeBefore": format_time(finalize_before),
        "statusLists": status.to_json() if status else None,
        "shown": shown_of(signed["agreement"]).to_json(),
    }
    return sign_subject(COUNTERSIGNATURE, subject, issuer=signed["requiredSigners"][1], key=key, now=now)


def make_receipt(
    countersignature: Mapping[str, Any], *, key: SigningKey, log_origin: str, now: datetime
) -> dict[str, Any]:
    """R: the provider has C and is bound from here on. It names the log that will keep R, never a position in it.

    Args:
        countersignature: C, checked.
        key: the provider's contract key.
        log_origin: the origin of the provider's log.
        now: the moment of signing, as the provider claims it.
    """
    signed = countersignature["credentialSubject"]
    subject = {
        "id": signed["id"],
        "format": CONTRACT_FORMAT,
        "agreementDigest": signed["agreementDigest"],
        "receiptFor": digest_of(countersignature, "C"),
        "logOrigin": log_origin,
    }
    return sign_subject(RECEIPT, subject, issuer=signed["requiredSigners"][0], key=key, now=now)


def make_termination(
    over: Mapping[str, Any],
    *,
    issuer: str,
    key: SigningKey,
    provider_pid: str,
    consumer_pid: str,
    code: str,
    reason: str,
    now: datetime,
) -> dict[str, Any]:
    """T: a party that has signed ends the negotiation.

    Args:
        over: the last signed document that the party holds, P or C.
        issuer: the party's DID.
        key: the party's contract key.
        provider_pid: the provider's pid of the negotiation.
        consumer_pid: the consumer's pid of the negotiation.
        code: the code of the termination message.
        reason: why, in words.
        now: the moment of signing, as the party claims it.
    """
    subject = {
        "id": over["credentialSubject"]["id"],
        "format": CONTRACT_FORMAT,
        "over": digest_of(over, "the document that is terminated"),
        "providerPid": provider_pid,
        "consumerPid": consumer_pid,
        "code": code,
        "reason": reason,
    }
    return sign_subject(TERMINATION, subject, issuer=issuer, key=key, now=now)


def make_notice(notice: Notice, *, key: SigningKey, now: datetime) -> dict[str, Any]:
    """Sign a notice (`Chain.next` makes it) with its author's contract key."""
    return sign_subject(NOTICE, notice.subject(), issuer=notice.author, key=key, now=now)


def sign_subject(
    kind: str, subject: dict[str, Any], *, issuer: str, key: SigningKey, now: datetime, document_id: str | None = None
) -> dict[str, Any]:
    """A credential of type `kind` about `subject`; `validFrom` and the proof's `created` are the same moment."""
    document = {
        "@context": list(CONTEXT),
        "id": document_id or new_iri(),
        "type": [CREDENTIAL, kind],
        "issuer": issuer,
        "validFrom": format_time(now),
        "credentialSubject": subject,
    }
    return sign_document(document, key, created=now)
