import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connector.audit.checkpoint import open_checkpoint
from connector.audit.errors import CheckpointError, ProofError
from connector.audit.log import Appended, HighWater, HighWaterVerdict, append, judge_high_water, prove
from connector.audit.merkle import (
    consistency_proof,
    leaf_hash,
    root_from_leaves,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from connector.audit.proof import verify_tlog_proof

ORIGIN = "factory.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RAW = KEY.public_key().public_bytes_raw()
ENTRIES = [b"entry %d" % number for number in range(11)]


def verify(signature: bytes, data: bytes) -> None:
    KEY.public_key().verify(signature, data)


class Log:
    def __init__(self) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.done: list[Appended] = []

    def read(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def add(self, entry: bytes) -> Appended:
        done = append(entry, len(self.done), self.read, origin=ORIGIN, sign=KEY.sign, public_raw=RAW)
        self.nodes.update({(level, index): value for level, index, value in done.nodes})
        self.done.append(done)
        return done


@pytest.fixture
def log() -> Log:
    made = Log()
    for entry in ENTRIES:
        made.add(entry)
    return made


def test_each_append_is_proved_in_its_own_checkpoint(log: Log) -> None:
    for number, done in enumerate(log.done):
        state = open_checkpoint(done.checkpoint_note, origin=ORIGIN, verify=verify, public_raw=RAW)

        assert (done.index, done.size, state.size, state.root) == (number, number + 1, number + 1, done.root)
        assert done.root == root_from_leaves([leaf_hash(entry) for entry in ENTRIES[: number + 1]])
        assert done.leaf == leaf_hash(ENTRIES[number])
        verify_inclusion(number, done.size, done.leaf, done.inclusion_proof, done.root)
        assert verify_tlog_proof(done.tlog_proof(), done.leaf, origin=ORIGIN, verify=verify, public_raw=RAW) == (
            number,
            number + 1,
        )


def test_appending_writes_nothing(log: Log) -> None:
    before = dict(log.nodes)
    append(b"one more", len(log.done), log.read, origin=ORIGIN, sign=KEY.sign, public_raw=RAW)

    assert log.nodes == before


def test_checkpoints_are_consistent_with_each_other(log: Log) -> None:
    for old in log.done:
        for new in log.done[old.index :]:
            proof = consistency_proof(old.size, new.size, log.read)
            verify_consistency(old.size, new.size, old.root, new.root, proof)


def test_an_old_entry_is_proved_in_a_later_checkpoint(log: Log) -> None:
    text = prove(2, log.read, log.done[-1].checkpoint_note)

    assert verify_tlog_proof(text, leaf_hash(ENTRIES[2]), origin=ORIGIN, verify=verify, public_raw=RAW) == (2, 11)
    with pytest.raises(ProofError, match="another root"):
        verify_tlog_proof(text, leaf_hash(ENTRIES[3]), origin=ORIGIN, verify=verify, public_raw=RAW)
    with pytest.raises(ProofError, match="no leaf"):
        prove(5, log.read, log.done[2].checkpoint_note)
    with pytest.raises(CheckpointError):
        prove(5, log.read, "no note")


def test_the_high_water_mark(log: Log) -> None:
    def root_at(size: int) -> bytes:
        return tree_root(size, log.read)

    marks: list[tuple[HighWater | None, HighWaterVerdict, bool]] = [
        (None, HighWaterVerdict.NO_MARK, True),
        (HighWater(11, log.done[-1].root), HighWaterVerdict.AGREES, True),
        (HighWater(4, log.done[3].root), HighWaterVerdict.AGREES, True),
        (HighWater(12, log.done[-1].root), HighWaterVerdict.SET_BACK, False),
        (HighWater(4, log.done[4].root), HighWaterVerdict.FORKED, False),
    ]
    for mark, verdict, may_sign in marks:
        assert judge_high_water(mark, 11, root_at) is verdict
        assert verdict.may_sign is may_sign
    with pytest.raises(ProofError, match="negative"):
        judge_high_water(HighWater(-1, b""), 11, root_at)
