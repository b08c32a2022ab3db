"""The consent receipt: read strictly, believed only with its producer's signature."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from connector.contracts.consents import Consent, check_consent, consent_digest, make_consent, read_consent
from connector.contracts.errors import ContractError
from connector.trust.did import DidDocument
from connector.trust.keys import SigningKey, generate_ed25519
from tests.support.members import NOW

PRODUCER, PROVIDER = "did:web:producer", "did:web:provider"
KEY: Final = SigningKey(generate_ed25519(), f"{PRODUCER}#contract-1")
CONSENT: Final = Consent(PRODUCER, PROVIDER, "urn:data", ("urn:purpose",), NOW + timedelta(days=9), NOW)


def document(did: str = PRODUCER, key: SigningKey = KEY) -> DidDocument:
    method = {
        "id": f"{did}#contract-1",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": key.key.public.multikey(),
    }
    return DidDocument.parse({"id": did, "verificationMethod": [method], "assertionMethod": [f"{did}#contract-1"]}, did)


@pytest.mark.parametrize("consent", [CONSENT, replace(CONSENT, purposes=(), until=None)])
def test_what_is_made_is_read(consent: Consent) -> None:
    receipt = make_consent(consent, KEY)
    assert read_consent(receipt) == consent
    assert check_consent(receipt, document()) == consent
    assert consent_digest(receipt).startswith("sha256:")


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "mmd-consent/2"},
        {"more": 1},
        {"producer": ""},
        {"dataset": 7},
        {"purposes": "urn:purpose"},
        {"purposes": [1]},
        {"purposes": ["x"] * 51},
        {"until": "soon"},
        {"givenAt": None},
    ],
)
def test_what_is_malformed(changed: dict[str, Any]) -> None:
    with pytest.raises(ContractError, match="malformed"):
        read_consent({**make_consent(CONSENT, KEY), **changed})
    missing = make_consent(CONSENT, KEY)
    del missing["until"]
    with pytest.raises(ContractError, match="malformed"):
        read_consent(missing)


def test_what_is_not_signed_by_the_producer() -> None:
    receipt = make_consent(CONSENT, KEY)
    other = SigningKey(generate_ed25519(), KEY.kid)
    cases: list[tuple[dict[str, Any], DidDocument]] = [
        ({**receipt, "purposes": []}, document()),
        (receipt, document(key=other)),
        (make_consent(CONSENT, SigningKey(KEY.key, "did:web:else#contract-1")), document()),
        (receipt, document("did:web:else")),
        ({name: value for name, value in receipt.items() if name != "proof"}, document()),
    ]
    for bent, known in cases:
        with pytest.raises(ContractError, match="not signed"):
            check_consent(bent, known)
