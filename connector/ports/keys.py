"""The port to where private keys are kept: files in the connector's folder, or a hardware or cloud key service."""

from typing import Protocol

from connector.trust.keyring import KeyRing
from connector.trust.keys import Algorithm, Signer


class KeyStore(Protocol):
    """Keeps the private keys of one connector, each under a short name (`token`, `contract`, `log`, and their successors).

    What it promises:
        - a key that `create` returned is kept safely before it returns: no document names a key that could be lost;
        - a name is never given to another key: `create` under a known name is refused;
        - keys are never shown, logged, or part of an error.
    """

    def names(self) -> tuple[str, ...]:
        """The names of all keys, sorted."""
        ...

    def load(self, name: str) -> Signer:
        """The key of this name.

        Raises:
            KeyStoreError: there is none, or it cannot be opened; the sentence says what to do.
        """
        ...

    def create(self, name: str, algorithm: Algorithm) -> Signer:
        """Make a key under a new name.

        Raises:
            KeyStoreError: the name is taken, or it cannot be kept.
        """
        ...


class KeyRings(Protocol):
    """Keeps which of the keys is in use, announced, retired or withdrawn.

    What it promises: at every moment, also after a crash, `load` gives the ring before or the ring after a `save`.
    """

    def load(self) -> KeyRing:
        """The ring; of the first keys when none was ever saved.

        Raises:
            KeyStoreError: it cannot be read.
        """
        ...

    def save(self, ring: KeyRing) -> None:
        """Keep this ring instead of the one before.

        Raises:
            KeyStoreError: it cannot be kept.
        """
        ...


class KeyStoreError(Exception):
    """A key cannot be made, found or opened; the sentence names it and says what to do."""


class PeerTokens(Protocol):
    """Keeps the static tokens of peers (`services.static_tokens`): a secret, readable by the owner only, never logged."""

    def load(self) -> dict[str, tuple[str, str]]:
        """By the peer's DID: what we show to it, and the SHA-256 of what it shows to us.

        Raises:
            KeyStoreError: others could read them, or they cannot be read.
        """
        ...

    def keep(self, tokens: dict[str, tuple[str, str]]) -> None:
        """Put these in the place of what was kept; kept safely when this returns."""
        ...
