"""The signed documents of a contract as typed values: P, C, R, T (architecture 5, 6-13).

=  ==========================  ========  =====================================================================
P  AgreementCredential         provider  the agreement, the data set, who vouches, until when to countersign
C  AgreementCountersignature   consumer  the digest of P, until when to finalize
R  ContractReceipt             provider  the digest of C, the log that keeps it
T  ContractTermination         either    the digest of the last document held: no contract comes of it
=  ==========================  ========  =====================================================================

Reading checks shape and format only. Whether a document fits its neighbours is said in `rules`, whose signature it
carries in `rules.check_signature`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.contracts.agreement import digest_of
from connector.contracts.errors import UnknownFormat
from connector.contracts.membership_status import StatusUse, read_status_use
from connector.contracts.shape import Members
from connector.contracts.shown import Shown, read_shown
from connector.contracts.vocabulary import (
    AGREEMENT_CREDENTIAL,
    CONTEXT,
    CONTRACT_FORMAT,
    COUNTERSIGNATURE,
    CREDENTIAL,
    FIXED,
    LIVING,
    RECEIPT,
    TERMINATION,
)


@dataclass(frozen=True)
class Authority:
    """Who vouches for the parties: the authority's DID and the digests of their membership credentials.

    A digest is None where a party has no membership; such a contract is never verified.
    """

    did: str
    provider: str | None
    consumer: str | None

    def to_json(self) -> dict[str, Any]:
        """As it stands in P and C."""
        return {"did": self.did, "memberships": {"provider": self.provider, "consumer": self.consumer}}


@dataclass(frozen=True)
class DatasetReference:
    """Which data: the id, fixed or living, the digest of content or definition, the size in bytes where known."""

    id: str
    kind: str
    digest: str
    byte_size: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As it stands in P."""
        size = {} if self.byte_size is None else {"byteSize": self.byte_size}
        return {"id": self.id, "kind": self.kind, "digest": self.digest, **size}


