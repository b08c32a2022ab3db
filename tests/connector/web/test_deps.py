"""Reading a body: bounded in bytes and in time, whatever its head says, and whoever leaves in between."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.requests import Request

from connector.services.errors import BadRequest
from connector.web import deps
from connector.web.deps import BODY, read_body
from tests.support.streaming import Event

pytestmark = pytest.mark.anyio


def request(events: Iterable[Event], length: bytes | None = None) -> Request:
    """A request whose body comes in these events; then nothing comes any more."""
    coming = iter(events)

    async def receive() -> Event:
        event = next(coming, None)
        return event if event is not None else await asyncio.get_running_loop().create_future()

    headers = [] if length is None else [(b"content-length", length)]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


def parts(*bodies: bytes) -> list[Event]:
    return [{"type": "http.request", "body": b, "more_body": n < len(bodies)} for n, b in enumerate(bodies, 1)]


async def test_a_body_is_read_and_kept() -> None:
    asked = request(parts(b"ab", b"", b"c"), b"3")
    assert await read_body(asked, 3) == b"abc"
    assert asked.scope[BODY] == b"abc"


@pytest.mark.parametrize("length", [b"4", b"9" * 16, b"9" * 5000, b"0" * 5000])
async def test_a_length_beyond_the_limit_is_believed_before_anything_is_read(length: bytes) -> None:
    with pytest.raises(BadRequest, match="larger than 3 bytes"):
        await read_body(request([], length), 3)


@pytest.mark.parametrize("length", [b"-1", b"\xb2", b"x", b"", b"1e9", b" 1"])
async def test_a_length_that_is_no_number_counts_for_nothing(length: bytes) -> None:
    assert await read_body(request(parts(b"abc"), length), 3) == b"abc"
    with pytest.raises(BadRequest, match="larger than 3 bytes"):
        await read_body(request(parts(b"abcd"), length), 3)


@pytest.mark.parametrize("length", [None, b"1"])
async def test_chunks_are_read_no_further_than_the_limit(length: bytes | None) -> None:
    coming = iter(parts(*[b"ab"] * 100))
    with pytest.raises(BadRequest, match="larger than 3 bytes"):
        await read_body(request(coming, length), 3)
    assert len(list(coming)) == 98


async def test_a_body_that_does_not_come_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert deps.BODY_WITHIN == 30
    monkeypatch.setattr(deps, "BODY_WITHIN", 0)
    unfinished = parts(b"ab", b"c")[:1]
    with pytest.raises(BadRequest, match="did not arrive within") as caught:
        await read_body(request(unfinished))
    assert caught.value.more["status"] == 408


async def test_who_leaves_before_his_body_is_here_has_not_broken_anything() -> None:
    left: Event = {"type": "http.disconnect"}
    with pytest.raises(BadRequest, match="left before"):
        await read_body(request([*parts(b"ab", b"c")[:1], left]))
