import asyncio
from typing import Any

import httpx
import pytest

from tests.support.streaming import FlowingBody

pytestmark = pytest.mark.anyio


async def nothing() -> Any:
    for _ in range(0):
        yield b""


async def test_who_is_cancelled_while_he_closes_leaves_nothing_behind() -> None:
    before, tidied = asyncio.all_tasks(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await receive())["type"] != "http.disconnect":
            pass
        await tidied.wait()
        for _ in range(3):  # more than there is room for: somebody has to take it
            await send({"type": "http.response.body", "body": b"late", "more_body": False})

    body = FlowingBody(app, httpx.Request("GET", "http://localhost:1/data"), nothing())
    await body.begin()
    closing = asyncio.create_task(body.aclose())
    for _ in range(2):
        await asyncio.sleep(0)
        closing.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
    assert not closing.done()
    tidied.set()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert asyncio.all_tasks() == before