@dataclass(frozen=True)
class SignerException:
    """A peer whose signature the author does without, and why: such a contract says everywhere that one side signed.

    Attributes:
        peer: who does not sign.
        reason: why.
        lapses: what else the author puts up with in this peer (`connector.trust.lapses`).
    """

    peer: str
    reason: str
    lapses: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it stands in P and in an evidence statement."""
        return {"peer": self.peer, "reason": self.reason, **({"lapses": list(self.lapses)} if self.lapses else {})}

    @property
    def sentence(self) -> str:
        """The reason, and the names of what else is put up with, for people."""
        return f"{self.reason} ({', '.join(self.lapses)})" if self.lapses else self.reason


@dataclass(frozen=True)
class SignedDocument:
    """What all have: the document as it stands, its digest with the proof, who says it and when (a claim)."""

    name: str
    document: dict[str, Any]
    digest: str
    issuer: str
    valid_from: datetime
    agreement_id: str


@dataclass(frozen=True)
class AgreementCredential(SignedDocument):
    """P."""

    agreement_digest: str
    agreement: Mapping[str, Any]
    required_signers: tuple[str, ...]
    provider_pid: str
    consumer_pid: str
    dataset: DatasetReference
    offer_id: str
    authority: Authority | None
    countersign_before: datetime
    laboratory: bool
    exception: SignerException | None
    status: StatusUse | None
    shown: Shown | None


@dataclass(frozen=True)
class Countersignature(SignedDocument):
    """C."""

    agreement_digest: str
    required_signers: tuple[str, ...]
    countersigns: str
    authority: Authority | None
    finalize_before: datetime
    status: StatusUse | None
    shown: Shown | None


@dataclass(frozen=True)
class Receipt(SignedDocument):
    """R."""

    agreement_digest: str
    receipt_for: str
    log_origin: str


@dataclass(frozen=True)
class Termination(SignedDocument):
    """T."""

    over: str
    provider_pid: str
    consumer_pid: str
    code: str
    reason: str


def read_agreement_credential(document: object) -> AgreementCredential:
    """Read P.

    Raises:
        UnknownFormat: a format version that we do not know.
        ContractError: a member is missing or of the wrong kind.
    """
    frame, subject = read_frame(document, "P", AGREEMENT_CREDENTIAL, CONTRACT_FORMAT)
    subject.exactly("type", "DataContract")
    subject.exactly("role", "assigner")
    return AgreementCredential(
        **frame,
        agreement_digest=subject.digest("agreementDigest"),
        agreement=subject.object("agreement").data,
        required_signers=subject.texts("requiredSigners"),
        provider_pid=subject.text("providerPid"),
        consumer_pid=subject.text("consumerPid"),
        dataset=_read_dataset(subject.object("dataset")),
        offer_id=subject.text("offerId"),
        authority=_read_authority(subject.optional_object("authority")),
        countersign_before=subject.moment("countersignBefore"),
        laboratory=subject.boolean("laboratory"),
        exception=read_exception(subject.optional_object("exception")),
        status=read_status_use(subject.optional_object("statusLists")),
        shown=read_shown(subject.optional_object("shown")),
    )


def read_countersignature(document: object) -> Countersignature:
    """Read C. Raises as `read_agreement_credential`."""
    frame, subject = read_frame(document, "C", COUNTERSIGNATURE, CONTRACT_FORMAT)
    subject.exactly("role", "assignee")
    return Countersignature(
        **frame,
        agreement_digest=subject.digest("agreementDigest"),
        required_signers=subject.texts("requiredSigners"),
        countersigns=subject.digest("countersigns"),
        authority=_read_authority(subject.optional_object("authority")),
        finalize_before=subject.moment("finalizeBefore"),
        status=read_status_use(subject.optional_object("statusLists")),
        shown=read_shown(subject.optional_object("shown")),
    )


def read_receipt(document: object) -> Receipt:
    """Read R. Raises as `read_agreement_credential`."""
    frame, subject = read_frame(document, "R", RECEIPT, CONTRACT_FORMAT)
    return Receipt(
        **frame,
        agreement_digest=subject.digest("agreementDigest"),
        receipt_for=subject.digest("receiptFor"),
        log_origin=subject.text("logOrigin"),
    )


def read_termination(document: object) -> Termination:
    """Read T. Raises as `read_agreement_credential`."""
    frame, subject = read_frame(document, "T", TERMINATION, CONTRACT_FORMAT)
    return Termination(
        **frame,
        over=subject.digest("over"),
        provider_pid=subject.text("providerPid"),
        consumer_pid=subject.text("consumerPid"),
        code=subject.text("code", empty=True),
        reason=subject.text("reason", empty=True),
    )


def read_frame(document: object, name: str, kind: str, form: str) -> tuple[dict[str, Any], Members]:
    """What every signed document has, and the members of its subject.

    Args:
        document: the parsed JSON.
        name: how sentences call it: "P", "C", "R", "T", a file's path.
        kind: the second entry of `type`.
        form: the format that the subject must name.

    Raises:
        UnknownFormat: the subject names another format.
        ContractError: not such a document.
    """
    outer = Members(document, name)
    subject = outer.object("credentialSubject")
    found = subject.data.get("format")
    if found != form:
        raise UnknownFormat(name, found, form)
    outer.exactly("@context", list(CONTEXT))
    outer.exactly("type", [CREDENTIAL, kind])
    outer.text("id")
    outer.object("proof")
    return {
        "name": name,
        "document": dict(outer.data),
        "digest": digest_of(outer.data, name),
        "issuer": outer.text("issuer"),
        "valid_from": outer.moment("validFrom"),
        "agreement_id": subject.text("id"),
    }, subject


def read_outline(document: Mapping[str, Any], name: str) -> SignedDocument:
    """The little that a signed document of an unknown format must have so that its signature can be checked.

    Raises:
        ContractError: not even that.
    """
    outer = Members(document, name)
    subject = outer.object("credentialSubject")
    return SignedDocument(
        name,
        dict(document),
        digest_of(document, name),
        outer.text("issuer"),
        outer.moment("validFrom"),
        subject.text("id"),
    )


def read_exception(members: Members | None) -> SignerException | None:
    """Read the exception from signing, where there is one. Raises ContractError as `read_frame`."""
    if members is None:
        return None
    lapses = members.texts("lapses") if "lapses" in members.data else ()
    return SignerException(members.text("peer"), members.text("reason"), tuple(lapses))


def _read_authority(members: Members | None) -> Authority | None:
    if members is None:
        return None
    memberships = members.object("memberships")
    return Authority(
        members.text("did"), memberships.optional_digest("provider"), memberships.optional_digest("consumer")
    )


def _read_dataset(members: Members) -> DatasetReference:
    kind = members.text("kind")
    if kind not in (FIXED, LIVING):
        raise members.wrong("kind", f"{FIXED} or {LIVING}")
    size = members.whole("byteSize") if "byteSize" in members.data else None
    return DatasetReference(members.text("id"), kind, members.digest("digest"), size)
