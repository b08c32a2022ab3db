from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from connector.audit.checkpoint import Checkpoint, sign_checkpoint
from connector.audit.cosignature import Witness, cosign, cosignatures, with_cosignatures
from connector.audit.errors import WitnessRefusal
from connector.audit.merkle import EMPTY_ROOT, consistency_proof, tree_root
from connector.audit.witness import AddCheckpoint, LogKey, judge, read_request, signed_checkpoint
from tests.connector.audit.test_tiles import Tree

LOG, WITNESS, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
ORIGIN = "plant.example/log"
TREE = Tree(40)


def raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def root(size: int) -> bytes:
    return tree_root(size, TREE.read)


def request(old: int, size: int, key: Ed25519PrivateKey = LOG, top: bytes | None = None) -> AddCheckpoint:
    proof = tuple(consistency_proof(min(old, size), size, TREE.read))
    return AddCheckpoint(old, proof, sign_checkpoint(Checkpoint(ORIGIN, size, top or root(size)), key.sign, raw(key)))


def known(origin: str) -> list[LogKey]:
    return [LogKey(raw(LOG), LOG.public_key().verify)] if origin == ORIGIN else []


class OneWitness:
    """A witness with one row, as the service is one over the store."""

    def __init__(self) -> None:
        self.held: Checkpoint | None = None

    def add(self, asked: AddCheckpoint) -> str:
        checkpoint = signed_checkpoint(read_request(asked.body()), known)
        judge(asked, checkpoint, self.held)
        self.held = checkpoint
        return cosign(asked.note, "customer.example/log", WITNESS.sign, raw(WITNESS), datetime(2026, 1, 1, tzinfo=UTC))


def refused(asked: AddCheckpoint, held: Checkpoint | None = None) -> WitnessRefusal:
    with pytest.raises(WitnessRefusal) as caught:
        judge(asked, signed_checkpoint(read_request(asked.body()), known), held)
    return caught.value


def test_the_request_of_the_wire_comes_back() -> None:
    asked = request(7, 12)
    assert read_request(asked.body()) == asked
    assert asked.body().startswith(b"old 7\n")
    assert read_request(request(0, 5).body()) == request(0, 5)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_a_log_that_only_grows_is_always_cosigned(sizes: list[int]) -> None:
    witness = OneWitness()
    old = 0
    for size in sorted(sizes):
        line = witness.add(request(old, size))
        note = with_cosignatures(request(old, size).note, [line])
        (found,) = cosignatures(note, [Witness("customer.example/log", raw(WITNESS), WITNESS.public_key().verify)])
        assert found.line == line
        old = size


def test_an_older_checkpoint_is_never_cosigned_again() -> None:
    witness = OneWitness()
    witness.add(request(0, 20))
    answer = refused(request(0, 10), witness.held)
    assert (answer.status, answer.size) == (409, 20)
    answer = refused(request(10, 15), witness.held)
    assert (answer.status, answer.size) == (409, 20)


def test_a_fork_is_refused() -> None:
    held = Checkpoint(ORIGIN, 12, root(12))
    assert refused(request(12, 20, top=bytes(32)), held).status == 422
    assert refused(request(12, 12, top=bytes(32)), held).status == 422


@pytest.mark.parametrize("size", [0, 1, 12])
def test_the_same_checkpoint_twice_is_cosigned_twice(size: int) -> None:
    witness = OneWitness()
    witness.add(request(0, size))
    assert witness.add(request(size, size))


def test_a_proof_that_should_be_empty() -> None:
    asked = request(5, 12)
    assert refused(AddCheckpoint(0, asked.proof, asked.note)).status == 422


def test_a_tree_without_leaves_has_one_root() -> None:
    judge(request(0, 0), Checkpoint(ORIGIN, 0, EMPTY_ROOT), None)
    assert refused(request(0, 0, top=bytes(range(32)))).status == 422


def test_whose_log_it_is() -> None:
    assert refused(request(0, 5, key=STRANGER)).status == 403
    other = sign_checkpoint(Checkpoint("nobody.example/log", 5, root(5)), LOG.sign, raw(LOG))
    assert refused(AddCheckpoint(0, (), other)).status == 404
    asked = request(0, 5)
    broken = asked.note[:-10] + ("AAAA" if asked.note[-10:-6] != "AAAA" else "BBBB") + asked.note[-6:]
    assert refused(AddCheckpoint(0, (), broken)).status == 403


def test_an_old_size_beyond_the_checkpoint() -> None:
    assert refused(AddCheckpoint(9, (), request(0, 5).note), Checkpoint(ORIGIN, 9, root(9))).status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 1\n",
        b"old 01\n\n" + request(0, 5).note.encode(),
        b"old -1\n\n" + request(0, 5).note.encode(),
        b"new 0\n\n" + request(0, 5).note.encode(),
        b"old 0\nAAAA\n\n" + request(0, 5).note.encode(),
        b"old 0\n!\n\n" + request(0, 5).note.encode(),
        b"old 0\n" + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64 + b"\n" + request(0, 5).note.encode(),
        b"old 0\n\nplant.example/log\n5\n",
        b"old 0\n\n\xff\xfe",
        b"old 0\n\n" + b"a" * 100_000,
    ],
)
def test_what_is_no_request(body: bytes) -> None:
    with pytest.raises(WitnessRefusal) as caught:
        read_request(body)
    assert caught.value.status == 400
