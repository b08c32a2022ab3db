"""W3C Data Integrity proofs with the cryptosuite `eddsa-jcs-2022`, in the strict form that a contract needs.

Stricter than the standard on purpose: one proof and no list of them (verifiers that accept *any* of several proofs let
one signer's be torn off), no member that we would have to ignore, and the document's `@context` exactly the one that
was signed (the standard lets it be extended afterwards).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connector.canonical import CanonicalError, canonical_bytes
from connector.clock import format_time, parse_time
from connector.trust.encoding import from_multibase, to_multibase
from connector.trust.errors import EncodingInvalid, KeyInvalid, ProofInvalid, SignatureInvalid, shown
from connector.trust.keys import PublicKey, SigningKey

CRYPTOSUITE: Final = "eddsa-jcs-2022"
_MEMBERS: Final = frozenset(
    {"@context", "id", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof says about itself: which key, when (a claim of the signer), what for."""

    verification_method: str
    created: datetime
    purpose: str

    @property
    def controller(self) -> str:
        """The DID part of the verification method."""
        return self.verification_method.partition("#")[0]


def sign_document(
    document: dict[str, Any], key: SigningKey, *, created: datetime, purpose: str = "assertionMethod"
) -> dict[str, Any]:
    """The document with a proof (Create Proof, `eddsa-jcs-2022`).

    Raises:
        KeyInvalid: the key is not Ed25519.
        ProofInvalid: the document has a proof already, or no canonical form (a float, for example).
    """
    if key.key.algorithm != "EdDSA":
        raise KeyInvalid("eddsa-jcs-2022 needs an Ed25519 key")
    if "proof" in document:
        raise ProofInvalid("the document has a proof already; a second one is not added")
    proof: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": format_time(created),
        "verificationMethod": key.kid,
        "proofPurpose": purpose,
    }
    if "@context" in document:
        proof["@context"] = document["@context"]
    proof["proofValue"] = to_multibase(key.key.sign(_hash_data(document, proof)))
    return {**document, "proof": proof}


def proof_of(document: dict[str, Any]) -> Proof:
    """Read the one proof of a document, unverified: only to find out whose key to look for.

    Raises:
        ProofInvalid: there is none, there are several, or it is of another kind.
    """
    return _read(_proof(document))


def verify_document(document: dict[str, Any], key: PublicKey, *, purpose: str = "assertionMethod") -> Proof:
    """Check the one proof of a document (Verify Proof, `eddsa-jcs-2022`).

    That the key belongs to the right party is the caller's to check: by `Proof.verification_method`.

    Raises:
        ProofInvalid: the proof is malformed, for another purpose, or was not made by this key over this document.
    """
    options = _proof(document)
    proof = _read(options)
    if proof.purpose != purpose:
        raise ProofInvalid(f"the proof is for {shown(proof.purpose)}, not for {purpose}")
    if key.algorithm != "EdDSA":
        raise ProofInvalid("eddsa-jcs-2022 needs an Ed25519 key, and the signer's is another")
    if "@context" in options and document.get("@context") != options["@context"]:
        raise ProofInvalid("the document's @context is not the one that was signed")
    try:
        signature = from_multibase(options["proofValue"])
    except EncodingInvalid as error:
        raise ProofInvalid(f"the proofValue is {error}") from None
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    config = {name: value for name, value in options.items() if name != "proofValue"}
    try:
        key.verify(signature, _hash_data(unsecured, config))
    except SignatureInvalid as error:
        raise ProofInvalid(f"the proof does not hold: {error}") from None
    return proof


def _hash_data(unsecured: dict[str, Any], config: dict[str, Any]) -> bytes:
    # Hashing (eddsa-jcs-2022): the proof's configuration first, then the document.
    try:
        parts = canonical_bytes(config), canonical_bytes(unsecured)
    except CanonicalError as error:
        raise ProofInvalid(f"the document has no canonical form: {error}") from None
    return b"".join(hashlib.sha256(part).digest() for part in parts)


def _proof(document: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise ProofInvalid("a signed document is a JSON object")
    proof = document.get("proof")
    if isinstance(proof, list):
        raise ProofInvalid("the document has a list of proofs; exactly one proof is read")
    if not isinstance(proof, dict):
        raise ProofInvalid("the document has no proof")
    return proof


def _read(proof: dict[str, Any]) -> Proof:
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != CRYPTOSUITE:
        raise ProofInvalid(
            f"the proof is {shown(proof.get('type'))} with {shown(proof.get('cryptosuite'))};"
            f" only DataIntegrityProof with {CRYPTOSUITE} is read"
        )
    if unknown := sorted(set(proof) - _MEMBERS):
        raise ProofInvalid(f"the proof has {shown(unknown[0])}, whose meaning is not checked here")
    for name in ("verificationMethod", "proofPurpose", "created", "proofValue"):
        if not isinstance(proof.get(name), str):
            raise ProofInvalid(f"the proof's {name} is missing or no text")
    try:
        created = parse_time(proof["created"])
    except (ValueError, OverflowError):
        raise ProofInvalid(f"the proof's created {shown(proof['created'])} is no date and time with a zone") from None
    return Proof(proof["verificationMethod"], created, proof["proofPurpose"])
