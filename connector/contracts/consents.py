"""The consent receipt of a producer: who consents, which data, for which purposes, until when; signed with its contract key.

Agreements name it by its digest (`consent` in their terms); whoever has the receipt can check it without us.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connector.canonical import JsonObject, digest
from connector.clock import format_time, parse_time
from connector.contracts.errors import ContractError
from connector.trust.did import DidDocument
from connector.trust.errors import TrustError
from connector.trust.keys import SigningKey
from connector.trust.proofs import proof_of, sign_document, verify_document

FORMAT: Final = "mmd-consent/1"
MAX_PURPOSES: Final = 50
_MAX_TEXT: Final = 2048
_MEMBERS: Final = frozenset({"format", "producer", "provider", "dataset", "purposes", "until", "givenAt"})


@dataclass(frozen=True, slots=True)
class Consent:
    """What a receipt says.

    Attributes:
        producer: the DID of who consents.
        provider: the DID of who may pass the data on.
        dataset: an IRI, or the digest of the data.
        purposes: IRIs; empty: any purpose.
        until: when it ends; None: when it is withdrawn.
        given_at: when it was given, as the producer says.
    """

    producer: str
    provider: str
    dataset: str
    purposes: tuple[str, ...]
    until: datetime | None
    given_at: datetime


def make_consent(consent: Consent, key: SigningKey) -> JsonObject:
    """The signed receipt."""
    document: JsonObject = {
        "format": FORMAT,
        "producer": consent.producer,
        "provider": consent.provider,
        "dataset": consent.dataset,
        "purposes": list(consent.purposes),
        "until": None if consent.until is None else format_time(consent.until),
        "givenAt": format_time(consent.given_at),
    }
    return sign_document(document, key, created=consent.given_at)


def read_consent(receipt: Mapping[str, Any]) -> Consent:
    """Read a receipt; its signature is not looked at.

    Raises:
        ContractError: a member is missing, unknown or of the wrong kind.
    """
    if receipt.get("format") != FORMAT or set(receipt) - {"proof"} != _MEMBERS:
        raise ContractError("consent-malformed", member="format")
    texts = {name: receipt[name] for name in ("producer", "provider", "dataset")}
    for name, value in texts.items():
        if not isinstance(value, str) or not 0 < len(value) <= _MAX_TEXT:
            raise ContractError("consent-malformed", member=name)
    purposes: Sequence[Any] = receipt["purposes"]
    is_list = isinstance(purposes, list) and len(purposes) <= MAX_PURPOSES
    if not is_list or not all(isinstance(one, str) and 0 < len(one) <= _MAX_TEXT for one in purposes):
        raise ContractError("consent-malformed", member="purposes")
    until = None if receipt["until"] is None else _time(receipt, "until")
    return Consent(**texts, purposes=tuple(purposes), until=until, given_at=_time(receipt, "givenAt"))


def check_consent(receipt: JsonObject, document: DidDocument) -> Consent:
    """Whether a receipt was signed by its producer, with a key of his DID document.

    Raises:
        ContractError: it is malformed, or the signature does not hold.
    """
    consent = read_consent(receipt)
    try:
        proof = proof_of(receipt)
        if proof.controller != consent.producer or document.did != consent.producer:
            raise ContractError("consent-unsigned", reason="it is signed by somebody else")
        verify_document(receipt, document.key(proof.verification_method, "assertionMethod"))
    except TrustError as error:
        raise ContractError("consent-unsigned", reason=str(error)) from None
    return consent


def consent_digest(receipt: JsonObject) -> str:
    """The name of a receipt in the terms of agreements."""
    return digest(receipt)


def _time(receipt: Mapping[str, Any], name: str) -> datetime:
    try:
        return parse_time(receipt[name])
    except (ValueError, TypeError, OverflowError):
        raise ContractError("consent-malformed", member=name) from None
