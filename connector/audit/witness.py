"""What a witness decides (C2SP `tlog-witness`, add-checkpoint): a function from request and what it holds to an answer.

The numbered rules, in the order of the standard:

1. The request has the form: old size, proof lines, empty line, checkpoint.
2. The checkpoint's origin is that of a log that is witnessed here.
3. It is signed by a key that is known for that log.
4. The old size is not larger than the checkpoint's.
5. The old size is that of the largest checkpoint that was cosigned here, 0 if there was none.
6. The proof leads from what was cosigned to this checkpoint; for old size 0 it is empty, for equal sizes the roots are
   equal, and a tree without leaves has the one root that there is.

Only then is it cosigned, and only after the new checkpoint is held durably, in the same transaction that read the old one.
"""

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from connector.audit.checkpoint import (
    MAX_NOTE,
    Checkpoint,
    Verify,
    decode_base64,
    open_checkpoint,
    peek_checkpoint,
)
from connector.audit.errors import CheckpointError, ProofError, WitnessRefusal
from connector.audit.merkle import EMPTY_ROOT, HASH_LENGTH, verify_consistency

MAX_PROOF_LINES: Final = 63
MAX_REQUEST: Final = MAX_NOTE + 8 * 1024
"""The largest request that is read, in bytes."""
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request to be cosigned, read and not yet judged."""

    old_size: int
    proof: tuple[bytes, ...]
    note: str

    def body(self) -> bytes:
        """The request as it goes over the line."""
        lines = [f"old {self.old_size}", *(base64.b64encode(h).decode("ascii") for h in self.proof), "", self.note]
        return "\n".join(lines).encode("utf-8")


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key that is known for a log."""

    public_raw: bytes
    verify: Verify


Known: TypeAlias = Callable[[str], Sequence[LogKey]]
"""The keys of a log by its origin; none for a log that is not witnessed here."""


def read_request(body: bytes) -> AddCheckpoint:
    """Rule 1.

    Raises:
        WitnessRefusal: 400.
    """
    try:
        return _request(body)
    except (UnicodeDecodeError, CheckpointError) as error:
        raise WitnessRefusal(400, str(error)) from None


def _request(body: bytes) -> AddCheckpoint:
    if len(body) > MAX_REQUEST:
        raise CheckpointError(f"the request is larger than {MAX_REQUEST:,} bytes")
    head, blank, note = body.decode("utf-8").partition("\n\n")
    first, *lines = head.split("\n")
    old = _OLD.fullmatch(first)
    if old is None or not blank:
        raise CheckpointError("a request is 'old' and a size, proof lines, an empty line and a checkpoint")
    if len(lines) > MAX_PROOF_LINES:
        raise CheckpointError(f"there are more than {MAX_PROOF_LINES} proof lines")
    proof = tuple(decode_base64(line) for line in lines)
    if any(len(value) != HASH_LENGTH for value in proof):
        raise CheckpointError("a hash of the proof does not have 32 bytes")
    peek_checkpoint(note)
    return AddCheckpoint(int(old[1]), proof, note)


def signed_checkpoint(request: AddCheckpoint, known: Known) -> Checkpoint:
    """Rules 2 to 4.

    Raises:
        WitnessRefusal: 404, 403, 400.
    """
    claimed = peek_checkpoint(request.note)
    keys = known(claimed.origin)
    if not keys:
        raise WitnessRefusal(404, "this log is not witnessed here")
    checkpoint = _opened(request.note, claimed.origin, keys)
    if request.old_size > checkpoint.size:
        raise WitnessRefusal(400, "the old size is larger than the checkpoint's")
    return checkpoint


def judge(request: AddCheckpoint, checkpoint: Checkpoint, held: Checkpoint | None) -> None:
    """Rules 5 and 6; `held` is the largest checkpoint of this log that was cosigned here.

    Raises:
        WitnessRefusal: 409 with the size that is held, 422.
    """
    size, root = (held.size, held.root) if held is not None else (0, EMPTY_ROOT)
    if request.old_size != size:
        raise WitnessRefusal(409, f"the largest checkpoint cosigned here has {size} entries", size)
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise WitnessRefusal(422, "the root of the empty tree is wrong")
    try:
        verify_consistency(size, checkpoint.size, root, checkpoint.root, request.proof)
    except ProofError as error:
        raise WitnessRefusal(422, str(error)) from None


def _opened(note: str, origin: str, keys: Sequence[LogKey]) -> Checkpoint:
    why = "it is not signed by a key that is known for this log"
    for key in keys:
        try:
            return open_checkpoint(note, origin=origin, verify=key.verify, public_raw=key.public_raw)
        except CheckpointError as error:
            why = str(error)
    raise WitnessRefusal(403, why)
