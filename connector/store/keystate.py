"""Which of our keys is which, as a file beside the keys: replaced whole, so that it is old or new at every moment.

It lies beside the keys and not in the database: both are needed to say who we are before the database is opened, and a
database that is set back to yesterday must not bring back yesterday's keys.
"""

import json
from pathlib import Path
from typing import Final

from connector.canonical import CanonicalError, parse_json
from connector.ports.keys import KeyStoreError
from connector.store.folder import sync_folder
from connector.store.keyfiles import write_secret
from connector.trust.errors import KeyInvalid
from connector.trust.keyring import KeyRing, read_ring, write_ring

NAME: Final = "ring.json"
_MAX: Final = 1_000_000


class KeyRingFile:
    """The port `KeyRings` over one file in the folder of the keys."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME

    def load(self) -> KeyRing:
        """The ring; without a file the one of the first keys.

        Raises:
            KeyStoreError: the file cannot be read.
        """
        try:
            with self._file.open("rb") as opened:
                content = opened.read(_MAX)
        except FileNotFoundError:
            return KeyRing()
        except OSError as error:
            raise KeyStoreError(f"{self._file} cannot be read: {error.strerror or error}") from None
        try:
            return read_ring(parse_json(content, max_bytes=_MAX))
        except (KeyInvalid, CanonicalError) as error:
            raise KeyStoreError(f"{self._file} cannot be used: {error}. Restore it from a backup") from None

    def save(self, ring: KeyRing) -> None:
        """Put this ring in the place of the one before; it is on the disk when this returns.

        Raises:
            KeyStoreError: it cannot be written; the one before stands.
        """
        replacement = self._file.with_suffix(".new")
        try:
            replacement.unlink(missing_ok=True)  # of a try that was cut short
            write_secret(replacement, json.dumps(write_ring(ring), indent=1).encode() + b"\n")
            replacement.replace(self._file)
            sync_folder(self._file.parent)
        except OSError as error:
            raise KeyStoreError(f"{self._file} cannot be written: {error.strerror or error}") from None
