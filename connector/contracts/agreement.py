"""The Agreement: made from an Offer, its terms unchanged (DSP 2025-1, Contract Negotiation; ODRL Agreement).

The agreement object as it stands in the ContractAgreementMessage is what both parties sign, so its canonical form
(RFC 8785) is what is compared and digested: never a rendering, never one party's copy.
"""

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connector.canonical import CanonicalError, canonical_bytes, digest
from connector.clock import format_time
from connector.contracts.errors import ContractError

_FRAME: Final = frozenset({"@context", "@id", "@type", "target", "assigner", "assignee", "timestamp"})
"""What names the policy and its parties; everything else in an offer or agreement is its terms."""


def terms_of(policy: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of an offer or agreement: its rules and whatever else is no name, party, target or time."""
    return {name: copy.deepcopy(value) for name, value in policy.items() if name not in _FRAME}


def terms_bytes(policy: Mapping[str, Any]) -> bytes:
    """The canonical form of `terms_of`.

    Raises:
        ContractError: it has none.
    """
    try:
        return canonical_bytes({name: value for name, value in policy.items() if name not in _FRAME})
    except CanonicalError as error:
        raise ContractError("not-canonical", document="agreement", problem=error) from None


def make_agreement(
    offer: Mapping[str, Any],
    *,
    agreement_id: str,
    target: str,
    assigner: str,
    assignee: str,
    timestamp: datetime,
) -> dict[str, Any]:
    """The DSP Agreement on these terms, copied from the offer as they are.

    Args:
        offer: the Offer in wire form.
        agreement_id: the IRI of the new agreement.
        target: the data set's id.
        assigner: the provider's DID.
        assignee: the consumer's DID.
        timestamp: when the provider agreed.
    """
    return {
        "@id": agreement_id,
        "@type": "Agreement",
        "target": target,
        "assigner": assigner,
        "assignee": assignee,
        "timestamp": format_time(timestamp),
        **terms_of(offer),
    }


def agreement_digest(agreement: Mapping[str, Any]) -> str:
    """The digest of the agreement's canonical form. Raises as `digest_of`."""
    return digest_of(agreement, "agreement")


def digest_of(document: Mapping[str, Any], name: str) -> str:
    """The digest of a document's canonical form, a proof included where it has one; `name` is for the sentence.

    Raises:
        ContractError: it has no canonical form (a number with a fraction, too deep).
    """
    try:
        return digest(document)
    except CanonicalError as error:
        raise ContractError("not-canonical", document=name, problem=error) from None


def same_agreement(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether both are the same agreement, byte for byte in canonical form; what has no such form equals nothing."""
    try:
        return canonical_bytes(one) == canonical_bytes(other)
    except CanonicalError:
        return False
