"""Who we are: our DID, our three keys, our addresses. Handed to every service; nothing here is asked of the network."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.canonical import JsonObject
from connector.protocol.versions import ProtocolVersion
from connector.trust.keys import SigningKey


@dataclass(frozen=True, slots=True)
class Identity:
    """One participant.

    Attributes:
        did: the did:web of this company.
        token_key: P-256, signs identity tokens and presentations.
        contract_key: Ed25519, signs contracts and notices.
        log_key: Ed25519, signs checkpoints.
        log_origin: the name of our log.
        public_url: where others reach us, without a slash at the end.
        protocol_url: the root of the protocol version that we like best, which our DID document names.
        did_document: what we publish.
        laboratory: whether http and loopback are allowed; shown in every contract.
        access_secret: binds access tokens for our credential service to their audience.
    """

    did: str
    name: str
    token_key: SigningKey
    contract_key: SigningKey
    log_key: SigningKey
    log_origin: str
    public_url: str
    protocol_url: str
    did_document: JsonObject
    laboratory: bool
    access_secret: bytes = field(repr=False)
    extra: Mapping[str, str] = field(default_factory=dict)

    def root(self, version: ProtocolVersion) -> str:
        """The root of a protocol version: our `<base>` and our `callbackAddress` in it."""
        return self.public_url + version.path
