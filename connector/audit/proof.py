"""A proof that travels: the text form of an inclusion proof with its checkpoint (C2SP `tlog-proof`)."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from connector.audit.checkpoint import MAX_NOTE, Checkpoint, Verify, decode_base64, open_checkpoint
from connector.audit.errors import CheckpointError
from connector.audit.merkle import HASH_LENGTH, MAX_SIZE, verify_inclusion

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_PROOF: Final = MAX_NOTE + 16 * 1024
"""The largest proof text that is read, in bytes."""
_KEPT_UP_TO: Final = 8 * 1024
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A proof read, not yet verified.

    Attributes:
        index: the entry's place in the log, from 0.
        proof: the inclusion proof, the leaf's sibling first.
        note: the checkpoint, as signed.
    """

    index: int
    proof: tuple[bytes, ...]
    note: str


def write_tlog_proof(index: int, proof: Sequence[bytes], note: str) -> str:
    """The text form of an inclusion proof and the checkpoint that it leads to."""
    lines = [HEADER, f"index {index}", *(base64.b64encode(value).decode("ascii") for value in proof), "", note]
    return "\n".join(lines)


def read_tlog_proof(text: str) -> TlogProof:
    """Read the text form. Opaque `extra` data is passed over: nothing authenticates it.

    Raises:
        CheckpointError: malformed or too large.
    """
    if len(text) > MAX_PROOF:
        raise CheckpointError(f"the proof is larger than {MAX_PROOF:,} bytes")
    return (_read_kept if len(text) <= _KEPT_UP_TO else _read)(text)


def _read(text: str) -> TlogProof:
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != HEADER or not blank:
        raise CheckpointError(f"a proof begins with {HEADER!r} and ends, after an empty line, with a checkpoint")
    if lines and lines[0].startswith("extra "):
        decode_base64(lines.pop(0).removeprefix("extra "))
    match = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if match is None or int(match[1]) > MAX_SIZE:
        raise CheckpointError("the proof's second line is not 'index' and a plain decimal number")
    if len(lines) > MAX_SIZE.bit_length():
        raise CheckpointError("the proof has more hashes than any tree is deep")
    proof = tuple(decode_base64(line) for line in lines)
    if any(len(value) != HASH_LENGTH for value in proof):
        raise CheckpointError("a hash in the proof does not have 32 bytes")
    return TlogProof(int(match[1]), proof, note)


_read_kept: Final = lru_cache(maxsize=32)(_read)
"""One proof is looked at by several checks, one after the other."""


def verify_tlog_proof(text: str, leaf: bytes, *, origin: str, verify: Verify, public_raw: bytes) -> tuple[int, int]:
    """Check a proof file as the standard says; give the entry's index and the size of the tree.

    1. The leaf hash is computed by the caller from the entry.
    2. The checkpoint is of this origin and signed by the log's key.
    3. Witnesses are not asked for here.
    4. The inclusion proof binds the leaf to the checkpoint's root.

    Raises:
        CheckpointError: step 2.
        ProofError: step 4.
    """
    read = read_tlog_proof(text)  # 1
    checkpoint = open_checkpoint(read.note, origin=origin, verify=verify, public_raw=public_raw)  # 2
    return verify_in(read, leaf, checkpoint)  # 4


def verify_in(read: TlogProof, leaf: bytes, checkpoint: Checkpoint) -> tuple[int, int]:
    """Step 4 of `verify_tlog_proof`, where the checkpoint of the proof is open already.

    Raises:
        ProofError: the leaf is not shown to be in that tree.
    """
    verify_inclusion(read.index, checkpoint.size, leaf, read.proof, checkpoint.root)
    return read.index, checkpoint.size
