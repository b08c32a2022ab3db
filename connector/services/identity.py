"""Who we are: our DID, our keys, our addresses. Handed to every service; nothing here is asked of the network.

There is one of it while a connector runs. When a key is changed it becomes what a restart would make of the folder
(`become`), so that what runs and what would be started again are never two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from connector.canonical import JsonObject
from connector.protocol.versions import ProtocolVersion
from connector.trust.keyring import KeyRing, Use
from connector.trust.keys import PublicKey, SigningKey

_MAY_CHANGE: Final = (
    "token_key",
    "contract_key",
    "log_key",
    "did_document",
    "ring",
    "signing",
    "token_keys",
    "log_origin",
    "log_epoch",
)
_MOST_DIGITS: Final = 9


def log_origin(public_url: str, epoch: int) -> str:
    """The name of a log: the first of an address has no number."""
    first = public_url.split("://", 1)[1] + "/log"
    return first if epoch == 1 else f"{first}/{epoch}"


@dataclass(slots=True)
class Identity:
    """One participant.

    Attributes:
        did: the did:web of this company.
        token_key: P-256, signs identity tokens and presentations.
        contract_key: Ed25519, signs contracts and notices.
        log_key: Ed25519, signs checkpoints.
        log_origin: the name of our log.
        log_epoch: which of our logs it is, 1 for the first.
        public_url: where others reach us, without a slash at the end.
        protocol_url: the root of the protocol version that we like best, which our DID document names.
        did_document: what we publish.
        laboratory: whether http and loopback are allowed; shown in every contract.
        access_secret: binds access tokens for our credential service to their audience.
        ring: what has become of each key that we ever had.
        signing: all keys that may sign, by their fragments: those in use, those announced, and of contract and log keys
            those retired, because what was begun under one is ended under it.
        token_keys: every token key that we ever had, withdrawn ones too, by their fragments: an auditor needs them.
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
    ring: KeyRing = field(default_factory=KeyRing)
    signing: Mapping[str, SigningKey] = field(default_factory=dict, repr=False)
    token_keys: Mapping[str, PublicKey] = field(default_factory=dict)
    log_epoch: int = 1

    def root(self, version: ProtocolVersion) -> str:
        """The root of a protocol version: our `<base>` and our `callbackAddress` in it."""
        return self.public_url + version.path

    def document_of(self, did: str) -> JsonObject | None:
        """Our document as it is now, if this is our DID."""
        return self.did_document if did == self.did else None

    def become(self, other: "Identity") -> None:
        """Take over the keys and the document of `other`, which was read from our folder just now."""
        for name in _MAY_CHANGE:
            setattr(self, name, getattr(other, name))

    def origin_of(self, epoch: int) -> str:
        """The name of one of our logs."""
        return log_origin(self.public_url, epoch)

    def epoch_of(self, origin: str) -> int | None:
        """Which of our logs this is; None when it is none."""
        first = self.origin_of(1)
        number = origin.removeprefix(first + "/")
        if origin == first:
            return 1
        plain = number.isascii() and number.isdigit() and len(number) < _MOST_DIGITS and not number.startswith("0")
        return int(number) if plain and int(number) > 1 else None

    def contract_signer(self, bound: PublicKey | None) -> SigningKey:
        """The contract key that a membership binds, or the one in use when none is named or the bound one is lost."""
        return (None if bound is None else self.signer("contract", bound)) or self.contract_key

    def signer(self, use: Use, key: PublicKey) -> SigningKey | None:
        """The private half of this key of ours; None when it is not ours, or signs no more."""
        current = {"token": self.token_key, "contract": self.contract_key, "log": self.log_key}[use]
        return next((held for held in (current, *self._of(use)) if held.key.public == key), None)

    def log_signers(self) -> tuple[SigningKey, ...]:
        """All keys that sign our checkpoints, the one in use first: each reader finds the line of the key he knows."""
        others = (key for key in self._of("log") if key.kid != self.log_key.kid)
        return (self.log_key, *others)

    def _of(self, use: Use) -> tuple[SigningKey, ...]:
        return tuple(key for fragment, key in self.signing.items() if fragment.startswith(f"{use}-"))
