"""Entries, checkpoints and proofs of a log, each opened once.

One checkpoint stands in several places of an evidence file, and in the files of one bundle. Only what holds is remembered,
and found again by nothing less than the whole text, the key and the name that it was opened with.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from connector.audit.checkpoint import Checkpoint, Verify, open_checkpoint
from connector.audit.entries import read_entry
from connector.audit.proof import read_tlog_proof, verify_in
from connector.trust.keys import PublicKey

_KEPT_UP_TO: Final = 8 * 1024
"""The longest note that is remembered, in bytes."""


def opened(note: str, *, origin: str, key: PublicKey) -> Checkpoint:
    """A checkpoint of this log, signed by this key. Raises as `open_checkpoint`."""
    return (_open_kept if len(note) <= _KEPT_UP_TO else _open)(note, origin, key)


def logged(text: str, leaf: bytes, *, origin: str, key: PublicKey) -> tuple[int, int]:
    """Check a proof file; give the entry's index and the size of the tree. Raises as `verify_tlog_proof`."""
    read = read_tlog_proof(text)
    return verify_in(read, leaf, opened(read.note, origin=origin, key=key))


def entry_in(data: bytes) -> Mapping[str, Any]:
    """An entry of a log, read from its bytes. Raises as `read_entry`."""
    return _entry_kept(data)


def verifier(key: PublicKey) -> Verify:
    """How this key's cosignatures are verified: the same one over the same text once."""

    def verify(signature: bytes, text: bytes) -> None:
        (_verify_once if len(text) <= _KEPT_UP_TO else _verify)(key, signature, text)

    return verify


def _open(note: str, origin: str, key: PublicKey) -> Checkpoint:
    return open_checkpoint(note, origin=origin, verify=verifier(key), public_raw=key.raw())


def _verify(key: PublicKey, signature: bytes, text: bytes) -> None:
    key.verify(signature, text)


_open_kept: Final = lru_cache(maxsize=128)(_open)
_entry_kept: Final = lru_cache(maxsize=8)(read_entry)
_verify_once: Final = lru_cache(maxsize=128)(_verify)
