"""The floor: what the standard's four messages cost at least on this machine, done with the product's own means.

One round is four httpx posts through the product's transport (httpx-aiohttp) to a minimal ASGI application under
uvicorn in another process, each post with one Ed25519 signature made here and verified there, and one full-sync SQLite
commit on each side: four posts, four signatures, four verifications, eight commits. No JSON, no routes, no identity.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx_aiohttp import AiohttpTransport

from tests.bench.ledger import Ledger
from tests.bench.processes import free_port, running

_POSTS: Final = 4
_MESSAGE: Final = bytes(1024)


@contextlib.asynccontextmanager
async def floor(folder: Path) -> AsyncIterator["Floor"]:
    """The floor, ready to be measured: its far end runs in a process of its own."""
    key = Ed25519PrivateKey.generate()
    port = free_port()
    public = key.public_key().public_bytes_raw().hex()
    with running("tests.bench.floor_server", str(port), str(folder / "there.sqlite"), public, port=port):
        ledger = Ledger(folder / "here.sqlite")
        async with _client() as client:
            ready = Floor(client, f"http://127.0.0.1:{port}/", key, ledger)
            await ready.sequential(20)
            yield ready
        ledger.close()


@dataclass(frozen=True)
class Floor:
    """A client of the far end."""

    client: httpx.AsyncClient
    url: str
    key: Ed25519PrivateKey
    ledger: Ledger

    async def sequential(self, rounds: int) -> list[float]:
        """Seconds of each of so many rounds, one after another."""
        return [await self._round() for _ in range(rounds)]

    async def rate(self, rounds: int, in_flight: int) -> float:
        """Rounds per second, `in_flight` at a time."""

        async def several(number: int) -> None:
            for _ in range(number):
                await self._round()

        await asyncio.gather(*(several(1) for _ in range(in_flight)))  # connections are made
        each = max(1, rounds // in_flight)
        began = time.perf_counter()
        await asyncio.gather(*(several(each) for _ in range(in_flight)))
        return each * in_flight / (time.perf_counter() - began)

    async def _round(self) -> float:
        began = time.perf_counter()
        for _ in range(_POSTS):
            self.ledger.commit(_MESSAGE)
            answer = await self.client.post(self.url, content=self.key.sign(_MESSAGE) + _MESSAGE)
            answer.raise_for_status()
        return time.perf_counter() - began


def _client() -> httpx.AsyncClient:
    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=256, limit_per_host=64, keepalive_timeout=30)
        return aiohttp.ClientSession(connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())

    return httpx.AsyncClient(transport=AiohttpTransport(client=session), trust_env=False)
