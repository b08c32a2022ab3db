"""Whoever is cancelled while a thread writes, even twice, leaves no thread that writes into a closed file."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from connector.dataplane import sink
from connector.dataplane.flows import HttpDataPlane
from connector.ports.dataplane import Arrival
from tests.connector.dataplane.test_flows import CONTENT, request

pytestmark = pytest.mark.anyio


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """The next write waits: "it has begun", and "go on"."""
    begun, go_on = threading.Event(), threading.Event()
    keep = sink.Sink._keep

    def slow(self: sink.Sink, parts: list[bytes]) -> int:
        begun.set()
        assert go_on.wait(20)
        return keep(self, parts)

    monkeypatch.setattr(sink.Sink, "_keep", slow)
    monkeypatch.setattr(sink, "_GATHERED", 1000)
    return begun, go_on


async def endless() -> AsyncIterator[bytes]:
    yield CONTENT[:1000]
    yield CONTENT[1000:2000]
    await asyncio.Event().wait()


class Endless(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in endless():
            yield part


@pytest.mark.parametrize("way", ["pull", "receive"])
@pytest.mark.parametrize("times", [1, 2, 3])
async def test_a_cancellation_amid_a_write(
    tmp_path: Path, slow_disk: tuple[threading.Event, threading.Event], way: str, times: int
) -> None:
    begun, go_on = slow_disk
    lost: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: lost.append(context))
    target = tmp_path / "x.part"

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Endless())

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        plane = HttpDataPlane(client, check_url=lambda _: None)
        ways: dict[str, Callable[[], Any]] = {
            "pull": lambda: plane.pull(request(target), lambda _: None),
            "receive": lambda: plane.receive(Arrival(target, 0, len(CONTENT)), endless(), lambda _: None),
        }
        running = asyncio.ensure_future(ways[way]())
        await asyncio.to_thread(begun.wait, 20)
        for _ in range(times):
            running.cancel()
            for _ in range(5):
                await asyncio.sleep(0)
        assert not running.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        written = target.read_bytes()
        plane.close()
    # What was being written is there, and nothing was lost on the way: the next try goes on from it.
    assert written in (CONTENT[:1000], CONTENT[:2000])
    assert lost == []
