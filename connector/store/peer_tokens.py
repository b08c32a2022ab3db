"""Static tokens of peers in one file that only its owner can read; replaced whole."""

import json
import os
import sys
from pathlib import Path
from typing import Final

from connector.ports.keys import KeyStoreError

FORMAT: Final = "mmd-peer-tokens/1"
_OTHERS: Final = 0o077
_MAX_FILE: Final = 1_000_000


class PeerTokenFile:
    """The port `PeerTokens` over a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> dict[str, tuple[str, str]]:
        """What we show and the digest of what we expect, by the peer's DID.

        Raises:
            KeyStoreError: the file is open to others, or cannot be read.
        """
        try:
            with self._file.open("rb") as opened:
                mode = os.fstat(opened.fileno()).st_mode
                content = opened.read(_MAX_FILE)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise KeyStoreError(f"the static tokens {self._file} cannot be read: {error.strerror or error}") from None
        if sys.platform != "win32" and mode & _OTHERS:
            raise KeyStoreError(
                f"the static tokens {self._file} can be read by others than their owner; `chmod 600 {self._file}` first"
            )
        try:
            data = json.loads(content)
            peers = data["peers"] if data["format"] == FORMAT else data["known"]
            return {str(did): (str(held["send"]), str(held["expected"])) for did, held in peers.items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            # What is wrong is not told: it would show what stands there.
            raise KeyStoreError(f"the static tokens {self._file} cannot be read") from None

    def keep(self, tokens: dict[str, tuple[str, str]]) -> None:
        """Put these in the place of what was kept; on the disk when this returns.

        Raises:
            OSError: it cannot be written.
        """
        written = {
            "format": FORMAT,
            "peers": {did: {"send": send, "expected": expected} for did, (send, expected) in tokens.items()},
        }
        temporary = self._file.with_suffix(".new")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(temporary, flags, 0o600), "wb") as opened:
            opened.write(json.dumps(written, ensure_ascii=False, indent=1).encode())
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(self._file)
