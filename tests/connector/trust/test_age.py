"""The format age: opened by one passphrase, whole and unchanged; by nothing else, and nothing of it otherwise."""

import base64
import io
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.trust.age import CHUNK, AgeReader, AgeWriter
from connector.trust.errors import AgeInvalid

PASSPHRASE: Final = b"correct horse battery"
WORK: Final = 2
TAG: Final = 16

VECTOR: Final = base64.b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCByRjAvTndibFVISFRwZ1FnUnBlNUNRIDEwCmdVakV5bUZLTVZYUUVL"
    "ZE1NSEwyNG9ZZXhqRTNUSUMwTzB6R1NxSjJhVVkKLS0tIElPWGlRWVN0a29UMW12WlcydEZPcVpkaFJWdmo1OGVnQUJ4L3NX"
    "ZlpRYmMKGzXG5ofdANo6w3msn3QsIf0YWhuePe1znRSsappQEk24Ztg="
)
"""The vector `scrypt` of C2SP's test vectors for age (CCTV), whose licence lets everybody copy it without attribution."""
VECTOR_PAYLOAD: Final = "013f54400c82da08037759ada907a8b864e97de81c088a182062c4b5622fd2ab"


def sealed(content: bytes, *, pieces: int = 7_001) -> bytes:
    out = io.BytesIO()
    writer = AgeWriter(out, PASSPHRASE, work=WORK)
    for at in range(0, len(content), pieces):
        writer.write(content[at : at + pieces])
    writer.finish()
    return out.getvalue()


def opened(data: bytes, passphrase: bytes = PASSPHRASE, *, pieces: int = 10_007) -> bytes:
    reader = AgeReader(io.BytesIO(data), passphrase)
    found = []
    while part := reader.read(pieces):
        found.append(part)
    return b"".join(found)


def content_of(size: int) -> bytes:
    return (b"0123456789abcdef" * (size // 16 + 1))[:size]


SIZES: Final = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5)
LARGE: Final = sealed(content_of(2 * CHUNK + 5))
HEADER: Final = LARGE.index(b"\n--- ") + len("\n--- ") + 43 + 1
PAYLOAD: Final = HEADER + 16


@pytest.mark.parametrize("size", SIZES)
def test_what_was_written_is_read(size: int) -> None:
    data = sealed(content_of(size))
    assert opened(data) == content_of(size)
    assert AgeReader(io.BytesIO(data), PASSPHRASE).read() == content_of(size)
    chunks = max(1, -(-size // CHUNK))
    assert len(data) == PAYLOAD + size + TAG * chunks


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300), st.binary(min_size=1, max_size=40), st.integers(1, 400))
def test_any_content_and_passphrase(content: bytes, passphrase: bytes, pieces: int) -> None:
    out = io.BytesIO()
    writer = AgeWriter(out, passphrase, work=1)
    writer.write(content)
    writer.finish()
    assert opened(out.getvalue(), passphrase, pieces=pieces) == content


def test_a_file_of_another_program_is_read() -> None:
    import hashlib

    found = opened(VECTOR, b"password")
    assert hashlib.sha256(found).hexdigest() == VECTOR_PAYLOAD


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(AgeInvalid, match="passphrase is not the one"):
        opened(LARGE, PASSPHRASE + b"!")


def test_nothing_is_the_same_twice() -> None:
    assert sealed(b"x") != sealed(b"x")
    assert b"0123456789abcdef" not in LARGE


BOUNDARIES: Final = tuple(
    at + near
    for at in (PAYLOAD, PAYLOAD + CHUNK + TAG, PAYLOAD + 2 * (CHUNK + TAG), len(LARGE))
    for near in (-17, -16, -1, 0, 1)
    if at + near < len(LARGE)
)


@pytest.mark.parametrize("end", [*range(0, PAYLOAD + 1, 9), *BOUNDARIES])
def test_a_file_that_was_cut_off_is_noticed(end: int) -> None:
    with pytest.raises(AgeInvalid):
        opened(LARGE[:end])


@pytest.mark.parametrize("at", [*range(0, HEADER + 1, 5), *(b for b in BOUNDARIES), len(LARGE) - 1])
def test_a_changed_bit_is_noticed(at: int) -> None:
    changed = bytearray(LARGE)
    changed[at] ^= 1
    with pytest.raises(AgeInvalid):
        opened(bytes(changed))


def test_no_chunk_is_put_in_taken_out_exchanged_or_added() -> None:
    step = CHUNK + TAG
    head, first, second, rest = (
        LARGE[:PAYLOAD],
        *(LARGE[PAYLOAD + i * step : PAYLOAD + (i + 1) * step] for i in (0, 1, 2)),
    )
    assert head + first + second + rest == LARGE
    for other in (
        head + second + first + rest,
        head + first + rest,
        head + first + first + second + rest,
        head + first + second,
        LARGE + b"x",
        LARGE + rest,
    ):
        with pytest.raises(AgeInvalid):
            opened(other)


def test_nothing_is_given_that_was_not_authenticated() -> None:
    changed = bytearray(LARGE)
    changed[-1] ^= 1
    reader = AgeReader(io.BytesIO(bytes(changed)), PASSPHRASE)
    assert reader.read(2 * CHUNK) == content_of(2 * CHUNK)
    with pytest.raises(AgeInvalid, match="chunk 3"):
        reader.read(1)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"", "no file in the format"),
        (b"PK\x03\x04", "no file in the format"),
        (b"age-encryption.org/v2\n", "no file in the format"),
        (VECTOR.replace(b" 10\n", b" 21\n"), r"more than 2\^20 are not tried"),
        (VECTOR.replace(b" 10\n", b" 010\n"), "not sealed with one passphrase"),
        (VECTOR.replace(b"-> scrypt", b"-> X25519"), "not sealed with one passphrase"),
        (VECTOR.replace(b"rF0/NwblUHHTpgQgRpe5CQ", b"rF0/NwblUHHTpgQgRpe5CR"), "one form"),
        (VECTOR.replace(b"--- I", b"--- J"), "header of the file was changed"),
    ],
)
def test_a_header_that_does_not_hold(header: bytes, reason: str) -> None:
    with pytest.raises(AgeInvalid, match=reason):
        AgeReader(io.BytesIO(header), b"password")
