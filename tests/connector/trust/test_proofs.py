import copy
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connector.trust.encoding import from_multibase
from connector.trust.errors import KeyInvalid, ProofInvalid
from connector.trust.keys import SigningKey, generate_ed25519, generate_p256, public_key_from_multikey
from connector.trust.proofs import proof_of, sign_document, verify_document
from tests.connector.trust.parties import brief
from tests.support.shared import SHARED, needs_shared

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
KEY = SigningKey(generate_ed25519(), "did:web:a.example#contract-1")
DOCUMENT: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "urn:uuid:1",
    "credentialSubject": {"name": "품질", "count": 3, "parts": [1, 2]},
}
SIGNED = sign_document(DOCUMENT, KEY, created=NOW)


def changed(path: str, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(SIGNED)
    *way, last = path.split("/")
    place = document
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


def test_what_was_signed_is_verified() -> None:
    proof = verify_document(SIGNED, KEY.key.public)

    assert (proof.verification_method, proof.controller) == (KEY.kid, "did:web:a.example")
    assert (proof.created, proof.purpose) == (NOW, "assertionMethod")
    assert proof_of(SIGNED) == proof
    assert {name: value for name, value in SIGNED.items() if name != "proof"} == DOCUMENT
    assert "proof" not in DOCUMENT


def test_documents_without_context_and_other_purposes() -> None:
    signed = sign_document({"a": 1}, KEY, created=NOW, purpose="authentication")

    assert verify_document(signed, KEY.key.public, purpose="authentication").purpose == "authentication"
    with pytest.raises(ProofInvalid, match="is for 'authentication'"):
        verify_document(signed, KEY.key.public)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", "urn:uuid:2"),
        ("id", None),
        ("more", 1),
        ("credentialSubject/count", 4),
        ("credentialSubject/count", "3"),
        ("credentialSubject/name", "품질 "),
        ("credentialSubject/parts", [2, 1]),
        ("credentialSubject/parts", [1, 2, 3]),
        ("@context", ["https://www.w3.org/ns/credentials/v2", "https://evil.example"]),
        ("@context", None),
        ("proof/created", "2026-11-23T04:05:07.000Z"),
        ("proof/verificationMethod", "did:web:b.example#contract-1"),
        ("proof/proofPurpose", "authentication"),
        ("proof/@context", None),
        ("proof/id", "urn:uuid:3"),
        ("proof/proofValue", sign_document({"other": 1}, KEY, created=NOW)["proof"]["proofValue"]),
        ("proof/proofValue", "z"),
        ("proof/proofValue", SIGNED["proof"]["proofValue"][1:]),
    ],
    ids=brief,
)
def test_anything_tampered_with(path: str, value: Any) -> None:
    with pytest.raises(ProofInvalid):
        verify_document(changed(path, value), KEY.key.public)


def test_order_of_keys_is_no_change() -> None:
    document = dict(reversed(SIGNED.items()))
    document["proof"] = dict(reversed(SIGNED["proof"].items()))

    verify_document(json.loads(json.dumps(document)), KEY.key.public)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (DOCUMENT, "no proof"),
        ({**SIGNED, "proof": [SIGNED["proof"]]}, "list of proofs"),
        ({**SIGNED, "proof": [SIGNED["proof"], SIGNED["proof"]]}, "list of proofs"),
        ({**SIGNED, "proof": []}, "list of proofs"),
        ({**SIGNED, "proof": "z"}, "no proof"),
        (changed("proof/type", "Ed25519Signature2020"), "only DataIntegrityProof"),
        (changed("proof/cryptosuite", "eddsa-rdfc-2022"), "only DataIntegrityProof"),
        (changed("proof/cryptosuite", ["eddsa-jcs-2022"]), "only DataIntegrityProof"),
        (changed("proof/expires", "2026-11-24T00:00:00Z"), "expires"),
        (changed("proof/previousProof", "urn:uuid:0"), "previousProof"),
        (changed("proof/created", None), "created is missing"),
        (changed("proof/created", "yesterday"), "created 'yesterday'"),
        (changed("proof/created", "0001-01-01T00:00:00+10:00"), "created"),
        (changed("proof/verificationMethod", {"id": "x"}), "verificationMethod"),
        (changed("proof/proofValue", 3), "proofValue"),
        (changed("proof/proofValue", "z0"), "proofValue is not multibase"),
        (changed("share", 0.5), "canonical"),
        ([], "JSON object"),
        (None, "JSON object"),
    ],
)
def test_proofs_that_are_not_read(document: Any, sentence: str) -> None:
    with pytest.raises(ProofInvalid, match=sentence):
        verify_document(document, KEY.key.public)


