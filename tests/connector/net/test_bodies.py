import gzip
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.net.bodies import Body, BodyError

PACKED = gzip.compress(b"{}", mtime=0)


def read(data: bytes, most: int, *, packed: bool, step: int = 1000) -> bytes:
    body = Body(most, packed=packed)
    for at in range(0, len(data), step):
        body.add(data[at : at + step])
    return body.whole()


@given(st.binary(max_size=5000), st.integers(1, 700), st.booleans())
def test_what_was_sent_is_what_is_read(data: bytes, step: int, packed: bool) -> None:
    sent = gzip.compress(data) if packed else data
    assert read(sent, max(len(data), len(sent)), packed=packed, step=step) == data


@pytest.mark.parametrize("packed", [False, True])
def test_a_byte_too_much(packed: bool) -> None:
    data = b"x" * 10_001
    with pytest.raises(BodyError, match="larger than 10,000 bytes"):
        read(gzip.compress(data) if packed else data, 10_000, packed=packed)
    assert read(gzip.compress(data) if packed else data, 10_001, packed=packed) == data


def test_a_bomb_is_not_unpacked() -> None:
    """30 MB of zeroes in 30 kB: nothing beyond the bound is ever in memory, also when they come in one part."""
    bomb = gzip.compress(b"\0" * 30_000_000)
    tracemalloc.start()
    with pytest.raises(BodyError, match="larger than 100,000 bytes"):
        read(bomb, 100_000, packed=True, step=len(bomb))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_what_does_not_shrink_is_bounded_too() -> None:
    noise = random.Random(1).randbytes(1000)
    padded = gzip.compress(noise, 0)
    with pytest.raises(BodyError, match="larger than"):
        read(padded, len(noise) - 1, packed=True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{}", "cannot be unpacked"),
        (PACKED[:-1], "is cut off"),
        (PACKED[:3], "is cut off"),
        (PACKED + b"x", "goes on behind its end"),
        (PACKED[:-8] + b"\0" * 8, "cannot be unpacked"),
    ],
)
def test_what_is_no_gzip(data: bytes, said: str) -> None:
    with pytest.raises(BodyError, match=said):
        read(data, 1000, packed=True)


def test_nothing_is_nothing() -> None:
    """304 has no content, whatever its headers say."""
    assert read(b"", 10, packed=True) == b""
