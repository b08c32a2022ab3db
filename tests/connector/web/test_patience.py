"""Heads and bodies that are too slow or too large, on a connection whose clock the test turns."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from connector.web import patience
from connector.web.patience import HEAD_WITHIN, MAX_HEAD, PatientHttp

pytestmark = pytest.mark.anyio
GET = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"


class Handle:
    def __init__(self, at: float, call: Any, arguments: Any) -> None:
        self.at, self.call, self.arguments, self.cancelled = at, call, arguments, False

    def cancel(self) -> None:
        self.cancelled = True


class Loop:
    """The running loop, with a clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.handles: list[Handle] = []

    def call_later(self, delay: float, call: Any, *arguments: Any) -> Handle:
        self.handles.append(Handle(self.now + delay, call, arguments))
        return self.handles[-1]

    def create_task(self, coroutine: Any, **more: Any) -> asyncio.Task[Any]:
        return asyncio.get_running_loop().create_task(coroutine, **more)

    def turn(self, seconds: float) -> None:
        self.now += seconds
        for handle in [h for h in self.handles if not h.cancelled and h.at <= self.now]:
            handle.cancelled = True
            handle.call(*handle.arguments)


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.said = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.said += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Line:
    """One connection to an application that answers at once, or when it has read the whole body."""

    def __init__(self, *, reads: bool) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            more = reads
            while more:
                more = (await receive()).get("more_body", False)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
            await send({"type": "http.response.body", "body": b"ok"})

        self.loop = Loop()
        self.transport = Transport()
        config = Config(app, log_config=None, access_log=False, timeout_keep_alive=75)
        config.load()
        self.state = ServerState()
        self.http = PatientHttp(config, self.state, {}, self.loop)  # type: ignore[arg-type]
        self.http.connection_made(self.transport)

    async def answered(self) -> None:
        while self.state.tasks:
            await asyncio.wait(set(self.state.tasks))

    def says(self, data: bytes) -> None:
        if not self.transport.closed:
            self.http.data_received(data)


@pytest.fixture
async def line(anyio_backend: str) -> AsyncIterator[Line]:
    made = Line(reads=True)
    yield made
    await made.answered()


async def test_who_says_nothing_is_not_waited_for(line: Line) -> None:
    line.loop.turn(HEAD_WITHIN - 1)
    assert not line.transport.is_closing()
    line.loop.turn(1)
    assert line.transport.is_closing()
    assert line.transport.said.startswith(b"HTTP/1.1 408 ")


async def test_a_head_that_trickles_in_is_cut(line: Line) -> None:
    for sign in GET[:-2]:
        line.says(bytes([sign]))
        line.loop.turn(1)
    assert line.transport.is_closing()
    assert line.loop.now > HEAD_WITHIN
    assert line.transport.said.startswith(b"HTTP/1.1 408 ")


async def test_a_further_request_has_its_own_time(line: Line) -> None:
    line.says(GET)
    await line.answered()
    for _ in range(3):
        line.loop.turn(2 * HEAD_WITHIN)
        line.says(GET[:5])
        line.loop.turn(HEAD_WITHIN - 1)
        line.says(GET[5:])
        await line.answered()
    assert line.transport.said.count(b"200 OK") == 4
    line.says(GET[:5])
    line.loop.turn(HEAD_WITHIN)
    assert line.transport.is_closing()


async def test_empty_lines_are_no_sign_of_life(line: Line) -> None:
    line.says(GET)
    await line.answered()
    for _ in range(4):
        line.says(b"\r\n")
        line.loop.turn(HEAD_WITHIN / 3)
    assert line.transport.is_closing()


async def test_a_body_may_take_its_time(line: Line) -> None:
    """How long is a matter of what is asked for: a file takes longer than a message."""
    line.says(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
    for sign in b"abcd":
        line.loop.turn(HEAD_WITHIN)
        line.says(bytes([sign]))
    await line.answered()
    assert b"200 OK" in line.transport.said
    assert not line.transport.is_closing()


async def test_the_rest_of_a_body_that_nobody_reads_is_not_waited_for() -> None:
    line = Line(reads=False)
    line.says(b"GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
    await line.answered()
    assert line.transport.said.endswith(b"ok")
    for _ in range(4):
        line.says(b"x")
        line.loop.turn(HEAD_WITHIN / 3)
    assert line.transport.is_closing()
    assert line.transport.said.endswith(b"ok")


async def test_a_body_that_arrives_after_its_answer_does_no_harm() -> None:
    line = Line(reads=False)
    line.says(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
    await line.answered()
    line.says(b"abcd")
    line.loop.turn(HEAD_WITHIN / 2)
    line.says(GET)
    await line.answered()
    line.loop.turn(HEAD_WITHIN)
    assert not line.transport.is_closing()
    assert line.transport.said.count(b"200 OK") == 2


@pytest.mark.parametrize("piece", [100, 10_000])
async def test_a_head_that_grows_without_end_is_cut(line: Line, piece: int) -> None:
    line.says(b"GET /x HTTP/1.1\r\nHost: a\r\nX: ")
    sent = 0
    while not line.transport.is_closing():
        line.says(b"x" * piece)
        sent += piece
    assert sent <= MAX_HEAD + piece
    assert line.transport.said.startswith(b"HTTP/1.1 431 ")


async def test_a_large_body_before_a_head_is_no_large_head(line: Line) -> None:
    body = b"x" * (2 * MAX_HEAD)
    line.says(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body))
    line.says(body)
    assert not line.transport.is_closing()
    await line.answered()
    line.says(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body))
    line.says(body + GET[:5])
    assert not line.transport.is_closing()
    line.says(GET[5:])
    await line.answered()
    assert line.transport.said.count(b"200 OK") == 3


async def test_nothing_fires_after_the_end(line: Line) -> None:
    line.says(GET[:5])
    line.http.connection_lost(None)
    said = line.transport.said
    line.loop.turn(10 * HEAD_WITHIN)
    assert line.transport.said == said


def test_the_bounds_leave_room_for_honest_requests() -> None:
    assert patience.MAX_HEAD > 10 * 3_000
