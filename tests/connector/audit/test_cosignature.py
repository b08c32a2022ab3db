import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from connector.audit.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from connector.audit.cosignature import (
    Witness,
    cosign,
    cosignatures,
    cosigner_vkey,
    own_lines_only,
    with_cosignatures,
)
from connector.audit.errors import CheckpointError
from tests.support.shared import SHARED, needs_shared

LOG, WITNESS, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
ORIGIN, NAME = "plant.example/log", "customer.example/log"
NOW = datetime(2026, 11, 29, 9, 0, 1, 250_000, tzinfo=UTC)


def raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def witness(key: Ed25519PrivateKey = WITNESS, name: str = NAME) -> Witness:
    return Witness(name, raw(key), key.public_key().verify)


def note(size: int = 5) -> str:
    return sign_checkpoint(Checkpoint(ORIGIN, size, bytes(range(32))), LOG.sign, raw(LOG))


def cosigned(made: str, key: Ed25519PrivateKey = WITNESS, name: str = NAME, now: datetime = NOW) -> str:
    return with_cosignatures(made, [cosign(made, name, key.sign, raw(key), now)])


def test_a_cosignature_says_who_and_when() -> None:
    (found,) = cosignatures(cosigned(note()), [witness()])
    assert (found.name, found.time) == (NAME, NOW.replace(microsecond=0))


def test_the_log_s_own_signature_still_holds_beside_it() -> None:
    made = cosigned(note())
    opened = open_checkpoint(made, origin=ORIGIN, verify=LOG.public_key().verify, public_raw=raw(LOG))
    assert opened.size == 5
    assert own_lines_only(made) == note()


def test_the_same_key_signs_and_cosigns_without_confusion() -> None:
    """A connector's one log key signs its own log and cosigns others': neither line can stand for the other."""
    made = note()
    assert cosignatures(made, [witness(LOG, ORIGIN)]) == ()
    line = cosign(made, ORIGIN, LOG.sign, raw(LOG), NOW)
    alone = made.replace(made.rsplit("\n\n", 1)[1], line + "\n")
    with pytest.raises(CheckpointError, match="not signed by the known key"):
        open_checkpoint(alone, origin=ORIGIN, verify=LOG.public_key().verify, public_raw=raw(LOG))


def test_lines_of_strangers_are_passed_over() -> None:
    made = cosigned(cosigned(note(), STRANGER, "stranger.example"))
    assert [found.name for found in cosignatures(made, [witness()])] == [NAME]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: data[:12] + bytes(64), "does not hold"),
        (lambda data: data[:4] + (1).to_bytes(8, "big") + data[12:], "does not hold"),
        (lambda data: data[:4] + bytes(8) + data[12:], "no possible time"),
        (lambda data: data[:4] + b"\xff" * 8 + data[12:], "no possible time"),
        (lambda data: data[:-1], "does not have 72 bytes"),
    ],
)
def test_a_changed_cosignature_is_refused(change, why: str) -> None:  # type: ignore[no-untyped-def]
    line = cosign(note(), NAME, WITNESS.sign, raw(WITNESS), NOW)
    data = base64.b64decode(line.rsplit(" ", 1)[1])
    changed = f"\u2014 {NAME} {base64.b64encode(change(data)).decode()}"
    with pytest.raises(CheckpointError, match=why):
        cosignatures(with_cosignatures(note(), [changed]), [witness()])


def test_a_cosignature_of_another_checkpoint_does_not_hold() -> None:
    line = cosign(note(4), NAME, WITNESS.sign, raw(WITNESS), NOW)
    with pytest.raises(CheckpointError, match="does not hold"):
        cosignatures(with_cosignatures(note(5), [line]), [witness()])


def test_a_witness_with_our_name_and_another_key_is_a_stranger() -> None:
    assert cosignatures(cosigned(note(), STRANGER, NAME), [witness()]) == ()


def test_no_log_is_called_like_the_header_of_cosignatures() -> None:
    with pytest.raises(CheckpointError, match="read like cosignatures"):
        sign_checkpoint(Checkpoint("cosignature/v1", 1, bytes(32)), LOG.sign, raw(LOG))


def test_a_line_is_added_once() -> None:
    line = cosign(note(), NAME, WITNESS.sign, raw(WITNESS), NOW)
    once = with_cosignatures(note(), [line, line])
    assert with_cosignatures(once, [line]) == once
    assert once.count(NAME) == 1


@given(st.integers(0, 2**40), st.integers(0, 10**9))
def test_any_moment_comes_back(size: int, seconds: int) -> None:
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    (found,) = cosignatures(cosigned(note(size), now=now), [witness()])
    assert found.time == now


def test_verifier_keys_name_type_four() -> None:
    name, _, material = cosigner_vkey(NAME, raw(WITNESS)).split("+")
    assert (name, base64.b64decode(material)[0]) == (NAME, 4)


@needs_shared
def test_the_example_of_the_standard_reads_as_a_cosignature() -> None:
    """Its key is not published; form, key name and time are as we read them."""
    assert SHARED
    text = (SHARED / "spec/tlog/tlog-cosignature.md").read_text("utf-8")
    line = re.search(r"— witness\.example\.com/w1 (\S+)", text)
    assert line
    data = base64.b64decode(line[1])
    assert len(data) == 4 + 8 + 64
    assert int.from_bytes(data[4:12], "big") == 1679315147