def test_other_keys() -> None:
    with pytest.raises(ProofInvalid, match="does not hold"):
        verify_document(SIGNED, generate_ed25519().public)
    with pytest.raises(ProofInvalid, match="Ed25519"):
        verify_document(SIGNED, generate_p256().public)
    with pytest.raises(KeyInvalid, match="Ed25519"):
        sign_document(DOCUMENT, SigningKey(generate_p256(), "did:web:a.example#x"), created=NOW)


def test_what_is_not_signed() -> None:
    with pytest.raises(ProofInvalid, match="proof already"):
        sign_document(SIGNED, KEY, created=NOW)
    with pytest.raises(ProofInvalid, match="canonical"):
        sign_document({"share": 0.5}, KEY, created=NOW)


@needs_shared
class TestVectors:
    @pytest.fixture
    def folder(self) -> Path:
        assert SHARED
        return SHARED / "spec/vectors/vc-di-eddsa"

    def test_the_signed_document_verifies(self, folder: Path) -> None:
        key = public_key_from_multikey(json.loads((folder / "keyPair.json").read_text())["publicKeyMultibase"])
        signed = json.loads((folder / "eddsa-jcs-2022/signedJCS.json").read_text())

        assert verify_document(signed, key).controller.startswith("did:key:")
        with pytest.raises(ProofInvalid):
            verify_document({**signed, "name": "Another"}, key)

    def test_we_sign_the_same_bytes(self, folder: Path) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        from connector.canonical import canonical_bytes
        from connector.trust.keys import PrivateKey

        secret = from_multibase(json.loads((folder / "keyPair.json").read_text())["privateKeyMultibase"])[2:]
        unsigned = json.loads((folder / "unsigned.json").read_text())
        expected = json.loads((folder / "eddsa-jcs-2022/signedJCS.json").read_text())
        config = json.loads((folder / "eddsa-jcs-2022/proofConfigJCS.json").read_text())
        hashes = [hashlib.sha256(canonical_bytes(part)).hexdigest() for part in (unsigned, config)]

        assert hashes[0] == (folder / "eddsa-jcs-2022/docHashJCS.txt").read_text().strip()
        assert hashes[1] == (folder / "eddsa-jcs-2022/proofHashJCS.txt").read_text().strip()
        signature = PrivateKey(Ed25519PrivateKey.from_private_bytes(secret)).sign(
            bytes.fromhex(hashes[1]) + bytes.fromhex(hashes[0])
        )
        assert signature == from_multibase(expected["proof"]["proofValue"])

    @pytest.mark.parametrize("suite", ["eddsa-rdfc-2022/signedDataInt", "Ed25519Signature2020/signedEdSig"])
    def test_other_suites_are_refused(self, folder: Path, suite: str) -> None:
        key = public_key_from_multikey(json.loads((folder / "keyPair.json").read_text())["publicKeyMultibase"])
        with pytest.raises(ProofInvalid, match="only DataIntegrityProof"):
            verify_document(json.loads((folder / f"{suite}.json").read_text()), key)

    def test_proof_sets_are_refused(self, folder: Path) -> None:
        signed = json.loads((folder / "proof-set-chain/proofChainConfigSigned2.json").read_text())
        with pytest.raises(ProofInvalid):
            proof_of(signed)
