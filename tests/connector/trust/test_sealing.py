"""Secrets at rest: opened by the same passphrase under the same name, by nothing else."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.trust.errors import SealBroken
from connector.trust.sealing import is_sealed, seal, unseal

PASSPHRASE = b"correct horse battery"
SEALED = seal(b"the secret", PASSPHRASE, name="contract")


def changed(**parts: object) -> bytes:
    return json.dumps({**json.loads(SEALED), **parts}).encode()


@settings(max_examples=5, deadline=None)
@given(st.binary(max_size=500), st.binary(min_size=12, max_size=40))
def test_what_was_sealed_is_opened(secret: bytes, passphrase: bytes) -> None:
    sealed = seal(secret, passphrase, name="log")
    assert is_sealed(sealed)
    assert unseal(sealed, passphrase, name="log") == secret


def test_it_does_not_show_the_secret_and_never_looks_the_same() -> None:
    assert b"secret" not in SEALED.replace(b"sealed secret", b"")
    assert seal(b"the secret", PASSPHRASE, name="contract") != SEALED


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(SealBroken, match="passphrase is not the one"):
        unseal(SEALED, PASSPHRASE + b"!", name="contract")


def test_it_does_not_open_under_another_name() -> None:
    with pytest.raises(SealBroken, match="passphrase is not the one"):
        unseal(SEALED, PASSPHRASE, name="token")


def test_a_changed_byte_is_noticed() -> None:
    text = json.loads(SEALED)["sealed"]
    other = ("A" if text[0] != "A" else "B") + text[1:]
    with pytest.raises(SealBroken, match="or the file was changed"):
        unseal(changed(sealed=other), PASSPHRASE, name="contract")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "no sealed secret"),
        (b"-----BEGIN PRIVATE KEY-----", "no sealed secret"),
        (SEALED[:-30], "no sealed secret"),
        (b"[]", "of the format"),
        (changed(format="mmd-sealed/2"), "of the format"),
        (changed(kdf={"name": "scrypt", "n": 2**30, "r": 8, "p": 1, "salt": "AA"}), "another key derivation"),
        (changed(kdf="scrypt"), "another key derivation"),
        (changed(cipher={"name": "AES-128-GCM", "nonce": "AA"}), "another cipher"),
        (changed(cipher={"name": "AES-256-GCM", "nonce": "AA"}), "another length"),
        (changed(sealed=None), "not whole"),
        (changed(sealed="%"), "no sealed secret"),
    ],
)
def test_what_is_no_sealed_secret_is_refused(document: bytes, reason: str) -> None:
    with pytest.raises(SealBroken, match=reason):
        unseal(document, PASSPHRASE, name="contract")


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(SealBroken, match="12 bytes or more"):
        seal(b"x", b"elevenbytes", name="log")
