"""The floor: what the standard's four messages cost at least on this machine, done with the product's own means.

One round is four httpx posts through the product's transport (httpx-aiohttp) to a minimal ASGI application under
uvicorn in another process, each post with one Ed25519 signature made here and verified there, and one full-sync SQLite
commit on each side: four posts, four signatures, four verifications, eight commits. No JSON, no routes, no identity.
"""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx_aiohttp import AiohttpTransport

from tests.bench.figures import median, percentile
from tests.bench.ledger import Ledger
from tests.bench.processes import free_port, running

_POSTS: Final = 4
_MESSAGE: Final = bytes(1024)


@dataclass(frozen=True)
class Floor:
    """Seconds of one round alone (median, 90 %), and rounds per second with many in flight."""

    p50: float
    p90: float
    rate: float
    rounds: int
    in_flight: int


async def measure_floor(folder: Path, *, sequential: int, concurrent: int, in_flight: int) -> Floor:
    """Measure it: `sequential` rounds one after another, then `concurrent` rounds with `in_flight` at a time."""
    key = Ed25519PrivateKey.generate()
    port = free_port()
    public = key.public_key().public_bytes_raw().hex()
    with running("tests.bench.floor_server", str(port), str(folder / "there.sqlite"), public, port=port):
        ledger = Ledger(folder / "here.sqlite")
        async with _client() as client:
            one = _Round(client, f"http://127.0.0.1:{port}/", key, ledger)
            await one.times(20)
            alone = [await one.once() for _ in range(sequential)]
            await asyncio.gather(*(one.times(2) for _ in range(in_flight)))
            began = time.perf_counter()
            await asyncio.gather(*(one.times(concurrent // in_flight) for _ in range(in_flight)))
            spent = time.perf_counter() - began
        ledger.close()
    done = concurrent // in_flight * in_flight
    return Floor(median(alone), percentile(alone, 0.9), done / spent, sequential + done, in_flight)


@dataclass(frozen=True)
class _Round:
    client: httpx.AsyncClient
    url: str
    key: Ed25519PrivateKey
    ledger: Ledger

    async def once(self) -> float:
        began = time.perf_counter()
        for _ in range(_POSTS):
            self.ledger.commit(_MESSAGE)
            answer = await self.client.post(self.url, content=self.key.sign(_MESSAGE) + _MESSAGE)
            answer.raise_for_status()
        return time.perf_counter() - began

    async def times(self, rounds: int) -> None:
        for _ in range(rounds):
            await self.once()


def _client() -> httpx.AsyncClient:
    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=256, limit_per_host=64, keepalive_timeout=30)
        return aiohttp.ClientSession(connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())

    return httpx.AsyncClient(transport=AiohttpTransport(client=session), trust_env=False)
