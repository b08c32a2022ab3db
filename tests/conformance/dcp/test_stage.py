"""What is injected for the kit: it translates form and nothing else, and stays out of the product."""

import json
from datetime import timedelta
from typing import Any

import pytest

from connector.clock import SystemClock
from connector.ports.network import PeerAnswer
from connector.trust.did import DidDocument
from connector.trust.jws import decode_jws, sign_jws
from connector.trust.keys import SigningKey, generate_p256
from connector.trust.vc import PROFILES
from connector.trust.vc_jwt import read_credential, verify_credential
from tests.conformance.dcp.lenient import Lenient
from tests.conformance.dcp.stage import HOLDER_PID, staged

pytestmark = pytest.mark.anyio
DID = "did:web:localhost%3A9:issuer"


class Kit:
    """Serves one document without relationships, and answers a query."""

    def __init__(self) -> None:
        self.key = SigningKey(generate_p256(), f"{DID}#k")
        method = {
            "id": self.key.kid,
            "type": "JsonWebKey2020",
            "controller": DID,
            "publicKeyJwk": self.key.key.public.jwk(),
        }
        self.document = {"id": DID, "verificationMethod": [method]}
        self.presentation: list[str] = []
        self.list: Any = None

    async def get(self, url: str, token: str | None = None, **_: str | None) -> PeerAnswer:
        return PeerAnswer(200, json.dumps(self.document if url.endswith("did.json") else self.list).encode())

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        return PeerAnswer(200, json.dumps({"presentation": self.presentation}).encode())

    async def fetch(self, url: str, token: str, body: bytes | None = None, *, known: str | None = None) -> PeerAnswer:
        raise AssertionError(url)

    def credential(self, key: SigningKey | None = None) -> str:
        vc = {
            "@context": "https://www.w3.org/2018/credentials/v1",
            "type": ["MembershipCredential"],
            "expirationDate": None,
        }
        inside = {
            **vc,
            "id": "urn:a",
            "issuer": DID,
            "issuanceDate": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": "did:web:x"},
        }
        return sign_jws({"iss": DID, "sub": "other", "nbf": 1, "vc": inside}, key or self.key)


async def test_form_is_translated_and_signatures_are_not_made_good() -> None:
    kit, clock = Kit(), SystemClock()
    way = Lenient(kit, clock)
    document = DidDocument.parse(json.loads((await way.get("http://localhost:9/issuer/did.json")).body), DID)
    forged = kit.credential(SigningKey(generate_p256(), kit.key.kid))
    vp = {"iss": DID, "aud": "me", "vp": {"verifiableCredential": [kit.credential(), forged]}}
    kit.presentation = [sign_jws(vp, kit.key), "no token"]
    answered = json.loads((await way.post("http://localhost:9/presentations/query", b"{}", "t")).body)["presentation"]
    assert answered[1] == "no token"
    presentation = decode_jws(answered[0])
    presentation.verify(document.key(str(presentation.kid), "authentication"))
    assert presentation.payload["aud"] == "me"
    good, bad = presentation.payload["vp"]["verifiableCredential"]
    assert bad == forged
    held = verify_credential(good, document.key(f"{DID}#translated", "assertionMethod"), now=clock.now())
    assert (held.subject, held.issuer, held.types[-1]) == ("did:web:x", DID, "MembershipCredential")


async def test_an_unsigned_list_is_signed_in_its_own_profile() -> None:
    kit, clock = Kit(), SystemClock()
    kit.list = {"issuer": DID, "type": ["BitstringStatusListCredential"], "credentialSubject": {"encodedList": "u"}}
    found = await Lenient(kit, clock).get("http://localhost:9/statuslist/1")
    listed = read_credential(found.body.decode())
    assert (listed.profile, listed.issuer, listed.id) == (PROFILES[1], DID, "http://localhost:9/statuslist/1")
    assert listed.valid_until is not None
    assert listed.valid_until - clock.now() <= timedelta(days=1)


async def test_the_product_knows_nothing_of_the_kit(tmp_path: Any) -> None:
    async with staged(tmp_path / "c", role="wallet", port=9, issuer=DID, network=Kit()) as stage:
        kept = await stage.connector.store.read(lambda unit: unit.asked.get(HOLDER_PID))
        assert kept is None
        assert type(stage.connector.credential_service).__name__ == "CredentialService"
