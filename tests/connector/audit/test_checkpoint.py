import base64
import re

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from connector.audit.checkpoint import (
    MAX_NOTE,
    MAX_SIGNATURES,
    Checkpoint,
    key_id,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    peek_checkpoint,
    sign_checkpoint,
    vkey,
)
from connector.audit.errors import CheckpointError
from connector.audit.merkle import EMPTY_ROOT
from tests.support.shared import SHARED, needs_shared

ORIGIN = "factory.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RAW = KEY.public_key().public_bytes_raw()
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
STATE = Checkpoint(ORIGIN, 7, bytes(range(32)))
NOTE = sign_checkpoint(STATE, KEY.sign, RAW)


def verify(signature: bytes, data: bytes) -> None:
    KEY.public_key().verify(signature, data)


def opened(note: str, *, origin: str = ORIGIN) -> Checkpoint:
    return open_checkpoint(note, origin=origin, verify=verify, public_raw=RAW)


def line(name: str, data: bytes) -> str:
    return f"\u2014 {name} {base64.b64encode(data).decode()}\n"


def test_what_was_signed_is_opened() -> None:
    assert opened(NOTE) == STATE
    assert peek_checkpoint(NOTE) == STATE
    assert NOTE.startswith(f"{ORIGIN}\n7\nAAECAwQF")
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert opened(sign_checkpoint(empty, KEY.sign, RAW)) == empty


@needs_shared
def test_the_standards_own_note_and_verifier_key() -> None:
    assert SHARED
    text = (SHARED / "spec/tlog/signed-note.md").read_text("utf-8")
    match = re.search(r"(example\.com/foo)\+([0-9a-f]{8})\+(\S+)", text)
    blocks = [block for block in re.findall(r"```\n(.*?)```", text, re.DOTALL) if "example.com/foo" in block]
    assert match
    raw = base64.b64decode(match[3])[1:]

    def check(signature: bytes, data: bytes) -> None:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, data)

    assert vkey(match[1], raw) == match[0]
    assert open_note(blocks[-1], name=match[1], verify=check, public_raw=raw) + "\n" in blocks[-1]
    with pytest.raises(CheckpointError, match="does not hold"):
        open_note(blocks[-1].replace("example message", "exbmple message"), name=match[1], verify=check, public_raw=raw)


@pytest.mark.parametrize("place", range(len(NOTE)))
def test_no_character_can_be_changed(place: int) -> None:
    character = "B" if NOTE[place] != "B" else "C"
    with pytest.raises(CheckpointError):
        opened(NOTE[:place] + character + NOTE[place + 1 :])


def test_other_signatures_are_passed_over() -> None:
    stranger = line("witness.example", b"\0\0\0\1" + bytes(72))
    same_name = line(ORIGIN, b"\0\0\0\1" + bytes(64))

    assert opened(NOTE + stranger + same_name) == STATE
    head, _, signature = NOTE.rpartition("\n\n")
    assert opened(f"{head}\n\n{stranger}{signature}") == STATE


def test_a_wrong_signature_of_the_log_beside_a_right_one_is_refused() -> None:
    with pytest.raises(CheckpointError, match="does not hold"):
        opened(NOTE + line(ORIGIN, key_id(ORIGIN, RAW) + bytes(64)))
    with pytest.raises(CheckpointError, match="64 bytes"):
        opened(NOTE + line(ORIGIN, key_id(ORIGIN, RAW) + bytes(63)))


def test_another_log_or_key() -> None:
    with pytest.raises(CheckpointError, match="not signed"):
        opened(NOTE, origin="factory.example/other")
    foreign = sign_checkpoint(STATE, OTHER.sign, OTHER.public_key().public_bytes_raw())
    with pytest.raises(CheckpointError, match="not signed"):
        opened(foreign)
    # The right name and key, under a text of another log.
    text = Checkpoint("other.example/log", 7, STATE.root).text()
    mixed = f"{text}\n{line(ORIGIN, key_id(ORIGIN, RAW) + KEY.sign(text.encode()))}"
    with pytest.raises(CheckpointError, match="of the log"):
        opened(mixed)


def test_extension_lines_are_passed_over() -> None:
    text = STATE.text() + "extension\n"
    note = f"{text}\n{line(ORIGIN, key_id(ORIGIN, RAW) + KEY.sign(text.encode()))}"

    assert opened(note) == STATE


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("", "empty line"),
        (NOTE.replace("\n\n", "\n"), "empty line"),
        (NOTE.rstrip("\n"), "newline"),
        (NOTE.replace("7", "7\r"), "control"),
        (NOTE + "\ud800\n", "UTF-8"),
        (NOTE + "no signature\n", "signature line"),
        (NOTE + "\u2014 name\n", "signature line"),
        (NOTE + "\u2014 a+b AAAA\n", "signature line"),
        (NOTE + "\u2014 name !!!!\n", "base64"),
        (NOTE + "\u2014 name AAAA\n", "too short"),
        (NOTE + "\u2014 name AAAAAAB=\n", "one form"),
        (NOTE + line("w", bytes(70)) * MAX_SIGNATURES, "more than"),
        (NOTE + "x" * MAX_NOTE, "larger"),
    ],
)
def test_malformed_notes(note: str, sentence: str) -> None:
    with pytest.raises(CheckpointError, match=sentence):
        opened(note)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{ORIGIN}\n7\n", "three lines"),
        (STATE.text().rstrip("\n"), "three lines"),
        (STATE.text() + "\n", "three lines"),
        (STATE.text().replace("\n7\n", "\n07\n"), "decimal"),
        (STATE.text().replace("\n7\n", "\n-7\n"), "decimal"),
        (STATE.text().replace("\n7\n", "\n٧\n"), "decimal"),
        (STATE.text().replace("\n7\n", f"\n{2**62 + 1}\n"), "decimal"),
        (STATE.text().replace("\n7\n", f"\n{'9' * 400}\n"), "decimal"),
        (f"{ORIGIN}\n7\nAAAA\n", "3 bytes"),
        (f"a b\n7\n{'A' * 43}=\n", "origin"),
    ],
)
def test_texts_that_are_no_checkpoint(text: str, sentence: str) -> None:
    with pytest.raises(CheckpointError, match=sentence):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    "state",
    [
        Checkpoint("", 7, STATE.root),
        Checkpoint("a+b", 7, STATE.root),
        Checkpoint("a\u3000b", 7, STATE.root),
        Checkpoint("a\nb", 7, STATE.root),
        Checkpoint("a" * 513, 7, STATE.root),
        Checkpoint(ORIGIN, -1, STATE.root),
        Checkpoint(ORIGIN, 7, b"short"),
    ],
)
def test_nothing_impossible_is_signed(state: Checkpoint) -> None:
    with pytest.raises(CheckpointError):
        sign_checkpoint(state, KEY.sign, RAW)


def test_whatever_the_verifying_function_raises_the_note_is_not_signed() -> None:
    def broken(signature: bytes, data: bytes) -> None:
        raise InvalidSignature

    with pytest.raises(CheckpointError):
        open_checkpoint(NOTE, origin=ORIGIN, verify=broken, public_raw=RAW)
