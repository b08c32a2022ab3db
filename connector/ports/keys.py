"""The port to where private keys are kept: files in the connector's folder, or a hardware or cloud key service."""

from typing import Protocol

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


class KeyStoreError(Exception):
    """A key cannot be made, found or opened; the sentence names it and says what to do."""
