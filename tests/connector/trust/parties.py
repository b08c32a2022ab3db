"""Made-up companies with real keys, for the tests of `connector.trust`."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from connector.trust.credentials import issue_membership
from connector.trust.did import DidDocument, Service, build_did_document
from connector.trust.encoding import to_base64url
from connector.trust.keys import PrivateKey, SigningKey, generate_ed25519, generate_p256

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
SKEW = timedelta(seconds=30)


class Party:
    """A company: a DID, three keys, a document."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.did = f"did:web:{name}.example"
        self.token_key = SigningKey(generate_p256(), f"{self.did}#token-1")
        self.contract_key = SigningKey(generate_ed25519(), f"{self.did}#contract-1")
        self.log_key = SigningKey(generate_ed25519(), f"{self.did}#log-1")
        self.log_origin = f"{name}.example/log"

    def document(self, **changes: Any) -> DidDocument:
        return DidDocument.parse({**self.data(), **changes}, self.did)

    def data(self) -> dict[str, Any]:
        return build_did_document(
            self.did,
            token_key=self.token_key.key.public,
            contract_key=self.contract_key.key.public,
            log_key=self.log_key.key.public,
            services=[Service("#cs", "CredentialService", f"https://{self.name}.example/dcp")],
        )

    def membership(self, authority: "Party", **changes: Any) -> str:
        return issue_membership(
            **{
                "issuer_key": authority.token_key,
                "issuer": authority.did,
                "subject": self.did,
                "name": self.name,
                "contract_key": self.contract_key.key.public,
                "log_key": self.log_key.key.public,
                "log_origin": self.log_origin,
                "valid_from": NOW - timedelta(days=1),
                "valid_until": NOW + timedelta(days=365),
                "credential_id": "urn:uuid:membership-of-" + self.name,
                **changes,
            }
        )


@lru_cache
def party(name: str) -> Party:
    """The same company each time it is asked for."""
    return Party(name)


def nameless(token: str, key: SigningKey) -> str:
    """The same token, signed again without a `kid`."""
    header = to_base64url(b'{"alg":"ES256"}')
    signing_input = f"{header}.{token.split('.')[1]}"
    return f"{signing_input}.{to_base64url(key.key.sign(signing_input.encode()))}"


@lru_cache
def stranger() -> PrivateKey:
    """A key that belongs to nobody."""
    return generate_p256()


def brief(value: object) -> str | None:
    """A parameter's name in a test id: never a key or token, which are others in every process."""
    return type(value).__name__ if isinstance(value, bytes) or (isinstance(value, str) and len(value) > 40) else None
