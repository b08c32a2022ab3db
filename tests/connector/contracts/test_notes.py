"""What was opened once is opened for nobody else: other keys, other names, other leaves, other bytes."""

import pytest

from connector.audit.checkpoint import Checkpoint, sign_checkpoint
from connector.audit.errors import AuditError, CheckpointError, EntryError, ProofError
from connector.audit.merkle import leaf_hash
from connector.audit.proof import write_tlog_proof
from connector.contracts.notes import entry_in, logged, opened, verifier
from connector.trust.errors import SignatureInvalid
from connector.trust.keys import generate_ed25519

KEY, OTHER = generate_ed25519(), generate_ed25519()
ORIGIN = "log.example/one"
LEAF, SIBLING = leaf_hash(b"entry"), leaf_hash(b"other")


def note(*, size: int = 1, root: bytes = LEAF, origin: str = ORIGIN) -> str:
    return sign_checkpoint(Checkpoint(origin, size, root), KEY.sign, KEY.public.raw())


def test_a_note_is_opened_by_its_own_key_and_name_only_however_often() -> None:
    text = note()
    for _ in range(2):
        assert opened(text, origin=ORIGIN, key=KEY.public).size == 1
        with pytest.raises(CheckpointError):
            opened(text, origin=ORIGIN, key=OTHER.public)
        with pytest.raises(CheckpointError):
            opened(text, origin="log.example/two", key=KEY.public)


def test_a_changed_note_is_another_one() -> None:
    text = note()
    opened(text, origin=ORIGIN, key=KEY.public)
    for place in range(len(text)):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(AuditError):
            opened(changed, origin=ORIGIN, key=KEY.public)


def test_a_proof_is_of_its_leaf_alone() -> None:
    text = write_tlog_proof(0, [], note())
    for _ in range(2):
        assert logged(text, LEAF, origin=ORIGIN, key=KEY.public) == (0, 1)
        with pytest.raises(ProofError):
            logged(text, SIBLING, origin=ORIGIN, key=KEY.public)
    with pytest.raises(ProofError):
        logged(write_tlog_proof(1, [], note()), LEAF, origin=ORIGIN, key=KEY.public)


def test_a_note_too_large_to_be_remembered_is_opened_all_the_same() -> None:
    text = note() + "\N{EM DASH} someone AAAAAAAA\n" * 400
    with pytest.raises(CheckpointError):  # more lines than a note may have
        opened(text, origin=ORIGIN, key=KEY.public)


def test_a_signature_holds_for_its_key_and_text_only() -> None:
    signature = KEY.sign(b"text")
    for _ in range(2):
        verifier(KEY.public)(signature, b"text")
        for key, made, text in (
            (OTHER, signature, b"text"),
            (KEY, signature, b"texT"),
            (KEY, OTHER.sign(b"text"), b"text"),
        ):
            with pytest.raises(SignatureInvalid):
                verifier(key.public)(made, text)
    large = bytes(10_000)
    verifier(KEY.public)(KEY.sign(large), large)


def test_an_entry_that_cannot_be_read_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(EntryError):
            entry_in(b"{}")
