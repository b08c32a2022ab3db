"""Private keys as files that only their owner can read; sealed with a passphrase when one is given."""

import os
import re
import sys
from pathlib import Path
from typing import Final

from connector.ports.keys import KeyStoreError
from connector.trust.errors import TrustError
from connector.trust.keys import Algorithm, PrivateKey, generate_ed25519, generate_p256, private_key_from_pem
from connector.trust.sealing import is_sealed, seal, unseal

_NAME: Final = re.compile(r"[a-z]+(-[0-9]{1,4})?")
_OTHERS: Final = 0o077
_MAX_FILE: Final = 100_000


class KeyFiles:
    """The port `KeyStore` over a folder with one file a key."""

    def __init__(self, folder: Path, passphrase: bytes | None = None) -> None:
        self._folder = folder
        self._passphrase = passphrase

    def names(self) -> tuple[str, ...]:
        """The names of all keys, sorted."""
        return tuple(sorted(file.stem for file in self._folder.glob("*.pem")))

    def is_sealed(self, name: str) -> bool:
        """Whether this key's file needs a passphrase.

        Raises:
            KeyStoreError: there is none, or it cannot be read.
        """
        return is_sealed(self._read(name))

    def load(self, name: str) -> PrivateKey:
        """The key of this name.

        Raises:
            KeyStoreError: the file is missing, open to others, sealed with another passphrase, or broken.
        """
        content = self._read(name)
        file = self._file(name)
        try:
            if is_sealed(content):
                if self._passphrase is None:
                    raise KeyStoreError(
                        f"the key {file} is sealed; give its passphrase with the setting key_passphrase_file or in "
                        "MMD_KEY_PASSPHRASE"
                    )
                content = unseal(content, self._passphrase, name=name)
            return private_key_from_pem(content)
        except TrustError as error:
            raise KeyStoreError(f"the key {file} cannot be opened: {error}") from None

    def create(self, name: str, algorithm: Algorithm) -> PrivateKey:
        """Make a key under a new name; it is on the disk when this returns.

        Raises:
            KeyStoreError: the name is taken, or the file cannot be written.
        """
        key = generate_p256() if algorithm == "ES256" else generate_ed25519()
        try:
            write_secret(self._file(name), self._content(name, key))
        except FileExistsError:
            raise KeyStoreError(f"there is a key {name} already; a name is never given to another key") from None
        except (OSError, TrustError) as error:
            raise KeyStoreError(f"the key {name} cannot be kept: {error}") from None
        return key

    def seal_all(self, passphrase: bytes | None) -> tuple[str, ...]:
        """Write every key anew under another passphrase (or none); each file is whole at every moment.

        Returns:
            the names of the keys.

        Raises:
            KeyStoreError: one cannot be opened (then none was changed), or the passphrase is too short.
        """
        keys = {name: self.load(name) for name in self.names()}
        old, self._passphrase = self._passphrase, passphrase
        try:
            contents = {name: self._content(name, key) for name, key in keys.items()}
        except TrustError as error:
            self._passphrase = old
            raise KeyStoreError(str(error)) from None
        for name, content in contents.items():
            replacement = self._folder / f"{name}.pem.new"
            replacement.unlink(missing_ok=True)  # of a try that was cut short
            write_secret(replacement, content)
            replacement.replace(self._file(name))
        return tuple(keys)

    def _content(self, name: str, key: PrivateKey) -> bytes:
        pem = key.to_pem()
        return pem if self._passphrase is None else seal(pem, self._passphrase, name=name)

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise KeyStoreError(f"{name!r} is no name of a key: small letters, and a number behind a hyphen")
        return self._folder / f"{name}.pem"

    def _read(self, name: str) -> bytes:
        file = self._file(name)
        try:
            with file.open("rb") as opened:
                mode = os.fstat(opened.fileno()).st_mode
                content = opened.read(_MAX_FILE)
        except FileNotFoundError:
            raise KeyStoreError(
                f"the key {file} is missing; without it this connector is nobody. Restore it from a backup"
            ) from None
        except OSError as error:
            raise KeyStoreError(f"the key {file} cannot be read: {error.strerror or error}") from None
        if sys.platform != "win32" and mode & _OTHERS:
            raise KeyStoreError(f"the key {file} can be read by others than its owner; `chmod 600 {file}` first")
        return content


def write_secret(file: Path, data: bytes) -> None:
    """A new file that only its owner can read, from its first moment on; on the disk when this returns.

    Raises:
        FileExistsError: there is one already.
        OSError: it cannot be written.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
