"""The Merkle tree of RFC 6962, section 2.1: roots, inclusion proofs and consistency proofs.

The tree is stored as the hashes of its *complete* subtrees: the node (level, index) covers the 2^level leaves from
index * 2^level on, level 0 being the leaf hashes. Such a node never changes once it exists, so a store only ever adds
rows. Everything else is computed from them, reading at most about 2 log2(size) nodes.

A *leaf* here is always a leaf hash: `leaf_hash(entry)`.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from connector.audit.errors import ProofError

ReadNode: TypeAlias = Callable[[int, int], bytes]
"""(level, index) to the hash of that complete subtree."""
Node: TypeAlias = tuple[int, int, bytes]
"""Level, index and hash of a complete subtree."""

HASH_LENGTH: Final = 32
MAX_SIZE: Final = 2**62
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00, entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01, left, right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append_nodes(size: int, leaf: bytes, read_node: ReadNode) -> list[Node]:
    """The complete subtrees that come into being when `leaf` is added to a tree of `size` leaves, lowest first."""
    nodes: list[Node] = [(0, size, leaf)]
    level, index, value = 0, size, leaf
    while index % 2:
        value = node_hash(read_node(level, index - 1), value)
        level, index = level + 1, index // 2
        nodes.append((level, index, value))
    return nodes


def tree_root(size: int, read_node: ReadNode) -> bytes:
    """The root of the first `size` leaves."""
    return _range_hash(0, size, read_node) if size else EMPTY_ROOT


def root_from_leaves(leaves: Sequence[bytes]) -> bytes:
    """The root over a list of leaf hashes, straight from the definition; for small lists and for checking."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(root_from_leaves(leaves[:split]), root_from_leaves(leaves[split:]))


def inclusion_proof(index: int, size: int, read_node: ReadNode) -> list[bytes]:
    """The audit path of leaf `index` in the tree of the first `size` leaves, the leaf's sibling first.

    Raises:
        ProofError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_range_hash(middle, end, read_node))
            end = middle
        else:
            path.append(_range_hash(begin, middle, read_node))
            begin = middle
    return path[::-1]


def consistency_proof(old: int, new: int, read_node: ReadNode) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with the tree of `old` leaves; empty when old is 0 or new.

    Raises:
        ProofError: `old` is larger than `new`, or negative.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} leaves cannot contain a tree of {old}")
    if old in (0, new):
        return []
    proof: list[bytes] = []
    begin, end, whole = 0, new, True
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            proof.append(_range_hash(middle, end, read_node))
            end = middle
        else:
            proof.append(_range_hash(begin, middle, read_node))
            begin, whole = middle, False
    if not whole:
        proof.append(_range_hash(begin, end, read_node))
    return proof[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` is leaf number `index` of the tree of `size` leaves with this root (RFC 9162, 2.1.3.2).

    Raises:
        ProofError: it is not shown by this proof.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    _check_hashes([leaf, root, *proof])
    node, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("the inclusion proof is too long")
        if node & 1 or node == last:
            value = node_hash(sibling, value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the inclusion proof is too short")
    if value != root:
        raise ProofError("the inclusion proof leads to another root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree with `new_root` begins with the tree with `old_root` (RFC 9162, 2.1.4.2).

    Raises:
        ProofError: it is not shown by this proof.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise ProofError(f"a tree of {new} leaves cannot contain a tree of {old}")
    if old in (0, new):
        if proof:
            raise ProofError("the consistency proof should be empty")
        if old == new and old_root != new_root:
            raise ProofError("two different roots for one tree size")
        if old == 0:
            _check_hashes([new_root])
            if old_root != EMPTY_ROOT:
                raise ProofError("the root of the empty tree is wrong")
        return
    _check_hashes([old_root, new_root, *proof])
    # A complete old tree is itself a node of the new one, and the proof leaves it out.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise ProofError("the consistency proof is empty")
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    from_old = from_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if node & 1 or node == last:
            from_old, from_new = node_hash(sibling, from_old), node_hash(sibling, from_new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            from_new = node_hash(from_new, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the consistency proof is too short")
    if from_old != old_root:
        raise ProofError("the consistency proof does not lead to the old root")
    if from_new != new_root:
        raise ProofError("the consistency proof does not lead to the new root")


def _range_hash(begin: int, end: int, read_node: ReadNode) -> bytes:
    """The hash over the leaves begin to end (not included); `begin` is a multiple of the largest power of two inside."""
    parts: list[bytes] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        parts.append(read_node(level, begin >> level))
        begin += 1 << level
    value = parts.pop()
    while parts:
        value = node_hash(parts.pop(), value)
    return value


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if len(hashes) > 2 + 2 * MAX_SIZE.bit_length():
        raise ProofError("the proof is longer than any tree is deep")
    if any(len(value) != HASH_LENGTH for value in hashes):
        raise ProofError("a hash in the proof does not have 32 bytes")
