"""Knocking at a door with requests that no client would make: raw paths, headers and chunks, straight into the ASGI app."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from tests.support.streaming import Asgi, Event

PATIENCE: Final = 10.0
"""Seconds after which a door that does not answer hangs."""


@dataclass
class Knock:
    """One request, byte by byte. `path` is as on the wire: ASCII, percent-encoded."""

    method: str
    path: str
    query: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    chunks: Iterable[bytes] = ()


@dataclass
class Heard:
    """What was answered, and how many bytes of the request were read before."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    read: int = 0


async def knock(app: Asgi, asked: Knock) -> Heard:
    """The answer.

    Raises:
        TimeoutError: there is none.
    """
    heard = Heard()
    chunks = iter(asked.chunks)

    async def receive() -> Event:
        chunk = next(chunks, None)
        heard.read += len(chunk or b"")
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

    async def send(event: Event) -> None:
        if event["type"] == "http.response.start":
            heard.status = event["status"]
            heard.headers = {name.decode().lower(): value.decode("latin-1") for name, value in event["headers"]}
        else:
            heard.body += event.get("body", b"")

    async with asyncio.timeout(PATIENCE):
        await app(_scope(asked), receive, send)
    return heard


def _scope(asked: Knock) -> dict[str, Any]:
    """As uvicorn makes it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": unquote(asked.path),
        "raw_path": asked.path.encode("ascii"),
        "query_string": asked.query,
        "root_path": "",
        "headers": [(b"host", b"localhost"), *asked.headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8101),
    }
