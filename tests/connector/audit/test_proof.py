import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connector.audit.errors import CheckpointError
from connector.audit.log import Appended, append
from connector.audit.proof import read_tlog_proof, write_tlog_proof

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RAW = KEY.public_key().public_bytes_raw()


def added(entries: list[bytes]) -> list[Appended]:
    nodes: dict[tuple[int, int], bytes] = {}
    done: list[Appended] = []
    for entry in entries:
        step = append(
            entry,
            len(done),
            lambda level, index: nodes[level, index],
            origin="factory.example/log",
            sign=KEY.sign,
            public_raw=RAW,
        )
        nodes.update({(level, index): value for level, index, value in step.nodes})
        done.append(step)
    return done


@pytest.fixture
def log() -> list[Appended]:
    return added([b"entry %d" % number for number in range(8)])


def test_what_was_written_is_read(log: list[Appended]) -> None:
    done = log[6]
    read = read_tlog_proof(done.tlog_proof())

    assert (read.index, read.proof, read.note) == (6, done.inclusion_proof, done.checkpoint_note)
    assert write_tlog_proof(read.index, read.proof, read.note) == done.tlog_proof()


def test_a_proof_without_hashes() -> None:
    done = added([b"first"])[0]

    assert read_tlog_proof(done.tlog_proof()).proof == ()


def test_extra_data_is_passed_over(log: list[Appended]) -> None:
    text = log[6].tlog_proof()
    assert read_tlog_proof(text.replace("\nindex", "\nextra AAAA\nindex")) == read_tlog_proof(text)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2", "begins with"),
        ("\n\n", "\n", "begins with|index|32 bytes|base64"),
        ("index 6", "index 06", "plain decimal"),
        ("index 6", "index -6", "plain decimal"),
        ("index 6", f"index {2**63}", "plain decimal"),
        ("index 6\n", "", "plain decimal"),
        ("index 6\n", "index 6\nAAAA\n", "32 bytes"),
        ("index 6\n", "index 6\n!!!!\n", "base64"),
        ("index 6\n", "index 6\n" + f"{'A' * 43}=\n" * 64, "deep"),
        ("index 6\n", "extra !\nindex 6\n", "base64"),
        ("index 6\n", "x" * 100_000, "larger"),
    ],
)
def test_malformed_proofs(log: list[Appended], old: str, new: str, sentence: str) -> None:
    text = log[6].tlog_proof()
    assert old in text
    with pytest.raises(CheckpointError, match=sentence):
        read_tlog_proof(text.replace(old, new, 1))


def test_a_header_alone() -> None:
    with pytest.raises(CheckpointError, match="plain decimal"):
        read_tlog_proof("c2sp.org/tlog-proof@v1\n\nnote")
