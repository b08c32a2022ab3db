"""Adding to a log, proving from it, and noticing when it has been set back.

The order of writes (architecture, section 5, 8): one transaction holds what is logged, the entry, its new nodes and the
signed checkpoint. It is committed with full sync. Only then does the high-water mark in its file outside the database
move up, and only then may anything signed leave the machine. A crash between commit and mark leaves the mark behind
the log, which is harmless; a mark ahead of the log means that the database was set back, and a log that goes on from
there would sign two histories.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from connector.audit.checkpoint import Checkpoint, Sign, peek_checkpoint, sign_checkpoint
from connector.audit.errors import ProofError
from connector.audit.merkle import Node, ReadNode, append_nodes, inclusion_proof, leaf_hash, tree_root
from connector.audit.proof import write_tlog_proof


@dataclass(frozen=True, slots=True)
class Appended:
    """What adding one entry brought forth; all of it belongs into the transaction of what is logged.

    Attributes:
        index: the entry's place, from 0.
        size: the number of entries now.
        root: the root over them.
        leaf: the entry's leaf hash.
        nodes: new complete subtrees: level, index, hash.
        checkpoint_note: the signed checkpoint.
        inclusion_proof: the entry's proof in that checkpoint.
    """

    index: int
    size: int
    root: bytes
    leaf: bytes
    nodes: tuple[Node, ...]
    checkpoint_note: str
    inclusion_proof: tuple[bytes, ...]

    def tlog_proof(self) -> str:
        """The proof in its text form."""
        return write_tlog_proof(self.index, self.inclusion_proof, self.checkpoint_note)


def append(
    entry_bytes: bytes,
    size: int,
    read_node: ReadNode,
    *,
    origin: str,
    sign: Sign,
    public_raw: bytes,
    more: Sequence[tuple[Sign, bytes]] = (),
) -> Appended:
    """Add one entry to a log of `size` entries. Nothing is written: the caller commits what is returned.

    The caller holds the log's lock from reading `size` to the commit: two entries at one place would be two histories.
    """
    leaf = leaf_hash(entry_bytes)
    nodes = append_nodes(size, leaf, read_node)
    fresh = {(level, index): value for level, index, value in nodes}

    def read(level: int, index: int) -> bytes:
        value = fresh.get((level, index))
        return read_node(level, index) if value is None else value

    root = tree_root(size + 1, read)
    note = sign_checkpoint(Checkpoint(origin, size + 1, root), sign, public_raw, more)
    return Appended(size, size + 1, root, leaf, tuple(nodes), note, tuple(inclusion_proof(size, size + 1, read)))


def prove(index: int, read_node: ReadNode, note: str) -> str:
    """The proof file of entry `index` in the tree of an own checkpoint.

    Raises:
        ProofError: the checkpoint is older than the entry.
        CheckpointError: the note is malformed.
    """
    return write_tlog_proof(index, inclusion_proof(index, peek_checkpoint(note).size, read_node), note)


@dataclass(frozen=True, slots=True)
class HighWater:
    """The largest tree that our log has ever let out, kept outside the database; `epoch` says which of our logs."""

    size: int
    root: bytes
    epoch: int = 1


class HighWaterVerdict(StrEnum):
    """What the mark says about the log at a start. Only the first two allow signing."""

    NO_MARK = "no-mark"
    AGREES = "agrees"
    SET_BACK = "set-back"
    FORKED = "forked"

    @property
    def may_sign(self) -> bool:
        """Whether the log may go on."""
        return self in (HighWaterVerdict.NO_MARK, HighWaterVerdict.AGREES)


def judge_high_water(mark: HighWater | None, size: int, root_at: Callable[[int], bytes]) -> HighWaterVerdict:
    """Compare the mark with the log.

    Args:
        mark: what the file says; None when there is no file. Whether that is plausible (a log with entries and no
            mark) is for the caller to say to a person.
        size: the log's size.
        root_at: the root of the log's first n entries.

    Raises:
        ProofError: the mark's size is negative.
    """
    if mark is None:
        return HighWaterVerdict.NO_MARK
    if mark.size < 0:
        raise ProofError("the high-water mark has a negative size")
    if mark.size > size:
        return HighWaterVerdict.SET_BACK
    return HighWaterVerdict.AGREES if root_at(mark.size) == mark.root else HighWaterVerdict.FORKED
