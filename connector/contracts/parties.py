"""Whose keys an evidence file is judged by: the membership's, and without one those of the DID document in the file.

Keys from the file prove nothing about who holds them: attribution (check 24) is a question of its own.
"""

import contextlib

from connector.contracts import layout
from connector.contracts.case import Case, NotApplicable
from connector.contracts.rules import Signer
from connector.trust.did import CONTRACT_KEY, LOG_KEY
from connector.trust.errors import TrustError
from connector.trust.keys import PublicKey
from connector.trust.proofs import proof_of


def signer_of(case: Case, role: str) -> Signer:
    """The party and the contract key that its documents are verified with.

    Raises:
        NotApplicable: the file holds no such key.
    """
    did = case.party(role)
    membership = case.memberships.get(role)
    if membership is not None:
        return Signer(did, membership.contract_key)
    _without_membership(case, role)
    return Signer(did, document_key(case, role, _named_key(case, did) or f"{did}#{CONTRACT_KEY}"))


def log_key_of(case: Case, role: str) -> PublicKey:
    """The key that the checkpoints of a party's log are verified with.

    Raises:
        NotApplicable: the file holds no such key.
    """
    membership = case.memberships.get(role)
    if membership is not None:
        return membership.log_key
    _without_membership(case, role)
    return document_key(case, role, f"{case.party(role)}#{LOG_KEY}")


def document_key(case: Case, role: str, kid: str) -> PublicKey:
    """A key of the snapshot of the party's DID document that may make assertions.

    Raises:
        NotApplicable: no snapshot, or no such key in it.
    """
    document = case.did_documents.get(role)
    if document is None:
        raise NotApplicable("needs", file=layout.did_file(role))
    try:
        return document.key(kid, "assertionMethod")
    except TrustError:
        raise NotApplicable("needs", file=layout.did_file(role)) from None


def _named_key(case: Case, did: str) -> str | None:
    """The key that the party's own signatures name: it may not be its first one."""
    for _, signed in case.signed():
        if signed.issuer == did:
            with contextlib.suppress(TrustError):  # a proof that cannot be read is a matter of the signature's check
                return proof_of(signed.document).verification_method
    return None


def _without_membership(case: Case, role: str) -> None:
    # A membership that is there but cannot be read is not the same as none: no other key takes its place.
    path = layout.membership_file(role)
    if path in case.files:
        raise NotApplicable("needs", file=path)
