import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.audit.errors import ProofError
from connector.audit.merkle import (
    EMPTY_ROOT,
    append_nodes,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_from_leaves,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from tests.support.shared import SHARED, needs_shared

MOST = 40
LEAVES = [leaf_hash(b"entry %d" % number) for number in range(MOST)]


def stored(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    nodes: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        return nodes[level, index]

    for size, leaf in enumerate(leaves):
        for level, index, value in append_nodes(size, leaf, read):
            assert (level, index) not in nodes  # a store only ever adds
            nodes[level, index] = value
    return read


READ = stored(LEAVES)


def test_hashes_are_those_of_rfc_6962() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    # A leaf that looks like two hashes is no inner node.
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


@pytest.mark.parametrize("size", range(MOST + 1))
def test_root_is_that_of_the_definition(size: int) -> None:
    assert tree_root(size, READ) == root_from_leaves(LEAVES[:size])


def test_every_inclusion_proof_holds_and_only_there() -> None:
    for size in range(1, 18):
        root = tree_root(size, READ)
        for index in range(size):
            proof = inclusion_proof(index, size, READ)
            verify_inclusion(index, size, LEAVES[index], proof, root)
            for other in range(size):
                if other != index:
                    with pytest.raises(ProofError):
                        verify_inclusion(other, size, LEAVES[index], proof, root)


def test_every_consistency_proof_holds() -> None:
    for new in range(18):
        for old in range(new + 1):
            proof = consistency_proof(old, new, READ)
            verify_consistency(old, new, tree_root(old, READ), tree_root(new, READ), proof)


@settings(max_examples=150)
@given(st.data())
def test_any_change_of_an_inclusion_proof_is_seen(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, MOST))
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(index, size, READ), tree_root(size, READ)

    with pytest.raises(ProofError):
        verify_inclusion(index, size, LEAVES[index], changed(data, proof), root)


@settings(max_examples=150)
@given(st.data())
def test_any_change_of_a_consistency_proof_is_seen(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, MOST))
    old = data.draw(st.integers(0, new))
    proof = consistency_proof(old, new, READ)

    with pytest.raises(ProofError):
        verify_consistency(old, new, tree_root(old, READ), tree_root(new, READ), changed(data, proof))


def changed(data: st.DataObject, proof: list[bytes]) -> list[bytes]:
    place = data.draw(st.integers(0, len(proof)))
    ways = ["insert", *(["flip", "remove"] if place < len(proof) else [])]
    way = data.draw(st.sampled_from(ways))
    result = list(proof)
    if way == "insert":
        result.insert(place, data.draw(st.binary(min_size=32, max_size=32)))
    elif way == "remove":
        del result[place]
    else:
        bit = data.draw(st.integers(0, 255))
        result[place] = (int.from_bytes(proof[place], "big") ^ 1 << bit).to_bytes(32, "big")
    return result


def test_a_tree_with_another_entry_is_not_consistent() -> None:
    forked = stored([*LEAVES[:3], leaf_hash(b"another"), *LEAVES[4:9]])

    with pytest.raises(ProofError, match=r"new root|old root"):
        verify_consistency(5, 9, tree_root(5, READ), tree_root(9, forked), consistency_proof(5, 9, forked))


def test_questions_outside_the_tree() -> None:
    for ask in (
        lambda: inclusion_proof(3, 3, READ),
        lambda: inclusion_proof(-1, 3, READ),
        lambda: consistency_proof(4, 3, READ),
        lambda: consistency_proof(-1, 3, READ),
        lambda: verify_inclusion(3, 3, LEAVES[0], [], LEAVES[0]),
        lambda: verify_inclusion(0, 2**63, LEAVES[0], [], LEAVES[0]),
        lambda: verify_consistency(4, 3, LEAVES[0], LEAVES[0], []),
    ):
        with pytest.raises(ProofError, match=r"lea[fv]"):
            ask()


@pytest.mark.parametrize(
    ("proof", "sentence"),
    [([b"short"], "32 bytes"), ([LEAVES[0]] * 200, "deep"), ([LEAVES[0]] * 60, "too long"), ([], "too short")],
)
def test_impossible_inclusion_proofs(proof: list[bytes], sentence: str) -> None:
    with pytest.raises(ProofError, match=sentence):
        verify_inclusion(1, 4, LEAVES[1], proof, tree_root(4, READ))


@pytest.mark.parametrize(
    ("old", "new", "proof", "sentence"),
    [
        (3, 7, [], "is empty"),
        (4, 7, [], "too short"),
        (4, 7, [LEAVES[0]] * 9, "too long"),
        (7, 7, [LEAVES[0]], "should be empty"),
        (3, 7, [b"short"], "32 bytes"),
    ],
)
def test_impossible_consistency_proofs(old: int, new: int, proof: list[bytes], sentence: str) -> None:
    with pytest.raises(ProofError, match=sentence):
        verify_consistency(old, new, tree_root(old, READ), tree_root(new, READ), proof)


def test_trivial_consistency_is_not_waved_through() -> None:
    with pytest.raises(ProofError, match="two different roots"):
        verify_consistency(3, 3, tree_root(3, READ), tree_root(4, READ), [])
    with pytest.raises(ProofError, match="empty tree"):
        verify_consistency(0, 3, LEAVES[0], tree_root(3, READ), [])


def vectors(kind: str) -> list[Any]:
    base = SHARED / "spec/vectors/merkle" / kind if SHARED else None
    paths = sorted(base.rglob("*.json")) if base else []
    return [pytest.param(path, id=str(path.relative_to(base)).removesuffix(".json")) for path in paths if base]


def decode(text: str | None) -> bytes:
    return base64.b64decode(text or "")


@needs_shared
@pytest.mark.parametrize("path", vectors("inclusion"))
def test_inclusion_vectors(path: Path) -> None:
    vector = json.loads(path.read_text())
    proof = [decode(value) for value in vector["proof"] or []]

    judge(
        lambda: verify_inclusion(
            vector["leafIdx"], vector["treeSize"], decode(vector["leafHash"]), proof, decode(vector["root"])
        ),
        wrong=vector["wantErr"],
    )


@needs_shared
@pytest.mark.parametrize("path", vectors("consistency"))
def test_consistency_vectors(path: Path) -> None:
    vector = json.loads(path.read_text())
    proof = [decode(value) for value in vector["proof"] or []]

    judge(
        lambda: verify_consistency(
            vector["size1"], vector["size2"], decode(vector["root1"]), decode(vector["root2"]), proof
        ),
        wrong=vector["wantErr"],
    )


def judge(verify: Callable[[], None], *, wrong: bool) -> None:
    if wrong:
        with pytest.raises(ProofError):
            verify()
    else:
        verify()
